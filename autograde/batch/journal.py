"""One JSON a student: their scorecard, and what it was made from, so that a second run grades only what has changed."""

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
        self.folder, self.basis = Path(folder), {}

    def last_seed(self) -> int | None:
        """The seed of the run before, or None."""
        index = _load(self.folder / INDEX)
        return index.get("seed") if isinstance(index.get("seed"), int) else None

    def begin(self, basis: dict[str, Any]) -> None:
        """Make the folder and note what this run depends on."""
        self.basis = basis
        self.folder.mkdir(exist_ok=True)
        write_whole(self.folder / INDEX, json.dumps(basis, indent=1) + "\n")

    def find(self, handin: Handin, content: str) -> dict[str, Any] | None:
        """The outcome of the run before, if it is still what a new one would give; else None."""
        kept = _load(self._path(handin)).get("batch")
        if not isinstance(kept, dict) or not content or kept.get("content") != content:
            return None
        if kept.get("basis") != self.basis:
            return None
        card = _load(self._path(handin))
        outcome = {name: kept.get(name) for name in ("content", "problem", "notes", "prints", "alike")}
        outcome["card"] = None if kept["problem"] else {k: v for k, v in card.items() if k != "batch"}
        return outcome

    def keep(self, handin: Handin, outcome: dict[str, Any]) -> None:
        """Write a student's JSON, whole or not at all."""
        card = outcome["card"] or {
            "version": VERSION, "submission": handin.student, "points": 0, "max_points": 0,
            "isolated": self.basis["isolated"], "reason": "", "seed": self.basis["seed"], "exercises": [],
        }  # fmt: skip
        kept = {"student": handin.student, "id": handin.id, "basis": self.basis}
        kept |= {name: value for name, value in outcome.items() if name != "card"}
        text = json.dumps({**card, "batch": kept}, ensure_ascii=False, indent=1) + "\n"
        write_whole(self._path(handin), text)

    def _path(self, handin: Handin) -> Path:
        return self.folder / f"{handin.key}.json"


def _load(path: Path) -> dict[str, Any]:
    """A JSON object, {} where there is none that can be read: then it is made anew."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
