"""Word pairs from the dictionary that comes with the course's sentences, to train on."""

import re

from hsk_sentences_audio import load_sentences

from translator.data.corpus import Pair

MAX_SENSES, MAX_WORDS = 2, 4  # senses of a Chinese word; English words of a sense
NOT_A_TRANSLATION = ("see ", "variant", "old variant", "CL:", "classifier", "used in", "surname", "abbr")
REMARK = re.compile(r"\([^)]*\)|\[[^]]*\]")  # remarks and pronunciations in brackets


def senses(gloss: str) -> list[str]:
    """The first senses of a dictionary entry: "teacher; instructor (at school)" → teacher, instructor.

    gloss : str   senses between ; or /
    Returns senses (list): at most two, of at most four words, without "to" before verbs; cross-references are left out
    """
    found = (sense.strip() for sense in re.split("[;/]", REMARK.sub("", gloss))[:MAX_SENSES])
    plain = (s.removeprefix("to ") for s in found if not s.startswith(NOT_A_TRANSLATION) and s.isascii())
    return [sense for sense in plain if 0 < len(sense.split()) <= MAX_WORDS]


def glosses(train: list[Pair]) -> list[Pair]:
    """The words of the HSK sentences of the training part with their meanings, each pair once.

    train : list   the training part; words of other sentences are left out, so that no test part leaks
    Returns pairs (list)
    """
    known = {pair.chinese for pair in train}
    found = {}
    for record in load_sentences():
        if record["chinese"].strip() in known:
            for token in record["tokens"]:
                found |= {Pair(sense, token["word"]): None for sense in senses(token.get("gloss_en") or "")}
    return list(found)
