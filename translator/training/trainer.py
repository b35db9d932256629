"""Training, the same for every model: by epochs or by a budget of seconds, stopped and resumed at will."""

import json
import math
import signal
import sys
import time
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from translator.config import Recipe
from translator.data.bitext import Bitext, vocabularies
from translator.data.parts import Parts
from translator.models.dropout import share_masks
from translator.storage import checkpoint, store
from translator.training.candidates import Candidates
from translator.training.process_group import Team
from translator.training.schedule import Schedule
from translator.translator import MODEL_FILE, Translator

LINE = "step {step:6}  epoch {epoch:6.2f}  training loss {train_loss:.4f}  dev loss {dev_loss:.4f}"
HISTORY_FILE = "history.json"
FIRST_PACE = 25  # steps a second, until it has been measured
MEAN_EVERY = 5  # steps between two weights that go into the mean


def has_bf16(device: torch.device) -> bool:
    """Does the device multiply bfloat16 in hardware? Elsewhere it is slower than float32."""
    if device.type == "cpu":
        able = torch.cpu.get_capabilities()
        return bool(able.get("avx512_bf16") or able.get("amx_bf16"))
    return device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)


class Training:
    """One model on its way.

    recipe : Recipe     what to train and how
    parts : Parts       the pairs
    out : Path          folder of checkpoint, model and history; if there is a checkpoint in it, it is gone on with
    epochs : float      passes over the training part, or
    budget : float      seconds: of all threads of the processor, or on the clock where the device is none
    team : Team         the processes that train together
    begun : float       when the budget began to be spent, as `clock` tells it

    Raises StoreError where the folder holds the checkpoint of another training.
    """

    def __init__(self, recipe: Recipe, parts: Parts, out: Path, epochs=0.0, budget=0.0, team=None, begun=None):
        self.team = team or Team()
        self.begun = self.clock() if begun is None else begun
        self.out, self.parts = Path(out), parts
        if recipe.bf16 is None:
            recipe = recipe.replace(bf16=has_bf16(self.team.device))
        self.recipe = recipe
        self.asked = {"recipe": recipe.as_dict(), "epochs": epochs, "budget": budget, "pairs": len(parts.train)}
        torch.manual_seed(recipe.seed)
        source, target = vocabularies(parts.train, recipe.rare)
        self.translator = Translator(recipe, source, target)
        self.model = self.translator.model.to(self.team.device)
        self.optimiser = torch.optim.Adam(self.model.parameters(), betas=(0.9, 0.98), eps=1e-9, fused=True)
        self.train, self.dev = (Bitext(side, source, target) for side in (parts.train, parts.dev))
        self.candidates = Candidates()
        self.history: list[dict] = []
        self.spent, self.place, self.epoch = 0.0, 0, 0
        self.since = [0.0, 0]  # loss and tokens since the last mark
        self._shuffle()
        guess = budget * FIRST_PACE if budget else epochs * len(self.batches)
        self.schedule = Schedule(max(1, round(guess)), budget)
        self.tokens = float(self.train.lengths[:, 0].sum()) / len(self.batches)  # of a batch, on average
        self.stopped = False
        if (self.out / checkpoint.CHECKPOINT_FILE).exists():
            self._resume()
        self.wrapped = self.team.wrap(self.model)

    def clock(self) -> float:
        """Seconds that count: of the processor, all threads together, or on the wall for other devices."""
        return time.process_time() if self.team.device.type == "cpu" else time.monotonic()

    def seconds(self) -> float:
        """Seconds spent on this training, those before a resumption counted in."""
        return self.spent + self.clock() - self.begun

    def _shuffle(self) -> None:
        """The batches of the present epoch: from seed and epoch alone, so that they can be had again."""
        rng = np.random.default_rng([self.recipe.seed, self.epoch])
        self.batches = self.train.order(self.recipe.batch, rng)

    def step(self) -> float:
        """One step on the next batch; returns the loss, summed over this process's tokens."""
        if self.place == len(self.batches):
            self.epoch, self.place = self.epoch + 1, 0
            self._shuffle()
        places = self.batches[self.place]
        # All chance of a step follows from its number: a resumed run draws what the other one drew.
        rng = np.random.default_rng([self.recipe.seed, self.schedule.done])
        whole = self.train.batch(places, self.recipe.unknown, rng)
        torch.manual_seed(int(rng.integers(2**62)))
        batch = whole.share(self.team.rank, self.team.size)
        if self.team.size > 1:
            share_masks(self.model, *((self.team.rank, self.team.size) if batch else (0, 1)), len(places))
        src, lengths, read, say = batch or whole.share(0, len(places))
        weight = 0.0 if batch is None else 1.0  # more processes than sentences: some take part without a weight
        src, read, say = (part.to(self.team.device) for part in (src, read, say))
        for group in self.optimiser.param_groups:
            group["lr"] = self.schedule.rate(self.recipe.rate, self.recipe.warm_up)
        with torch.autocast(self.team.device.type, torch.bfloat16, enabled=self.recipe.bf16):
            loss = self.wrapped(src, lengths, read, say, self.recipe.smoothing)
        # The same divisor for all batches, so that a token weighs the same in each; the processes' gradients are
        # averaged, and times their number makes that the sum.
        (loss * (weight * self.team.size / self.tokens)).backward()
        members = getattr(self.model, "members", [self.model])
        for member in members:  # each as if it were alone: Adam does not mind that the mean's gradients are smaller
            torch.nn.utils.clip_grad_norm_(member.parameters(), self.recipe.clip / len(members))
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.place += 1
        self.schedule.done += 1
        loss = loss.item()
        self.since[0] += weight * loss
        self.since[1] += weight * batch.tokens if batch else 0
        if self.recipe.average and self.schedule.progress > 1 - self.recipe.average:
            if self.schedule.done % MEAN_EVERY == 0:
                self.candidates.average(self.model)
        return loss

    @torch.inference_mode()
    def dev_loss(self) -> float:
        """Mean loss a token on the dev part, without smoothing and dropout, in nats."""
        self.model.eval()
        total = 0.0
        batches = self.dev.order(2000, np.random.default_rng(0))
        for places in batches[self.team.rank :: self.team.size]:
            src, lengths, read, say = self.dev.batch(places)
            src, read, say = (part.to(self.team.device) for part in (src, read, say))
            with torch.autocast(self.team.device.type, torch.bfloat16, enabled=self.recipe.bf16):
                total += self.model(src, lengths, read, say).item()
        self.model.train()
        return self.team.total(total) / int(self.dev.lengths[:, 0].sum())

    def mark(self) -> dict:
        """Note how far it has come, estimate how far it is, and write the checkpoint."""
        loss, tokens = (self.team.total(value) for value in self.since)
        row = {
            "step": self.schedule.done,
            "epoch": round(self.epoch + self.place / len(self.batches), 3),
            "rate": self.schedule.rate(self.recipe.rate, self.recipe.warm_up),
            "train_loss": loss / max(tokens, 1),
            "dev_loss": self.dev_loss(),
        }
        self.candidates.offer(self.model, row["dev_loss"])
        self.since = [0.0, 0]
        seconds = self.team.agree(self.seconds(), "max")
        self.schedule.mark(seconds)
        self.history.append({**row, "seconds": round(seconds, 2)})
        self.save()
        return row

    def save(self) -> None:
        """Write checkpoint and history; the leader does, for all."""
        if not self.team.leads:
            return
        about = {
            "asked": self.asked,
            "recipe": self.recipe.as_dict(),
            "source": self.translator.source.tokens,
            "target": self.translator.target.tokens,
            "schedule": self.schedule.as_dict(),
            "spent": self.seconds(),
            "history": self.history,
            **{name: getattr(self, name) for name in ("place", "epoch", "since")},
            "candidates": self.candidates.about(),
        }
        checkpoint.save(self.out, self.model, self.candidates.tensors(), self.optimiser, about)
        store.write_atomically(self.out / HISTORY_FILE, json.dumps(self.history, indent=1).encode())

    def _resume(self) -> None:
        """Go on from the folder's checkpoint."""
        tensors, about = store.read(self.out / checkpoint.CHECKPOINT_FILE)
        if about.get("asked") != json.loads(json.dumps(self.asked)):
            raise store.StoreError(f"{self.out} holds another training; choose another folder, or empty it")
        checkpoint.restore(tensors, self.model, self.optimiser)
        self.candidates = Candidates(**about["candidates"])
        self.candidates.restore(tensors, self.team.device)
        self.schedule = Schedule(**about["schedule"])
        for name in ("spent", "history", "place", "epoch", "since"):
            setattr(self, name, about[name])
        self._shuffle()

    def run(self, show: bool = True) -> Translator:
        """Train to the end, or until it is interrupted, and write the model; returns the translator.

        SIGINT (Ctrl-C) and SIGTERM end it after the present step, with a checkpoint and a model of what there is;
        `stopped` tells. The same call goes on from there.
        """

        def stop(number, frame):
            self.stopped = True

        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        quiet = not (show and self.team.leads)
        bar = tqdm(
            total=100, disable=quiet or None, unit="%", bar_format="{l_bar}{bar}| {elapsed} < {remaining}{postfix}"
        )
        self.model.train()
        try:
            if not self.schedule.done:
                self.schedule.mark(self.seconds())  # what it took to get here is no part of the pace
            next_mark = self.schedule.next_mark()
            while not self.schedule.over and not self.stopped:
                loss = self.step()
                if not math.isfinite(loss):
                    raise FloatingPointError(f"the loss is {loss} at step {self.schedule.done}: try a lower --rate")
                bar.update(100 * self.schedule.progress - bar.n)
                bar.set_postfix(loss=f"{self.since[0] / max(self.since[1], 1):.2f}", epoch=self.epoch, refresh=False)
                if self.schedule.done >= next_mark:
                    row = self.mark()
                    next_mark = self.schedule.next_mark()
                    if not quiet:
                        bar.write(LINE.format(**row), file=sys.stderr)
                self.stopped = bool(self.team.agree(self.stopped, "max"))
            if self.stopped:
                self.save()
            return self._finish()
        finally:
            bar.close()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _finish(self) -> Translator:
        """The translator as it is to be used, written to the folder."""
        loss = self.candidates.choose(self.model, self.dev_loss) if self.schedule.over else self.dev_loss()
        self.translator.about |= {
            "seconds": round(self.seconds(), 1),
            "steps": self.schedule.done,
            "epochs": round(self.epoch + self.place / len(self.batches), 2),
            "dev_loss": loss,
        }
        self.model.eval()
        if self.team.leads:
            self.translator.save(self.out / MODEL_FILE)
        return self.translator
