"""The scorecard as a runner of GitHub Classroom's autograding gives its result: JSON in base64, on one line.

A step of a workflow hands it on as its output `result`, and `autograding-grading-reporter` adds the points up.
https://github.com/classroom-resources/autograding-grading-reporter
"""

import base64
import json
from typing import Any

from autograde.judging.scorecard import Scorecard

STATUSES = {"passed": "pass", "failed": "fail", "not_attempted": "fail", "error": "error"}


def text(card: Scorecard) -> str:
    """The scorecard as one line, for `echo "result=$(cat FILE)" >> "$GITHUB_OUTPUT"`."""
    return base64.b64encode(json.dumps(content(card)).encode()).decode() + "\n"


def content(card: Scorecard) -> dict[str, Any]:
    """The content of the line. The reporter fails the step unless all of it passes, and shows `test_code`."""
    statuses = {STATUSES[r.status] for r in card.results}
    tests = [
        {
            "name": f"{r.id} {r.name}",
            "status": STATUSES[r.status],
            "score": r.points,
            "message": r.message,
            "test_code": f"check({r.name})",
            "filename": "",
            "line_no": 0,
            "duration": 0,
        }
        for r in card.results
    ]
    whole = next((status for status in ("fail", "error") if status in statuses), "pass")
    return {"version": 1, "status": whole, "max_score": card.max_points, "tests": tests}
