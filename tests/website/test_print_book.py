"""tools/print_book.py: a small site printed, bound and numbered."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from printing.pages import page_names
from pypdf import PdfReader

ROOT = Path(__file__).resolve().parents[2]
PAGE = """<html><head><title>x</title></head><body><article><h1>{title}</h1>
<section id="first"><h2>First of {title}</h2><p style="height: 700px">text</p></section>
<section id="second"><h2>Second of {title}</h2><p>{links}</p></section></article></body></html>"""
LINKS = '<a href="#first">up</a> <a href="{other}.html#second">over</a> <a href="https://example.org/">out</a>'


@pytest.fixture
def site(tmp_path, browser):
    html = tmp_path / "_build/html"
    (html / "_static").mkdir(parents=True)
    for name in ("course.css", "cards.css", "frame.css"):
        (html / "_static" / name).write_text("")
    (tmp_path / "website" / "static").mkdir(parents=True)
    shutil.copy(ROOT / "website/static/favicon.svg", tmp_path / "website/static")
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "3.1.4"\n')
    (tmp_path / "CITATION.cff").write_text(
        "authors: [{given-names: Ada, family-names: Lovelace}, {name: Others}]\ndate-released: 2031-05-06\n"
    )
    (tmp_path / "_config.yml").write_text("title: A book\n")
    (tmp_path / "_toc.yml").write_text("root: one\nparts: [{chapters: [{file: two}]}]\n")
    for name, other in (("one", "two"), ("two", "one")):
        (html / f"{name}.html").write_text(PAGE.format(title=name, links=LINKS.format(other=other)))
    return tmp_path


def print_book(root):
    command = [sys.executable, ROOT / "tools/print_book.py", "--root", root]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf8")


def test_links_lead_to_places_in_the_book(site):
    done = print_book(site)
    assert done.returncode == 0, done.stderr
    book = PdfReader(site / "_build/html/course.pdf")
    assert book.metadata.title == "A book"
    where = {}  # the text of a sheet's headings, to find sheets by
    for number, sheet in enumerate(book.pages[2:], start=2):  # after cover and contents
        for name in ("First of one", "Second of one", "First of two", "Second of two"):
            if name in sheet.extract_text():
                where[name] = number
    sheet = book.pages[where["Second of one"]]
    links = [entry.get_object() for entry in sheet["/Annots"]]
    targets = [book.get_page_number(link["/Dest"][0].get_object()) for link in links if "/Dest" in link]
    assert targets == [where["First of one"], where["Second of two"]]
    assert [link["/A"]["/URI"] for link in links if "/A" in link] == ["https://example.org/"]
    assert [entry.title for entry in book.outline if not isinstance(entry, list)] == ["one", "two"]
    assert str(where["Second of two"] + 1) in book.pages[where["Second of two"]].extract_text().split()

    first = (site / "_build/html/course.pdf").stat().st_mtime_ns
    assert print_book(site).stdout == ""  # nothing has changed
    assert (site / "_build/html/course.pdf").stat().st_mtime_ns == first
    kept = {path: path.stat().st_mtime_ns for path in (site / "_build/print").glob("one-*.pdf")}
    page = site / "_build/html/two.html"
    page.write_text(page.read_text().replace("text", "other text"))
    assert "pages" in print_book(site).stdout
    assert {path: path.stat().st_mtime_ns for path in kept} == kept  # only the changed page was printed again


def test_cover_and_contents(site):
    """The cover names title, authors, version and date; each line of the contents has the number of its sheet."""
    assert print_book(site).returncode == 0
    book = PdfReader(site / "_build/html/course.pdf")
    cover, contents, *pages = book.pages
    for words in ("A book", "Ada Lovelace, Others", "Version 3.1.4", "2031-05-06"):
        assert words in cover.extract_text()
    numbers = dict(re.findall(r"(First of \w+|Second of \w+|one|two)\s*(\d+)", contents.extract_text()))
    assert [*numbers] == ["one", "First of one", "Second of one", "two", "First of two", "Second of two"]
    for title, number in numbers.items():
        assert title in book.pages[int(number) - 1].extract_text()
        assert number in book.pages[int(number) - 1].extract_text().split()
    targets = [book.get_page_number(entry.get_object()["/Dest"][0].get_object()) for entry in contents["/Annots"]]
    assert targets == [int(number) - 1 for number in numbers.values()]


def test_a_new_version_is_printed(site):
    assert print_book(site).returncode == 0
    (site / "pyproject.toml").write_text('[project]\nversion = "3.2.0"\n')
    assert "pages" in print_book(site).stdout
    assert "3.2.0" in PdfReader(site / "_build/html/course.pdf").pages[0].extract_text()


def test_a_site_that_is_not_built_is_named(site):
    (site / "_build/html/two.html").unlink()
    done = print_book(site)
    assert done.returncode == 1
    assert done.stderr.strip().endswith("two.html is not there yet: make book")


@pytest.mark.exhaustive
def test_the_whole_book_is_printed(html, browser, tmp_path):
    """Every page is an entry of the outline, and every link within the book leads to one of its sheets."""
    for name in ("_config.yml", "_toc.yml", "CITATION.cff", "pyproject.toml", "website"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(html, tmp_path / "_build/html")
    (tmp_path / "_build/html/course.pdf").unlink(missing_ok=True)
    done = print_book(tmp_path)
    assert done.returncode == 0, done.stderr
    book = PdfReader(tmp_path / "_build/html/course.pdf")
    assert len([entry for entry in book.outline if not isinstance(entry, list)]) == len(page_names(ROOT))
    links = [entry.get_object() for sheet in book.pages for entry in sheet.get("/Annots", [])]
    targets = [link["/Dest"][0].get_object() for link in links if "/Dest" in link]
    assert len(targets) > len(page_names(ROOT))
    assert all(0 <= book.get_page_number(target) < len(book.pages) for target in targets)
    assert [link["/A"]["/URI"] for link in links if link.get("/A", {}).get("/URI", "http").startswith("file:")] == []
