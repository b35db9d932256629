"""Executes the notebooks whose outputs are not in the cache, one on each processor, before Sphinx reads the first page.

myst-nb executes a notebook when Sphinx reads its page, so one after the other. This extension fills the same cache in
parallel, the longest notebook first. It keeps quiet about a notebook that fails: that one is not cached, so myst-nb
executes it once more and reports the error with its page, as in any other build.
"""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path, PurePosixPath

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract
from jupyter_cache.executors.utils import ExecutionResult, single_nb_execution
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

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


def execute_ahead(app: Sphinx, env: BuildEnvironment, added: set, changed: set, removed: set) -> list[str]:
    """Fill the cache; no page is read again for it."""
    if app.config.nb_execution_mode != "cache":
        return []
    cache = get_cache(str(app.config.nb_execution_cache_path or Path(app.outdir).parent / ".jupyter_cache"))
    # A notebook with more code takes longer, as a rule; the one that has most must not begin last.
    waiting = sorted(not_cached(app, env, cache), key=lambda path: path.stat().st_size, reverse=True)
    workers = min(processors(), len(waiting))
    if workers < 2:
        return []
    begin = time.monotonic()
    logger.info("executing %d notebooks, %d at a time", len(waiting), workers)
    with ThreadPoolExecutor(workers) as pool:
        runs = {pool.submit(execute, path, app.config.nb_execution_timeout): path for path in waiting}
        for left, run in zip(range(len(waiting) - 1, -1, -1), as_completed(runs), strict=True):
            path, (notebook, result) = runs[run], run.result()
            done = "failed after" if result.err else "took"
            logger.info("%s %s %.0f s; %d left", path.relative_to(app.srcdir).as_posix(), done, result.time, left)
            if result.err is None:
                bundle = CacheBundleIn(notebook, str(path), data={"execution_seconds": result.time})
                cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
    logger.info("notebooks took %.0f s", time.monotonic() - begin)
    return []


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.connect("env-get-outdated", execute_ahead, priority=600)  # after honest_build has dropped what is out of date
    return {"parallel_read_safe": True, "parallel_write_safe": True}
