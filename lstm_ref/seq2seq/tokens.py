"""Tokens: words on the English side, characters on the Chinese side, and text from them again."""

import re
import unicodedata

from lstm_ref.shapes import checked


@checked
def tokenise(sentence: str, language: str) -> list[str]:
    """Normalise a sentence and split it: English words, Chinese characters.

    Both begin with Unicode's normal form NFKC, which writes ｗ as w and joins an
    e and an accent into one é.

    English: small letters; ’ becomes '. A token is a run of letters and digits,
    in which a ' may stand between two of them (don't is one token), or else one
    character that is no blank.

    Chinese: the punctuation marks , ! ? : ; ( ) become the wide ones ， ！ ？ ： ；
    （ ）. Each character is a token, but for blanks and what cannot be printed.

    sentence : str   as it stands in the corpus
    language : str   "en" for English, "zh" for Chinese
    Returns tokens (list): strings, in the sentence's order
    """
    text = unicodedata.normalize("NFKC", sentence)
    if language == "en":
        return re.findall(r"[^\W_]+(?:'[^\W_]+)*|\S", text.lower().replace("’", "'"))
    text = text.translate(str.maketrans(",!?:;()", "，！？：；（）"))
    return [character for character in text if character.isprintable() and not character.isspace()]


def detokenise(tokens: list[str], language: str) -> str:
    """Tokens as a text to show: Chinese run together, English words with blanks between them.

    tokens : list    strings, without specials
    language : str   "en" or "zh"
    Returns sentence (str)
    """
    if language == "zh":
        return "".join(tokens)
    return re.sub(r" ([.,!?;:])", r"\1", " ".join(tokens))
