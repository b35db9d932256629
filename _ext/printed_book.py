"""A link to the PDF of the whole book, in each page's download menu, where there is a browser that can print it.

`tools/print_book.py` prints it after the build.
"""

import shutil

from sphinx.application import Sphinx

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def add_link(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    """Add the entry beside the theme's own."""
    for button in context.get("header_buttons", []):
        if button.get("label") == "download-buttons":
            entry = {
                "type": "link",
                "url": context["pathto"]("course.pdf", 1),
                "text": "the whole book (.pdf)",
                "icon": "fas fa-book",
                "tooltip": "Download the book as PDF",
                "label": "download-book-button",
            }
            button["buttons"].append(entry)


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    if any(map(shutil.which, BROWSERS)):
        app.connect("html-page-context", add_link, priority=502)  # after the theme has made its menu
    return {"parallel_read_safe": True, "parallel_write_safe": True}
