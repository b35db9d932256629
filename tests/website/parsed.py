"""The built pages, each parsed once for all tests. Who changes a page takes a copy of it first."""

import functools
from pathlib import Path

import yaml
from bs4 import BeautifulSoup


def parse(path):
    """An HTML file as it is now."""
    return BeautifulSoup(Path(path).read_text("utf8"), "html.parser")


read = functools.cache(parse)


def soup(html, doc):
    """A page of the site."""
    return read(html / f"{doc}.html")


@functools.cache
def anchors(path):
    """Everything in an HTML file that a link can lead to."""
    return frozenset(tag["id"] for tag in read(path).find_all(id=True))


def sources(root):
    """Stem and exercises of every chapter that is written."""
    for path in sorted(root.glob("course/*/exercises.yml")):
        yield path.parent.name, yaml.safe_load(path.read_text("utf8")).get("exercises") or []
