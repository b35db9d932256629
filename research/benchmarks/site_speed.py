"""How soon is a page of the site there and usable, on a processor four times slower, and what does it weigh?

    python research/benchmarks/site_speed.py [--repeats N] [--slowdown K]

Opens every page of `_build/html` from localhost in headless Chromium, once with the processor as it is and once slowed
down, side by side, in a fresh profile each time. Prints the best of N: until the page is loaded, until the formulas in
sight are typeset and the main thread is idle ("usable"), and their ratio to the fast run; and the bytes that came over
the wire, compressed, without images and fonts.
"""

import argparse
import functools
import gzip
import http.server
import sys
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tools"))
from printing.browser import find_browser  # noqa: E402 (the builder's tools are run, not installed)

HTML = ROOT / "_build" / "html"
USABLE = """async () => {
    const inSight = e => e.checkVisibility() && e.getBoundingClientRect().top < innerHeight;
    const raw = '.math:not(:has(mjx-container))';
    while ([...document.querySelectorAll(raw)].some(inSight)) await new Promise(requestAnimationFrame);
    await new Promise(done => requestIdleCallback(done));
    const loaded = performance.getEntriesByType('navigation')[0].loadEventEnd;
    return [loaded / 1000, performance.now() / 1000];
}"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the site without a word."""

    def log_message(self, *args):
        """Say nothing."""


def visit(browser, address, slowdown):
    """Open a page in a fresh context; returns seconds until loaded and until usable, and the bytes of its text."""
    context = browser.new_context()
    page = context.new_page()
    texts = []
    page.on("response", lambda response: texts.append(response))
    devtools = context.new_cdp_session(page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    page.goto(address, wait_until="load")
    loaded, usable = page.evaluate(USABLE)
    kinds = ("document", "script", "stylesheet")
    size = sum(len(gzip.compress(r.body())) for r in texts if r.request.resource_type in kinds)
    context.close()
    return loaded, usable, size


def main():
    """Visit every page and print a table."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--repeats", type=int, default=2)
    options.add_argument("--slowdown", type=float, default=4.0)
    chosen = options.parse_args()
    pages = sorted(path for path in HTML.rglob("*.html") if "_static" not in path.parts and path.name != "404.html")
    chromium = find_browser()
    if not pages or chromium is None:
        sys.exit("there is no site to open (make book), or no Chromium to open it with (make chromium)")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=HTML)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        rows = []
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for page in tqdm(pages, unit="page", disable=None):
                name = page.relative_to(HTML).as_posix()
                address = f"http://127.0.0.1:{server.server_port}/{name}"
                runs = [[visit(browser, address, rate) for rate in (1, chosen.slowdown)] for _ in range(chosen.repeats)]
                fast, slow = (tuple(map(min, zip(*side, strict=True))) for side in zip(*runs, strict=True))
                rows.append((name, *slow, slow[1] / fast[1]))
            browser.close()
        server.shutdown()
    print(f"{'page':40} {'KB':>6} {'loaded':>8} {'usable':>8} {'ratio to the fast run':>22}")
    for name, loaded, usable, size, ratio in sorted(rows, key=lambda row: -row[2]):
        print(f"{name:40} {size / 1000:6.0f} {loaded:7.2f}s {usable:7.2f}s {ratio:22.2f}")


if __name__ == "__main__":
    main()
