"""Files: whole or not at all, without pickle, small where that is asked for."""

import numpy as np
import pytest
import torch

from translator.storage import store
from translator.storage.store import StoreError
from translator.translator import Translator


def test_what_is_written_is_read(tmp_path):
    tensors = {"a": torch.randn(3, 4), "b": torch.arange(5), "c": torch.randn(2).half()}
    about = {"words": ["猫", "don't"], "seed": 3, "rate": 1e-3}
    store.write(tmp_path / "new" / "x.safetensors", tensors, about)
    found, told = store.read(tmp_path / "new" / "x.safetensors")
    assert told == about
    assert all(found[name].equal(tensor) and found[name].dtype == tensor.dtype for name, tensor in tensors.items())


def test_a_write_that_fails_leaves_the_old_file_and_no_litter(tmp_path, monkeypatch):
    path = tmp_path / "x"
    store.write_atomically(path, b"old")

    def full(handle):
        raise OSError("no space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        store.write_atomically(path, b"new")
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
    store.write(tmp_path / "x", {"a": torch.zeros(1)}, {"recipe": {}, "source": ["a"], "target": []})
    with pytest.raises(StoreError, match="is not a model"):
        Translator.load(tmp_path / "x")
    with pytest.raises(StoreError, match="there is no"):
        Translator.load(tmp_path)


@pytest.mark.parametrize(("kind", "error"), [("fp32", 0), ("fp16", 5e-4), ("int8", 0.5 / 127 + 5e-4)])
def test_small_weights_are_near_the_large_ones(kind, error):
    rng = np.random.default_rng(0)
    tensors = {"matrix": torch.from_numpy(rng.normal(size=(7, 30)).astype("float32")), "vector": torch.randn(9)}
    tensors["matrix"][2] = 0  # as the row of <pad> is
    small = store.shrink(tensors, kind)
    grown = store.grow(small)
    assert grown.keys() == tensors.keys()
    most = tensors["matrix"].abs().amax(dim=1, keepdim=True)
    assert ((grown["matrix"] - tensors["matrix"]).abs() <= error * most + 1e-7).all()
    assert torch.allclose(grown["vector"], tensors["vector"], rtol=1e-3, atol=1e-3 if error else 0)


def test_a_translator_comes_back_as_it_was(make, recipe, tmp_path):
    translator = make(recipe)[0]
    translator.model.float()
    translator.about["beam"] = 3
    sentences = ["The cat sees a dog.", "cat"]
    for kind, same in (("fp32", True), ("fp16", False), ("int8", False)):
        translator.save(tmp_path / kind, kind)
        back = Translator.load(tmp_path / kind)
        assert back.about == translator.about and back.recipe == recipe
        assert back.target.tokens == translator.target.tokens
        if same:
            assert back.translate(sentences) == translator.translate(sentences)
    sizes = [(tmp_path / kind).stat().st_size for kind in ("fp32", "fp16", "int8")]
    assert sizes == sorted(sizes, reverse=True)
