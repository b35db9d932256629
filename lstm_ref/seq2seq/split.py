"""A split that does not leak: what shares a sentence stays together."""

import numpy as np

from lstm_ref.seq2seq.tokens import tokenise
from lstm_ref.shapes import checked


@checked
def group_split(pairs: list, sizes: list, rng: np.random.Generator) -> list[list[int]]:
    """Divide sentence pairs so that no sentence stands in two parts.

    Two English sentences count as the same if the letters and digits of their
    tokens are the same (`tokenise`, run together, all else left out); so do two
    Chinese ones. Pairs that have a sentence in common, in either language, form
    a group; so do those linked by a chain of such pairs. Groups are numbered by
    their first pair and drawn in the order rng.permutation(number of groups),
    the only call of rng. Each goes, whole, to the first held-out part that
    stays within its size, else to the training part.

    pairs : list      tuples of an English and a Chinese sentence
    sizes : list      the most pairs that each held-out part may have, such as
                      [500, 1000] for dev and test
    rng : Generator   NumPy's generator, the only source of chance
    Returns parts (list): 1 + len(sizes) lists of places in pairs, each rising:
    the training part, then the held-out ones
    """
    parent = list(range(len(pairs)))  # a forest: each pair points towards the root of its group

    def root(i):
        while parent[i] != i:
            parent[i] = parent[parent[i]]  # halve the way for whoever comes next
            i = parent[i]
        return i

    first_with = {}
    for i, pair in enumerate(pairs):
        for language, sentence in zip(("en", "zh"), pair, strict=True):
            key = language, "".join(filter(str.isalnum, "".join(tokenise(sentence, language))))
            parent[root(i)] = root(first_with.setdefault(key, i))
    groups = {}
    for i in range(len(pairs)):
        groups.setdefault(root(i), []).append(i)
    groups = list(groups.values())

    train, *held_out = parts = [[] for _ in range(1 + len(sizes))]
    for k in rng.permutation(len(groups)):
        roomy = (part for part, size in zip(held_out, sizes, strict=True) if len(part) + len(groups[k]) <= size)
        next(roomy, train).extend(groups[k])
    return [sorted(part) for part in parts]
