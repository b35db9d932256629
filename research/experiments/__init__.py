"""The papers in small: a script a claim, which runs it, judges it and writes `research/results/NAME.json`.

One of them is `python -m research.experiments.adding` (`--quick` for a run of seconds that shows that it works); all
of them `python -m research.experiments` or `make results`. Pages read what they wrote with `lstm_ref.results.load`.
"""

# In the order in which `make results` runs them.
NAMES = ("adding", "gru_or_lstm", "reber", "forget_bias", "ablation", "clipping", "truncation")
