"""Serve MathJax from the site itself.

The PyPI package ``sphinx-mathjax-offline`` carries all of MathJax 3 (24 MB). A page needs one script of it, its fonts,
and now and then a TeX extension that the script loads by name. They are copied into the built site rather than kept in
``_static``, where Jupyter Book would put every script on every page.
"""

from importlib.util import find_spec
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.fileutil import copy_asset

PARTS = ["tex-chtml.js", "output/chtml/fonts/woff-v2", "input/tex/extensions"]


def package_folder() -> Path:
    """Where the package keeps MathJax; raises ExtensionError, with the remedy, where it is not installed."""
    spec = find_spec("sphinx-mathjax-offline")  # the hyphens are the folder's own: no import statement can name it
    if spec is None:
        raise ExtensionError("sphinx-mathjax-offline is not installed: pip install -c constraints.txt -e '.[book]'")
    return Path(spec.submodule_search_locations[0]) / "static" / "mathjax"


def copy_mathjax(app: Sphinx) -> None:
    """Copy what a page needs into ``_static/mathjax``, before pages are written: their links carry its checksum."""
    if app.builder.format != "html" or app.config.mathjax_path.startswith("../"):  # an edition uses the site's
        return
    for part in PARTS:
        target = Path(app.outdir, "_static", "mathjax", part)
        source = package_folder() / part
        copy_asset(str(source), str(target if source.is_dir() else target.parent))


def add_script(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None) -> None:
    """Have formulas typeset in the order in which a reader needs them; `chapter_frame` copies the script."""
    if doctree is not None:
        app.add_js_file("formulas.js", loading_method="defer")


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.connect("builder-inited", copy_mathjax)
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
