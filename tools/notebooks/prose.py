"""The prose of Markdown: its paragraphs, sentences and words.

An item of a list is a paragraph. A formula, a piece of code or a reference within a sentence is one word. Headings,
tables, displayed formulas and citations in brackets are left out.
"""

import re
from collections.abc import Iterator
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

EXTENSIONS = {"amsmath", "attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath", "tasklist"}
NO_PROSE = {"math", "code", "code-block", "table", "list-table", "csv-table", "raw", "image", "bibliography"}
ABBREVIATIONS = {"e.g.", "i.e.", "al.", "cf.", "vs.", "Fig.", "Eq.", "Sec.", "Ch.", "Dr.", "Mr.", "Mrs.", "p.", "pp."}
SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*$")
NO_BREAK = "\0"  # stands before and for each blank within code or a formula

Words = list[tuple[str, int]]  # each with its line, counted from the paragraph's first


@cache
def _parser() -> MarkdownIt:
    return create_md_parser(MdParserConfig(enable_extensions=EXTENSIONS), RendererHTML)


def paragraphs(text: str) -> Iterator[tuple[int, Words]]:
    """The paragraphs that hold a word, those in directives too: the first line, counted from 0, and the words."""
    tokens = _parser().parse(text)
    for before, token in zip([None, *tokens], tokens, strict=False):
        start = token.map[0] if token.map else 0
        if token.type == "inline" and before is not None and before.type in ("paragraph_open", "dd_open", "dt_open"):
            words = _words(token.children or [])
            if count(words):
                yield start, words
        directive = re.match(r"\{([\w:-]+)\}", token.info) if token.type in ("fence", "colon_fence") else None
        if directive and directive[1] not in NO_PROSE:
            options = re.match(r"---\n.*?\n---\n|(:[^\n]*\n)*", token.content, re.DOTALL)
            body = options.end() if options else 0
            above = start + 1 + token.content[:body].count("\n")
            yield from ((above + line, words) for line, words in paragraphs(token.content[body:]))


def _words(children: list[Token]) -> Words:
    text = ""
    for child in children:
        if child.type == "myst_role" and child.meta.get("name") in ("cite", "cite:p"):
            continue
        if child.type in ("math_inline", "code_inline", "myst_role"):
            text += NO_BREAK + re.sub(r"\s", NO_BREAK, child.content)
        elif child.type in ("softbreak", "hardbreak"):
            text += "\n"
        elif child.type == "text":
            text += child.content
    return [(word, line) for line, part in enumerate(text.split("\n")) for word in part.split()]


def sentences(paragraph: Words) -> Iterator[Words]:
    """The sentences that hold a word; one ends where a stop precedes anything but a small letter."""
    start = 0
    for k, (word, _) in enumerate(paragraph, 1):
        following = paragraph[k][0].lstrip("\"'“‘([") if k < len(paragraph) else ""
        ends = SENTENCE_END.search(word) and word not in ABBREVIATIONS and not following[:1].islower()
        if ends or k == len(paragraph):
            if count(paragraph[start:k]):
                yield paragraph[start:k]
            start = k


def count(words: Words) -> int:
    """The number of words; a dash or an operator between blanks is none."""
    return sum(NO_BREAK in word or any(map(str.isalnum, word)) for word, _ in words)


def as_text(words: Words) -> str:
    """The words as one line."""
    return " ".join(word.replace(NO_BREAK, " ").strip() for word, _ in words)
