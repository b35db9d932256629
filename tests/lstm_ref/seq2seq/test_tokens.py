"""What is a token, and that nothing is lost on the way there."""

import unicodedata

import pytest
from hsk_sentences_audio import load_sentences
from hypothesis import given
from hypothesis import strategies as st

from lstm_ref.seq2seq.tokens import detokenise, tokenise


@pytest.mark.parametrize(
    "sentence, tokens",
    [
        ("Don’t you like Tom's dog?", "don't you like tom's dog ?"),
        ("The dogs' tails, rock 'n' roll!", "the dogs ' tails , rock ' n ' roll !"),
        ("A well-known ３.14 snake_case…", "a well - known 3 . 14 snake _ case . . ."),
    ],
)
def test_english(sentence, tokens):
    assert tokenise(sentence, "en") == tokens.split()


def test_chinese():
    assert tokenise("你好,Tom! １２\u3000个\u200b人?", "zh") == list("你好，Tom！12个人？")


@given(st.text(), st.sampled_from(["en", "zh"]))
def test_nothing_but_blanks_gets_lost_and_normal_forms_agree(sentence, language):
    tokens = tokenise(sentence, language)
    assert all(tokens) and not any(c.isspace() for token in tokens for c in token)
    assert tokens == tokenise(unicodedata.normalize("NFKD", sentence), language)
    if language == "en":
        kept = "".join(unicodedata.normalize("NFKC", sentence).lower().replace("’", "'").split())
        assert "".join(tokens) == kept


def test_a_real_sentence_comes_back_as_it_was():
    chinese = [record["chinese"] for record in load_sentences()]
    assert [detokenise(tokenise(sentence, "zh"), "zh") for sentence in chinese] == chinese
    assert detokenise(tokenise("Yes, I don't know.", "en"), "en") == "yes, i don't know."
