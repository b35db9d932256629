"""The pages of the built site in the order of the book, and the anchors in them that links lead to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import yaml
from bs4 import BeautifulSoup, Tag


@dataclass
class Page:
    """One page of the site.

    file : its HTML file; title : its first heading
    sections : (id, title) of its second-level headings
    anchors : the ids that links of any page lead to, and those of the sections
    """

    file: Path
    title: str
    sections: list[tuple[str, str]]
    anchors: set[str] = field(default_factory=set)


def book_pages(root: Path, html: Path) -> list[Page]:
    """Read the pages that `_toc.yml` names. Raises FileNotFoundError for one that is not built."""
    pages = [_page(html / f"{name}.html") for name in page_names(root)]
    by_file = {page.file: page for page in pages}
    for page in pages:
        page.anchors |= {anchor for anchor, _ in page.sections}
        for link in _read(page.file).find_all("a", href=True):
            target, anchor = resolve(str(link["href"]), page.file)
            if anchor and target in by_file:
                by_file[target].anchors.add(anchor)
    return pages


def resolve(href: str, file: Path) -> tuple[Path | None, str]:
    """The file and the anchor that a link on the page `file` leads to; None for a link to another host."""
    address, anchor = urldefrag(href)
    parts = urlsplit(address)
    if parts.scheme not in ("", "file"):
        return None, ""
    path = unquote(parts.path)
    return (file.parent / path).resolve() if path else file, unquote(anchor)


def page_names(root: Path) -> list[str]:
    """The pages that the course's `_toc.yml` names, in its order."""

    def below(entry: dict) -> Iterator[str]:
        yield entry["file"]
        for section in entry.get("sections", []):
            yield from below(section)

    contents = yaml.safe_load((root / "_toc.yml").read_text("utf8"))
    chapters = [chapter for part in contents["parts"] for chapter in part["chapters"]]
    return [contents["root"], *(name for chapter in chapters for name in below(chapter))]


@cache
def _read(file: Path) -> BeautifulSoup:
    return BeautifulSoup(file.read_text("utf8"), "html.parser")


def _page(file: Path) -> Page:
    article = _read(file.resolve()).select_one("article:has(h1)")
    if article is None:
        raise ValueError(f"{file} has no article with a heading of the first level")
    sections = [(str(s["id"]), _text(s.h2)) for s in article.select("section[id]:has(> h2)")]
    return Page(file.resolve(), _text(article.h1), sections)


def _text(heading: Tag | None) -> str:
    return heading.get_text().replace("#", "").strip() if heading else ""
