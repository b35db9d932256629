"""Names the mistake: which wrong answer of the bank does in every case what the learner's function did?"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from autograde.course import Course
from autograde.exercise import Exercise
from autograde.judging.bank import WrongAnswer, bank
from autograde.judging.outcome import FLOAT32_TOLERANCE, Outcome, same_outcome
from autograde.judging.recorded_function import Case

# Kinds of a Mismatch that often accompany a classic mistake, such as a float64 array or a forgotten empty batch.
SECONDARY_KINDS = ("dtype", "not finite", "overflow")
SHAPE_ERRORS = ("ValueError", "IndexError")  # what NumPy raises where sizes do not fit
MIN_EVIDENCE = 6  # wrong numbers that agree; fewer may agree by accident
MAX_ERROR_CHARS = 500  # of an error's text that the sandbox lets through
Fits = Callable[[Outcome, Outcome, float], bool]  # compares two outcomes within a tolerance


def diagnose(course: Course, exercise: Exercise, cases: Sequence[Case]) -> WrongAnswer | None:
    """The WrongAnswer that does what the learner's function does, or None; the first strategy that finds one counts."""
    evidence = Evidence(bank(course, exercise), cases)
    return next(filter(None, (strategy(evidence) for strategy in STRATEGIES)), None)


class Evidence:
    """What the learner's function and every entry of the bank did in every case.

    wrong_values : the numbers of the cases in which the learner's function returned a wrong value
    """

    def __init__(self, entries: Sequence[WrongAnswer], cases: Sequence[Case]) -> None:
        self.entries, self.cases = entries, cases
        self.wrong_values = {n for n, case in enumerate(cases) if case.mismatch and case.got.raised is None}
        self._outcomes: dict[tuple[str, int], Outcome] = {}

    def outcome(self, entry: WrongAnswer, number: int) -> Outcome:
        """What an entry does in a case, run when it is first asked for."""
        if (entry.name, number) not in self._outcomes:
            self._outcomes[entry.name, number] = self.cases[number].run(entry.function)
        return self._outcomes[entry.name, number]

    def fitting(self, numbers: Iterable[int], fits: Fits) -> list[WrongAnswer]:
        """The entries that fit in all of these cases."""
        numbers = list(numbers)
        return [e for e in self.entries if all(self.fits_in(e, number, fits) for number in numbers)]

    def fits_in(self, entry: WrongAnswer, number: int, fits: Fits) -> bool:
        """Whether an entry fits in one case."""
        case = self.cases[number]
        return fits(case.got, self.outcome(entry, number), _tolerance(case))


def same_in_every_case(evidence: Evidence) -> WrongAnswer | None:
    """An entry that does the same in every case, if one of the learner's values is wrong."""
    if not evidence.wrong_values:  # two functions that both raise are no evidence
        return None
    return next(iter(evidence.fitting(range(len(evidence.cases)), same_outcome)), None)


def same_but_for_a_second_mistake(evidence: Evidence) -> WrongAnswer | None:
    """The one entry that does the same, apart from cases in which a dtype is wrong or a value is not finite.

    A learner who made a classic mistake and also returns float64 made two mistakes, and the classic one is named.
    """
    primary = [
        number
        for number, case in enumerate(evidence.cases)
        if not case.mismatch or case.mismatch.kind not in SECONDARY_KINDS
    ]
    if not evidence.wrong_values & set(primary):
        return None
    return _only(evidence.fitting(primary, same_outcome))


def same_error_texts(evidence: Evidence) -> WrongAnswer | None:
    """The one entry that does the same in every case and raises the same texts; NumPy's texts hold the sizes."""
    return _only(evidence.fitting(range(len(evidence.cases)), _same_with_error_text))


def same_where_shapes_fit(evidence: Evidence) -> WrongAnswer | None:
    """The one entry that does the same, apart from cases in which either raises because sizes do not fit.

    Where sizes do not fit, a loop may raise another error than a matrix product, or go on with a part of the array.
    This is the weakest evidence, and is used only if no entry raises the same texts.
    """
    if evidence.fitting(range(len(evidence.cases)), _same_with_error_text):
        return None
    return _only([entry for entry in evidence.entries if _is_same_where_shapes_fit(evidence, entry)])


STRATEGIES = (same_in_every_case, same_but_for_a_second_mistake, same_error_texts, same_where_shapes_fit)


def _only(entries: Sequence[WrongAnswer]) -> WrongAnswer | None:
    return entries[0] if len(entries) == 1 else None


def _is_same_where_shapes_fit(evidence: Evidence, entry: WrongAnswer) -> bool:
    count = 0  # of wrong numbers in which both agree
    for number, case in enumerate(evidence.cases):
        outcome = evidence.outcome(entry, number)
        raised = {o.raised.type for o in (case.got, outcome) if o.raised}
        if raised:
            if not case.mismatch or not raised <= set(SHAPE_ERRORS):
                return False
        elif not same_outcome(case.got, outcome, _tolerance(case)):
            return False
        elif case.mismatch:
            count = max(count, _count_numbers(case.expected.value))
    return count >= MIN_EVIDENCE


def _same_with_error_text(one: Outcome, other: Outcome, tol: float) -> bool:
    texts = [outcome.raised and outcome.raised.text[:MAX_ERROR_CHARS] for outcome in (one, other)]
    return same_outcome(one, other, tol) and texts[0] == texts[1]


def _tolerance(case: Case) -> float:
    """The case's tolerance; at least float32's where float32 goes in or out, though the mistake returns float64."""
    is_float32 = _holds_float32((case.expected.value, case.expected.args))
    return max(case.tol, FLOAT32_TOLERANCE) if is_float32 else case.tol


def _holds_float32(value: object) -> bool:
    if isinstance(value, tuple | list):
        return any(map(_holds_float32, value))
    return isinstance(value, np.ndarray | np.generic) and value.dtype == np.float32


def _count_numbers(value: object) -> int:
    """How many floating-point numbers the arrays in a value hold."""
    if isinstance(value, tuple | list):
        return sum(map(_count_numbers, value))
    return int(np.size(value)) if isinstance(value, np.ndarray) and value.dtype.kind == "f" else 0
