"""Build chapters/ and solutions/ from course/ and lstm_ref/.

    python tools/build_notebooks.py [--check] [--keep-work] [--merge] [--discard NAME …] [--execute]

Exit status: 0 if all is well; 1 if something is stale (`--check`) or a chapter that holds work was left alone;
2 if an input is wrong, with one line for each fault.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from nbformat import NotebookNode, ValidationError
from notebooks.chapter import chapter_notebook
from notebooks.command import builder_command
from notebooks.course import Chapter, read_course
from notebooks.merge import backup, merge
from notebooks.notebook import as_text, read_stored
from notebooks.solution import execute, solution_notebook, with_outputs
from notebooks.work import NotebookState, advice, notebook_state

from autograde.problem import Problem, Problems, relative_posix
from lstm_ref.console import write_utf8
from lstm_ref.files import write_whole

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Run the command in the course at `root`; returns the exit status."""
    options = _options(arguments)
    root = Path(root)
    try:
        chapters = read_course(root)
        orphans = list(_orphans(chapters, root))
        unknown = set(options.discard) - {chapter.stem for chapter in chapters}
        problems = [Problem(f"--discard {name}", f"there is no course/{name}/lesson.md") for name in sorted(unknown)]
        if not (options.check or options.keep_work):
            problems += orphans
        if problems:
            raise Problems(problems)
        if options.check:
            return _check(chapters, orphans, options, root)
        for orphan in orphans:
            print(f"warning: {orphan}", file=sys.stderr)
        return _build(chapters, options, root)
    except Problems as found:
        print("\n".join(f"error: {problem}" for problem in found.problems), file=sys.stderr)
    except Problem as problem:
        print(f"error: {problem}", file=sys.stderr)
    except OSError as error:
        print(f"error: {error.filename or root}: {error.strerror or error}", file=sys.stderr)
    return 2


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    flag = partial(parser.add_argument, action="store_true")
    flag("--check", help="write nothing; list what is stale, missing or without a source")
    flag("--keep-work", help="warn of notebooks that hold a learner's work instead of failing")
    flag("--merge", help="bring what the course has changed into the chapters that hold work; keep a copy in work/")
    parser.add_argument(
        "--discard", nargs="+", default=[], metavar="NAME", help="replace these chapters and the work in them"
    )
    flag("--execute", help="run every solution again, changed or not")
    options = parser.parse_args(arguments)
    if options.check and (options.discard or options.execute or options.merge):
        parser.error("--check writes nothing, so it goes with none of --discard, --merge and --execute")
    options.keep_work |= options.merge
    options.discard = [Path(name).stem for name in options.discard]
    return options


def _targets(chapters: list[Chapter], root: Path) -> Iterator[tuple[Path, NotebookNode, bool]]:
    """The notebooks that the course makes, chapter by chapter: path, notebook, and whether it is executed."""
    for chapter in chapters:
        yield root / "chapters" / f"{chapter.stem}.ipynb", chapter_notebook(chapter), False
        if chapter.tasks:
            yield root / "solutions" / f"{chapter.stem}.ipynb", solution_notebook(chapter, root), True


def _orphans(chapters: list[Chapter], root: Path) -> Iterator[Problem]:
    """A problem for each notebook that no source makes."""
    wanted = {path for path, _, _ in _targets(chapters, root)}
    for folder in ("chapters", "solutions"):
        for path in sorted((root / folder).glob("*.ipynb")):
            if path not in wanted:
                text = f"no source makes it; move it to work/ or delete it, or write course/{path.stem}/lesson.md"
                yield Problem(relative_posix(path, root), text)


def _check(chapters: list[Chapter], orphans: list[Problem], options: argparse.Namespace, root: Path) -> int:
    """Print every notebook that a build would change, and what to do about it; write nothing."""
    lines = [] if options.keep_work else list(map(str, orphans))
    for path, new, executed in _targets(chapters, root):
        state = _solution_state(path, new) if executed else notebook_state(path, new)
        if state.kind in ("missing", "stale"):
            lines.append(f"{relative_posix(path, root)}: {state.kind}; run {builder_command(root)}")
        elif state.kind != "current" and not options.keep_work:
            lines += advice(path, root, state)
    print("\n".join(lines) or "chapters/ and solutions/ are what course/ and lstm_ref/ make")
    return 1 if lines else 0


def _solution_state(path: Path, new: NotebookNode) -> NotebookState:
    """The state of a page of solutions; nobody works in these, so an edited one is stale."""
    stored = read_stored(path)
    if stored is None:
        return NotebookState("missing")
    text = with_outputs(new, stored)
    return NotebookState("current" if text is not None and text == stored.text else "stale")


def _build(chapters: list[Chapter], options: argparse.Namespace, root: Path) -> int:
    status, written = 0, 0
    for path, new, executed in _targets(chapters, root):
        if executed:
            text = None if options.execute else with_outputs(new, read_stored(path))
            if text is None:
                text = _executed(new, path, root)
        else:
            state = notebook_state(path, new)
            if state.kind == "conflict" and options.merge and path.stem not in options.discard:
                written += _merge(path, new, root)
                continue
            if state.kind in ("conflict", "unreadable") and path.stem not in options.discard:
                head, *rest = advice(path, root, state)
                print("\n".join([f"{'warning' if options.keep_work else 'error'}: {head}", *rest]), file=sys.stderr)
                status = status if options.keep_work else 1
                continue
            if state.kind == "worked" and path.stem not in options.discard:
                continue
            text = as_text(new)
        stored = read_stored(path)
        if stored is None or stored.text != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, text)
            print(f"wrote {relative_posix(path, root)}")
            written += 1
    if status == 0 and written == 0:
        print("chapters/ and solutions/ are up to date")
    return status


def _merge(path: Path, new: NotebookNode, root: Path) -> int:
    """Merge the new version of a chapter into the learner's notebook; returns how many files were written."""
    file = relative_posix(path, root)
    try:
        merged = merge(path.read_text(encoding="utf-8"), new)
    except (ValidationError, AttributeError, KeyError, TypeError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        print(f"warning: {file}: cannot be merged, so it was left unchanged ({reason}); save it in Jupyter, then again")
        return 0
    copy = backup(path, root)
    write_whole(path, merged.text)
    print(f"{file}: {merged}; as it was: {relative_posix(copy, root)}")
    return 1


def _executed(new: NotebookNode, path: Path, root: Path) -> str:
    print(f"running {relative_posix(path, root)} …", flush=True)
    begun = time.perf_counter()
    execute(new, path, root)
    print(f"  took {time.perf_counter() - begun:.1f} s")
    return as_text(new)


if __name__ == "__main__":
    write_utf8()
    sys.exit(main())
