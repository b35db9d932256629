"""No sentence stands in two parts."""

import numpy as np
from hsk_sentences_audio import load_sentences
from hypothesis import given
from hypothesis import strategies as st

from lstm_ref.seq2seq.split import group_split
from lstm_ref.seq2seq.tokens import tokenise

PAIRS = st.lists(
    st.tuples(st.sampled_from(["A.", "a", "b", "C!", "d e"]), st.sampled_from(["一", "一。", "二", "三", "a"]))
)


def letters(sentence, language):
    return "".join(filter(str.isalnum, "".join(tokenise(sentence, language))))


def check(pairs, sizes, parts):
    assert sorted(i for part in parts for i in part) == [*range(len(pairs))]
    assert all(part == sorted(part) for part in parts)
    assert all(len(part) <= size for part, size in zip(parts[1:], sizes, strict=True))
    for language, side in (("en", 0), ("zh", 1)):
        seen = [{letters(pairs[i][side], language) for i in part} for part in parts]
        assert sum(map(len, seen)) == len(set.union(*seen)), "a sentence stands in two parts"


@given(PAIRS, st.lists(st.integers(0, 5), max_size=3), st.integers(0, 9))
def test_no_sentence_stands_in_two_parts(pairs, sizes, seed):
    check(pairs, sizes, group_split(pairs, sizes, np.random.default_rng(seed)))


def test_on_real_sentences():
    pairs = [(record["translation"]["en"], record["chinese"]) for record in load_sentences()]
    parts = group_split(pairs, [200, 400], np.random.default_rng(1))
    check(pairs, [200, 400], parts)
    assert [len(part) for part in parts[1:]] == [200, 400]
    assert parts == group_split(pairs, [200, 400], np.random.default_rng(1))
    assert parts != group_split(pairs, [200, 400], np.random.default_rng(2))
