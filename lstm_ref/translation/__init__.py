"""A translator from English to Chinese: its parts in NumPy, as the exercises ask for them, and in PyTorch, to train.

Importing this package imports no PyTorch, and neither do tokens, vocab, split, batching, numpy_model, loss, decoding,
bleu, consensus, corpus and glosses. One legend: S steps of the source, T steps of the target, N sentences, V tokens;
time-major, (S, N), (T, N).
"""

# The order to read them in: each module imports only modules before it. The first twelve import no PyTorch.
MODULES = (
    "tokens",
    "vocab",
    "split",
    "batching",
    "numpy_model",
    "loss",
    "decoding",
    "bleu",
    "consensus",
    "corpus",
    "glosses",
    "recipe",
    "memory",
    "dropout",
    "attention",
    "encoder",
    "decoder",
    "seq2seq",
    "naive",
    "transformer",
    "ensemble",
    "models",
    "pieces",
    "bitext",
    "search",
    "scores",
    "pictures",
    "store",
    "checkpoint",
    "candidates",
    "translator",
    "distributed",
    "schedule",
    "training",
    "commands",
    "__main__",
)
