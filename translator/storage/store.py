"""Tensors and what belongs to them in one file, written whole or not at all, read without pickle."""

import contextlib
import json
import os
import tempfile
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor


class StoreError(Exception):
    """A file that cannot be read; the message is one line that names it."""


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file by new content. Whenever the process is killed, the old file is there or the new one, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def write(path: Path, tensors: dict[str, Tensor], about: dict) -> None:
    """Tensors, and anything that JSON can hold, as one safetensors file."""
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    write_atomically(path, save(tensors, metadata={"about": json.dumps(about, ensure_ascii=False)}))


def read(path: Path) -> tuple[dict[str, Tensor], dict]:
    """What `write` wrote: tensors by name, and the rest.

    Raises StoreError if there is no such file or it is none of ours.
    """
    try:
        with safe_open(path, framework="pt") as file:
            about = json.loads(file.metadata()["about"])
            return {name: file.get_tensor(name) for name in file.keys()}, about
    except FileNotFoundError:
        raise StoreError(f"there is no {path}") from None
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise StoreError(f"{path} is not a model of this program ({error})") from error


def shrink(tensors: dict[str, Tensor], kind: str) -> dict[str, Tensor]:
    """Weights in fewer bytes.

    tensors : dict   name → float tensor
    kind : str       "fp32" as they are, "fp16", or "int8": matrices as integers from -127 to 127 times a scale a
                     row, in `name` and `name.scale`; vectors in fp16
    Returns tensors (dict)
    """
    if kind == "fp32":
        return dict(tensors)
    small = {}
    for name, tensor in tensors.items():
        if kind == "int8" and tensor.ndim == 2:
            scale = tensor.abs().amax(dim=1, keepdim=True).clamp(min=1e-8) / 127
            small[name] = torch.round(tensor / scale).to(torch.int8)
            small[f"{name}.scale"] = scale.half()
        else:
            small[name] = tensor.half()
    return small


def grow(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The float32 weights that `shrink` made small, whichever kind it was."""
    grown = {}
    for name, tensor in tensors.items():
        if name.endswith(".scale"):
            continue
        scale = tensors.get(f"{name}.scale")
        grown[name] = tensor.float() if scale is None else tensor.float() * scale.float()
    return grown
