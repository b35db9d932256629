"""A translator from English to Chinese: its parts in NumPy, as the exercises ask for them, and in PyTorch, to train.

Importing this package imports no PyTorch, and neither do tokens, vocab, split, batching, numpy_model, loss, decoding
and bleu. One legend: S steps of the source, T steps of the target, N sentences, V tokens; time-major, (S, N), (T, N).
"""
