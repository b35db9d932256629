"""Print the built site into one PDF, `_build/html/course.pdf`, with cover, contents, links and page numbers.

    python tools/print_book.py [--root FOLDER]

It needs Chromium; without it, it prints a message and does nothing else. It prints a page again only when the page has
changed.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import yaml
from printing.binding import bind, places_of
from printing.browser import find_browser, print_pages
from printing.front_matter import print_contents, print_cover
from printing.numbers import number
from printing.pages import book_pages, page_names
from tqdm import tqdm

from course.dependencies import files_digest

TITLE = "course.pdf"
STYLES = ("course.css", "cards.css", "frame.css")
NO_CHROMIUM = "── No Chromium: no PDF of the book (apt-get install chromium, or make chromium)"


def main() -> int:
    """Print every page, bind them and number the sheets; returns the exit status."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[1])
    root = options.parse_args().root
    html, kept = root / "_build" / "html", root / "_build" / "print"
    bound = kept / "bound.txt"  # the digest of the site that the PDF was made from
    styles = [html / "_static" / name for name in STYLES]
    looks = [*styles, Path(__file__), *Path(__file__).parent.glob("printing/*.py")]
    chromium = find_browser()
    if chromium is None:
        print(NO_CHROMIUM)
        return 0
    try:
        named = [root / "CITATION.cff", root / "pyproject.toml"]  # on the cover
        made_of = files_digest([*(html / f"{name}.html" for name in page_names(root)), *looks, *named], root)
        if (html / TITLE).exists() and bound.exists() and bound.read_text("utf8") == made_of:
            return 0
        pages = book_pages(root, html)
    except FileNotFoundError as error:
        print(f"{error.filename} is not there yet: make book", file=sys.stderr)
        return 1
    bar = tqdm(print_pages(pages, kept, looks, chromium), "printing", len(pages), unit="page", disable=None)
    printed = list(bar)
    with tempfile.TemporaryDirectory(dir=kept) as folder:
        title = yaml.safe_load((root / "_config.yml").read_text("utf8"))["title"]
        unnumbered = Path(folder, "book.pdf")
        places = places_of(pages, printed)
        front = [print_cover(root, Path(folder), chromium), print_contents(pages, places, Path(folder), chromium)]
        sheets = bind(front, pages, printed, places, unnumbered, title)
        number(unnumbered, html / TITLE, chromium)
    bound.write_text(made_of, "utf8")
    print(f"── The book on paper: {html / TITLE}, {sheets} pages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
