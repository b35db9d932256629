"""Prints pages with headless Chromium, each again only when it has changed."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from course.dependencies import files_digest
from printing.pages import Page

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PAPER: dict[str, Any] = {
    "format": "A4",
    "print_background": True,
    "margin": {"top": "16mm", "bottom": "18mm", "left": "16mm", "right": "16mm"},
}

# Chromium records the place of an anchor only if the page itself links to it, so each anchor gets an invisible link.
# Answers and hints stay folded: answers have pages of their own.
PREPARE = """async anchors => {
    document.documentElement.dataset.theme = 'light';
    for (const anchor of anchors) {
        const link = document.createElement('a');
        link.href = '#' + anchor;
        link.ariaHidden = 'true';
        link.style.position = 'absolute';
        document.body.append(link);
    }
    document.querySelectorAll('img[loading=lazy]').forEach(image => image.loading = 'eager');
    if (window.MathJax) await MathJax.startup.promise;
    dispatchEvent(new Event('beforeprint'));  // typesets all formulas at once
    await window.formulasReady;
    await Promise.all([...document.images].map(image => image.decode().catch(() => {})));
}"""


def find_browser() -> str | None:
    """The path of Chromium, the system's or Playwright's, or None."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return str(own) if own.exists() else None


def print_pages(pages: list[Page], folder: Path, looks: list[Path], chromium: str) -> Iterator[Path]:
    """Print each page that has changed and yield the PDF of each page, in order.

    folder : of the PDFs; looks : files after whose change every page is printed again; chromium : its path
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = [_name(page, looks) for page in pages]
    for old in folder.glob("*.pdf"):
        if old.name not in names:
            old.unlink()
    if all((folder / name).exists() for name in names):
        yield from (folder / name for name in names)
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        sheet = browser.new_page(viewport={"width": 900, "height": 1200}, color_scheme="light")
        for page, name in zip(pages, names, strict=True):
            if not (folder / name).exists():
                sheet.goto(page.file.as_uri())
                sheet.evaluate(PREPARE, sorted(page.anchors))
                sheet.emulate_media(media="print")
                part = folder / f"{name}.part"
                sheet.pdf(path=part, **PAPER)
                part.replace(folder / name)
            yield folder / name
        browser.close()


def print_html(source: str, target: Path, chromium: str, **paper: Any) -> Path:
    """Print HTML from a string and return the PDF."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        sheet = browser.new_page()
        sheet.set_content(source)
        sheet.pdf(path=target, **{**PAPER, **paper})
        browser.close()
    return target


def _name(page: Page, looks: list[Path]) -> str:
    """The name of the page's PDF, with a digest of everything that its print depends on."""
    digest = files_digest([page.file, *looks], page.file.parent, *sorted(page.anchors))
    return f"{page.file.stem}-{digest[:16]}.pdf"
