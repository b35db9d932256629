"""The command line: what comes in, what goes out, and one line for every error."""

import io
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from translator import Translator, scores, tuning
from translator.commands import main
from translator.commands import translate as translate_command

TRAIN = "--embed 12 --encoder 8 --hidden 10 --batch 200 --rare 0 --epochs 1"


def write_corpus(path, pairs):
    path.write_text("broken line\n" + "".join(f"{english}\t{chinese}\n" for english, chinese in pairs))
    return path


@pytest.fixture
def file(pairs, tmp_path):
    return write_corpus(tmp_path / "tiny.tsv", pairs)


@pytest.fixture(scope="module")
def trained(pairs, tmp_path_factory):
    """A corpus and the folder of a training on it, for all tests here: none of them changes either."""
    folder = tmp_path_factory.mktemp("trained")
    file = write_corpus(folder / "tiny.tsv", pairs)
    assert main(["train", "--data", str(file), "--out", str(folder / "out"), *TRAIN.split()]) == 0
    return file, folder / "out"


@pytest.fixture
def folder(trained):
    return trained[1]


def test_train_says_what_it_read_and_leaves_everything_in_its_folder(file, tmp_path, capsys):
    folder = tmp_path / "out"
    assert main(["train", "--data", str(file), "--out", str(folder), *TRAIN.split()]) == 0
    told = capsys.readouterr()
    assert "left out, no tab: 1 (line 1)" in told.err
    assert "tok:zh" in told.out and "chrF" in told.out
    assert {path.name for path in folder.iterdir()} == {
        *("checkpoint.safetensors", "model.safetensors", "history.json", "curves.png")
    }
    rows = json.loads((folder / "history.json").read_text())
    assert {"step", "epoch", "rate", "train_loss", "dev_loss", "seconds"} == set(rows[-1])
    about = Translator.load(folder).about
    assert about["command"].startswith(f"python -m translator train --data {file} --epochs 1 --embed 12")
    assert about["scores"][str(file)]["sentences"] == 8
    assert about["beam"] in tuning.BEAMS and about["alpha"] in tuning.ALPHAS
    assert about["consensus"] in tuning.CONSENSUS


def test_the_search_that_is_chosen_is_the_best_of_those_tried(make, config, pairs):
    translator, _ = make(config)
    translator.model.float()
    some = pairs[:12]
    chosen = tuning.choose_search(translator, some)
    english, references = [pair.english for pair in some], [[pair.chinese for pair in some]]

    def bleu(**how):
        return round(scores.metrics()[0].corpus_score(translator.translate(english, **how), references).score, 2)

    assert chosen["dev_bleu"] == bleu(**{name: chosen[name] for name in ("beam", "alpha", "consensus")})
    assert chosen["dev_bleu"] == max(
        bleu(beam=beam, alpha=alpha, consensus=consensus)
        for beam in tuning.BEAMS
        for alpha in tuning.ALPHAS
        for consensus in tuning.CONSENSUS
    )


def translate(monkeypatch, capsys, text, *arguments):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    capsys.readouterr()
    assert main(["translate", *arguments]) == 0
    return capsys.readouterr().out.split("\n")


def test_a_line_in_is_a_line_out_whatever_it_holds(folder, monkeypatch, capsys):
    lines = [
        b"The cat sees a dog.",
        b"",
        b"\xff\xfe\x80",
        b"\xe7\x8c\xab",
        b"word " * 2000,
        b"\t",
        b"The cat sees a dog.",
    ]
    out = translate(monkeypatch, capsys, b"\r\n".join(lines), "--model", str(folder), "--beam", "2")
    assert len(out) == len(lines) + 1 and out[-1] == ""
    assert out[0] == out[6] != "" and out[1] == out[5] == ""


def test_nothing_in_nothing_out(folder, monkeypatch, capsys):
    assert translate(monkeypatch, capsys, b"", "--model", str(folder)) == [""]


def test_greedy_beam_and_draws(folder, monkeypatch, capsys):
    for search in (
        ["--beam", "1"],
        ["--beam", "3", "--alpha", "0"],
        ["--consensus", "0.5"],
        ["--top-k", "5", "--temperature", "0.5"],
    ):
        assert len(translate(monkeypatch, capsys, b"The cat sees a dog.\n", "--model", str(folder), *search)) == 2


def test_the_prompt_answers_each_line(folder, monkeypatch, capsys):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr("sys.stdin", Terminal("The cat sees a dog.\nThe dog sees a cat.\n"))
    assert main(["translate", "--model", str(folder)]) == 0
    told = capsys.readouterr()
    assert "Ctrl-D ends" in told.err
    assert told.out.count("> ") == 3 and told.out.count("\n") == 2


def test_evaluate_on_the_test_part_and_on_a_file_with_a_warning_about_leaks(trained, tmp_path, capsys):
    file, folder = trained
    capsys.readouterr()
    assert main(["evaluate", "--model", str(folder)]) == 0
    told = capsys.readouterr()
    assert f"{file}, test part: 8 sentences" in told.out and "Warning" not in told.err
    other = tmp_path / "other.tsv"
    other.write_text(file.read_text())
    assert main(["evaluate", "--model", str(folder), "--data", str(other), "--against", str(folder)]) == 0
    told = capsys.readouterr()
    assert f"{other}: 108 sentences" in told.out
    assert "pairs share a sentence with this model's training part" in told.err
    assert "BLEU +0.0 [+0.0, +0.0] against" in told.out


def test_export_gives_one_small_file_that_translates(folder, tmp_path, monkeypatch, capsys):
    for kind in ("fp16", "int8"):
        path = tmp_path / f"{kind}.safetensors"
        assert main(["export", "--model", str(folder), "--kind", kind, "--to", str(path)]) == 0
        assert translate(monkeypatch, capsys, b"The cat sees a dog.\n", "--model", str(path))[0] != ""


def test_a_picture_of_attention(folder, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(translate_command, "plot_attention", lambda *arguments: drawn.append(arguments))
    drawn = []
    translate(monkeypatch, capsys, b"The cat\nsees a dog.\n", "--model", str(folder), "--attention", "a.png")
    ((words, characters, weights, path),) = drawn
    assert words == ["the", "cat"] and weights.shape == (len(characters), 2) and path == "a.png"


@pytest.mark.parametrize(
    "arguments",
    [
        "train --data NONE.tsv --out OUT",
        "train --data EMPTY --out OUT",
        "translate --model NONE",
        "translate --model EMPTY",
        "evaluate --model NONE",
        "export --model NONE --to OUT",
    ],
)
def test_errors_are_one_line(arguments, tmp_path, capsys):
    (tmp_path / "EMPTY").write_text("")
    words = [str(tmp_path / word) if word.isupper() or "." in word else word for word in arguments.split()]
    assert main(words) == 1
    assert "Traceback" not in capsys.readouterr().err


def test_the_command_of_the_readme_gives_what_the_readme_shows():
    """As on a fresh clone, within seconds."""
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
    sentence, shown = re.search(
        r'^echo "(.+)" \| \.venv/bin/python -m translator translate\n(.+)$', readme, re.M
    ).groups()
    begin = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "translator", "translate"],
        input=f"{sentence}\n",
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.stdout == f"{shown}\n"
    assert done.stderr == ""
    assert time.monotonic() - begin < 60  # five seconds on a machine that does nothing else


def test_the_weights_that_ship_say_how_they_were_made():
    about = Translator.load().about
    assert about["data"] == ["hsk"]
    assert "--seed" in about["command"]
    assert about["scores"]["hsk"]["BLEU"] > 10
