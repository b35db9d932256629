"""Remove the spans around names, punctuation and blanks in highlighted code, which look like plain text without them.

These spans are two thirds of the elements of a chapter's page, and a phone has to style and place each one.
"""

import re

from docutils import nodes
from sphinx.application import Sphinx

PLAIN = ("n", "p", "w")  # Pygments' classes that have no colour of their own in either style; a test compares them
PLAIN_SPAN = re.compile(rf'<span class="(?:{"|".join(PLAIN)})">([^<]*)</span>')


def strip_plain_spans(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    """Replace each of these spans in a page by its text."""
    if "body" in context:
        context["body"] = PLAIN_SPAN.sub(r"\1", context["body"])


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.connect("html-page-context", strip_plain_spans)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
