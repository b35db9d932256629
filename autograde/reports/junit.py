"""The scorecard as JUnit XML, which CI servers show: a test suite for each chapter, a test case for each exercise.

A wrong answer is a failure, one that could not be judged is an error, and one not attempted is skipped. The points are
properties.
"""

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET

from autograde.judging.result import Result
from autograde.judging.scorecard import Scorecard

KINDS = {"failed": "failure", "error": "error", "not_attempted": "skipped"}


def text(card: Scorecard) -> str:
    """The XML with its declaration."""
    root = ET.Element("testsuites", name=card.submission, **_counts(card.results))
    for chapter, results in card.by_chapter().items():
        suite = ET.SubElement(root, "testsuite", name=f"chapter {chapter}", **_counts(results))
        points, max_points = sum(r.points for r in results), sum(r.max_points for r in results)
        _properties(suite, points=points, max_points=max_points, isolated=card.isolated, seed=card.seed)
        for r in results:
            suite.append(_case(r, chapter))
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _case(r: Result, chapter: str) -> ET.Element:
    case = ET.Element("testcase", classname=f"chapter {chapter}", name=f"{r.id} {r.name}", time="0")
    _properties(case, points=r.points, max_points=r.max_points, status=r.status, diagnosis=r.diagnosis or "")
    if r.status in KINDS:
        element = ET.SubElement(case, KINDS[r.status], message=r.message.partition("\n")[0])
        if r.status != "not_attempted":
            element.set("type", r.diagnosis or r.status)
            element.text = r.message
    return case


def _properties(parent: ET.Element, **values: object) -> None:
    element = ET.SubElement(parent, "properties")
    for name, value in values.items():
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        ET.SubElement(element, "property", name=name, value=shown)


def _counts(results: Sequence[Result]) -> dict[str, Any]:
    statuses = [r.status for r in results]
    counts = {"tests": len(results), "failures": statuses.count("failed"), "errors": statuses.count("error")}
    return {name: str(n) for name, n in {**counts, "skipped": statuses.count("not_attempted")}.items()}
