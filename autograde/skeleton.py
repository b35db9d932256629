"""A new exercise before anybody has written it: the texts that each file of the course gets, and where in them.

Nothing is written here: `planned` gives the files as they are to be. What an author leaves as it stands is found again
by `is_left`, so that `autograde doctor` can say so.
"""

import keyword
import re
from types import SimpleNamespace

from autograde.answers import right_answers_path
from autograde.course import CourseError
from autograde.diagnose import bank_path
from autograde.exercise import ID
from autograde.grading import test_path
from autograde.places import in_python, in_source, in_yaml, neighbours, owned
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
    before, after = neighbours(course.of_chapter(stem), number)
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
        source.with_suffix(".yml"): in_yaml(course, source.with_suffix(".yml"), filled(ENTRY), after),
        source: in_source(source, filled(CELL), before, after),
    }
    for path, block, first, imports in code:
        files[path] = in_python(course, path, block, first, imports, owned(course, stem, number))
    return files


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
