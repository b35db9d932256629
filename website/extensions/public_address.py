"""Link previews, a page for wrong addresses, and a site map.

A link preview has the page's title and first sentences (OpenGraph). Absolute addresses, in previews, in
``sitemap.xml`` and on ``404.html``, begin with the environment variable ``COURSE_URL``: ``make book
COURSE_URL=https://example.org/lstm/``. Without it there is no site map, and previews have no picture.
"""

import os
from urllib.parse import urlsplit

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError

CARD = "_static/card.png"
SORRY = """
<h1>There is no such page</h1>
<p>Perhaps it has moved. The <a href="index.html">front page</a> has a map of the course, and the search, at the top
of this page, finds words and symbols.</p>
"""


def address() -> str:
    """The site's address with a slash at its end, or ""; raises ExtensionError where the variable holds no address."""
    given = os.environ.get("COURSE_URL", "").strip()
    if not given:
        return ""
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ExtensionError(f"COURSE_URL is {given!r}; it should read like https://example.org/lstm/")
    return given.rstrip("/") + "/"


def configure(app: Sphinx, config: Config) -> None:
    """Set the address for the extensions that need it."""
    url = address()
    config.html_baseurl = config.ogp_site_url = url
    config.ogp_site_name = config.html_title
    config.ogp_type = "article"
    config.ogp_image = url + CARD if url else None
    config.ogp_image_alt = "A memory cell: one line runs through it, two gates act on it."
    config.ogp_social_cards = {"enable": False}  # all pages share one picture, website/static/card.png
    config.notfound_urls_prefix = urlsplit(url).path or "/"
    config.notfound_context = {"title": "No such page", "body": SORRY}
    config.sitemap_url_scheme = "{link}"
    config.sitemap_excludes = ["404.html", "genindex.html", "search.html"]


def write_all(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Have every page written: sphinx-sitemap lists only the pages that this build writes."""
    return list(env.found_docs)


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.setup_extension("sphinxext.opengraph")
    app.setup_extension("notfound.extension")
    if address():
        app.setup_extension("sphinx_sitemap")
        app.connect("env-updated", write_all)
    app.connect("config-inited", configure, priority=0)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
