"""A beam search, step by step: the hypotheses that it kept, those that it dropped, and their scores."""

from collections.abc import Callable
from html import escape
from typing import NamedTuple

import numpy as np
from IPython.display import HTML

from course.figures.svg import line, number, output, significant, svg, text
from lstm_ref.seq2seq.decoding import beam_search
from lstm_ref.vocabulary import EOS

COLUMN, ROW, TOP, LEFT = 48, 33, 20, 42
END = "end"  # written in place of the token <eos>


class Candidate(NamedTuple):
    """A hypothesis extended by one token: its place among the candidates of the step before, the token, the score."""

    parent: int
    token: int
    score: float


class Search(NamedTuple):
    """A whole search.

    steps : list of (list of Candidate, int)   the best candidates of each step, best first, and how many were kept
    tokens : list                              the best translation, as `beam_search` returned it
    score : float                              its score
    """

    steps: list[tuple[list[Candidate], int]]
    tokens: list[int]
    score: float


def watch_beam(step: Callable, state: tuple, beam: int, max_length: int, alpha: float, dropped: int = 2) -> Search:
    """Run `beam_search` and record the candidates that it kept at each step, and the best that it dropped.

    The arguments are those of `beam_search`; dropped : int, the number of dropped candidates to record.
    """
    calls = []  # of `step`, from which all candidates follow

    def recorded_step(last, state):
        *inner, rows = (
            state  # the search selects rows of every state, so these tell which rows of the call before it kept
        )
        log_p, inner = step(last, tuple(inner))
        calls.append((rows, last, log_p))
        return log_p, (*inner, np.arange(len(last)))

    tokens, score = beam_search(recorded_step, (*state, np.zeros(1, int)), beam, max_length, alpha)
    steps, sums, places, finished = [], np.zeros(1), [0], 0
    for k, (_, _, log_p) in enumerate(calls):
        totals, capacity = sums[:, None] + log_p, beam - finished
        order = np.argsort(-totals.ravel(), kind="stable")[: capacity + dropped]
        rows, found = np.unravel_index(order, totals.shape)
        steps.append(
            ([Candidate(places[r], int(v), float(totals[r, v])) for r, v in zip(rows, found, strict=True)], capacity)
        )
        places = [place for place in range(min(capacity, len(found))) if found[place] != EOS]
        finished += min(capacity, len(found)) - len(places)
        sums = totals.ravel()[order[places]]
        if k + 1 < len(calls):
            then, last, _ = calls[k + 1]
            assert (rows[places] == then).all() and (found[places] == last).all(), (
                "the candidates are not those of the search"
            )
    return Search(steps, tokens, score)


def beam_steps(searches: dict[int, Search], names: list[str], source: str) -> HTML:
    """The figure of several searches; the reader chooses a beam size and steps through its search.

    searches : dict   beam size → what `watch_beam` recorded
    names : list      names of the tokens
    source : str      the sentence that is translated
    """
    drawings, captions, data = [], [], {}
    for width, search in searches.items():
        best = "".join(names[token] for token in search.tokens)
        captions.append(f"A beam of {width} finds {best}, score {number(search.score)}.")
        drawings.append(
            _trellis(search, names, f"{source} {captions[-1]} A tree of characters, step by step from the left.")
        )
        data[width] = [
            [[[c.parent, _name(names, c.token), significant(c.score)] for c in some], capacity]
            for some, capacity in search.steps
        ]
    return output("beam", "".join(drawings), " ".join(captions), data, escape(source))


def _name(names: list[str], token: int) -> str:
    return END if token == EOS else names[token]


def _path(search: Search) -> set[tuple[int, int]]:
    """Step and place of every candidate that leads to the best translation."""
    whole, found = [*search.tokens, EOS], set()
    for last in range(len(search.steps) - 1, -1, -1):
        candidates, capacity = search.steps[last]
        for place in range(min(capacity, len(candidates))):
            way, at = [], place
            for t in range(last, -1, -1):
                candidate = search.steps[t][0][at]
                way.append((t, at, candidate.token))
                at = candidate.parent
            if [token for _, _, token in reversed(way)] in (whole, whole[:-1]):
                return {(t, at) for t, at, _ in way}
    return found


def _trellis(search: Search, names: list[str], label: str) -> str:
    best, parts = _path(search), []
    tallest = max(len(some) for some, _ in search.steps)
    start = TOP + ROW * (max(capacity for _, capacity in search.steps) - 1) / 2
    parts.append(f'<circle cx="14" cy="{start:g}" r="4"/>')
    for t, (candidates, capacity) in enumerate(search.steps):
        drawn = []
        for place, candidate in enumerate(candidates):
            x, y = LEFT + COLUMN * t, TOP + ROW * place
            before = (LEFT + COLUMN * (t - 1) + 11, TOP + ROW * candidate.parent) if t else (18, start)
            kind = "dropped" if place >= capacity else "kept" if candidate.token != EOS else "kept finished"
            kind += " best" if (t, place) in best else ""
            name = escape(_name(names, candidate.token))
            drawn.append(f'<g class="{kind}">{line(*before, x - 11, y)}{text(x, y + 6, name)}</g>')
        parts.append(f'<g class="step">{"".join(drawn)}</g>')
    return svg(LEFT + COLUMN * len(search.steps) - 16, TOP + ROW * tallest - 10, label, parts)
