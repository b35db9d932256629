"""Make nbgrader's source notebooks of chapters: stubs with their answers marked, and checks that are worth points.

    python autograde/recipes/nbgrader/make_source.py COURSE_FOLDER [CHAPTER …]

Writes COURSE_FOLDER/source/NN_topic/NN_topic.ipynb. `nbgrader generate_assignment NN_topic` then takes the answers out
again. nbgrader runs a submission in the process that holds its tests, so its marks are for learners to see; the marks
that count come from `autograde batch COURSE_FOLDER/submitted`.
"""

import ast
import json
import sys
from pathlib import Path
from typing import Any

from autograde.course import Course, CourseError
from lstm_ref.files import write_whole


def source_notebook(course: Course, stem: str) -> dict[str, Any]:
    """The chapter's notebook with each answer between nbgrader's marks and each check followed by its points."""
    notebook = _read(course.root / "chapters" / f"{stem}.ipynb")
    answers = {
        cell["metadata"]["course"]["exercise"]: _text(cell)
        for cell in _read(course.root / "solutions" / f"{stem}.ipynb")["cells"]
        if "exercise" in cell["metadata"].get("course", {})
    }
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if marks.get("solution"):
            cell["source"] = _marked(_text(cell), answers[cell["metadata"]["course"]["exercise"]])
        elif marks.get("grade"):
            name = marks["grade_id"].removeprefix("test_")
            # nbgrader takes a cell's value for its points.
            cell["source"] = f"from autograde import points\n\n{_text(cell)}\npoints({name})"
    return notebook


def _marked(stub: str, answer: str) -> str:
    """The answer, with the body of its function, or of each method, between the marks."""
    if _heads(stub) != _heads(answer):
        raise CourseError("chapters/ and solutions/ do not fit together; run tools/build_notebooks.py")
    lines = answer.rstrip("\n").split("\n")
    for function in reversed(
        _functions(answer)
    ):  # from the end, so that the line numbers of earlier functions stay valid
        documented = ast.get_docstring(function) is not None and len(function.body) > 1
        first = function.body[1 if documented else 0]
        indent = " " * first.col_offset
        begin = function.body[0].end_lineno or 0 if documented else first.lineno - 1
        lines.insert(function.end_lineno or len(lines), f"{indent}### END SOLUTION")
        lines.insert(begin, f"{indent}### BEGIN SOLUTION")
    return "\n".join(lines)


def _functions(source: str) -> list[ast.FunctionDef]:
    """The functions at the top of a cell, and the methods of its classes, in their order."""
    top = ast.parse(source).body
    methods = [node for outer in top if isinstance(outer, ast.ClassDef) for node in outer.body]
    return [node for node in [*top, *methods] if isinstance(node, ast.FunctionDef)]


def _heads(source: str) -> list[tuple[str, str]]:
    return [(function.name, ast.unparse(function.args)) for function in _functions(source)]


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def _text(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def main(folder: str, *stems: str) -> None:
    """Write the notebooks and print where."""
    course = Course()
    for stem in map(course.find_chapter, stems or course.chapters):
        path = Path(folder, "source", stem, f"{stem}.ipynb")
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(source_notebook(course, stem), ensure_ascii=False, indent=1) + "\n")
        print(path)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except (CourseError, OSError) as error:
        sys.exit(f"error: {error}")
