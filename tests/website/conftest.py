"""The site as a reader gets it: built strictly, served from localhost, opened in headless Chromium."""

import functools
import http.server
import importlib.util
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from printing.browser import find_browser
from printing.pages import page_names

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"
QUIETLY = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
CHROMIUM = ["--no-sandbox", "--disable-gpu", *QUIETLY]
NO_BROWSER = "no browser to open the site with: apt-get install chromium, or .venv/bin/playwright install chromium"


def pytest_generate_tests(metafunc):
    """A test that asks for `doc` runs once a page."""
    if "doc" in metafunc.fixturenames:
        metafunc.parametrize("doc", page_names(ROOT))


def build(folder, *options):
    """Build the book in a folder, strictly; returns the finished process, both streams in its stdout."""
    command = [Path(sys.executable).with_name("jupyter-book"), "build", folder, "-W", "-n", "--keep-going", *options]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf8")


@pytest.fixture(scope="session")
def html(request):
    """The built site's folder. Always built: Sphinx knows best what is stale, and with nothing to do it takes 3 s."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        state = "bringing _build/html up to date" if HTML.exists() else "building _build/html, a minute or two"
        print(f"\n── The site: {state}", flush=True)
    process = build(ROOT)
    if process.returncode:
        faults = [line for line in process.stdout.splitlines() if "WARNING" in line or "Error" in line]
        told = "\n".join(faults[:20]) or process.stdout[-3000:]
        pytest.fail(
            f"the site does not build strictly (jupyter-book build . -W -n --keep-going):\n{told}", pytrace=False
        )
    subprocess.run([sys.executable, ROOT / "tools" / "print_book.py"], check=True, stdout=subprocess.DEVNULL)
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
def extension():
    """extension(name) imports a module of website/extensions/, where Sphinx alone looks for them."""

    def load(name):
        spec = importlib.util.spec_from_file_location(name, ROOT / "website" / "extensions" / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture(scope="session")
def browser():
    """Chromium: the system's, else the one that Playwright keeps."""
    chromium = find_browser()
    if chromium is None:
        pytest.skip(NO_BROWSER)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def visit(browser, address):
    """visit(doc, width=…, dark=…) opens a page and returns it; `page.faults` lists all that went wrong since."""
    contexts = []

    def open_page(doc, width=1280, height=800, dark=False):
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
        page.evaluate("window.formulasReady")
        page.wait_for_load_state("networkidle")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def look(visit):
    """As `visit`, but a page that was opened that way before is handed out again: for tests that touch nothing."""
    return functools.cache(visit)


def watch_request(faults, address, request):
    """Note a request to any other host."""
    if not request.url.startswith((address, "data:", "blob:")):
        faults.append(f"external request: {request.url}")


def watch_failure(faults, request):
    """Note a request that got no answer."""
    faults.append(f"request failed: {request.url} ({request.failure})")


def watch_response(faults, response):
    """Note a page, script, font or image that is not there."""
    if response.status >= 400:
        faults.append(f"HTTP {response.status}: {response.url}")


def watch_console(faults, message):
    """Note what the browser's console calls an error or a warning."""
    if message.type in ("error", "warning"):
        faults.append(f"console {message.type}: {message.text}")
