"""Training: it learns, it can be stopped at any moment, killed, resumed and shared, and the outcome is the same."""

import json
import math
import os
import signal
import subprocess
import sys
import time

import pytest

from translator.commands import main
from translator.storage import store
from translator.storage.checkpoint import CHECKPOINT_FILE
from translator.storage.store import StoreError
from translator.training.schedule import Schedule
from translator.training.trainer import Training
from translator.translator import Translator

SMALL = "--embed 12 --encoder 8 --hidden 10 --batch 60 --rare 0 --no-bf16"


def trained(config, parts, out, **length):
    training = Training(config, parts, out, **length)
    training.run(show=False)
    return training


@pytest.mark.parametrize(("model", "cell"), [("attention", "lstm"), ("attention", "gru"), ("transformer", "lstm")])
def test_a_model_learns_sentences_it_has_not_seen(config, parts, tmp_path, model, cell):
    config = config.replace(model=model, cell=cell, embed=32, hidden=32, encoder=16, layers=1, rate=1e-2)
    training = trained(config, parts, tmp_path, epochs=30)
    held_out = [*parts.dev, *parts.test]
    found = training.translator.translate([pair.english for pair in held_out], beam=1)
    assert sum(a == pair.chinese for a, pair in zip(found, held_out, strict=True)) >= 15
    assert training.history[-1]["dev_loss"] < 0.3 < training.history[0]["dev_loss"]


def test_the_naive_model_learns_order_only_where_it_is_the_source_s(config, parts, tmp_path):
    """the cat sees a dog . → 猫看狗。 asks for four of six positions, out of step with the words."""
    config = config.replace(model="naive", embed=32, hidden=32, rate=1e-2)
    training = trained(config, parts, tmp_path, epochs=30)
    found = training.translator.translate([pair.english for pair in parts.test], beam=1)
    assert sum(a == pair.chinese for a, pair in zip(found, parts.test, strict=True)) <= 5


def test_a_seed_repeats_a_training_and_another_does_not(config, parts, tmp_path):
    config = config.replace(dropout=0.2, unknown=0.1)
    a, b, c = (
        trained(config.replace(seed=seed), parts, tmp_path / name, epochs=2).history
        for seed, name in ((1, "a"), (1, "b"), (2, "c"))
    )
    losses = [[row["train_loss"] for row in history] for history in (a, b, c)]
    assert losses[0] == losses[1] != losses[2]


def test_stopped_after_any_step_it_ends_as_if_it_had_not_been(config, parts, tmp_path):
    config = config.replace(dropout=0.2, unknown=0.1, average=0.5, members=2)
    whole = trained(config, parts, tmp_path / "whole", epochs=3)
    for _ in range(100):
        part = Training(config, parts, tmp_path / "parts", epochs=3)
        begun, step = part.schedule.done, part.step

        def step_and_stop(part=part, step=step, begun=begun):
            loss = step()
            part.stopped = part.schedule.done == begun + 7
            return loss

        part.step = step_and_stop
        part.run(show=False)
        if not part.stopped:
            break
    assert part.schedule.over
    strip = [[{**row, "seconds": 0} for row in training.history] for training in (whole, part)]
    assert strip[0] == strip[1]
    for name, weight in whole.model.state_dict().items():
        assert weight.equal(part.model.state_dict()[name]), name
    assert whole.candidates.about() == part.candidates.about()
    kept = part.candidates.tensors()
    assert len(kept) == 2 * len(whole.model.state_dict())
    for name, weight in whole.candidates.tensors().items():
        assert weight.equal(kept[name]), name


def test_a_folder_with_another_training_is_left_alone(config, parts, tmp_path):
    trained(config, parts, tmp_path, epochs=0.2)
    with pytest.raises(StoreError, match="holds another training"):
        Training(config.replace(seed=9), parts, tmp_path, epochs=0.2)


def test_a_training_that_an_earlier_version_began_is_resumed(config, parts, tmp_path):
    training = Training(config, parts, tmp_path, epochs=1)
    for _ in range(5):
        training.step()
    training.save()
    path = tmp_path / CHECKPOINT_FILE
    tensors, about = store.read(path)
    request = about.pop("request")
    request["recipe"] = request.pop("config")
    old = {"config": "recipe", "next_batch": "place", "since_mark": "since"}
    store.write(path, tensors, {"asked": request, **{old.get(key, key): value for key, value in about.items()}})
    resumed = Training(config, parts, tmp_path, epochs=1)
    assert (resumed.schedule.done, resumed.next_batch, resumed.since_mark) == (5, 5, training.since_mark)
    assert resumed.step() == training.step()


def test_a_budget_is_kept(config, parts, tmp_path):
    training = trained(config, parts, tmp_path, budget=1.5)
    assert training.seconds() == pytest.approx(1.5, abs=0.25)
    assert training.history[-1]["rate"] < 0.02 * config.rate


def test_the_weights_at_the_end_are_a_mean_where_that_is_asked_for(config, parts, tmp_path):
    plain, mean = (
        trained(config.replace(average=share), parts, tmp_path / str(share), epochs=2) for share in (0.0, 0.5)
    )
    kept = mean.candidates
    assert kept.averaged > 1
    a, b = (training.model.state_dict()["decoder.embed.weight"] for training in (plain, mean))
    assert not a.equal(kept.mean["decoder.embed.weight"])
    # Whichever does better on the dev part.
    found = mean.translator.about["dev_loss"]
    assert found == mean.dev_loss() <= kept.best_loss
    assert b.equal((kept.best if found == kept.best_loss else kept.mean)["decoder.embed.weight"])


