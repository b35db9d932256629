"""How far the training has come, and the learning rate that goes with it."""

import dataclasses
import math

FIRST_MARK = 20  # steps; with a budget the pace is measured after these, and then where the marks are
MARKS = (*(k / 10 for k in range(1, 10)), 0.95, 0.98, 1.0)
FEW_MARKS = (0.2, 0.4, 0.6, 0.8, 0.95, 1.0)
SHORT = 120  # seconds: a budget below has few marks, since each takes a third of a second


@dataclasses.dataclass
class Schedule:
    """Progress from 0 to 1, in steps that a resumed run repeats exactly.

    With a number of steps, progress is steps done / steps. With a budget of seconds the number of steps is not known
    beforehand: it is estimated from the pace so far, at marks. In between, progress goes by steps and not by the
    clock, so that what happens between two marks, and after a checkpoint at one of them, is the same each time.

    steps : int      steps in all; with a budget, an estimate
    budget : float   seconds, or 0: the steps count
    done : int       steps done
    mark_step, mark_progress, mark_seconds : the last mark
    """

    steps: int
    budget: float = 0.0
    done: int = 0
    mark_step: int = 0
    mark_progress: float = 0.0
    mark_seconds: float = 0.0

    @property
    def progress(self) -> float:
        """How far the training has come, 0 to 1."""
        left = max(self.steps - self.mark_step, 1)
        return self.mark_progress + (1 - self.mark_progress) * min((self.done - self.mark_step) / left, 1.0)

    @property
    def over(self) -> bool:
        """Is the training over?"""
        return self.done >= self.steps

    def next_mark(self) -> int:
        """The step after which the next mark is."""
        if self.budget and not self.mark_step:
            return FIRST_MARK
        marks = FEW_MARKS if 0 < self.budget < SHORT else MARKS
        goal = next((goal for goal in marks if goal > self.mark_progress + 0.01), 1.0)
        left = (goal - self.mark_progress) / max(1 - self.mark_progress, 1e-9) * (self.steps - self.mark_step)
        return min(max(self.mark_step + math.ceil(left), self.done + 1), self.steps)

    def mark(self, seconds: float) -> None:
        """Estimate the steps anew, given the seconds spent so far; without a budget, only note the place."""
        if self.budget and self.done > self.mark_step:
            pace = (seconds - self.mark_seconds) / (self.done - self.mark_step)
            steps = self.done + int(max(self.budget - seconds, 0.0) / max(pace, 1e-9))
        else:
            steps = self.steps
        self.mark_step, self.mark_progress, self.mark_seconds = self.done, self.progress, seconds
        self.steps = steps

    def rate(self, highest: float, warm_up: float) -> float:
        """The learning rate: up in a line to the highest, then down along half a cosine to nothing."""
        if self.progress < warm_up:
            return highest * (self.progress + 1e-3) / (warm_up + 1e-3)
        return highest * 0.5 * (1 + math.cos(math.pi * (self.progress - warm_up) / (1 - warm_up)))

    def as_dict(self) -> dict:
        """What a checkpoint keeps."""
        return dataclasses.asdict(self)
