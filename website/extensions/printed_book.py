"""A link to the PDF of the whole book, in each page's download menu, where there is a browser that can print it.

`tools/print_book.py` prints it after the build.
"""

import sys
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.locale import _

TOOLS = Path(__file__).resolve().parents[2] / "tools"  # what prints knows which browser will do


def add_link(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    """Add the entry beside the theme's own."""
    for button in context.get("header_buttons", []):
        if button.get("label") == "download-buttons":
            entry = {
                "type": "link",
                "url": context["pathto"]("course.pdf" if app.config.language == "en" else "../course.pdf", 1),
                "text": _("the whole book (.pdf)"),
                "icon": "fas fa-book",
                "tooltip": _("Download the book as PDF"),
                "label": "download-book-button",
            }
            button["buttons"].append(entry)


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    sys.path.append(str(TOOLS))
    from printing.browser import find_browser

    if find_browser():
        app.connect("html-page-context", add_link, priority=502)  # after the theme has made its menu
    return {"parallel_read_safe": True, "parallel_write_safe": True}
