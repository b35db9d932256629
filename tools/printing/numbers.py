"""Numbers the sheets of a PDF."""

import tempfile
from pathlib import Path

from pypdf import PdfReader, PdfWriter

from printing.browser import print_html

SHEET = "<div style='break-after:page;height:100%;position:relative'><p>{}</p></div>"
STYLE = """<style>
  html, body { height: 100%; margin: 0; }
  p { position: absolute; bottom: 6mm; width: 100%; margin: 0; text-align: center; font: 9pt sans-serif; color: #666; }
</style>"""


def number(source: Path, target: Path, chromium: str) -> None:
    """Stamp each sheet but the cover with its number, counted from the cover as a reader's viewer does."""
    book = PdfWriter(clone_from=source)
    sheets = "".join(SHEET.format(k + 1 if k else "") for k in range(len(book.pages)))
    with tempfile.TemporaryDirectory() as folder:
        none = dict.fromkeys(("top", "bottom", "left", "right"), "0")
        stamps = PdfReader(print_html(STYLE + sheets, Path(folder, "numbers.pdf"), chromium, margin=none))
        for sheet, stamp in zip(book.pages, stamps.pages, strict=False):
            sheet.merge_page(stamp)
            sheet.compress_content_streams()
        part = target.with_suffix(".part")
        book.write(part)
    part.replace(target)
