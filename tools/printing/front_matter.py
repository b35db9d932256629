"""The first sheets of the printed book: its cover, and its contents with the numbers of the sheets."""

import subprocess
import tomllib
from collections.abc import Mapping
from datetime import date
from html import escape
from pathlib import Path

import yaml
from pypdf import PdfReader

from printing.browser import print_html
from printing.pages import Page

Places = Mapping[tuple[Path, str], tuple[int, float, float]]  # (file, anchor) → sheet, left, top

COVER = """<style>
  html, body {{ height: 100%; margin: 0; font-family: sans-serif; text-align: center; color: #1f2937; }}
  svg {{ margin-top: 40mm; }}
  h1 {{ font-size: 30pt; margin: 12mm 0 4mm; }}
  p {{ font-size: 14pt; margin: 2mm 0; }}
  .imprint {{ position: absolute; bottom: 12mm; width: 100%; color: #4b5563; font-size: 11pt; }}
</style>
{mark}
<h1>{title}</h1>
<p>{authors}</p>
<div class="imprint"><p>Version {version} · {date}</p><p>{licence}</p></div>"""
LICENCE = "Prose and figures CC BY 4.0, code MIT"
CONTENTS = """<style>
  body {{ margin: 0; font: 10.5pt/1.35 sans-serif; color: #1f2937; }}
  h1 {{ font-size: 20pt; font-weight: 500; margin: 0 0 6mm; }}
  a {{ display: flex; align-items: baseline; gap: 2mm; color: inherit; text-decoration: none; break-inside: avoid; }}
  a i {{ flex: 1; border-bottom: 0.4mm dotted #9ca3af; }}
  .page {{ margin-top: 2.5mm; font-weight: bold; break-after: avoid; }}
  .section {{ padding-left: 6mm; }}
</style>
<h1>Contents</h1>
{entries}"""


def print_cover(root: Path, folder: Path, chromium: str) -> Path:
    """Print the cover and return its PDF: title, authors, version and date."""
    citation = yaml.safe_load((root / "CITATION.cff").read_text("utf8"))
    project = tomllib.loads((root / "pyproject.toml").read_text("utf8"))["project"]
    mark = (root / "website" / "static" / "favicon.svg").read_text("utf8").replace("<svg ", '<svg width="45mm" ')
    words = {
        "title": yaml.safe_load((root / "_config.yml").read_text("utf8"))["title"],
        "authors": ", ".join(_name(author) for author in citation["authors"]),
        "version": project["version"],
        "date": _date(citation, root),
        "licence": LICENCE,
    }
    page = COVER.format(mark=mark, **{key: escape(str(value)) for key, value in words.items()})
    return print_html(page, folder / "cover.pdf", chromium)


def print_contents(pages: list[Page], places: Places, folder: Path, chromium: str) -> Path:
    """Print the contents and return their PDF; the numbers count the cover and the contents themselves.

    pages : of the book; places : of their beginnings and sections, counted from the first page's first sheet
    """
    sheets, target = 1, folder / "contents.pdf"
    while True:  # how many sheets the contents take, is known when they are printed
        print_html(CONTENTS.format(entries="\n".join(_entries(pages, places, 1 + sheets))), target, chromium)
        if len(PdfReader(target).pages) == sheets:
            return target
        sheets = len(PdfReader(target).pages)


def _entries(pages: list[Page], places: Places, front: int) -> list[str]:
    """A line for each page and each of its sections; the sections of solutions are the exercises again."""
    lines = []
    for page in pages:
        lines.append(_entry("page", page.title, page.file.as_uri(), places[page.file, ""][0] + front + 1))
        for anchor, title in [] if page.file.parent.name == "solutions" else page.sections:
            if place := places.get((page.file, anchor)):
                lines.append(_entry("section", title, f"{page.file.as_uri()}#{anchor}", place[0] + front + 1))
    return lines


def _entry(kind: str, title: str, address: str, number: int) -> str:
    return f'<a class="{kind}" href="{escape(address)}"><span>{escape(title)}</span><i></i><span>{number}</span></a>'


def _name(author: dict) -> str:
    """An author's name as CITATION.cff has it: an entity's, or a person's two names."""
    return author.get("name") or f"{author.get('given-names', '')} {author.get('family-names', '')}".strip()


def _date(citation: dict, root: Path) -> str:
    """The date of the release; before one, that of the last commit, or today where there is no repository."""
    if released := citation.get("date-released"):
        return str(released)
    command = ["git", "-C", str(root), "log", "-1", "--format=%cs"]
    try:
        last = subprocess.run(command, capture_output=True, text=True, encoding="utf8").stdout.strip()
    except OSError:
        last = ""
    return last or date.today().isoformat()
