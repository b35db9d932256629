"""The reference of the course: the answer to every exercise, and the oracle of every test.

Read the modules in this order; each imports only those before it:
shapes, functions, init, gradcheck, rnn, lstm, gru, fused, optim, tasks, measure, text (NumPy), then
torch_cells and translation (PyTorch). Importing any of the NumPy modules imports no PyTorch.

One legend everywhere: N batch, T time, D input, H hidden, V vocabulary. Sequences are time-major, (T, N, D).
"""
