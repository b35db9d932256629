"""What the experiments found: the JSON files of `research/results/`, which `make results` writes and pages read."""

import json
from pathlib import Path

from lstm_ref.course_folder import course_folder

PLACE = "research/results"  # in the folder of the course


def folder() -> Path:
    """The folder of the results, in the course's folder.

    Returns folder (Path)

    Raises CourseNotFound if there is no course; see `lstm_ref.course_folder`.
    """
    return course_folder() / PLACE


def names() -> list[str]:
    """The experiments that have results.

    Returns names (list), in alphabetical order

    Raises CourseNotFound if there is no course.
    """
    return sorted(path.stem for path in folder().glob("*.json"))


def load(name: str) -> dict:
    """The results of one experiment, with the claim that it tries and where its numbers came from.

    name : str   such as "adding"
    Returns result (dict): name, claim, citation (a key of references.bib), criterion, verdict ("agrees", "partly" or
    "does not"), note; command, seeds, settings, versions, threads, seconds (of one core), date; runs, a list of dicts
    with a seed, what was run and what came out; summary, group → quantity → n, mean, low, high (the 95 % interval)

    Raises FileNotFoundError if there is no such file, and says how to make it; CourseNotFound if there is no course.
    """
    path = folder() / f"{name}.json"
    if not path.is_file():
        there = ", ".join(names()) or "none"
        raise FileNotFoundError(
            f"no results of {name!r} in {path.parent} (there are: {there}); `make results` writes them"
        )
    return json.loads(path.read_text("utf8"))


def values(result: dict, metric: str, **fields: object) -> list:
    """What the runs of one kind found, a value for each seed.

    result : dict   of `load`
    metric : str    a field of the runs, such as "solved"
    **fields : object   what the runs have in common, such as T=80
    Returns values (list), in the order of the seeds

    Raises ValueError if no run has these fields.
    """
    found = [run[metric] for run in result["runs"] if all(run[key] == value for key, value in fields.items())]
    if not found:
        raise ValueError(f"{result['name']} has no run with {', '.join(f'{k} = {v!r}' for k, v in fields.items())}")
    return found


def format_interval(figure: dict) -> str:
    """A mean of a summary with its interval, to three digits: "0.0123 [0.0101, 0.0145]".

    figure : dict   n, mean, low, high
    Returns text (str): "none" where no run has the quantity; without an interval where there is one run only
    """

    def digits(value: float) -> str:
        three = float(f"{value:.3g}")
        return (f"{three:,.0f}" if abs(three) >= 1000 else f"{three:g}").replace("-", "−")

    if figure["mean"] is None:
        return "none"
    if figure["low"] is None:
        return digits(figure["mean"])
    return f"{digits(figure['mean'])} [{digits(figure['low'])}, {digits(figure['high'])}]"
