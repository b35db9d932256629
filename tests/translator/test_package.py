"""What holds for the package as a whole: its public interface, its old name, and what waits for PyTorch."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import translator
from translator import TranslationModel

FOLDER = Path(translator.__file__).parent
FILES = sorted(FOLDER.rglob("*.py"))
WITHOUT_TORCH = "translator translator.protocol translator.config translator.data.parts translator.commands".split()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_no_module_is_longer_than_250_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 250


def test_every_public_name_is_there_and_an_unknown_one_is_refused():
    for name in translator.__all__:
        assert getattr(translator, name).__name__ == name and name in dir(translator)
    assert sorted(translator.__all__) == sorted(translator._HOME)
    with pytest.raises(AttributeError, match="no attribute 'Translater'; it has .*Translator"):
        translator.Translater  # noqa: B018


@pytest.mark.parametrize("module", WITHOUT_TORCH)
def test_corpora_protocol_and_the_options_wait_for_no_torch(module):
    code = f"import sys, {module}\nassert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_the_reference_works_without_the_translator():
    """A package of its own: lstm_ref imports none of it."""
    import lstm_ref

    names = [*lstm_ref.MODULES, *(f"seq2seq.{path.stem}" for path in Path(lstm_ref.__file__).parent.glob("seq2seq/*"))]
    code = f"import sys, importlib\nfor name in {names!r}: importlib.import_module(f'lstm_ref.{{name}}')\n"
    code += "assert not [name for name in sys.modules if name.split('.')[0] == 'translator']"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_the_old_name_of_the_command_line_works_and_says_the_new_one():
    done = subprocess.run(
        [sys.executable, "-m", "lstm_ref.translation", "translate", "--beam", "1"],
        input="I have two cats.\n", capture_output=True, text=True, timeout=120, check=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert "猫" in done.stdout and done.stdout.count("\n") == 1
    assert done.stderr == "python -m lstm_ref.translation is now python -m translator\n"


@pytest.mark.parametrize("kind", ["attention", "fixed", "naive", "transformer"])
@pytest.mark.parametrize("members", [1, 2])
def test_every_model_offers_what_the_protocol_asks_for(kind, members, config):
    build_model = importlib.import_module("translator.models.build").build_model
    model = build_model(config.replace(model=kind, members=members, embed=16), 9, 9)
    assert isinstance(model, TranslationModel)
    for name in ("states", "logits", "begin", "step"):
        own, asked = (getattr(owner, name) for owner in (type(model), TranslationModel))
        assert (
            own.__code__.co_varnames[: own.__code__.co_argcount]
            == (asked.__code__.co_varnames[: asked.__code__.co_argcount])
        )
