"""A new exercise before anybody has written it: the texts that each file of the course gets, and where in them.

Nothing is written here: `planned` gives the files as they are to be. What an author leaves as it stands is found again
by `is_left`, so that `autograde doctor` can say so.
"""

import ast
import keyword
import re
import textwrap
from types import SimpleNamespace

import yaml

from autograde.answers import defined_in, right_answers_path
from autograde.course import CourseError
from autograde.diagnose import bank_path
from autograde.exercise import ID
from autograde.grading import test_path
from autograde.problem import shown

WIDTH = 120
NUMBERS = ("first", "second", "third")
SENTENCES = {
    "summary": "Say in one line what it computes.",
    "argument": "say what it is",
    "task": "Say in one to four sentences what to write, and which formula it is.",
    "hint": "Say where to begin, without giving the line.",
    "mistake": "Say what the mistake is and what shows it, never the line that mends it.",
}

ANSWER = '''def {name}(x):
    """{summary}

    x : (N, D)   {argument}
    Returns y (N, D)
    """
    raise NotImplementedError("{id} {name} is not written yet")'''

ENTRY = """- id: "{id}"
  function: {module}.{name}
  points: {points}
  difficulty: {difficulty}
  minutes: {minutes}
  lines: {lines}
  task: |
    {task}
  hints:
    - "{hint}\""""

CELL = """```{{code-cell}} ipython3
:tags: [exercise]

from {module} import {name}
```"""

TEST = """def test_{name}({name}, rng):
    for N, D in [(3, 2), (4, 4), (1, 1), (2, 7), (23, 5)]:
        agree({name}, rng.normal(size=(N, D)))
    agree({name}, rng.normal(size=(3, 2)).astype(np.float32))
    agree({name}, rng.choice([-1e4, 1e4], size=(4, 3)))"""

MISTAKE = '''@wrong_answer("{name}")
def {number}_mistake_in_{name}(x):
    """{mistake} ({number})"""
    raise NotImplementedError("write the mistake, and name the function after it")'''

STYLE = """def {name}__{number}_style(x):
    raise NotImplementedError("answer the exercise in another style, and name it")"""

HEADS = {
    "tests": '"""Chapter {chapter}: what an answer to each exercise must do."""\n',
    "wrong": '"""Chapter {chapter}: classic mistakes. The docstring of each is what a learner reads who made it."""\n',
    "right": '"""Chapter {chapter}: right answers in other styles than the reference\'s, all for full marks."""\n',
}


def is_left(text):
    """Whether a text, or the name of a function, still is the skeleton's."""
    one_line = " ".join(text.split())
    named = re.match(rf"({'|'.join(NUMBERS)})_mistake_in_|\w+__({'|'.join(NUMBERS)})_style$", text)
    return bool(named) or any(sentence in one_line for sentence in SENTENCES.values() if sentence != "say what it is")


def planned(course, number, name, module=None, **costs):
    """The files that a new exercise changes, as {path: (text, line of what is new)}; nothing is written.

    number : its id, "4.9"
    name : of the function
    module : where the answer is to stand; that of the exercise before it where none is named
    costs : points, difficulty, minutes, lines
    Raises CourseError, in one line, where that cannot be.
    """
    stem = _chapter(course, number)
    _refuse_taken(course, number, name)
    before, after = _neighbours(course.of_chapter(stem), number)
    module = module or (before or after or _nobody(stem)).module
    words = {"id": number, "name": name, "module": module, "chapter": number.partition(".")[0], **SENTENCES, **costs}

    def filled(template):
        return template.format_map(words)

    def in_turn(template):
        return "\n\n\n".join(template.format_map({**words, "number": number}) for number in NUMBERS)

    head = f"# ── {number} {name} "
    head += "─" * max(3, WIDTH - len(head))
    source, like = course.root / "source" / f"{stem}.md", SimpleNamespace(chapter=stem, uses_torch=False)
    code = [
        (_module_path(course, module), filled(ANSWER), "", ()),
        (test_path(course, stem), filled(TEST), filled(HEADS["tests"]), ("np", "agree")),
        (bank_path(course, like), f"{head}\n\n\n{in_turn(MISTAKE)}", filled(HEADS["wrong"]), ("wrong_answer",)),
        (right_answers_path(course, like), f"{head}\n\n\n{in_turn(STYLE)}", filled(HEADS["right"]), ()),
    ]
    files = {
        source.with_suffix(".yml"): _in_yaml(course, source.with_suffix(".yml"), filled(ENTRY), after),
        source: _in_source(source, filled(CELL), before, after),
    }
    for path, block, first, imports in code:
        files[path] = _in_python(course, path, block, first, imports, _owned(course, stem, number))
    return files


# ── What is refused ─────────────────────────────────────────────────────────────────────────────────────────────────


def _chapter(course, number):
    if not ID.fullmatch(number):
        raise CourseError(f"{number} is no id: write chapter and number, 4.9 or 4.9b or A.1")
    chapter = number.partition(".")[0]
    wanted = f"{int(chapter):02d}" if chapter.isdigit() else chapter
    found = [path.stem for path in sorted(course.root.glob("source/*.md")) if path.stem.partition("_")[0] == wanted]
    if not found:
        raise CourseError(f"there is no chapter {chapter}: write source/{wanted}_topic.md and .yml first")
    return found[0]


def _refuse_taken(course, number, name):
    for key in (number, name):
        if exercise := course.by_id.get(key) or course.by_name.get(key):
            raise CourseError(f"{key} is exercise {exercise.id} {exercise.name} already ({exercise.where})")
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-zA-Z0-9]+)*", name) or keyword.iskeyword(name):
        raise CourseError(
            f"{name} is no name for a function: small letters, digits and single underscores, as lstm_step"
        )
    if name.startswith("test_"):
        raise CourseError(f"{name} would be taken for a test: leave out the test_")


