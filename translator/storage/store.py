"""Tensors and their description in one safetensors file, written whole or not at all, read without pickle."""

import contextlib
import json
import os
import tempfile
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from translator.storage.migration import present_about, present_weights


class StoreError(Exception):
    """A file that cannot be read; the message is one line that names it."""


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file's content. Whenever the process is killed, the whole old file or the whole new one is there."""
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
    """Write a file.

    path : Path      is replaced
    tensors : dict   name → tensor
    about : dict     the description: anything that JSON can hold
    """
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    write_atomically(path, save(tensors, metadata={"about": json.dumps(about, ensure_ascii=False)}))


def read(path: Path) -> tuple[dict[str, Tensor], dict]:
    """Read a file that `write` wrote, in this version or an earlier one.

    path : Path
    Returns tensors (dict), about (dict)

    Raises StoreError if there is no such file, or if another program wrote it.
    """
    try:
        with safe_open(path, framework="pt") as file:
            about = json.loads(file.metadata()["about"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}
            return present_weights(tensors), present_about(about)
    except FileNotFoundError:
        raise StoreError(f"there is no {path}") from None
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise StoreError(f"{path} is not a model of this program ({error})") from error