def test_the_weights_at_the_end_are_those_with_the_lowest_dev_loss(config, parts, tmp_path):
    """Where a training goes too far, it is not its last ones that are kept."""
    training = Training(config.replace(average=0.5), parts, tmp_path, epochs=3)
    real, calls = training.dev_loss, []

    def worse_from_the_third_mark_on():
        calls.append(training.model.state_dict()["decoder.embed.weight"].clone())
        return real() if len(calls) < 3 else 100.0 + len(calls)

    training.dev_loss = worse_from_the_third_mark_on
    about = training.run(show=False).about
    assert len(calls) > 5
    assert about["dev_loss"] == training.history[1]["dev_loss"] < 10
    assert training.model.state_dict()["decoder.embed.weight"].equal(calls[1])


def test_progress_never_goes_back_and_ends_at_one():
    schedule, seconds, seen = Schedule(1500, budget=60.0), 0.0, []
    mark = schedule.next_mark()
    while not schedule.over:
        schedule.done += 1
        seconds += 0.05 + 0.03 * math.sin(schedule.done / 50)  # a machine with other work
        seen.append(schedule.progress)
        if schedule.done >= mark:
            schedule.mark(seconds)
            mark = schedule.next_mark()
    assert seen == sorted(seen)
    assert seconds == pytest.approx(60, rel=0.01)
    assert schedule.progress == 1
    assert schedule.rate(1.0, 0.05) < 1e-3


def test_the_rate_rises_and_falls():
    schedule = Schedule(1000)
    rates = []
    for schedule.done in range(1000):
        rates.append(schedule.rate(2.0, 0.1))
    assert max(rates) == pytest.approx(2.0, rel=0.01)
    assert rates.index(max(rates)) == pytest.approx(100, abs=2)
    assert rates[-1] < 1e-3


@pytest.fixture
def file(pairs, tmp_path):
    path = tmp_path / "tiny.tsv"
    path.write_text("".join(f"{english}\t{chinese}\n" for english, chinese in pairs))
    return path


def arguments(file, out, more):
    return ["train", "--data", str(file), "--out", str(out), "--device", "cpu", *SMALL.split(), *more.split()]


ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}


def run(file, out, more):
    """Train in this process, which saves the import of PyTorch."""
    assert main(arguments(file, out, more)) == 0


def run_two_processes(file, out, more):
    launcher = "-m torch.distributed.run --standalone --nproc-per-node 2 -m translator".split()
    command = [sys.executable, *launcher, *arguments(file, out, more)]
    for _ in range(2):  # the launcher chooses a port, and before it uses the port another program may take it
        done = subprocess.run(command, env=ENVIRONMENT, timeout=300, capture_output=True, text=True)
        if done.returncode == 0:
            return
    raise AssertionError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-3000:]}")


def rows(out):
    return [{**row, "seconds": 0} for row in json.loads((out / "history.json").read_text())]


def interrupted(file, out, more, number):
    """Start a training, send it a signal in its middle; returns its exit status and what it said."""
    command = [sys.executable, "-m", "translator", *arguments(file, out, more)]
    process = subprocess.Popen(command, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 240
    while not (out / "history.json").exists() or len(rows(out)) < 3:
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(number)
    said = process.communicate(timeout=120)[1]
    assert len(rows(out)) < 12, "it had ended before the signal came"
    return process.returncode, said


def test_killed_in_the_middle_and_resumed_it_ends_with_the_same_loss_to_the_last_digit(file, tmp_path):
    more = "--epochs 25 --dropout 0.2 --unknown 0.1 --average 0.3"
    run(file, tmp_path / "whole", more)
    assert interrupted(file, tmp_path / "killed", more, signal.SIGKILL)[0] == -signal.SIGKILL
    assert Translator.load(tmp_path / "killed").translate(["The cat sees a dog."])  # from the checkpoint
    assert not (tmp_path / "killed" / "model.safetensors").exists()
    run(file, tmp_path / "killed", more)
    assert rows(tmp_path / "whole") == rows(tmp_path / "killed")
    a, b = (Translator.load(tmp_path / name).about["scores"] for name in ("whole", "killed"))
    assert a == b


def test_ctrl_c_leaves_a_checkpoint_and_a_model(file, tmp_path):
    status, said = interrupted(file, tmp_path / "out", "--epochs 25", signal.SIGINT)
    assert status == 130
    assert "the same command resumes the training" in said and "Traceback" not in said
    assert Translator.load(tmp_path / "out" / "model.safetensors").translate(["The cat sees a dog."])
    run(file, tmp_path / "out", "--epochs 25")
    assert rows(tmp_path / "out")[-1]["epoch"] == pytest.approx(25, abs=0.2)


def test_two_processes_end_with_the_loss_of_one(file, tmp_path):
    more = "--epochs 3 --dropout 0.3 --unknown 0.1 --members 2"
    run(file, tmp_path / "one", more)
    run_two_processes(file, tmp_path / "two", more)
    one, two = rows(tmp_path / "one"), rows(tmp_path / "two")
    assert [row["step"] for row in one] == [row["step"] for row in two]
    for name in ("train_loss", "dev_loss"):
        assert [row[name] for row in two] == pytest.approx([row[name] for row in one], rel=1e-4)


def test_a_loss_that_is_no_number_ends_the_training_with_a_line(config, parts, tmp_path):
    training = Training(config, parts, tmp_path, epochs=1)
    training.model.decoder.output_bias.data[5] = math.nan
    with pytest.raises(FloatingPointError, match="lower --rate"):
        training.run(show=False)
