"""Files: whole or not at all, without pickle, small where that is asked for."""

import json

import numpy as np
import pytest
import torch

from lstm_ref.files import write_whole
from translator.storage import store
from translator.storage.quantisation import dequantise, quantise
from translator.storage.store import StoreError
from translator.translator import SHIPPED, Translator


def test_what_is_written_is_read(tmp_path):
    tensors = {"a": torch.randn(3, 4), "b": torch.arange(5), "c": torch.randn(2).half()}
    about = {"words": ["猫", "don't"], "seed": 3, "rate": 1e-3}
    store.write(tmp_path / "new" / "x.safetensors", tensors, about)
    found, told = store.read(tmp_path / "new" / "x.safetensors")
    assert told == about
    assert all(found[name].equal(tensor) and found[name].dtype == tensor.dtype for name, tensor in tensors.items())


def test_a_write_that_fails_leaves_the_old_file_and_no_litter(tmp_path, monkeypatch):
    path = tmp_path / "x"
    write_whole(path, b"old")

    def full(handle):
        raise OSError("no space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("content", [b"", b"garbage", b"\x80\x04\x95pickle", b"\xff" * 1000])
def test_a_file_of_another_kind_is_one_line(tmp_path, content):
    path = tmp_path / "x.safetensors"
    path.write_bytes(content)
    for reader in (store.read, Translator.load):
        with pytest.raises(StoreError, match="is not a model"):
            reader(path)
    with pytest.raises(StoreError, match="there is no"):
        store.read(tmp_path / "none")


def test_a_safetensors_file_that_is_no_translator_is_one_line(tmp_path):
    store.write(tmp_path / "x", {"a": torch.zeros(1)}, {"config": {}, "source": ["a"], "target": []})
    with pytest.raises(StoreError, match="is not a model"):
        Translator.load(tmp_path / "x")
    with pytest.raises(StoreError, match="there is no"):
        Translator.load(tmp_path)


@pytest.mark.parametrize(("kind", "error"), [("fp32", 0), ("fp16", 5e-4), ("int8", 0.5 / 127 + 5e-4)])
def test_small_weights_are_near_the_large_ones(kind, error):
    rng = np.random.default_rng(0)
    tensors = {"matrix": torch.from_numpy(rng.normal(size=(7, 30)).astype("float32")), "vector": torch.randn(9)}
    tensors["matrix"][2] = 0  # as the row of <pad> is
    small = quantise(tensors, kind)
    grown = dequantise(small)
    assert grown.keys() == tensors.keys()
    most = tensors["matrix"].abs().amax(dim=1, keepdim=True)
    assert ((grown["matrix"] - tensors["matrix"]).abs() <= error * most + 1e-7).all()
    assert torch.allclose(grown["vector"], tensors["vector"], rtol=1e-3, atol=1e-3 if error else 0)


OLD_NAMES = {  # of the transformer's weights
    "self_attention": "own",
    "norm_self": "norm_own",
    "cross_attention": "cross",
    "feed_forward": "inner",
    "norm_feed_forward": "norm_inner",
    "key_value": "both",
}


def old_name(name):
    return ".".join(OLD_NAMES.get(part, part) for part in name.split("."))


@pytest.mark.parametrize("members", [1, 2])
def test_a_model_that_an_earlier_version_saved_still_loads(make, config, tmp_path, members):
    config = config.replace(model="transformer", embed=16, layers=2, members=members)
    translator = make(config)[0]
    translator.model.float()
    translator.save(tmp_path / "new")
    tensors, about = store.read(tmp_path / "new")
    old = {old_name(name): tensor for name, tensor in tensors.items()}
    assert any(".own.both." in name for name in old) and not {*old} & {n for n in tensors if "attention" in n}
    store.write(tmp_path / "old", old, {"recipe": about.pop("config"), **about})
    back = Translator.load(tmp_path / "old")
    assert back.config == config and back.about == translator.about
    assert back.translate(["The cat sees a dog."]) == translator.translate(["The cat sees a dog."])


def test_the_weights_that_ship_are_a_file_of_an_earlier_version():
    from safetensors import safe_open

    with safe_open(SHIPPED, framework="pt") as file:
        assert "recipe" in json.loads(file.metadata()["about"])
    assert Translator.load().translate(["I have two cats."])[0]


def test_a_translator_comes_back_as_it_was(make, config, tmp_path):
    translator = make(config)[0]
    translator.model.float()
    translator.about["beam"] = 3
    sentences = ["The cat sees a dog.", "cat"]
    for kind, same in (("fp32", True), ("fp16", False), ("int8", False)):
        translator.save(tmp_path / kind, kind)
        back = Translator.load(tmp_path / kind)
        assert back.about == translator.about and back.config == config
        assert back.target.tokens == translator.target.tokens
        if same:
            assert back.translate(sentences) == translator.translate(sentences)
    sizes = [(tmp_path / kind).stat().st_size for kind in ("fp32", "fp16", "int8")]
    assert sizes == sorted(sizes, reverse=True)
