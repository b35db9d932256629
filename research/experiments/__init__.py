"""Small experiments on the claims of papers: a script a claim, which writes runs and verdict to `research/results/`.

`python -m research.experiments.adding` runs one of them (`--quick` takes seconds and shows that it works), and
`python -m research.experiments` or `make results` runs all. Pages read the results with `lstm_ref.results.load`.
"""

# In the order in which `make results` runs them.
NAMES = (
    "recall",
    "adding",
    "copying",
    "sunspots",
    "overfitting",
    "gru_or_lstm",
    "reber",
    "forget_bias",
    "ablation",
    "clipping",
    "truncation",
    "recurrent_matrix",
    "long_sources",
    "formulas",
)
