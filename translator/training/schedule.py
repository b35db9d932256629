"""Progress of a training, and the learning rate that follows from it."""

import dataclasses
import math

FIRST_MARK = 20  # with a budget, the step of the first mark
MARKS = (*(k / 10 for k in range(1, 10)), 0.95, 0.98, 1.0)
FEW_MARKS = (0.2, 0.4, 0.6, 0.8, 0.95, 1.0)
SHORT = 120  # seconds; a smaller budget has few marks, since each mark takes a third of a second


@dataclasses.dataclass
class Schedule:
    """Progress from 0 to 1, in steps that a resumed run repeats exactly.

    Without a budget, progress is steps done / steps. With a budget of seconds, the number of steps is estimated from
    the pace so far, at certain steps called marks. Between two marks, progress depends on steps alone and not on the
    clock, so that a run that resumes from the checkpoint of a mark takes the same steps again.

    steps : int      steps in all; with a budget, an estimate
    budget : float   seconds, or 0: the steps count
    done : int       steps done
    mark_step, mark_progress, mark_seconds : steps done, progress and seconds spent at the last mark
    """

    steps: int
    budget: float = 0.0
    done: int = 0
    mark_step: int = 0
    mark_progress: float = 0.0
    mark_seconds: float = 0.0

    @property
    def progress(self) -> float:
        """Share of the training that is done, 0 to 1."""
        left = max(self.steps - self.mark_step, 1)
        return self.mark_progress + (1 - self.mark_progress) * min((self.done - self.mark_step) / left, 1.0)

    @property
    def over(self) -> bool:
        """Whether the training is over."""
        return self.done >= self.steps

    def next_mark(self) -> int:
        """The number of steps done at which the next mark follows."""
        if self.budget and not self.mark_step:
            return FIRST_MARK
        marks = FEW_MARKS if 0 < self.budget < SHORT else MARKS
        goal = next((goal for goal in marks if goal > self.mark_progress + 0.01), 1.0)
        left = (goal - self.mark_progress) / max(1 - self.mark_progress, 1e-9) * (self.steps - self.mark_step)
        return min(max(self.mark_step + math.ceil(left), self.done + 1), self.steps)

    def mark(self, seconds: float) -> None:
        """Set a mark, and with a budget estimate the number of steps again.

        seconds : float   spent so far
        """
        if self.budget and self.done > self.mark_step:
            pace = (seconds - self.mark_seconds) / (self.done - self.mark_step)
            steps = self.done + int(max(self.budget - seconds, 0.0) / max(pace, 1e-9))
        else:
            steps = self.steps
        self.mark_step, self.mark_progress, self.mark_seconds = self.done, self.progress, seconds
        self.steps = steps

    def rate(self, highest: float, warm_up: float) -> float:
        """The learning rate: it rises linearly to the highest, then falls along half a cosine to 0.

        highest : float   the peak
        warm_up : float   share of the training in which the rate rises
        """
        if self.progress < warm_up:
            return highest * (self.progress + 1e-3) / (warm_up + 1e-3)
        return highest * 0.5 * (1 + math.cos(math.pi * (self.progress - warm_up) / (1 - warm_up)))

    def as_dict(self) -> dict:
        """The fields by name, for a checkpoint."""
        return dataclasses.asdict(self)
