"""Corrections of the theme for screen readers and for the keyboard.

The theme gives the toggles of the contents no name, and the keyboard cannot scroll wide formulas and tables.
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import _


def name_toggles(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None) -> None:
    """Give each toggle of the contents a name."""
    make = context.get("generate_toctree_html")
    if make is None:
        return

    def with_names(*args, **options):
        tree = make(*args, **options)  # an empty string where there are no pages to list
        for toggle in tree.find_all("summary") if tree else ():
            toggle["aria-label"] = _("Pages of this chapter")
        return tree

    context["generate_toctree_html"] = with_names


def unlist_citations(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    """Remove the role of a list from the bibliography: docutils does not give its entries the role of items."""
    if "body" in context:
        context["body"] = context["body"].replace(
            '<div role="list" class="citation-list">', '<div class="citation-list">'
        )


def add_script(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None) -> None:
    """Add the script that gives elements that scroll a tab stop; `chapter_frame` copies it."""
    if doctree is not None:
        app.add_js_file("scrolling.js", loading_method="defer")


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.connect("html-page-context", name_toggles, priority=600)  # after the theme has set its function
    app.connect("html-page-context", unlist_citations)
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
