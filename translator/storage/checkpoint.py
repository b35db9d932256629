"""The checkpoint of a training: everything that it needs to resume, in one file."""

from pathlib import Path

import torch
from torch import Tensor, nn

from translator.storage import store

CHECKPOINT_FILE = "checkpoint.safetensors"
WEIGHTS, ADAM = "model.", "adam."


def save(
    folder: Path, model: nn.Module, extra: dict[str, Tensor], optimiser: torch.optim.Optimizer, about: dict
) -> None:
    """Write the checkpoint of a folder; it replaces the one before.

    folder : Path      the training's folder
    model : Module     its weights are saved
    extra : dict       more tensors, by their names in the file
    optimiser : Adam   its moments and counters are saved
    about : dict       the rest: anything that JSON can hold
    """
    tensors = {WEIGHTS + name: tensor for name, tensor in model.state_dict().items()}
    tensors |= extra
    for number, state in optimiser.state_dict()["state"].items():
        tensors |= {f"{ADAM}{number}.{name}": tensor for name, tensor in state.items()}
    store.write(folder / CHECKPOINT_FILE, tensors, about)


def restore(tensors: dict[str, Tensor], model: nn.Module, optimiser: torch.optim.Optimizer) -> None:
    """Load a checkpoint's tensors into the model and the optimiser."""
    model.load_state_dict(model_weights(tensors))
    state: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        if name.startswith(ADAM):
            number, key = name.removeprefix(ADAM).split(".")
            state.setdefault(int(number), {})[key] = tensor
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})


def model_weights(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The model's weights among a checkpoint's tensors, by their names in the model; none in other files."""
    return {name.removeprefix(WEIGHTS): t for name, t in tensors.items() if name.startswith(WEIGHTS)}
