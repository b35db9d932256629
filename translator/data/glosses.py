"""The dictionary inside the course's sentences: what each of their words means, as more pairs to train on."""

import re

from hsk_sentences_audio import load_sentences

from translator.data.corpus import Pair

SENSES, WORDS = 2, 4  # of a word, the first senses; of a sense, so many English words at most
NO_MEANING = ("see ", "variant", "old variant", "CL:", "classifier", "used in", "surname", "abbr")
ASIDE = re.compile(r"\([^)]*\)|\[[^]]*\]")  # remarks in brackets, pronunciations


def senses(gloss: str) -> list[str]:
    """The short first senses of a dictionary's entry: "teacher; instructor (at school)" → teacher, instructor.

    gloss : str   senses between ; or /
    Returns senses (list): at most two, "to" before verbs left out, and whatever is no translation
    """
    found = (sense.strip() for sense in re.split("[;/]", ASIDE.sub("", gloss))[:SENSES])
    plain = (s.removeprefix("to ") for s in found if not s.startswith(NO_MEANING) and s.isascii())
    return [sense for sense in plain if 0 < len(sense.split()) <= WORDS]


def glosses(train: list[Pair]) -> list[Pair]:
    """The words of the HSK sentences in the training part with their meanings, each pair once.

    train : list   the training part; words of other sentences are left out, so that nothing of a test part is told
    Returns pairs (list)
    """
    known = {pair.chinese for pair in train}
    found = {}
    for record in load_sentences():
        if record["chinese"].strip() in known:
            for token in record["tokens"]:
                found |= {Pair(sense, token["word"]): None for sense in senses(token.get("gloss_en") or "")}
    return list(found)
