"""The words of the moving figures, in an edition that is not English.

The figures in course/figures/ have their words as phrases, templates with named places: `phrase("Step {t} of {last}.",
…)` in Python and in the figure's script. Every template goes into the catalogue ``sphinx``.

A notebook is executed once, in English, for every edition. Beside each of its English words the figure's HTML carries
their phrases as data: the attribute ``data-phrases`` is a JSON list of [template, values]. An edition looks each
template up in its catalogue, fills in the values, and replaces the English. For the script it adds the object
`figureWords`, translations by template. All figures of a page are translated or none: where a template has no
translation, or a figure has words that are not phrases, the figures stay in English, marked as such, and the
notice under the page's title counts them.
"""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from babel.messages.extract import extract_from_file
from bs4 import BeautifulSoup, Tag
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

LANGUAGES = {".js": "javascript", ".py": "python"}
SHARED_SCRIPT = "shared.js"
SPOKEN = "[aria-label], .note, .words"  # the elements with words in a figure's HTML


def phrases(*files: Path) -> list[str]:
    """Every template in these files of course/figures/, in their order."""
    found = []
    for file in files:
        extracted = extract_from_file(LANGUAGES[file.suffix], file, keywords={"phrase": None})
        found += [message for _line, message, *_rest in extracted]
    return found


def every_phrase(folder: Path) -> list[str]:
    """The templates of all figures."""
    return phrases(*(file for file in sorted(folder.glob("*")) if file.suffix in LANGUAGES))


def translate(figures: list[str], folder: Path, known: Callable[[str], str]) -> list[str]:
    """The HTML of a page's figures in translation; the first one brings the dictionary for the scripts.

    folder : Path     of the figures' modules and scripts
    known : Callable  gives a template's translation, or the template itself where there is none
    raises LookupError with what cannot be translated
    """
    roots = [BeautifulSoup(figure, "html.parser") for figure in figures]
    names = dict.fromkeys(figure_name(root.div) for root in roots)
    scripts = [folder / SHARED_SCRIPT, *(folder / f"{name}.js" for name in names)]
    dictionary = translations(phrases(*scripts), known)
    for root in roots:
        for element in root.select(SPOKEN):
            translate_element(element, known)
    code = json.dumps(dictionary, ensure_ascii=False).replace("<", "\\u003c")
    return [f"<script>window.figureWords = {code}</script>{roots[0]}", *map(str, roots[1:])]


def figure_name(element: Tag) -> str:
    """The module that drew the figure: its element has the classes ``moving`` and that name."""
    return next(name for name in element["class"] if name != "moving")


def translate_element(element: Tag, known: Callable[[str], str]) -> None:
    """Replace the words of one element: the label of a drawing, the HTML of a note, or the text of the sentence.

    raises LookupError where the element has no phrases or one of them has no translation
    """
    if "data-phrases" not in element.attrs:
        raise LookupError(element.get("aria-label") or element.get_text())
    spoken = json.loads(element["data-phrases"])
    words = translations((template for template, _values in spoken), known)
    text = "".join(words[template].format(**values) for template, values in spoken)  # Chinese has no space in between
    del element["data-phrases"]
    if "aria-label" in element.attrs:
        element["aria-label"] = text
    elif "note" in element["class"]:
        element.clear()
        element.append(BeautifulSoup(text, "html.parser"))
    else:
        element.string = text


def translations(templates: Iterable[str], known: Callable[[str], str]) -> dict[str, str]:
    """Translations by template; raises LookupError for a template that has none."""
    words = {template: known(template) for template in templates}
    for template, translation in words.items():
        if translation == template:
            raise LookupError(template)
    return words


class FigureWords(SphinxPostTransform):
    """Translates a page's figures, or marks them as English and counts them in the document's `english_figures`."""

    default_priority = 30  # MyST-NB has chosen the outputs that a page shows (4)
    formats = ("html",)

    def run(self, **kwargs) -> None:
        """Replace the HTML of every moving figure."""
        outputs = [node for node in self.document.findall(nodes.raw) if node.astext().startswith('<div class="moving ')]
        if not outputs:
            return
        figures = [node.astext() for node in outputs]
        try:
            figures = translate(figures, Path(self.app.srcdir, "course", "figures"), _)
        except LookupError as unknown:
            page = self.env.docname
            logging.getLogger(__name__).info("%s: its figures stay in English: %s", page, unknown)
            figures = [figure.replace("<div", '<div lang="en"', 1) for figure in figures]
            self.document["english_figures"] = len(figures)
        for node, figure in zip(outputs, figures, strict=True):
            node.replace_self(nodes.raw("", figure, **node.attributes))


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.add_post_transform(FigureWords)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
