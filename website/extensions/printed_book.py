"""A link to the PDF of the whole book, in each page's download menu, where the PDF is printed beside the site.

`make pdf` sets COURSE_PDF for its build and then prints with `tools/print_book.py`. `make book` does not print, so its
pages have no link that leads nowhere.
"""

import os

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.locale import _


def note_whether_printed(app: Sphinx, config: Config) -> None:
    """Set `course_pdf` from the environment; Sphinx writes every page again where the value has changed."""
    config.course_pdf = bool(os.environ.get("COURSE_PDF"))


def add_link(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    """Add the entry beside the theme's own."""
    if not app.config.course_pdf:
        return
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
    app.add_config_value("course_pdf", False, "html")
    app.connect("config-inited", note_whether_printed)
    app.connect("html-page-context", add_link, priority=502)  # after the theme has made its menu
    return {"parallel_read_safe": True, "parallel_write_safe": True}
