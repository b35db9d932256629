"""The graph that PyTorch records while it computes."""

from torch import Tensor


def nodes(*outputs: Tensor) -> int:
    """The number of operations from which these tensors came; a parameter or another leaf counts as one."""
    seen, waiting = set(), [tensor.grad_fn for tensor in outputs]
    while waiting:
        node = waiting.pop()
        if node is not None and node not in seen:
            seen.add(node)
            waiting += [before for before, _ in node.next_functions]
    return len(seen)
