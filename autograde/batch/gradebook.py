"""The class as one table: a row for each student, the same exercises for all, and flags for the teacher."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from autograde.batch import similarity
from autograde.batch.inbox import Handin
from autograde.batch.times import handed_in
from autograde.exercise import Exercise
from autograde.judging.result import make_result
from autograde.judging.scorecard import Scorecard
from autograde.reports import table


@dataclass
class Row:
    """One student. `card` is None where nothing could be graded, and `problem` says why."""

    student: str
    id: str
    card: Scorecard | None
    problem: str
    notes: list[str]
    time: float | None
    late: bool | None = None
    same_file: list[str] = field(default_factory=list)
    alike: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)  # exercises answered as solutions/ does


class Gradebook:
    """All rows, by student, and the exercises that count for everybody."""

    def __init__(
        self,
        exercises: Sequence[Exercise],
        graded: Iterable[tuple[Handin, dict[str, Any]]],
        own: Collection[str] = frozenset(),
        due: float | None = None,
        times: Mapping[str, float] | None = None,
    ) -> None:
        """Make the rows.

        exercises : those that count, in order; a student who lacks a chapter has not attempted them
        graded : pairs of a Handin and its outcome
        own : fingerprints of the course's answers
        due : a timestamp, or None
        times : {student or id: timestamp}, where a table says when work came
        """
        self.exercises = exercises
        graded = sorted(graded, key=lambda pair: (pair[0].student.casefold(), pair[0].id))
        self.rows = [self._row(handin, outcome, due, times or {}) for handin, outcome in graded]
        self._flag([outcome for _, outcome in graded], own)

    def _row(self, handin: Handin, outcome: dict[str, Any], due: float | None, times: Mapping[str, float]) -> Row:
        card = Scorecard.from_dict(outcome["card"]) if outcome["card"] else None
        if card:
            mine = {r.name: r for r in card.results}
            missing = "Not attempted: no notebook of this chapter."
            card.results = [mine.get(e.name) or make_result(e, "not_attempted", missing) for e in self.exercises]
        when = handed_in(handin, times)
        late = True if handin.marked_late else (when > due if due and when else None)
        return Row(handin.student, handin.id, card, outcome["problem"], outcome["notes"], when, late)

    def _flag(self, outcomes: list[dict[str, Any]], own: Collection[str]) -> None:
        """Note who has handed in the same file, whose answers are similar, and who gives the published ones."""
        files, answers = defaultdict(set), {}
        for number, (row, outcome) in enumerate(zip(self.rows, outcomes, strict=True)):
            if row.card and any(r.status != "not_attempted" for r in row.card.results):
                for digest in outcome["prints"].values():
                    files[digest].add(number)
                answers[number] = outcome["alike"]
                row.published = similarity.published_answers(outcome["alike"], own)
        same = {(one, other) for group in files.values() for one in group for other in group if one != other}
        for one, other in sorted(same):
            self.rows[one].same_file.append(self.rows[other].student)
        for (one, other), exercises in sorted(similarity.similar_pairs(answers, own).items()):
            if (one, other) not in same:
                for row, partner in ((self.rows[one], self.rows[other]), (self.rows[other], self.rows[one])):
                    row.alike.append(f"{partner.student} ({', '.join(exercises)})")

    @property
    def cards(self) -> list[Scorecard]:
        """The scorecards of the rows that have one."""
        return [row.card for row in self.rows if row.card]

    @property
    def max_points(self) -> int:
        """The sum of the points of all exercises; it is the same for all students."""
        return sum(e.points for e in self.exercises)

    def counts(self, exercise: Exercise) -> tuple[Counter, Counter]:
        """How many students have each status in an exercise, and how often each diagnosis occurs."""
        results = [r for card in self.cards for r in card.results if r.name == exercise.name]
        return Counter(r.status for r in results), Counter(r.diagnosis for r in results if r.diagnosis)

    def csv(self) -> str:
        """The table as CSV, for a spreadsheet."""
        head = ["student", "id", "points", "max_points", "problem", "late", "handed_in", "same_file_as", "alike"]
        head += ["as_published", "notes", "isolated", "seed", *(f"{e.id} {e.name}" for e in self.exercises)]
        return table.rows([head, *map(self._fields, self.rows)])

    def _fields(self, row: Row) -> list[Any]:
        when = datetime.fromtimestamp(row.time).astimezone().isoformat(timespec="minutes") if row.time else None
        about = [row.late, when, *("; ".join(f) for f in (row.same_file, row.alike, row.published, row.notes))]
        points, trust, marks = None, [None, None], [None] * len(self.exercises)
        if row.card:
            points, trust, marks = row.card.points, [row.card.isolated, row.card.seed], table.marks(row.card)
        return [row.student, row.id, points, self.max_points, row.problem, *about, *trust, *marks]
