"""One JSON file for each student: the scorecard and what it depends on, so that a second run grades changes only."""

import json
from pathlib import Path
from typing import Any

from autograde.batch.inbox import Handin
from autograde.judging.scorecard import VERSION
from lstm_ref.files import write_whole

INDEX = "_class.json"


class Journal:
    """The folder of the class's JSON files.

    basis : what every mark depends on besides the submission: course, seed, limits
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self.basis: dict[str, Any] = {}

    def last_seed(self) -> int | None:
        """The seed of the previous run, or None."""
        index = _load(self.folder / INDEX)
        return index.get("seed") if isinstance(index.get("seed"), int) else None

    def begin(self, basis: dict[str, Any]) -> None:
        """Make the folder and record what this run depends on."""
        self.basis = basis
        self.folder.mkdir(exist_ok=True)
        write_whole(self.folder / INDEX, json.dumps(basis, indent=1) + "\n")

    def find(self, handin: Handin, content: str) -> dict[str, Any] | None:
        """The outcome of the previous run, if a new run would give the same; else None."""
        card = _load(self._path(handin))
        recorded = card.get("batch")
        if not isinstance(recorded, dict) or not content or recorded.get("content") != content:
            return None
        if recorded.get("basis") != self.basis:
            return None
        outcome = {name: recorded.get(name) for name in ("content", "problem", "notes", "prints", "alike")}
        outcome["card"] = None if recorded["problem"] else {k: v for k, v in card.items() if k != "batch"}
        return outcome

    def keep(self, handin: Handin, outcome: dict[str, Any]) -> None:
        """Write a student's JSON atomically."""
        card = outcome["card"] or {
            "version": VERSION, "submission": handin.student, "points": 0, "max_points": 0,
            "isolated": self.basis["isolated"], "reason": "", "seed": self.basis["seed"], "exercises": [],
        }  # fmt: skip
        recorded = {"student": handin.student, "id": handin.id, "basis": self.basis}
        recorded |= {name: value for name, value in outcome.items() if name != "card"}
        text = json.dumps({**card, "batch": recorded}, ensure_ascii=False, indent=1) + "\n"
        write_whole(self._path(handin), text)

    def _path(self, handin: Handin) -> Path:
        return self.folder / f"{handin.key}.json"


def _load(path: Path) -> dict[str, Any]:
    """The JSON object in a file, or {} where none can be read, so that its submission is graded again."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
