"""The scorecard as Gradescope's `results.json`.

https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

import json
from typing import Any

from autograde.judging.result import Result
from autograde.judging.scorecard import Scorecard
from autograde.reports.terminal import isolation_note


def text(card: Scorecard) -> str:
    """The JSON: one test for each exercise, all visible to the student."""
    lines = [f"The same inputs again: --seed {card.seed}.", isolation_note(card)]
    content = {
        "output": "\n".join(filter(None, lines)),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",  # the output of run_autograder is for the teacher only
        "tests": [_test(r) for r in card.results],
        "extra_data": {"isolated": card.isolated, "seed": card.seed},
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _test(r: Result) -> dict[str, Any]:
    lines = [r.message, f"Hint: {r.hint}" if r.hint else ""]
    return {
        "name": f"{r.id} {r.name}",
        "number": r.id,
        "score": r.points,
        "max_score": r.max_points,
        "status": "passed" if r.status == "passed" else "failed",
        "output": "\n".join(filter(None, lines)) or "Passed.",
        "visibility": "visible",
        "tags": [r.status, *([r.diagnosis] if r.diagnosis else [])],
    }
