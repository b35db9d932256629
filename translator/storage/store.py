"""Tensors and their description in one safetensors file, written whole or not at all, read without pickle."""

import json
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from lstm_ref.files import write_whole
from translator.storage.migration import present_about, present_weights


class StoreError(Exception):
    """A file that cannot be read; the message is one line that names it."""


def write(path: Path, tensors: dict[str, Tensor], about: dict) -> None:
    """Write a file.

    path : Path      is replaced
    tensors : dict   name → tensor
    about : dict     the description: anything that JSON can hold
    """
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, save(tensors, metadata={"about": json.dumps(about, ensure_ascii=False)}))


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
