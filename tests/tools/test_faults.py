"""Each fault of an input: one line that names the file, the line and the remedy; status 2; nothing written."""

import pytest

MD, YML, PY = "course/01_loops/lesson.md", "course/01_loops/exercises.yml", "lstm_ref/loop.py"
IMPORT = "from lstm_ref.loop import double"
CELL = "```{code-cell} ipython3\n:tags: [exercise]\n\nfrom lstm_ref.loop import twice_double\n```\n"
MAGIC = ":tags: [hide-input]\n\n%time loop.double(np.ones(3))"

# what it is: (file, what to replace, by what, where the fault is, what the line says of it)
FAULTS = {
    # exercises and functions
    "unknown function": (
        MD,
        IMPORT,
        "from lstm_ref.loop import dubble",
        f"{MD}:26",
        "no function dubble (is it double?)",
    ),
    "unknown module": (
        MD,
        IMPORT,
        "from lstm_ref.lop import double",
        f"{MD}:26",
        "lstm_ref.lop (is it lstm_ref.loop?)",
    ),
    "another package": (MD, IMPORT, "from numpy import double", f"{MD}:26", "there is no module numpy"),
    "duplicate id": (YML, '"1.2"', '"1.1"', f"{YML}:12", f"the id 1.1 belongs to exercise 1.1 already ({YML}:3)"),
    "two entries": (YML, "twice_double", "double", f"{YML}:12", "the function double belongs to exercise 1.1 already"),
    "two cells": (MD, "import twice_double", "import double", f"{MD}:34", "has an exercise cell already"),
    "no cell": (
        MD,
        CELL,
        "",
        f"{YML}:12",
        "exercise 1.2 has no cell: add one, tagged exercise, with `from lstm_ref.loop",
    ),
    # the exercise cell
    "two lines": (MD, IMPORT, f"{IMPORT}\nimport os", f"{MD}:26", "one import and no other line"),
    "brackets": (MD, IMPORT, f"{IMPORT[:-6]}(\n    double\n)", f"{MD}:26", "one import and no other line"),
    "a comment": (MD, IMPORT, f"{IMPORT}  # the answer", f"{MD}:26", "one import and no other line"),
    "two names": (MD, IMPORT, f"{IMPORT}, twice_double", f"{MD}:26", "one import and no other line"),
    "another name": (MD, IMPORT, f"{IMPORT} as twice", f"{MD}:26", "one import and no other line"),
    "a plain import": (MD, IMPORT, "import lstm_ref", f"{MD}:26", "one import and no other line"),
    "an empty cell": (MD, IMPORT, "", f"{MD}:25", "one import and no other line"),
    "more tags": (MD, f"[exercise]\n\n{IMPORT}", f"[exercise, hide-cell]\n\n{IMPORT}", f"{MD}:26", "nothing else"),
    # the cells beside it
    "no grader": (MD, "from autograde import check, hint", "", f"{MD}:26", "imports check: add `from autograde import"),
    "shadowed": (MD, MAGIC, "double = 3", f"{MD}:38", "binds double, which is the learner's own"),
    "shadowed by an import": (MD, MAGIC, f"if True:\n    {IMPORT}", f"{MD}:39", "call the reference as loop.double"),
    # a source that does not parse
    "no header": (MD, "---\njupytext:", "jupytext:", f"{MD}:1", "no MyST header"),
    "header of no notebook": (MD, "format_name: myst", "format_name: markdown", f"{MD}:1", "names no MyST notebook"),
    "header for R": (MD, "name: python3", "name: ir", f"{MD}:1", "names no MyST notebook"),
    "header no YAML": (MD, "  text_representation:", " text: [", f"{MD}:5", "no YAML"),
    "options no YAML": (MD, "[hide-input]", "[hide-input", f"{MD}:37", "options of this cell cannot be read"),
    "a date": (MD, ":tags: [hide-input]", ":day: 2026-01-01", f"{MD}:40", "cannot stand in a notebook"),
    "tags no list": (MD, "[hide-input]", "hide-input", f"{MD}:37", "is not of type 'array'"),
    "another language": (MD, f"ipython3\n{MAGIC}", f"julia\n{MAGIC}", f"{MD}:37", "must have the same language"),
    "no Python": (MD, "np.ones(3))", "np.ones(3)\nx = 1 +\n", f"{MD}:41", "is not valid Python: invalid syntax"),
    "open fence": (MD, "from lstm_ref import loop\n```", "from lstm_ref import loop", f"{MD}:22", "close the ```"),
    "cell inside a block": (
        MD,
        "Between.",
        "1. One\n\n   ```{code-cell}\n   x\n   ```",
        f"{MD}:31",
        "is never run: move it",
    ),
    # the YAML
    "no YAML": (YML, "points: 2", "points: 2: 3", f"{YML}:5", "no YAML: mapping values are not allowed"),
    "a key twice": (YML, "points: 2", "points: 2\n    points: 3", f"{YML}:6", "the key points stands twice"),
    "no title": (YML, "title: Loops\n", "", f"{YML}:1", "no title"),
    "empty title": (YML, "title: Loops", 'title: ""', f"{YML}:1", "no title"),
    "a key no word": (YML, "points: 2", "[a]: 2", f"{YML}:5", "a key is no word"),
    "a key no text": (YML, "points: 2", "3: 4\n    points: 2", f"{YML}:3", "exercise 1.1: unknown key 3"),
    "a number above": (YML, "title: Loops", "title: Loops\n3: 4", f"{YML}:1", "unknown key 3"),
    "unknown key": (YML, "points: 2", "points: 2\n    level: 2", f"{YML}:6", "exercise 1.1: unknown key level"),
    "unknown key above": (YML, "title: Loops", "title: Loops\nauthor: me", f"{YML}:2", "unknown key author"),
    "missing key": (YML, "    minutes: 10\n", "", f"{YML}:3", "exercise 1.1: minutes is missing"),
    "id no text": (YML, '"1.1"', "1.1", f"{YML}:3", 'in quotes, chapter and number: id: "1.1"'),
    "no such id": (YML, '"1.1"', '"one"', f"{YML}:3", "in quotes, chapter and number"),
    "function no name": (YML, "lstm_ref.loop.double", "double", f"{YML}:4", "as in lstm_ref.rnn.rnn_step"),
    "points no number": (YML, "points: 2", "points: two", f"{YML}:5", "points is 'two'; write a whole number from 1"),
    "no points": (YML, "points: 2", "points: 0", f"{YML}:5", "points is 0"),
    "points true": (YML, "points: 2", "points: yes", f"{YML}:5", "points is True"),
    "too easy": (YML, "difficulty: 3", "difficulty: 0", f"{YML}:15", "difficulty is 0"),
    "too hard": (
        YML,
        "difficulty: 3",
        "difficulty: 6",
        f"{YML}:15",
        "difficulty is 6; write a whole number from 1 to 5",
    ),
    "no task": (YML, "task: Double it again.", "task:", f"{YML}:18", "task is no text"),
    "hints missing": (YML, '    hints: ["Use `double`."]\n', "", f"{YML}:12", "exercise 1.2: hints is missing"),
    "no hint": (YML, '["Use `double`."]', "[]", f"{YML}:19", "0 hints; write one to 3"),
    "four hints": (YML, '["Use `double`."]', "[a, b, c, d]", f"{YML}:19", "4 hints; write one to 3"),
    "empty hint": (YML, '["Use `double`."]', '[a, ""]', f"{YML}:19", "a list of texts"),
    "unknown list": (YML, "exercises:", "exercises: []\nx:", f"{YML}:3", "unknown key x"),
    # the reference
    "reference no Python": (PY, "return x + x", "return x +", f"{PY}:20", "is not valid Python"),
    "foreign name": (PY, "return x + x", "return SCALE * x", f"{PY}:20", "double uses SCALE, which is neither NumPy"),
    "numpy in full": (PY, "return x + x", "return numpy.add(x, x)", f"{PY}:20", "double uses numpy"),
    "foreign default": (PY, "times: int = 2", "times: int = SCALE", f"{PY}:26", "twice_double uses SCALE"),
    "a later exercise": (PY, "return x + x", "return twice_double(x, 1)", f"{PY}:20", "double uses twice_double"),
    "foreign in a nested one": (PY, "return x + x", "return [y * SCALE for y in x]", f"{PY}:20", "double uses SCALE"),
    "import inside": (PY, "return x + x", "import os\n    return x + x", f"{PY}:20", "imports inside its body"),
    "no docstring": (
        PY,
        '    """Twice x, again',
        '    f"""Twice x, again',
        f"{PY}:24",
        "twice_double has no docstring",
    ),
    "argument left out": (PY, "    times : int   how often\n", "", f"{PY}:28", "twice_double says nothing of times"),
    "argument too many": (PY, "    times : int", "    t, times : int", f"{PY}:28", "describes t, which is no argument"),
    "returns nothing": (
        PY,
        "    x : (N,)   anything\n    Returns y (N,)",
        "    x : (N,)   anything",
        f"{PY}:15",
        "Returns h_t",
    ),
    "no body": (PY, "    return x + x\n", "", f"{PY}:14", "double has no body"),
    "one name twice": (PY, "double(x: ndarray)", "double(x: ndarray, x: int)", f"{PY}:14", "duplicate argument 'x'"),
    "crowded": (PY, '    """\n    return x + x', '    """; return x + x', f"{PY}:15", "docstring on lines of its own"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_one_line_with_place_and_remedy(course, name):
    file, old, new, where, said = FAULTS[name]
    course.replace(file, old, new)
    result = course.run()
    assert (result.status, result.out) == (2, [])
    assert len(result.err) == 1, result.err
    assert result.err[0].startswith(f"error: {where}: ") and said in result.err[0]
    assert course.files() == {}


def test_cell_without_an_entry(course):
    entries = course.read(YML)
    course.write(YML, entries[: entries.index('  - id: "1.2"')])
    result = course.run()
    assert result.status == 2
    assert result.err == [f"error: {MD}:34: lstm_ref.loop.twice_double has no entry in {YML}: add one, with its id"]


def test_two_orders(course):
    title, first, second = course.read(YML).partition("  - id")[0], *course.read(YML).split("  - id")[1:]
    course.write(YML, f"{title}  - id{second}  - id{first}")
    result = course.run()
    assert result.status == 2 and len(result.err) == 2  # as the grader sees it, 1.2 calls what comes later
    assert "twice_double uses double" in result.err[0]
    assert result.err[1].startswith(f"error: {YML}:3: exercise 1.2 stands where the source has 1.1")


def test_exercises_must_be_a_list(course):
    course.write(YML, "title: Loops\nexercises: 3\n")
    assert course.run().err[0].startswith(f"error: {YML}:2: exercises must be a list")
    course.write(YML, "title: Loops\n")
    assert course.run().err[0].startswith(f"error: {YML}:1: no exercises: write the list")


def test_missing_and_lonely_files(course):
    course.write("course/02_more/exercises.yml", "title: More\nexercises: []\n")
    (course.root / YML).unlink()
    result = course.run()
    assert result.status == 2
    assert result.err == [
        "error: course/02_more/exercises.yml: there is no lesson.md beside it: write it, or delete this",
        f"error: {YML}: is missing: write the chapter's title and its exercises",
    ]


def test_a_source_must_be_named_as_a_chapter(course):
    course.write("course/notes/lesson.md", "Notes\n")
    assert course.run().err == [
        "error: course/notes/lesson.md: name a chapter's folder as in 01_recurrence or A_data_clinic"
    ]


@pytest.mark.parametrize("file", [MD, YML, PY])
def test_a_file_that_is_not_utf8(course, file):
    (course.root / file).write_bytes((course.root / file).read_bytes() + b"\xff\n")
    result = course.run()
    assert result.status == 2 and len(result.err) == 1
    assert result.err[0].startswith(f"error: {file}: is not UTF-8")


def test_no_source_at_all(course):
    (course.root / MD).unlink()
    (course.root / YML).unlink()
    assert course.run().err == [
        "error: course: there is no course/NN_topic/lesson.md to build from: is this the course's folder?"
    ]


def test_ids_and_functions_are_the_whole_courses(course):
    course.write("course/02_again/lesson.md", course.read(MD))
    course.write("course/02_again/exercises.yml", course.read(YML).replace('"1.1"', '"2.1"'))
    result = course.run()
    assert result.status == 2
    assert [line.partition(" exercise ")[2].partition(" already")[0] for line in result.err] == [
        "2.1: the function double belongs to exercise 1.1",
        "1.2: the id 1.2 belongs to exercise 1.2",
        "1.2: the function twice_double belongs to exercise 1.2",
    ]


def test_a_fault_brings_no_others_in_its_train(course):
    """Chapter 2 builds on chapter 1, which cannot be read: only that is said."""
    answer = course.read(PY).replace("def double", "def quadruple").replace("x + x", "double(double(x))")
    course.write("lstm_ref/more.py", answer)
    source = course.read(MD).replace(IMPORT, "from lstm_ref.more import quadruple").replace(CELL, "")
    course.write("course/02_more/lesson.md", source)
    entry = course.read(YML).partition('  - id: "1.2"')[0]
    course.write(
        "course/02_more/exercises.yml", entry.replace("loop.double", "more.quadruple").replace('"1.1"', '"2.1"')
    )
    assert course.run().status == 0
    course.replace(YML, "points: 2", "points: many")
    assert len(course.run().err) == 1


def test_one_run_shows_the_faults_of_every_file(course):
    course.replace(MD, "%time loop.double(np.ones(3))", "loop.double(np.ones(3)")
    course.replace(YML, "points: 2", "points: -2")
    course.replace(YML, "difficulty: 3", "difficulty: 7")
    assert len(course.run().err) == 3


@pytest.mark.parametrize("arguments", [[], ["--check"], ["--keep-work"]])
def test_orphans(course, arguments):
    course.run()
    course.write("chapters/02_gone.ipynb", course.read("chapters/01_loops.ipynb"))
    course.write("solutions/Untitled.ipynb", "{}")
    before = course.files()
    result = course.run(*arguments)
    lines = [
        f"{folder}/{stem}.ipynb: no source makes it; move it to work/ or delete it, or write course/{stem}/lesson.md"
        for folder, stem in (("chapters", "02_gone"), ("solutions", "Untitled"))
    ]
    if arguments == ["--check"]:
        assert (result.status, result.out) == (1, lines)
    elif arguments == ["--keep-work"]:  # `make book` must not fail on a notebook that a learner has begun there
        assert (result.status, result.err) == (0, [f"warning: {line}" for line in lines])
    else:
        assert (result.status, result.err) == (2, [f"error: {line}" for line in lines])
    assert course.files() == before


def test_discard_names_a_chapter(course):
    result = course.run("--discard", "07_none")
    assert (result.status, result.err) == (2, ["error: --discard 07_none: there is no course/07_none/lesson.md"])


def test_check_goes_with_nothing_that_writes(course):
    for arguments in (["--check", "--execute"], ["--check", "--discard", "01_loops"]):
        with pytest.raises(SystemExit) as stop:
            course.run(*arguments)
        assert stop.value.code == 2


def test_a_folder_that_cannot_be_made(course):
    course.write("chapters", "a file\n")
    result = course.run()
    assert result.status == 2 and len(result.err) == 1 and result.err[0].startswith("error: ")
    assert "chapters" in result.err[0] and "Traceback" not in result.err[0]
