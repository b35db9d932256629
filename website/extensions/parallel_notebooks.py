"""Executes the notebooks whose outputs are not in the cache, one on each processor, before Sphinx reads the first page.

myst-nb executes a notebook when Sphinx reads its page, so one after the other. This extension fills the same cache in
parallel; the notebook that took longest begins first. It does not report the error of a notebook that fails: that one
is not cached, so myst-nb executes it once more and reports the error with its page, as in any other build.
"""

import json
import os
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path, PurePosixPath

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract
from jupyter_cache.executors.utils import ExecutionResult, single_nb_execution
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

SECONDS = "seconds.json"  # in the cache's folder: how long each notebook took when it ran last
STARTS = 3  # of a kernel: those that start at the same time may choose the same port

logger = logging.getLogger(__name__)


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):  # Linux, where a container may have fewer than the machine
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def not_cached(app: Sphinx, env: BuildEnvironment, cache: JupyterCacheAbstract) -> Iterator[Path]:
    """The notebooks of the book that myst-nb would execute."""
    for doc in sorted(env.found_docs):
        path = Path(env.doc2path(doc))
        if path.suffix != ".ipynb":  # the pages in Markdown take a second together
            continue
        if any(PurePosixPath(path.as_posix()).match(pattern) for pattern in app.config.nb_execution_excludepatterns):
            continue
        try:
            cache.match_cache_notebook(nbformat.read(path, as_version=4))
        except KeyError:
            yield path


def execute(path: Path, timeout: int) -> tuple[nbformat.NotebookNode, ExecutionResult]:
    """Run a notebook in its own folder; gives it with its outputs, and how that went."""
    folder = str(path.parent)
    for _ in range(STARTS):
        notebook = nbformat.read(path, as_version=4)
        try:
            return notebook, single_nb_execution(notebook, cwd=folder, timeout=timeout, allow_errors=False)
        except RuntimeError as error:  # the kernel did not start: another one has taken its port
            result = ExecutionResult(notebook, folder, 0.0, err=error)
    return notebook, result


def longest_first(paths: Iterable[Path], seconds: dict[str, float], root: Path) -> list[Path]:
    """The notebooks in the order in which they begin: those that never ran, the largest first, then the slowest first.

    seconds : dict   how long each one took, by its path from the root
    """

    def order(path: Path) -> tuple[bool, float]:
        took = seconds.get(name(path, root))
        return took is not None, -(path.stat().st_size if took is None else took)

    return sorted(paths, key=order)


def name(path: Path, root: Path) -> str:
    """The path from the root, as messages and records have it."""
    return path.relative_to(root).as_posix()


def execute_ahead(app: Sphinx, env: BuildEnvironment, added: set, changed: set, removed: set) -> list[str]:
    """Fill the cache; no page is read again for it."""
    if app.config.nb_execution_mode != "cache":
        return []
    folder, root = app.config.nb_execution_cache_path or Path(app.outdir).parent / ".jupyter_cache", Path(app.srcdir)
    cache = get_cache(str(folder))
    record = Path(folder, SECONDS)
    seconds = json.loads(record.read_text("utf8")) if record.is_file() else {}
    waiting = longest_first(not_cached(app, env, cache), seconds, root)
    if not waiting:
        return []
    workers, begin = min(processors(), len(waiting)), time.monotonic()
    logger.info("executing %d notebooks, %d at a time", len(waiting), workers)

    def run(path: Path) -> tuple[nbformat.NotebookNode, ExecutionResult]:
        before = seconds.get(name(path, root))
        logger.info("%s begins%s", name(path, root), f"; it took {before:.0f} s before" if before else "")
        return execute(path, app.config.nb_execution_timeout)

    with ThreadPoolExecutor(workers) as pool:
        runs = {pool.submit(run, path): path for path in waiting}
        for left, future in zip(range(len(waiting) - 1, -1, -1), as_completed(runs), strict=True):
            path, (notebook, result) = runs[future], future.result()
            done = "failed after" if result.err else "took"
            logger.info("%s %s %.0f s; %d left", name(path, root), done, result.time, left)
            if result.err is None:
                seconds[name(path, root)] = round(result.time, 1)
                bundle = CacheBundleIn(notebook, str(path), data={"execution_seconds": result.time})
                cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
    record.write_text(json.dumps(seconds, indent=1, sort_keys=True), "utf8")
    logger.info("%d notebooks took %.0f s", len(waiting), time.monotonic() - begin)
    return []


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.connect("env-get-outdated", execute_ahead, priority=600)  # after honest_build has dropped what is out of date
    return {"parallel_read_safe": True, "parallel_write_safe": True}
