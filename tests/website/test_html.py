"""The pages as files: links, anchors, alternative texts, ids."""

import copy
import gzip
import re
from collections import Counter
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

from tests.website.parsed import anchors, soup


@pytest.fixture
def page(html, doc):
    return soup(html, doc)


def test_links_and_anchors_resolve(html, doc, page):
    dead = []
    for tag in page.find_all(["a", "link", "script", "img", "source"]):
        target = tag.get("href") or tag.get("src")
        if not target or urlsplit(target).scheme in ("http", "https", "mailto", "data"):
            continue
        path, anchor = urldefrag(target)
        file = (html / f"{doc}.html").parent / unquote(urlsplit(path).path) if path else html / f"{doc}.html"
        if not file.exists():
            dead.append(target)
        elif anchor and file.suffix == ".html" and unquote(anchor) not in anchors(file.resolve()):
            dead.append(target)
    assert dead == []


def test_every_image_says_what_it_shows(page):
    """Not its file's name, which is what a notebook's output says unless told otherwise (`mystnb: image: alt`)."""
    mute = [img["src"] for img in page.find_all("img") if len(img.get("alt", "")) < 4 or "/" in img["alt"]]
    assert mute == []


def test_quotation_marks_face_the_right_way(page):
    """Straight marks become curly, and one with space on both sides turns the wrong way: write “so ” yourself."""
    article = copy.copy(page.find("article"))
    for code in article.find_all(["pre", "code", "script"]):
        code.replace_with("x")
    assert re.findall(r".{12}[“‘]\s.{12}", article.get_text()) == []


def test_ids_are_unique(page):
    ids = Counter(tag["id"] for tag in page.find_all(id=True))
    assert [name for name, count in ids.items() if count > 1] == []


def test_no_script_or_sheet_of_another_host(page):
    far = [tag.get("src") or tag.get("href") for tag in page.find_all(["script", "link", "img", "iframe"])]
    assert [url for url in far if url and url.startswith(("http:", "https:", "//"))] == []


FIRST_VIEW = 600_000  # bytes over the wire
WHOLE_SITE = 60_000_000


def test_a_page_is_light(html, doc, page):
    """The page with its scripts and style sheets, compressed as a server sends them; MathJax's script counts too."""
    tags = page.find_all("script", src=True) + page.find_all("link", rel="stylesheet", href=True)
    names = {urlsplit(tag.get("src") or tag.get("href")).path for tag in tags}
    files = {(html / f"{doc}.html").parent.joinpath(unquote(name)).resolve() for name in names}
    size = sum(len(gzip.compress(path.read_bytes(), 6)) for path in {html / f"{doc}.html", *files})
    assert size < FIRST_VIEW
    assert "all.min.js" not in {path.name for path in files}, "Font Awesome's script is back: see website/templates"


def test_the_whole_site_is_not_heavy(html):
    assert sum(path.stat().st_size for path in html.rglob("*") if path.is_file()) < WHOLE_SITE


def test_no_figure_is_a_heavy_picture(page):
    """What cells draw is WebP or SVG."""
    assert [img["src"] for img in page.find_all("img") if img["src"].endswith((".png", ".jpg", ".gif"))] == []
