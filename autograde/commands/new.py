"""Make the skeleton of a new exercise: answer, entry, cell, test, three wrong answers and three right ones.

Everything goes into the files of its chapter, in the order of the ids; nothing that stands there is changed. Until its
author fills it in, the exercise fails, and `autograde doctor` says where.
"""

import argparse

from autograde.authoring.skeleton import plan_files
from autograde.commands import add_course
from autograde.course import Course
from autograde.exercise import MAX_DIFFICULTY
from autograde.problem import relative_posix
from lstm_ref.files import write_all_or_none


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments: id and name, and what the exercise's card says."""
    parser.add_argument("id", metavar="ID", help="chapter and number, 4.9")
    parser.add_argument(
        "name", metavar="NAME", help="of the function that learners write, lstm_step; LSTMCell is a module of PyTorch"
    )
    parser.add_argument("--module", help="where the answer stands (default: where that of the exercise before does)")
    parser.add_argument("--points", type=_count, default=3)
    parser.add_argument("--difficulty", type=_difficulty, default=2, help=f"1 to {MAX_DIFFICULTY}")
    parser.add_argument("--minutes", type=_count, default=15)
    parser.add_argument("--lines", type=_count, default=5, help="about how long an answer is")
    add_course(parser)


def run(options: argparse.Namespace) -> int:
    """Write the files, all or none, and print the lines that the author fills in."""
    course = Course(options.course)
    costs = {name: getattr(options, name) for name in ("points", "difficulty", "minutes", "lines")}
    files = plan_files(course, options.id, options.name, options.module, **costs)
    for path in files:
        path.parent.mkdir(parents=True, exist_ok=True)
    write_all_or_none({path: text for path, (text, _) in files.items()})
    for path, (_, line) in files.items():
        print(f"{relative_posix(path, course.root)}:{line}")
    print(f"Fill them in; `autograde doctor {options.id}` says what is left to do. Then: make notebooks")
    return 0


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no whole number from 1")
    return int(text)


def _difficulty(text: str) -> int:
    if _count(text) > MAX_DIFFICULTY:
        raise argparse.ArgumentTypeError(f"{text} is not from 1 to {MAX_DIFFICULTY}")
    return int(text)
