"""Data-parallel training: the few calls in which several processes differ from one.

A process that torchrun started reads its rank from the environment; started otherwise, it is the only one.
"""

import contextlib
import os

import torch
from torch import distributed as dist
from torch import nn


class ProcessGroup:
    """The processes that train together, seen from this one.

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
    def is_main(self) -> bool:
        """Whether this process writes the files and the messages."""
        return self.rank == 0

    def wrap(self, model: nn.Module) -> nn.Module:
        """The model, its gradients averaged over the processes."""
        if self.size == 1:
            return model
        # Every parameter gets a gradient, even without attention or where a shard has no sentence, so that
        # find_unused_parameters is not needed.
        return nn.parallel.DistributedDataParallel(model, broadcast_buffers=False)

    def maximum(self, value: float) -> float:
        """The largest value over all processes."""
        return self._reduce(value, dist.ReduceOp.MAX) if self.size > 1 else value

    def total(self, value: float) -> float:
        """The sum of a value over all processes."""
        return self._reduce(value, dist.ReduceOp.SUM) if self.size > 1 else value

    def _reduce(self, value: float, operation: dist.ReduceOp) -> float:
        reduced = torch.tensor([value], dtype=torch.float64, device=self.device)
        dist.all_reduce(reduced, operation)
        return reduced.item()

    def close(self) -> None:
        """Leave the group; it may have been closed by the failure of another process."""
        if self.size > 1:
            with contextlib.suppress(Exception):
                dist.destroy_process_group()
