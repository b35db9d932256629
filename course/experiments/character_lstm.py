"""A character language model with one LSTM layer, trained in seconds, and what its gates and cells do."""

from collections.abc import Callable

import numpy as np
from numpy import ndarray

from course.experiments.characters import gradients, zeros
from course.experiments.lstm_model import run
from course.experiments.recurrent import start_lstm
from lstm_ref import functions, fused, lstm, optim, text
from lstm_ref.vocabulary import Vocabulary

GATES = {"i": 3, "f": 4, "o": 6}  # places in the cache of `lstm_step`


def start(V: int, D: int, H: int, rng: np.random.Generator) -> dict[str, ndarray]:
    """Initial weights, float32: W_e (V, D), W_ih (4H, D), W_hh (4H, H), b (4H,), W_hy (V, H), b_y (V,)."""
    limit = 1 / np.sqrt(H)
    return start_lstm(V, D, H, 1.0, rng) | {
        "W_hy": rng.uniform(-limit, limit, (V, H)).astype(np.float32),
        "b_y": np.zeros(V, np.float32),
    }


def train(
    p: dict[str, ndarray],
    lines: list[str],
    vocabulary: Vocabulary,
    rng: np.random.Generator,
    passes: int = 4,
    N: int = 32,
    rate: float = 6e-3,
) -> None:
    """Train the weights in place with Adam, gradients clipped to norm 1; the rate falls over the second half.

    p : dict            what `start` returned
    lines : list        training sentences
    vocabulary          their characters
    rng : Generator     of the order of the sentences
    passes, N : int     passes over the sentences, sentences a batch
    rate : float        Adam's learning rate
    """
    D, H = p["W_e"].shape[1], p["W_hh"].shape[1]
    layer, adam = fused.FusedLSTM(max(map(len, lines)) + 1, N, D, H), optim.Adam(p, lr=rate)
    steps = passes * (len(lines) // N)
    for _ in range(passes):
        for tokens, targets, mask in text.batches(lines, vocabulary, N, rng):
            if tokens.shape[1] < N:
                continue  # the last batch, which is not full
            _, grads = gradients(p, lambda x: run(layer, p, x), tokens, targets, mask)
            clipped, _ = optim.clip_by_global_norm(list(grads.values()), 1.0)
            adam.lr = rate * min(1.0, 2 * (1 - adam.t / steps))
            adam.step(dict(zip(grads, clipped, strict=True)))


def perplexity(
    p: dict[str, ndarray], lines: list[str], vocabulary: Vocabulary, step: Callable = lstm.lstm_step
) -> float:
    """Perplexity of sentences under these weights, in a cell with this step.

    p : dict          weights, see `start`
    lines : list      sentences
    vocabulary        the characters of the training sentences
    step : Callable   x_t, h_prev, c_prev, W_ih, W_hh, b → h_t, c_t, …
    Returns perplexity ()
    """
    tokens, targets, mask = text.character_batch(lines, vocabulary)
    h_t = c_t = zeros(p, tokens)
    logits = []
    for x_t in functions.embed(tokens, p["W_e"]):
        h_t, c_t, *_ = step(x_t, h_t, c_t, p["W_ih"], p["W_hh"], p["b"])
        logits.append(h_t @ p["W_hy"].T + p["b_y"])
    return float(np.exp(functions.masked_cross_entropy(np.array(logits), targets, mask)))


def gates(p: dict[str, ndarray], lines: list[str], vocabulary: Vocabulary) -> tuple[ndarray, dict[str, ndarray]]:
    """The characters that the cell reads in these sentences, and its gates after each.

    Returns tokens (K,), and gate → values (K, H), for the K characters of all sentences
    """
    tokens, _, mask = text.character_batch(lines, vocabulary)
    x, h0 = functions.embed(tokens, p["W_e"]), zeros(p, tokens)
    *_, cache = lstm.lstm_forward(x, h0, h0, p["W_ih"], p["W_hh"], p["b"])
    return tokens[mask], {name: np.array([step[k] for step in cache])[mask] for name, k in GATES.items()}


def swap_cells(
    p: dict[str, ndarray], lines: list[str], vocabulary: Vocabulary, units: ndarray, at: int, steps: int
) -> tuple[ndarray, ndarray]:
    """Give some units, after `at` characters, the cell states of another sentence, and read on.

    p : dict            weights, see `start`
    lines : list        sentences, each of at least at + steps characters
    vocabulary          the characters of the training sentences
    units : (K,)        the units whose cell states are exchanged between neighbouring sentences
    at, steps : int     when, and how many characters are read after it
    Returns rise (steps, N), the increase of each sentence's loss in nats, and kept (steps, K), the mean share of the
    exchanged cell state that the forget gates have left
    """
    tokens, targets, _ = text.character_batch(lines, vocabulary)
    x, targets = functions.embed(tokens[: at + steps], p["W_e"]), targets[at : at + steps]
    weights = p["W_ih"], p["W_hh"], p["b"]
    _, h, c, _ = lstm.lstm_forward(x[:at], zeros(p, tokens), zeros(p, tokens), *weights)
    foreign = c.copy()
    foreign[:, units] = np.roll(c[:, units], 1, axis=0)
    losses = []
    for cell in (c, foreign):
        hs, _, _, cache = lstm.lstm_forward(x[at:], h, cell, *weights)
        log_p = functions.log_softmax(hs @ p["W_hy"].T + p["b_y"])
        losses.append(-np.take_along_axis(log_p, targets[..., None], axis=2)[..., 0])
        if cell is c:
            kept = np.cumprod([step[GATES["f"]][:, units] for step in cache], axis=0).mean(axis=1)
    return losses[1] - losses[0], kept
