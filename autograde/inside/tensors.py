"""PyTorch on both ends of the channel: computes the gradients of a call, and constructs a module and runs it.

The sandbox gets a copy of this file. The functions import torch, since importing this module must not take seconds.
"""

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeGuard

if TYPE_CHECKING:
    import torch


class BackwardError(Exception):
    """The backward pass raised; the text names the exception, which is the `__cause__`."""


def is_tensor(value: Any) -> "TypeGuard[torch.Tensor]":
    """Whether this is a tensor, and of no subclass: a subclass may carry code of its own."""
    torch = sys.modules.get("torch")
    return torch is not None and type(value) in (torch.Tensor, torch.nn.Parameter)


def as_tensors(*values: object, dtype: str = "float64", requires_grad: bool = True) -> list:
    """The same values with a tensor for each array, inside lists, tuples and dicts too.

    dtype : of what was floating point
    requires_grad : whether those require a gradient; integers never do
    """
    import torch

    def convert(value: Any) -> Any:
        if type(value) in (list, tuple):
            return type(value)(map(convert, value))
        if type(value) is dict:
            return {key: convert(item) for key, item in value.items()}
        if not hasattr(value, "dtype"):
            return value
        tensor = torch.as_tensor(value).clone()
        return tensor.to(getattr(torch, dtype)).requires_grad_(requires_grad) if tensor.is_floating_point() else tensor

    return [convert(value) for value in values]


def flatten(value: Any, path: tuple = ()) -> list[tuple[tuple, "torch.Tensor"]]:
    """All tensors in nested lists, tuples and dicts, in order, each with its path: [((0, "h"), tensor), …]."""
    if is_tensor(value):
        return [(path, value)]
    items = value.items() if type(value) is dict else enumerate(value) if type(value) in (list, tuple) else ()
    return [found for key, item in items for found in flatten(item, (*path, key))]


def leaves(args: Any) -> list[tuple[tuple, "torch.Tensor"]]:
    """The tensors among the arguments that require a gradient, each with its path."""
    return [(path, tensor) for path, tensor in flatten(args) if tensor.requires_grad]


def make_grad_outputs(value: Any) -> list:
    """A random gradient for each tensor of a result, the same for the same shapes: the backward pass starts from it."""
    import torch

    generator = torch.Generator().manual_seed(0)
    return [
        torch.randn(tensor.shape, dtype=tensor.dtype, generator=generator) if tensor.is_floating_point() else None
        for _, tensor in flatten(value)
    ]


def gradients(value: Any, inputs: Sequence, grad_outputs: Sequence) -> list:
    """The gradient of every input when the backward pass starts from `grad_outputs`; None where no gradient arrives.

    Outputs of another shape or dtype than their gradient are left out. Raises BackwardError.
    """
    import torch

    pairs = [
        (output, grad)
        for (_, output), grad in zip(flatten(value), grad_outputs, strict=False)
        if grad is not None and output.requires_grad and (output.shape, output.dtype) == (grad.shape, grad.dtype)
    ]
    wanted = [tensor for tensor in inputs if tensor.requires_grad]
    if not pairs or not wanted:
        return [None] * len(inputs)
    outputs, grads = zip(*pairs, strict=True)
    try:
        found = torch.autograd.grad(outputs, wanted, grads, allow_unused=True)
    except Exception as error:
        raise BackwardError(f"{type(error).__name__}: {error}") from error
    arrived = {id(tensor): gradient for tensor, gradient in zip(wanted, found, strict=True)}
    return [arrived.get(id(tensor)) for tensor in inputs]


def detach_all(value: Any) -> Any:
    """The value as it would come over the channel: detached tensors, whose `requires_grad` says if they had a graph."""
    if is_tensor(value):
        return value.detach().clone().requires_grad_(value.requires_grad)
    if type(value) in (list, tuple):
        return type(value)(map(detach_all, value))
    return {key: detach_all(item) for key, item in value.items()} if type(value) is dict else value


def is_autograd_function(thing: object) -> bool:
    """Whether this is a subclass of `torch.autograd.Function`, an operation that defines its own gradient."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(thing, type) and issubclass(thing, torch.autograd.Function)


def callable_of(thing: Any) -> Callable:
    """What to call: `apply` of an autograd function, else the thing itself."""
    return thing.apply if is_autograd_function(thing) else thing


def differentiate(function: Any, args: list, grad_outputs: Sequence | None) -> tuple[Any, list]:
    """Call a function, and send gradients back through what it returns.

    grad_outputs : as `make_grad_outputs` makes them; None makes them here
    Returns the value and the gradients of `leaves(args)`
    """
    inputs = [tensor for _, tensor in leaves(args)]
    value = callable_of(function)(*args)
    if is_autograd_function(function):
        # A second call before the backward pass must not replace what the first call saved.
        import torch

        with torch.no_grad():
            function.apply(*(arg.detach() / 2 if is_tensor(arg) else arg for arg in args))
    if not inputs:
        return value, []
    return value, gradients(value, inputs, make_grad_outputs(value) if grad_outputs is None else grad_outputs)


def build(module_class: Any, spec: dict[str, Any], grad_outputs: Sequence | None) -> tuple[dict[str, Any], list]:
    """Construct a module and run it.

    spec : {"init": arguments of the constructor, "dtype", "training",
              "state": values to load, {name: tensor}, or None, "calls": a list of lists of arguments}
    grad_outputs : as `make_grad_outputs` makes them for the outputs of all calls; None makes them here
    Returns {"start": parameters as constructed, "outputs": one a call}, and the gradients of the parameters in
    `state` and of `leaves(calls)`. Where a parameter of `state` is missing or has another shape, nothing is called.
    """
    import torch

    module = module_class(*spec["init"])
    if not isinstance(module, torch.nn.Module):
        raise TypeError(f"{module_class.__name__} makes a {type(module).__name__}, which is no nn.Module")
    module.to(getattr(torch, spec["dtype"])).train(spec["training"])
    parameters = dict(module.named_parameters())
    start = {name: value.detach().clone().requires_grad_(value.requires_grad) for name, value in parameters.items()}
    state = spec["state"] or {}
    if any(name not in parameters or parameters[name].shape != state[name].shape for name in state):
        return {"start": start, "outputs": []}, []
    with torch.no_grad():
        for name, value in state.items():
            parameters[name].copy_(value)
    inputs = [parameters[name] for name in state] + [tensor for _, tensor in leaves(spec["calls"])]
    outputs = [module(*args) for args in spec["calls"]]
    if grad_outputs is None:
        grad_outputs = make_grad_outputs(outputs)
    return {"start": start, "outputs": outputs}, gradients(outputs, inputs, grad_outputs)


def warm_up() -> None:
    """Run PyTorch's first forward and backward pass, which is the slowest, and limit PyTorch to one thread."""
    import torch

    torch.set_num_threads(1)
    x = torch.ones(2, 2, dtype=torch.float64, requires_grad=True)
    value = torch.stack([torch.tanh(part) @ torch.sigmoid(x) + x for part in torch.cat([x, x]).chunk(2)])
    gradients([value], [x], make_grad_outputs([value]))
    torch.nn.Linear(2, 2)
