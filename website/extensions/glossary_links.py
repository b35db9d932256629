"""Links the first use of each glossary term in a chapter to the glossary, when the page is written.

The notebooks contain plain words, since JupyterLab has no glossary to link to. The terms are those of the page
`glossary`, in the singular or the plural. A term that ends in brackets, "cell (of an LSTM)", is not linked, since the
word without brackets has other meanings.
"""

import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_exercise.nodes import exercise_node

# Inside these nodes a word is not running text, or is a link already.
NOT_IN = (nodes.reference, nodes.literal, nodes.title, nodes.Admonition, nodes.table, nodes.math, nodes.raw, nodes.term,
          exercise_node)  # fmt: skip


def pattern(terms: list[str]) -> re.Pattern:
    """One expression for all terms, the longest first; it matches plurals and any case."""
    words = "|".join(re.escape(term).replace(r"\ ", r"\s+") for term in sorted(terms, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])({words})(?:e?s)?(?![\w-])", re.IGNORECASE)


class FirstUses(SphinxPostTransform):
    """Links the first uses on a chapter's page."""

    default_priority = 60  # references are resolved by then, and cards are put together
    formats = ("html",)

    def run(self, **kwargs) -> None:
        """Go through the paragraphs in order; each term is linked once on a page."""
        if not self.env.docname.startswith("chapters/"):
            return
        terms = {
            name.lower(): (doc, anchor)
            for (kind, name), (doc, anchor) in self.env.get_domain("std").objects.items()
            if kind == "term" and not name.endswith(")")
        }
        if not terms:
            return
        self.pattern, self.terms, self.seen = pattern(list(terms)), terms, set()
        for paragraph in self.document.findall(nodes.paragraph):
            if not any(isinstance(parent, NOT_IN) for parent in ancestors(paragraph)):
                for text in list(paragraph.findall(nodes.Text)):
                    if not any(isinstance(parent, NOT_IN) for parent in ancestors(text)):
                        self.link(text)

    def link(self, text: nodes.Text) -> None:
        """Replace a text by pieces of it, in which first uses are links."""
        pieces, end = [], 0
        for match in self.pattern.finditer(text):
            target = self.terms[" ".join(match[1].lower().split())]
            if target in self.seen:
                continue
            self.seen.add(target)  # two names with one entry count as one term
            uri = self.app.builder.get_relative_uri(self.env.docname, target[0])
            link = nodes.reference("", match[0], internal=True, refuri=f"{uri}#{target[1]}", classes=["glossary-term"])
            pieces += [nodes.Text(text[end : match.start()]), link]
            end = match.end()
        if pieces:
            text.parent.replace(text, [*pieces, nodes.Text(text[end:])])


def ancestors(node: nodes.Node):
    """The nodes that contain this one, from the inside out."""
    while node := node.parent:
        yield node


def read_again_with_glossary(app: Sphinx, document: nodes.document) -> None:
    """Have Sphinx read a chapter's page again when the glossary has changed."""
    if app.env.docname.startswith("chapters/"):
        app.env.note_dependency(str(Path(app.srcdir, "course", "pages", "glossary.md")))


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.add_post_transform(FirstUses)
    app.connect("doctree-read", read_again_with_glossary)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
