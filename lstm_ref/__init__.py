"""The reference of the course: the answer to every exercise, and the oracle of every test.

One legend everywhere: N batch, T time, D input, H hidden, V vocabulary. Sequences are time-major, (T, N, D).
Importing the package, or any module but `torch_cells` and `torch_lstm`, imports no PyTorch.
"""

# The order to read them in: each module imports only modules before it.
MODULES = (
    "shapes",
    "functions",
    "init",
    "gradcheck",
    "rnn",
    "lstm",
    "lstm_cells",
    "lstm_norm",
    "lstm_layers",
    "gru",
    "gru_backward",
    "network",
    "state_dict",
    "fused",
    "optim",
    "tasks",
    "measure",
    "vocabulary",
    "seq2seq.batching",
    "text",
    "course_folder",
    "files",
    "console",
    "results",
    "seq2seq.tokens",
    "seq2seq.split",
    "seq2seq.encoder_decoder",
    "seq2seq.loss",
    "seq2seq.decoding",
    "seq2seq.bleu",
    "torch_cells",
    "torch_lstm",
)
