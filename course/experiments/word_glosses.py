"""Chinese in English words, looked up one by one, so that a reader without Chinese sees what was written."""

import functools

from hsk_sentences_audio import load_sentences

from translator.data.glosses import senses

# What the dictionary explains in brackets, or gives another sense first.
GRAMMAR = {"的": "’s", "了": "(done)", "吗": "(?)", "不": "not", "在": "in", "是": "is", "和": "and", "点": "o’clock"}
GRAMMAR |= {"年": "year", "要": "want", "新": "new", "书": "book", "成功": "succeed", "到": "arrive", "赖": "rely"}
GRAMMAR |= {
    "也": "also",
    "从": "from",
    "都": "all",
    "这": "this",
    "布": "cloth",
    "很": "very",
    "会": "can",
    "家": "home",
}
GRAMMAR |= {"几": "how-many", "个": "(measure)", "只": "(measure)", "。": ".", "，": ",", "？": "?", "！": "!"}


@functools.cache
def _dictionary() -> dict[str, str]:
    """Chinese word → its first sense in the dictionary that comes with the sentences."""
    entries = {t["word"]: t.get("gloss_en") or "" for record in load_sentences() for t in record["tokens"]}
    return {word: found[0] for word, gloss in entries.items() if (found := senses(gloss))} | GRAMMAR


def word_by_word(sentence: str) -> str:
    """A Chinese text in English words: the longest words that the dictionary has, each with its first sense."""
    entries, found, k = _dictionary(), [], 0
    while k < len(sentence):
        length = next((n for n in range(6, 1, -1) if sentence[k : k + n] in entries), 1)
        word = sentence[k : k + length]
        found.append(entries.get(word, word))
        k += length
    return " ".join(found)
