"""The site as a reader gets it: built before pytest starts, served from localhost, opened in headless Chromium."""

import functools
import http.server
import importlib.util
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from printing.browser import find_browser
from printing.pages import page_names

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
HTML = ROOT / "_build" / "html"
QUIETLY = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
CHROMIUM = ["--no-sandbox", "--disable-gpu", *QUIETLY]
NO_BROWSER = "no browser to open the site with: apt-get install chromium, or .venv/bin/playwright install chromium"

MARKERS = {"browser": "browser", "html": "site", "book": "notebooks"}  # by the fixture that a test asks for

# Formulas out of sight are typeset when the page is about to be printed: that saves waiting until the reader scrolls.
TYPESET_ALL = """() => {
    dispatchEvent(new Event('beforeprint'));
    dispatchEvent(new Event('afterprint'));
}"""
ALL_ARE_TYPESET = """() => [...document.querySelectorAll('span.math, div.math')]
    .every(e => e.querySelector('mjx-container'))"""


def pytest_generate_tests(metafunc):
    """A test that asks for `doc` runs once for each English page."""
    if "doc" in metafunc.fixturenames:
        names = page_names(ROOT)
        metafunc.parametrize("doc", names)


@pytest.hookimpl(tryfirst=True)  # before pytest selects by marker
def pytest_collection_modifyitems(items):
    """Mark the tests that open a browser, look at the built site, or build a small book of their own."""
    for item in items:
        if item.path.is_relative_to(HERE):
            for fixture, marker in MARKERS.items():
                if fixture in item.fixturenames:
                    item.add_marker(marker)


@pytest.fixture(scope="session")
def extension():
    """extension(name) imports a module of website/extensions/, where Sphinx alone looks for them."""

    def load(name):
        folder = ROOT / "website" / "extensions"
        spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        sys.path.insert(0, str(folder))  # an extension may import another one
        try:
            spec.loader.exec_module(module)
        finally:
            sys.path.remove(str(folder))
        return module

    return load


@pytest.fixture(scope="session")
def html(extension):
    """The built site's folder. The tests do not build it: they fail where it was not built from what is there now."""
    if not extension("source_digest").is_current(ROOT):
        pytest.fail("_build/html is not built, or not from the sources as they are now: run `make book`", pytrace=False)
    return HTML


@pytest.fixture(scope="session")
def address(html):
    """Where the site is served, without a slash at the end."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

        def handle(self):
            try:
                super().handle()
            except ConnectionError:  # the browser has left the page
                pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=html)) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def browser():
    """Chromium: the system's, else the one that Playwright keeps. Each process of pytest starts one."""
    chromium = find_browser()
    if chromium is None:
        pytest.skip(NO_BROWSER)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def tabs(browser, address):
    """tabs() is a context in which visit(doc, width=…, dark=…) opens pages; they are closed at its end.

    `page.faults` lists all that went wrong since a page was opened.
    """

    @contextmanager
    def open_tabs():
        contexts = []

        def visit(doc, width=1280, height=800, dark=False):
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if dark else "light",
                has_touch=width < 600,
                reduced_motion="reduce",
            )
            context.set_default_timeout(10_000)  # ms
            contexts.append(context)
            page = context.new_page()
            page.faults = []
            page.on("request", functools.partial(watch_request, page.faults, address))
            page.on("requestfailed", functools.partial(watch_failure, page.faults))
            page.on("response", functools.partial(watch_response, page.faults))
            page.on("pageerror", lambda error: page.faults.append(f"page error: {error}"))
            page.on("console", functools.partial(watch_console, page.faults))
            page.goto(f"{address}/{doc}.html", wait_until="load")
            page.evaluate(TYPESET_ALL)
            page.wait_for_function(ALL_ARE_TYPESET)
            return page

        yield visit
        for context in contexts:
            context.close()

    return open_tabs


@pytest.fixture
def visit(tabs):
    """visit(doc, width=…, dark=…) opens a page for this test alone."""
    with tabs() as visit:
        yield visit


def watch_request(faults, address, request):
    """Note a request to any other host."""
    if not request.url.startswith((address, "data:", "blob:")):
        faults.append(f"external request: {request.url}")


def watch_failure(faults, request):
    """Note a request that got no answer; one that ends because the browser leaves the page is none of these."""
    if request.failure != "net::ERR_ABORTED":
        faults.append(f"request failed: {request.url} ({request.failure})")


def watch_response(faults, response):
    """Note a page, script, font or image that is not there."""
    if response.status >= 400:
        faults.append(f"HTTP {response.status}: {response.url}")


def watch_console(faults, message):
    """Note what the browser's console calls an error or a warning."""
    if message.type in ("error", "warning"):
        faults.append(f"console {message.type}: {message.text}")
