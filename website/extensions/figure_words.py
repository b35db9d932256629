"""The words of the moving figures, in an edition that is not English.

What a figure says stands in course/figures/, as phrases with places: `phrase("Step {t} of {last}. …", t=t, last=T)`,
in the script with braces around the places. Python's stand in the page before a script runs, and JavaScript's come
with each step. Both go into the catalogue ``sphinx``.

A notebook is executed once, in English, for every edition. So when an edition writes its page, what Python wrote is
known by its phrases and said again in translation; and the page gets a dictionary, `figureWords`, in which the scripts
look theirs up. The figures of a page speak one language: where a phrase has no translation, because its English has
changed or nobody has begun, or where something is said that is no phrase, they stay English, marked as such, and the
line under the page's title counts them.
"""

import json
import re
from collections.abc import Callable, Iterable
from html import escape, unescape
from pathlib import Path

from babel.messages.extract import extract_from_file
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.util import logging

LANGUAGES = {".js": "javascript", ".py": "python"}
FIGURE = re.compile(r'<div class="moving (\w+)">.*?(?=<script)', re.DOTALL)  # without its scripts
SAID = re.compile(
    r'(?<=<p class="note">)(?P<html>.*?)(?=</p>)|(?<=aria-label=")[^"]*|(?<=aria-live="polite">)[^<]*', re.DOTALL
)
PLACE = re.compile(r"\{(\w+)\}")
FILLED = r"((?:(?![.!?] ).)+?)"  # what stands in a place: anything but the end of one sentence and the next


def phrases(*files: Path) -> list[str]:
    """Every phrase in these files of course/figures/, in their order."""
    found = []
    for file in files:
        extracted = extract_from_file(LANGUAGES[file.suffix], file, keywords={"phrase": None})
        found += [message for _line, message, *_rest in extracted]
    return found


def every_phrase(folder: Path) -> list[str]:
    """Those of all figures."""
    return phrases(*(file for file in sorted(folder.glob("*")) if file.suffix in LANGUAGES))


def say_again(text: str, words: dict[str, str]) -> str:
    """A text of phrases, one after the other, in translation; Chinese sentences have no space between them.

    words : dict    translations by phrase
    raises LookupError where the text, or a part of it, is none of them
    """
    said = []
    while text:
        for phrase in words:
            literal = [re.escape(part) for part in PLACE.split(phrase)[::2]]
            match = re.match(FILLED.join(literal) + r"(?:\s+|$)", text)
            if match:
                break
        else:
            raise LookupError(text)
        said.append(words[phrase].format(**dict(zip(PLACE.findall(phrase), match.groups(), strict=True))))
        text = text[match.end() :]
    return "".join(said)


def translate(body: str, folder: Path, known: Callable[[str], str]) -> str:
    """A page's body with its figures in translation.

    folder : Path     of the figures
    known : Callable  gives a phrase's translation, or the phrase itself where there is none
    raises LookupError with what cannot be translated
    """
    names = dict.fromkeys(FIGURE.findall(body))
    drawn = _words(phrases(*(folder / f"{name}.py" for name in names)), known)
    spoken = _words(phrases(*(folder / f"{name}.js" for name in ("html", *names))), known)

    def again(match: re.Match) -> str:
        if match["html"]:
            return say_again(match[0], drawn)
        return escape(say_again(unescape(match[0]), drawn))

    dictionary = json.dumps(spoken, ensure_ascii=False).replace("<", "\\u003c")
    body = FIGURE.sub(lambda figure: SAID.sub(again, figure[0]), body)
    return FIGURE.sub(lambda figure: f"<script>window.figureWords = {dictionary}</script>{figure[0]}", body, count=1)


def _words(english: Iterable[str], known: Callable[[str], str]) -> dict[str, str]:
    words = {phrase: known(phrase) for phrase in english}
    for phrase, translation in words.items():
        if translation == phrase:
            raise LookupError(phrase)
    return words


def translate_figures(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    """Have a page's figures speak the edition's language, or note that they do not."""
    figures = FIGURE.findall(context.get("body", ""))
    if not figures:
        return
    try:
        context["body"] = translate(context["body"], Path(app.srcdir, "course", "figures"), _)
    except LookupError as unknown:
        logging.getLogger(__name__).info("%s: its figures stay English: %s", page, unknown)
        context["body"] = FIGURE.sub(lambda figure: figure[0].replace("<div", '<div lang="en"', 1), context["body"])
        context["english_figures"] = len(figures)


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.connect("html-page-context", translate_figures, priority=400)  # before website/extensions/edition.py counts
    return {"parallel_read_safe": True, "parallel_write_safe": True}
