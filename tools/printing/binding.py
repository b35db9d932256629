"""Joins printed pages into one PDF with an outline, in which links between pages are links within the PDF."""

from pathlib import Path

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, FloatObject, NameObject, NullObject, NumberObject

from printing.pages import Page, resolve


def places_of(pages: list[Page], printed: list[Path]) -> dict[tuple[Path, str], tuple[int, float, float]]:
    """Where each page and each anchor stands: its sheet, counted from the first page's first, its left and its top.

    pages, printed : the site's pages and the PDF of each; a page's own key has the anchor ""
    """
    places, first = {}, 0
    for page, pdf in zip(pages, printed, strict=True):
        reader = PdfReader(pdf)
        places[page.file, ""] = first, 0.0, float(reader.pages[0].mediabox.top)
        for name, place in reader.named_destinations.items():
            if (sheet := reader.get_destination_page_number(place)) is not None:
                position = first + sheet, float(place.left or 0), float(place.top or 0)
                places[page.file, str(name).removeprefix("/")] = position
        first += len(reader.pages)
    return places


def bind(front: list[Path], pages: list[Page], printed: list[Path], places: dict, target: Path, title: str) -> int:
    """Write the PDF and return its number of sheets.

    front : the PDFs of cover and contents; pages, printed : the site's pages and the PDF of each; places : `places_of`
    """
    book = PdfWriter()
    for pdf in front:
        book.append(PdfReader(pdf), import_outline=False)
    first = len(book.pages)
    places = {key: (first + sheet, left, top) for key, (sheet, left, top) in places.items()}
    spans = [(pages[0], range(first))]
    for page, pdf in zip(pages, printed, strict=True):
        begin = len(book.pages)
        book.append(PdfReader(pdf), import_outline=False)
        spans.append((page, range(begin, len(book.pages))))
    for page, sheets in spans:
        for sheet in sheets:
            _redirect_links(book, sheet, page, places)
    _outline(book, pages, places)
    book.add_metadata({"/Title": title})
    book.compress_identical_objects(remove_unreferenced=True)
    part = target.with_suffix(".part")
    book.write(part)
    part.replace(target)
    return len(book.pages)


def _redirect_links(book: PdfWriter, sheet: int, page: Page, places: dict) -> None:
    """Replace a sheet's links to pages of the book by links to places in the PDF."""
    for entry in book.pages[sheet].get("/Annots", ()):
        link = entry.get_object()
        action = link.get("/A", {})
        if "/URI" in action:
            file, anchor = resolve(str(action["/URI"]), page.file)
        elif name := link.get("/Dest") or action.get("/D"):
            file, anchor = page.file, str(name).removeprefix("/")
        else:
            continue
        place = places.get((file, anchor)) or places.get((file, ""))
        if place is None:
            continue
        number, left, top = place
        link.pop("/A", None)
        link[NameObject("/Dest")] = ArrayObject(
            [
                book.pages[number].indirect_reference,
                NameObject("/XYZ"),
                FloatObject(left),
                FloatObject(top),
                NullObject(),
            ]
        )
        link[NameObject("/Border")] = ArrayObject([NumberObject(0)] * 3)


def _outline(book: PdfWriter, pages: list[Page], places: dict) -> None:
    for page in pages:
        entry = book.add_outline_item(title=page.title, page_number=places[page.file, ""][0])
        for anchor, title in page.sections:
            if place := places.get((page.file, anchor)):
                book.add_outline_item(title=title, page_number=place[0], parent=entry)
