"""The problems that the LSTM was invented for, each with the criterion by which its paper called it solved.

Sources: Hochreiter and Schmidhuber (1997), section 5: embedded Reber grammar (experiment 1), copying a symbol over a
long time lag (2), adding (4), temporal order (6a); Gers, Schmidhuber and Cummins (2000): the continual grammar.
Here every sequence of a batch has the same length; the papers vary it a little.
"""

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray

from lstm_ref.shapes import checked


@checked
def adding_problem(
    T: int, N: int, rng: np.random.Generator
) -> tuple[Float[ndarray, "{T} {N} 2"], Float[ndarray, " {N}"]]:
    """Numbers, two of them marked: at the end, say 0.5 + (their sum) / 4.

    T : int           steps, at least 4
    N : int           sequences
    rng : Generator   NumPy's generator, the only source of chance
    Returns x (T, N, 2), y (N,), float64: x[t, n] is a number from -1 to 1 and
    its marker, 1 at two different steps, -1 at the first and the last and 0
    elsewhere; one marked step is among the first ten, the other in the first
    half; a marked first step keeps the marker 1 and has the number 0

    Source: Hochreiter and Schmidhuber (1997), section 5.4.
    """
    x = np.zeros((T, N, 2))
    x[:, :, 0] = rng.uniform(-1, 1, size=(T, N))
    x[0, :, 1] = x[-1, :, 1] = -1
    y = np.empty(N)
    for n in range(N):
        first = rng.integers(min(10, T // 2))
        second = rng.choice(np.delete(np.arange(T // 2), first))  # any unmarked step of the first half
        if 0 in (first, second):
            x[0, n, 0] = 0
        x[[first, second], n, 1] = 1
        y[n] = 0.5 + x[[first, second], n, 0].sum() / 4
    return x, y


@checked
def adding_correct(outputs: Float[ndarray, "T N"], y: Float[ndarray, " N"]) -> Bool[ndarray, " N"]:
    """Which sequences of the adding problem are processed correctly: the last
    output is off by less than 0.04.

    outputs : (T, N)   what the network says at every step; only the last counts
    y : (N,)           the targets
    Returns correct (N,), True or False

    The paper calls the problem solved once the mean error is below 0.01 and the
    last 2,000 sequences were all correct.
    Source: Hochreiter and Schmidhuber (1997), section 5.4.
    """
    return np.abs(outputs[-1] - y) < 0.04


@checked
def copy_problem(
    T: int, N: int, symbols: int, rng: np.random.Generator
) -> tuple[Float[ndarray, "{T} {N} _"], Int[ndarray, " {N}"]]:
    """Copy the first symbol to the end, over T - 2 random ones that mean nothing.

    T : int           steps, at least 2
    N : int           sequences
    symbols : int     how many different distractors there are, at least 1
    rng : Generator   NumPy's generator, the only source of chance
    Returns x (T, N, symbols + 3), y (N,): one-hot input, float64, where columns 0 and 1 are the two symbols to copy,
    column 2 stands at the last step and asks for the answer, and the rest are distractors; y is 0 or 1

    Source: Hochreiter and Schmidhuber (1997), section 5.2, in its form without local regularities.
    """
    x = np.zeros((T, N, symbols + 3))
    y = rng.integers(2, size=N)
    tokens = rng.integers(3, symbols + 3, size=(T, N))
    tokens[0], tokens[-1] = y, 2
    np.put_along_axis(x, tokens[:, :, None], 1.0, axis=2)
    return x, y


@checked
def temporal_order(
    T: int, N: int, rng: np.random.Generator
) -> tuple[Float[ndarray, "{T} {N} 8"], Int[ndarray, " {N}"]]:
    """Two symbols, X or Y, far apart among distractors: in which order did they come?

    T : int           steps, at least 20
    N : int           sequences
    rng : Generator   NumPy's generator, the only source of chance
    Returns x (T, N, 8), y (N,): one-hot input, float64, columns E, B, a, b, c, d, X, Y, beginning with B and ending
    with E; y is the class: 0 for XX, 1 for XY, 2 for YX, 3 for YY

    The first stands at T/10 to T/5, the second at T/2 to 3T/5. Source: Hochreiter and Schmidhuber (1997), section
    5.6, task 6a.
    """
    x = np.zeros((T, N, 8))
    tokens = rng.integers(2, 6, size=(T, N))
    tokens[0], tokens[-1] = 1, 0
    pair = rng.integers(2, size=(2, N))
    tokens[rng.integers(T // 10, T // 5 + 1, size=N), np.arange(N)] = 6 + pair[0]
    tokens[rng.integers(T // 2, 3 * T // 5 + 1, size=N), np.arange(N)] = 6 + pair[1]
    np.put_along_axis(x, tokens[:, :, None], 1.0, axis=2)
    return x, 2 * pair[0] + pair[1]


@checked
def classes_correct(outputs: Float[ndarray, "N C"], y: Int[ndarray, " N"], tolerance: float) -> Bool[ndarray, " N"]:
    """Which sequences are classified correctly: no output unit is off by the tolerance or more.

    outputs : (N, C)    the units' values after the last step, from 0 to 1
    y : (N,)            the right class of each sequence; its unit should be 1 and the others 0
    tolerance : float   0.3 for temporal order, 0.25 for copying, as the paper has it
    Returns correct (N,)

    Temporal order is solved once the mean error is below 0.1 and 2,000 in a row are correct; copying, once 10,000 in
    a row are. Source: Hochreiter and Schmidhuber (1997), sections 5.2 and 5.6.
    """
    targets = np.zeros_like(outputs)
    targets[np.arange(len(y)), y] = 1
    return np.abs(outputs - targets).max(axis=1, initial=0.0) < tolerance


REBER = "BTPSXVE"  # the symbols' numbers
# state → its two ways on, each a symbol and a next state; the last state has one way on, the end
_GRAMMAR = [
    [("T", 1), ("P", 2)],
    [("S", 1), ("X", 3)],
    [("T", 2), ("V", 4)],
    [("X", 2), ("S", 5)],
    [("P", 3), ("V", 5)],
]


@checked
def reber_string(is_embedded: bool, rng: np.random.Generator) -> tuple[str, list]:
    """A random string of Reber's grammar, and what the grammar allows after each of its symbols.

    is_embedded : bool   True: B, T or P, a whole string, the same T or P again, E: to know the last but one symbol,
                         remember the second over everything between them
    rng : Generator      NumPy's generator; both ways on are equally likely
    Returns string (str), successors (list): successors[t] is the set of symbols that may follow string[t]; after the
    last there is none

    Source: Reber (1967), "Implicit learning of artificial grammars"; Hochreiter and Schmidhuber (1997), figure 3.
    """
    string, successors, state = "B", [], 0
    while state < len(_GRAMMAR):
        successors.append({symbol for symbol, _ in _GRAMMAR[state]})
        symbol, state = _GRAMMAR[state][rng.integers(2)]
        string += symbol
    string, successors = string + "E", [*successors, {"E"}, set()]
    if not is_embedded:
        return string, successors
    branch = "TP"[rng.integers(2)]
    around = [{"T", "P"}, {"B"}, *successors[:-1], {branch}, {"E"}, set()]
    return "B" + branch + string + branch + "E", around


@checked
def reber_stream(strings: int, rng: np.random.Generator) -> tuple[Int[ndarray, " T"], Bool[ndarray, "T 7"]]:
    """Embedded Reber strings one after the other with nothing between them: the continual task of the 2000 paper.

    strings : int     how many, at least 1
    rng : Generator   NumPy's generator, the only source of chance
    Returns tokens (T,), allowed (T, 7): symbols by their place in `REBER`, and which may come next; after each string
    that is the next one's B

    Source: Gers, Schmidhuber and Cummins (2000), section 4.
    """
    tokens, allowed = [], []
    for _ in range(strings):
        string, successors = reber_string(True, rng)
        tokens += [REBER.index(symbol) for symbol in string]
        allowed += [[symbol in follow for symbol in REBER] for follow in [*successors[:-1], {"B"}]]
    return np.array(tokens), np.array(allowed)


@checked
def reber_correct(outputs: Float[ndarray, "T 7"], allowed: Bool[ndarray, "T 7"]) -> Bool[ndarray, " T"]:
    """Which predictions are right: the units of the symbols that may follow are the most active ones.

    outputs : (T, 7)   the units' values after each symbol
    allowed : (T, 7)   which symbols may come next, at least one a row
    Returns correct (T,)

    A string counts once all its symbols are right (1997, experiment 1); the continual task, once a stream of
    1,000,000 symbols is (2000).
    """
    least_allowed = np.where(allowed, outputs, np.inf).min(axis=1)
    most_forbidden = np.where(allowed, -np.inf, outputs).max(axis=1)
    return least_allowed > most_forbidden
