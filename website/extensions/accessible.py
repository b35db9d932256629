"""What the theme leaves unsaid to a screen reader, and out of reach of keys.

The triangles of the contents have no name; formulas and tables that scroll sideways cannot be scrolled by keys.
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import _


def name_toggles(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None) -> None:
    """Give each triangle of the contents a name."""
    make = context.get("generate_toctree_html")
    if make is None:
        return

    def named(*args, **options):
        made = make(*args, **options)  # a tree, or an empty text where there is nothing to list
        for triangle in made.find_all("summary") if made else ():
            triangle["aria-label"] = _("Pages of this chapter")
        return made

    context["generate_toctree_html"] = named


def unlist_citations(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    """Docutils calls the bibliography a list and its entries no items of it; without the role it is plain text."""
    if "body" in context:
        context["body"] = context["body"].replace(
            '<div role="list" class="citation-list">', '<div class="citation-list">'
        )


def add_script(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None) -> None:
    """Tab stops for what scrolls; `chapter_frame` copies the script."""
    if doctree is not None:
        app.add_js_file("scrolling.js", loading_method="defer")


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.connect("html-page-context", name_toggles, priority=600)  # after the theme has put its function there
    app.connect("html-page-context", unlist_citations)
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
