"""Several processes, or one: the few calls in which they differ.

Started by torchrun, each process reads its rank from the environment; started otherwise, there is one process.
"""

import contextlib
import os

import torch
from torch import distributed as dist
from torch import nn


class Team:
    """The processes that train together, this one among them.

    device : str or None   "cpu", "cuda", …; None: a GPU where there is one
    """

    def __init__(self, device: str | None = None):
        self.size = int(os.environ.get("WORLD_SIZE", 1))
        self.rank = int(os.environ.get("RANK", 0))
        device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        if device == "cuda":
            device = f"cuda:{os.environ.get('LOCAL_RANK', 0)}"
            torch.cuda.set_device(device)
        self.device = torch.device(device)
        if self.size > 1:
            dist.init_process_group("nccl" if self.device.type == "cuda" else "gloo")

    @property
    def leads(self) -> bool:
        """Does this process write the files and talk?"""
        return self.rank == 0

    def wrap(self, model: nn.Module) -> nn.Module:
        """The model, its gradients averaged over the processes."""
        if self.size == 1:
            return model
        # A model without attention, or one whose shard has no sentence, leaves no parameter out: all have a gradient.
        return nn.parallel.DistributedDataParallel(model, broadcast_buffers=False)

    def agree(self, value: float, how: str = "first") -> float:
        """One value for all: that of the leader ("first") or the largest ("max")."""
        if self.size == 1:
            return value
        held = torch.tensor([value], dtype=torch.float64, device=self.device)
        if how == "max":
            dist.all_reduce(held, dist.ReduceOp.MAX)
        else:
            dist.broadcast(held, 0)
        return held.item()

    def total(self, value: float) -> float:
        """The sum of a value over all processes."""
        if self.size == 1:
            return value
        held = torch.tensor([value], dtype=torch.float64, device=self.device)
        dist.all_reduce(held)
        return held.item()

    def leave(self) -> None:
        """Take leave of the others."""
        if self.size > 1:
            with contextlib.suppress(Exception):
                dist.destroy_process_group()