def _nobody(stem):
    raise CourseError(f"{stem} has no exercise yet to take the module from: name one, --module lstm_ref.rnn")


def _module_path(course, module):
    path = course.root / (module.replace(".", "/") + ".py")
    if not re.fullmatch(r"lstm_ref(\.[a-z_][a-z0-9_]*)+", module):
        raise CourseError(f"{module} is no module of the reference: write it as in lstm_ref.rnn")
    if not path.is_file():
        raise CourseError(f"there is no {shown(path, course.root)}: write the module with its docstring first")
    return path


# ── Where it goes ───────────────────────────────────────────────────────────────────────────────────────────────────


def _rank(number):
    digits, letter = re.fullmatch(r"(\d+)([a-z]?)", number.partition(".")[2]).groups()
    return int(digits), letter


def _neighbours(exercises, number):
    """The exercise after which the new one stands, and the one before which; None where there is none."""
    before = [e for e in exercises if _rank(e.id) < _rank(number)]
    after = [e for e in exercises if _rank(e.id) > _rank(number)]
    return (before[-1] if before else None), (after[0] if after else None)


def _in_yaml(course, path, entry, after):
    if not path.exists():
        raise CourseError(f"there is no {shown(path, course.root)}: begin it with `title: …` and `exercises: []`")
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    if after is None:
        lines = ["exercises:" if re.fullmatch(r"exercises:\s*(\[\s*\])?\s*", line) else line for line in lines]
        listed = next((line for line in lines if re.match(r"\s*- ", line)), "  - ")
        new = ["", *_indented(entry, listed)] if lines[-1] != "exercises:" else _indented(entry, listed)
        at = len(lines)
    else:
        at = int(after.where.rpartition(":")[2]) - 1
        if not lines[at].lstrip().startswith("- "):
            raise CourseError(f"{after.where}: begin the entry with `- id:`, so that another can stand before it")
        new = [*_indented(entry, lines[at]), ""]
    text = "\n".join([*lines[:at], *new, *lines[at:]]) + "\n"
    yaml.safe_load(text)
    return text, at + 1 + (not new[0])


def _indented(entry, like):
    return textwrap.indent(entry, like[: len(like) - len(like.lstrip())]).split("\n")


def _in_source(path, cell, before, after):
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    for exercise, step in ((before, 1), (after, -1)):
        if exercise is None:
            continue
        wanted = f"from {exercise.module} import {exercise.name}"
        at = next((k for k, line in enumerate(lines) if line.strip() == wanted), None)
        while at is not None and not lines[at].startswith("```"):
            at += step
        if at is not None:
            new = ["", *cell.split("\n")] if step > 0 else [*cell.split("\n"), ""]
            at += step > 0
            return "\n".join([*lines[:at], *new, *lines[at:]]) + "\n", at + 1 + (step > 0)
    return "\n".join([*lines, "", *cell.split("\n")]) + "\n", len(lines) + 2


def _owned(course, stem, number):
    """What in a file belongs to the exercises before this one, and to those after: two predicates of a statement."""
    exercises = course.of_chapter(stem)
    before = {e.name for e in exercises if _rank(e.id) < _rank(number)}
    after = {e.name for e in exercises if _rank(e.id) > _rank(number)}

    def owner(node):
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "wrong_answer" and decorator.args:
                return getattr(decorator.args[0], "value", None)
        return node.name.removeprefix("test_").partition("__")[0]

    return (lambda node: owner(node) in before), (lambda node: owner(node) in after)


def _in_python(course, path, block, head, imports, owned):
    if not path.exists():
        text = "\n".join([head, *_imported(imports), "", "", block]) + "\n" if imports else f"{head}\n\n{block}\n"
        return text, text[: text.index(block)].count("\n") + 1
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    nodes = defined_in(path)
    new = {node.name for node in ast.parse(block).body}
    if taken := new & set(nodes):
        where = f"{shown(path, course.root)}:{nodes[min(taken)].lineno}"
        raise CourseError(f"{where}: defines {min(taken)} already; choose another name")
    is_before, is_after = owned
    ends = [node.end_lineno for node in nodes.values() if is_before(node)]
    starts = [min([node.lineno, *(d.lineno for d in node.decorator_list)]) for node in nodes.values() if is_after(node)]
    if ends:
        at = max(ends)
    elif starts:
        at = min(starts) - 1
        while at and (not lines[at - 1].strip() or lines[at - 1].startswith("#")):
            at -= 1
    else:
        at = len(lines)
    text = "\n".join([*lines[:at], "", "", *block.split("\n"), *lines[at:]])
    return _with_imports(text, imports, at + 3)


def _with_imports(text, names, line):
    """The text with what it lacks of some imports after its last one, and the line moved along."""
    body = ast.parse(text).body
    found = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    bound = {alias.asname or alias.name for node in found for alias in node.names}
    missing = _imported([name for name in names if name not in bound])
    lines = text.split("\n")
    at = found[-1].end_lineno if found else (body[0].end_lineno if body and ast.get_docstring(ast.parse(text)) else 0)
    return "\n".join([*lines[:at], *missing, *lines[at:]]) + "\n", line + len(missing)


def _imported(names):
    lines = {"np": "import numpy as np", "agree": "from autograde import agree"}
    wanted = [lines.get(name, f"from autograde import {name}") for name in names]
    return [wanted[0], "", wanted[1]] if len(wanted) > 1 else wanted
