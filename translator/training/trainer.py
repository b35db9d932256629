"""The trainer of every model: for a number of epochs or a budget of seconds; it can be interrupted and resumed."""

import json
import math
import sys
import time
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from lstm_ref.files import write_whole
from translator.config import TrainConfig
from translator.data.bitext import Bitext, vocabularies
from translator.data.parts import Parts
from translator.models.dropout import set_shard
from translator.storage import checkpoint, store
from translator.training.candidates import Candidates
from translator.training.interruption import on_interrupt
from translator.training.precision import has_bf16
from translator.training.process_group import ProcessGroup
from translator.training.schedule import Schedule
from translator.translator import MODEL_FILE, Translator

LINE = "step {step:6}  epoch {epoch:6.2f}  training loss {train_loss:.4f}  dev loss {dev_loss:.4f}"
HISTORY_FILE = "history.json"
ASSUMED_PACE = 25  # steps a second, until the pace has been measured
MEAN_EVERY = 5  # steps between two weights that the mean includes


class Training:
    """The training of one model.

    config : TrainConfig   what to train and how
    parts : Parts          the pairs
    out : Path             folder of checkpoint, model and history; training resumes from a checkpoint in it
    epochs : float         passes over the training part; or
    budget : float         seconds: processor time of all threads, or wall time where the device is no processor
    group : ProcessGroup   the processes that train together; None: this process alone, unless torchrun started it
    begun : float          the value of `clock` from which the budget counts; None: now

    Raises StoreError where the folder holds the checkpoint of another training.
    """

    def __init__(
        self,
        config: TrainConfig,
        parts: Parts,
        out: Path,
        epochs: float = 0.0,
        budget: float = 0.0,
        group: ProcessGroup | None = None,
        begun: float | None = None,
    ):
        self.group = group or ProcessGroup()
        self.begun = self.clock() if begun is None else begun
        self.out, self.parts = Path(out), parts
        if config.bf16 is None:
            config = config.replace(bf16=has_bf16(self.group.device))
        self.config = config
        self.request = {"config": config.as_dict(), "epochs": epochs, "budget": budget, "pairs": len(parts.train)}
        torch.manual_seed(config.seed)
        source, target = vocabularies(parts.train, config.rare)
        self.translator = Translator(config, source, target)
        self.model = self.translator.model.to(self.group.device)
        self.optimiser = torch.optim.Adam(self.model.parameters(), betas=(0.9, 0.98), eps=1e-9, fused=True)
        self.train, self.dev = (Bitext(side, source, target) for side in (parts.train, parts.dev))
        self.candidates = Candidates()
        self.history: list[dict] = []
        self.spent, self.next_batch, self.epoch = 0.0, 0, 0
        self.since_mark = [0.0, 0]  # loss and tokens since the last mark
        self._shuffle()
        steps = budget * ASSUMED_PACE if budget else epochs * len(self.batches)
        self.schedule = Schedule(max(1, round(steps)), budget)
        self.mean_tokens = float(self.train.lengths[:, 0].sum()) / len(self.batches)  # of a batch
        self.stopped = False
        if (self.out / checkpoint.CHECKPOINT_FILE).exists():
            self._resume()
        self.wrapped = self.group.wrap(self.model)

    def clock(self) -> float:
        """The seconds that a budget counts: processor time of all threads, or wall time where the device is another."""
        return time.process_time() if self.group.device.type == "cpu" else time.monotonic()

    def seconds(self) -> float:
        """Seconds spent on this training, those before it was resumed included."""
        return self.spent + self.clock() - self.begun

    def _shuffle(self) -> None:
        """Compute the batches of the present epoch; they depend on seed and epoch alone, as resuming needs."""
        rng = np.random.default_rng([self.config.seed, self.epoch])
        self.batches = self.train.epoch(self.config.batch, rng)

    def step(self) -> float:
        """One optimiser step on the next batch.

        Returns loss (): in nats, summed over this process's tokens
        """
        if self.next_batch == len(self.batches):
            self.epoch, self.next_batch = self.epoch + 1, 0
            self._shuffle()
        indices = self.batches[self.next_batch]
        # The random numbers of a step follow from its number, so that a run can be reproduced on resume.
        rng = np.random.default_rng([self.config.seed, self.schedule.done])
        whole = self.train.batch(indices, self.config.unknown, rng)
        torch.manual_seed(int(rng.integers(2**62)))
        batch = whole.shard(self.group.rank, self.group.size)
        if self.group.size > 1:
            set_shard(self.model, *((self.group.rank, self.group.size) if batch else (0, 1)), len(indices))
        weight = 0.0 if batch is None else 1.0  # a process without a sentence computes a loss that does not count
        computed = (batch or whole.shard(0, len(indices))).to(self.group.device)
        for parameters in self.optimiser.param_groups:
            parameters["lr"] = self.schedule.rate(self.config.rate, self.config.warm_up)
        with torch.autocast(self.group.device.type, torch.bfloat16, enabled=self.config.bf16):
            loss = self.wrapped(*computed, self.config.smoothing)
        # One divisor for all batches, so that a token has the same weight in each. The gradients are averaged over the
        # processes; multiplying by the number of processes makes the average a sum.
        (loss * (weight * self.group.size / self.mean_tokens)).backward()
        members = getattr(self.model, "members", [self.model])
        for member in members:  # each as if alone; Adam is invariant to the factor 1 / members of the mean loss
            torch.nn.utils.clip_grad_norm_(member.parameters(), self.config.clip / len(members))
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.next_batch += 1
        self.schedule.done += 1
        loss = loss.item()
        self.since_mark[0] += weight * loss
        self.since_mark[1] += weight * batch.tokens if batch else 0
        if self.config.average and self.schedule.progress > 1 - self.config.average:
            if self.schedule.done % MEAN_EVERY == 0:
                self.candidates.add_to_mean(self.model)
        return loss

    @torch.inference_mode()
    def dev_loss(self) -> float:
        """Mean loss per token on the dev part, without smoothing and dropout, in nats."""
        self.model.eval()
        total = 0.0
        batches = self.dev.epoch(2000, np.random.default_rng(0))
        for indices in batches[self.group.rank :: self.group.size]:
            batch = self.dev.batch(indices).to(self.group.device)
            with torch.autocast(self.group.device.type, torch.bfloat16, enabled=self.config.bf16):
                total += self.model(*batch).item()
        self.model.train()
        return self.group.total(total) / int(self.dev.lengths[:, 0].sum())

    def mark(self) -> dict:
        """Set a mark: evaluate on the dev part, add a row to the history, and write the checkpoint.

        Returns row (dict): step, epoch, rate, train_loss, dev_loss
        """
        loss, tokens = (self.group.total(value) for value in self.since_mark)
        row = {
            "step": self.schedule.done,
            "epoch": round(self.epoch + self.next_batch / len(self.batches), 3),
            "rate": self.schedule.rate(self.config.rate, self.config.warm_up),
            "train_loss": loss / max(tokens, 1),
            "dev_loss": self.dev_loss(),
        }
        self.candidates.keep_if_best(self.model, row["dev_loss"])
        self.since_mark = [0.0, 0]
        seconds = self.group.maximum(self.seconds())
        self.schedule.mark(seconds)
        self.history.append({**row, "seconds": round(seconds, 2)})
        self.save()
        return row

    def save(self) -> None:
        """Write checkpoint and history, in the main process."""
        if not self.group.is_main:
            return
        about = {
            "request": self.request,
            "config": self.config.as_dict(),
            "source": self.translator.source.tokens,
            "target": self.translator.target.tokens,
            "schedule": self.schedule.as_dict(),
            "spent": self.seconds(),
            "history": self.history,
            **{name: getattr(self, name) for name in ("next_batch", "epoch", "since_mark")},
            "candidates": self.candidates.about(),
        }
        checkpoint.save(self.out, self.model, self.candidates.tensors(), self.optimiser, about)
        write_whole(self.out / HISTORY_FILE, json.dumps(self.history, indent=1))

    def _resume(self) -> None:
        """Load the folder's checkpoint."""
        tensors, about = store.read(self.out / checkpoint.CHECKPOINT_FILE)
        if about.get("request") != json.loads(json.dumps(self.request)):
            raise store.StoreError(f"{self.out} holds another training; choose another folder, or empty it")
        checkpoint.restore(tensors, self.model, self.optimiser)
        self.candidates = Candidates(**about["candidates"])
        self.candidates.restore(tensors, self.group.device)
        self.schedule = Schedule(**about["schedule"])
        for name in ("spent", "history", "next_batch", "epoch", "since_mark"):
            setattr(self, name, about[name])
        self._shuffle()

    def run(self, show: bool = True) -> Translator:
        """Train to the end or until interrupted, and write the model.

        show : bool   whether to show a progress bar on stderr
        Returns translator (Translator)

        SIGINT (Ctrl-C) and SIGTERM end the training after the present step; checkpoint and model are written, and
        `stopped` is True. The same call resumes from there.
        Raises FloatingPointError where the loss is not finite.
        """

        def stop() -> None:
            self.stopped = True

        quiet = not (show and self.group.is_main)
        bar_format = "{l_bar}{bar}| {elapsed} < {remaining}{postfix}"
        self.model.train()
        with on_interrupt(stop), tqdm(total=100, disable=quiet or None, unit="%", bar_format=bar_format) as bar:
            if not self.schedule.done:
                self.schedule.mark(self.seconds())  # the time for preparation does not count towards the pace
            next_mark = self.schedule.next_mark()
            while not self.schedule.over and not self.stopped:
                loss = self.step()
                if not math.isfinite(loss):
                    raise FloatingPointError(f"the loss is {loss} at step {self.schedule.done}: try a lower --rate")
                bar.update(100 * self.schedule.progress - bar.n)
                mean = self.since_mark[0] / max(self.since_mark[1], 1)
                bar.set_postfix(loss=f"{mean:.2f}", epoch=self.epoch, refresh=False)
                if self.schedule.done >= next_mark:
                    row = self.mark()
                    next_mark = self.schedule.next_mark()
                    if not quiet:
                        bar.write(LINE.format(**row), file=sys.stderr)
                self.stopped = bool(self.group.maximum(self.stopped))
            if self.stopped:
                self.save()
            return self._finish()

    def _finish(self) -> Translator:
        """Load the best weights, and write the translator to the folder."""
        loss = self.candidates.load_best(self.model, self.dev_loss) if self.schedule.over else self.dev_loss()
        self.translator.about |= {
            "seconds": round(self.seconds(), 1),
            "steps": self.schedule.done,
            "epochs": round(self.epoch + self.next_batch / len(self.batches), 2),
            "dev_loss": loss,
        }
        self.model.eval()
        if self.group.is_main:
            self.translator.save(self.out / MODEL_FILE)
        return self.translator
