"""Loading time and size of every page of the site, on a processor four times slower.

    python research/benchmarks/site_speed.py [--repeats N] [--slowdown K]

Opens every page of `_build/html` from localhost in headless Chromium, once with the processor as it is and once slowed
down, each time in a fresh profile. Prints the best of N: seconds until the page is loaded, seconds until the visible
formulas are typeset and the main thread is idle ("usable"), and the ratio of the latter to the fast run; and the
compressed bytes of the page, its scripts and its style sheets.
"""

import argparse
import functools
import gzip
import http.server
import sys
import threading
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Response, sync_playwright
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
    """Serves the site and logs nothing."""

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing."""


def visit(browser: Browser, address: str, slowdown: float) -> tuple[float, float, int]:
    """Open a page in a fresh context; returns seconds until loaded and until usable, and its compressed bytes."""
    context = browser.new_context()
    page = context.new_page()
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))  # Playwright marks its handlers
    devtools = context.new_cdp_session(page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    page.goto(address, wait_until="load")
    loaded, usable = page.evaluate(USABLE)
    kinds = ("document", "script", "stylesheet")
    size = sum(len(gzip.compress(r.body())) for r in responses if r.request.resource_type in kinds)
    context.close()
    return loaded, usable, size


def main() -> None:
    """Visit every page and print a table."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("--repeats", type=int, default=2)
    options.add_argument("--slowdown", type=float, default=4.0)
    chosen = options.parse_args()
    pages = sorted(path for path in HTML.rglob("*.html") if "_static" not in path.parts and path.name != "404.html")
    chromium = find_browser()
    if not pages or chromium is None:
        sys.exit("the site is not built (make book), or there is no Chromium (make chromium)")
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
