"""How much of what a character model has read changes its prediction."""

import numpy as np
from numpy import ndarray

from course.experiments.characters import CharacterModel
from lstm_ref import functions, text


def influence(model: CharacterModel, line: str, rng: np.random.Generator, replacements: int = 8) -> ndarray:
    """How far each prediction moves if one earlier character is replaced.

    model              predicts the next character
    line : str         a sentence of L characters
    rng : Generator    draws the characters that are put in
    replacements : int for each character, all different from it
    Returns moved (L, L): moved[t, s] is the total variation distance between the predictions after character t with and
    without the replacement of character s, mean over the replacements; 0 where s > t
    """
    tokens, _, _ = text.character_batch([line], model.vocabulary)
    L = len(line)
    letters = np.arange(len(text.SPECIALS), len(model.vocabulary))
    changed = np.repeat(tokens, L * replacements, axis=1)
    for s in range(L):
        others = letters[letters != tokens[s + 1, 0]]
        changed[s + 1, s * replacements : (s + 1) * replacements] = rng.choice(others, replacements, replace=False)
    p = functions.softmax(model.logits(model.hidden_states(tokens)))[1:]
    q = functions.softmax(model.logits(model.hidden_states(changed)))[1:]
    distance = np.abs(p - q).sum(axis=2) / 2
    return distance.reshape(L, L, replacements).mean(axis=2)


def by_distance(model: CharacterModel, lines: list[str], rng: np.random.Generator, reach: int) -> ndarray:
    """Mean influence of the character k steps back, over all predictions that have one: (reach,), k from 0."""
    totals, counts = np.zeros(reach), np.zeros(reach)
    for line in lines:
        moved = influence(model, line, rng)
        for k in range(min(reach, len(line))):
            totals[k] += np.trace(moved, -k)
            counts[k] += len(line) - k
    return totals / counts


def nll_after_foreign_beginning(model: CharacterModel, lines: list[str], keep: list[int], at: range) -> dict:
    """Loss if all but the last k characters are replaced by the beginning of another sentence.

    model         predicts the next character
    lines : list  sentences that are longer than the positions
    keep : list   numbers of true characters k; less than each position
    at : range    positions of the predictions
    Returns dict: k → nll (positions, N) and distance (positions, N) of the hidden state from the one that the true
    sentence leads to, in lengths of the latter; under None the loss with everything true
    """
    tokens, targets, _ = text.character_batch(lines, model.vocabulary)
    states = model.states(tokens)
    hs, x = states[0], functions.embed(tokens, model.weights["W_e"])
    others = np.roll(np.arange(len(lines)), -1)

    def nll(h_t, t):
        log_p = functions.log_softmax(model.logits(h_t))
        return -log_p[np.arange(len(lines)), targets[t]]

    found: dict[int | None, tuple[ndarray, ndarray]] = {
        None: (np.array([nll(hs[t], t) for t in at]), np.zeros((len(at), len(lines))))
    }
    for k in keep:
        losses, distances = [], []
        for t in at:
            foreign = tuple(state[t - k, others] for state in states)
            for step in range(t - k + 1, t + 1):
                foreign = model.step(x[step], foreign)
            h_t = foreign[0]
            losses.append(nll(h_t, t))
            distances.append(np.linalg.norm(h_t - hs[t], axis=1) / np.linalg.norm(hs[t], axis=1))
        found[k] = (np.array(losses), np.array(distances))
    return found
