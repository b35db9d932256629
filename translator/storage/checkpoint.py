"""Everything that a training needs to go on where it was, in one file."""

from pathlib import Path

import torch
from torch import Tensor, nn

from translator.storage import store

CHECKPOINT_FILE = "checkpoint.safetensors"
WEIGHTS, ADAM = "model.", "adam."


def save(
    folder: Path, model: nn.Module, kept: dict[str, Tensor], optimiser: torch.optim.Optimizer, about: dict
) -> None:
    """Write the checkpoint of a folder, in the place of the one before.

    folder : Path      the training's folder
    model : Module     its weights
    kept : dict        more tensors by name, as they are to be called in the file
    optimiser : Adam   its moments and counters
    about : dict       the rest: what JSON can hold
    """
    tensors = {WEIGHTS + name: tensor for name, tensor in model.state_dict().items()}
    tensors |= kept
    for number, state in optimiser.state_dict()["state"].items():
        tensors |= {f"{ADAM}{number}.{name}": tensor for name, tensor in state.items()}
    store.write(folder / CHECKPOINT_FILE, tensors, about)


def restore(tensors: dict[str, Tensor], model: nn.Module, optimiser: torch.optim.Optimizer) -> None:
    """Put a checkpoint's tensors where they belong."""
    model.load_state_dict(weights(tensors))
    state: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        if name.startswith(ADAM):
            number, key = name.removeprefix(ADAM).split(".")
            state.setdefault(int(number), {})[key] = tensor
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})


def weights(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The model's weights among a checkpoint's tensors, by their names in the model."""
    return {name.removeprefix(WEIGHTS): t for name, t in tensors.items() if name.startswith(WEIGHTS)}
