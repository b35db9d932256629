"""Serve MathJax from the site itself.

The PyPI package ``sphinx-mathjax-offline`` contains all of MathJax 3 (24 MB). A page needs one script of it, the fonts,
and sometimes a TeX extension, which the script loads by name. This extension copies them into the built site. They are
not in a static path, since Jupyter Book links every script of a static path on every page.

`formulas.js` typesets the formulas in sight first and all others while the browser is idle. MathJax 3 has a component,
``ui/lazy``, which typesets a formula when the reader scrolls to it. We measured both on Chapter 3 with a
processor slowed down four times: with ``ui/lazy`` the page was usable after 3.6 s in place of 2.8 s (medians of six
loads on a busy machine), and a jump to a section ended 230 to 560 pixels below the top of the window in place of 90 to
210, since formulas above the section were still to be typeset.
"""

from importlib.util import find_spec
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.fileutil import copy_asset

PARTS = ["tex-chtml.js", "output/chtml/fonts/woff-v2", "input/tex/extensions"]


def package_folder() -> Path:
    """The folder of MathJax in the package; raises ExtensionError with the remedy where it is not installed."""
    spec = find_spec("sphinx-mathjax-offline")  # the folder's name has hyphens, so an import statement cannot name it
    if spec is None:
        raise ExtensionError("sphinx-mathjax-offline is not installed: make .venv/.ready")
    return Path(spec.submodule_search_locations[0]) / "static" / "mathjax"


def copy_mathjax(app: Sphinx) -> None:
    """Copy what a page needs into ``_static/mathjax`` before pages are written: their links contain its checksum."""
    if app.builder.format != "html" or app.config.mathjax_path.startswith("../"):  # an edition uses the English site's
        return
    for part in PARTS:
        target = Path(app.outdir, "_static", "mathjax", part)
        source = package_folder() / part
        copy_asset(str(source), str(target if source.is_dir() else target.parent))


def add_script(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None) -> None:
    """Add the script that typesets formulas in the order in which a reader needs them; `chapter_frame` copies it."""
    if doctree is not None:
        app.add_js_file("formulas.js", loading_method="defer")


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.connect("builder-inited", copy_mathjax)
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
