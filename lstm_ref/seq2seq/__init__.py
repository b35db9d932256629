"""The parts of a translator that the exercises of chapter 6 ask for, in NumPy.

One legend: S steps of the source, T steps of the target, N sentences, V tokens; time-major, (S, N), (T, N). The
translator as a program, in PyTorch, is the package `translator`, which imports these modules and never the reverse.
"""
