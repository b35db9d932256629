"""Leave out of highlighted code what changes nothing: names, punctuation and blanks look as plain text does.

They are two thirds of all elements of a chapter's page, and a phone has to style and to place each one.
"""

import re

from docutils import nodes
from sphinx.application import Sphinx

PLAIN = ("n", "p", "w")  # Pygments' classes that neither of the styles gives a colour of its own; a test looks
MARKS = re.compile(rf'<span class="(?:{"|".join(PLAIN)})">([^<]*)</span>')


def unmark(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None) -> None:
    """Drop these marks from a page."""
    if "body" in context:
        context["body"] = MARKS.sub(r"\1", context["body"])


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.connect("html-page-context", unmark)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
