"""Weights in fewer bytes: half precision, or eight bits with a scale a row."""

import torch
from torch import Tensor


def quantise(tensors: dict[str, Tensor], kind: str) -> dict[str, Tensor]:
    """Weights in fewer bytes.

    tensors : dict   name → float tensor
    kind : str       "fp32": unchanged; "fp16"; or "int8": matrices as integers from -127 to 127 times a scale a row,
                     under `name` and `name.scale`, and vectors in fp16
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


def dequantise(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The float32 weights of tensors that `quantise` returned, whichever kind it was."""
    weights = {}
    for name, tensor in tensors.items():
        if name.endswith(".scale"):
            continue
        scale = tensors.get(f"{name}.scale")
        weights[name] = tensor.float() if scale is None else tensor.float() * scale.float()
    return weights
