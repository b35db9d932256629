"""What both ends of the channel do with PyTorch: ask a call for its gradients, build a module and run it.

A plain file: it stands in the sandbox too. torch is imported where it is needed, never on import of this.
"""

import sys


class BackwardError(Exception):
    """The way back raised: the text names what, `__cause__` is it."""


def is_tensor(value):
    """Whether this is a tensor, and of no subclass: a subclass may carry code of its own."""
    torch = sys.modules.get("torch")
    return torch is not None and type(value) in (torch.Tensor, torch.nn.Parameter)


def as_tensors(*values, dtype="float64", requires_grad=True):
    """The same values with a tensor for each array, inside lists, tuples and dicts too.

    dtype : of what was floating point
    requires_grad : whether those ask for a gradient; integers never do
    """
    import torch

    def turned(value):
        if type(value) in (list, tuple):
            return type(value)(map(turned, value))
        if type(value) is dict:
            return {key: turned(item) for key, item in value.items()}
        if not hasattr(value, "dtype"):
            return value
        tensor = torch.as_tensor(value).clone()
        return tensor.to(getattr(torch, dtype)).requires_grad_(requires_grad) if tensor.is_floating_point() else tensor

    return [turned(value) for value in values]


def flat(value, path=()):
    """All tensors in nested lists, tuples and dicts, in order, each behind its path: [((0, "h"), tensor), …]."""
    if is_tensor(value):
        return [(path, value)]
    items = value.items() if type(value) is dict else enumerate(value) if type(value) in (list, tuple) else ()
    return [found for key, item in items for found in flat(item, (*path, key))]


def leaves(args):
    """The tensors among the arguments that ask for a gradient, each behind its path."""
    return [(path, tensor) for path, tensor in flat(args) if tensor.requires_grad]


def seeds(value):
    """A gradient to send back through each tensor of a result: always the same numbers for the same shapes."""
    import torch

    generator = torch.Generator().manual_seed(0)
    return [
        torch.randn(tensor.shape, dtype=tensor.dtype, generator=generator) if tensor.is_floating_point() else None
        for _, tensor in flat(value)
    ]


def gradients(value, inputs, sent):
    """The gradient of every input when `sent` goes back through the tensors of `value`; None where none arrives.

    Outputs that are not what `sent` was made for are left out. Raises BackwardError.
    """
    import torch

    pairs = [
        (output, seed)
        for (_, output), seed in zip(flat(value), sent, strict=False)
        if seed is not None and output.requires_grad and (output.shape, output.dtype) == (seed.shape, seed.dtype)
    ]
    wanted = [tensor for tensor in inputs if tensor.requires_grad]
    if not pairs or not wanted:
        return [None] * len(inputs)
    outputs, back = zip(*pairs, strict=True)
    try:
        found = torch.autograd.grad(outputs, wanted, back, allow_unused=True)
    except Exception as error:
        raise BackwardError(f"{type(error).__name__}: {error}") from error
    arrived = {id(tensor): gradient for tensor, gradient in zip(wanted, found, strict=True)}
    return [arrived.get(id(tensor)) for tensor in inputs]


def detached(value):
    """The value as it would come over the channel: tensors cut from their graph, which still say if they had one."""
    if is_tensor(value):
        return value.detach().clone().requires_grad_(value.requires_grad)
    if type(value) in (list, tuple):
        return type(value)(map(detached, value))
    return {key: detached(item) for key, item in value.items()} if type(value) is dict else value


def is_operation(thing):
    """Whether this is an operation with a gradient of its own, a class of `torch.autograd.Function`."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(thing, type) and issubclass(thing, torch.autograd.Function)


def callable_of(thing):
    """What to call: an operation is called by its `apply`, anything else as it is."""
    return thing.apply if is_operation(thing) else thing


def differentiate(function, args, sent):
    """Call a function, and send gradients back through what it returns.

    sent : as `seeds` makes them, or None for those of this very result
    Returns the value and the gradients of `leaves(args)`
    """
    inputs = [tensor for _, tensor in leaves(args)]
    value = callable_of(function)(*args)
    if is_operation(function):  # another call before the way back: what a call keeps must be its own
        import torch

        with torch.no_grad():
            function.apply(*(arg.detach() / 2 if is_tensor(arg) else arg for arg in args))
    return value, gradients(value, inputs, seeds(value) if sent is None else sent) if inputs else []


def build(module_class, recipe, sent):
    """Construct a module and run it.

    recipe : {"init": arguments of the constructor, "dtype", "training",
              "state": values to load, {name: tensor}, or None, "calls": a list of lists of arguments}
    sent : as `seeds` makes them for the outputs of all calls, or None for those of these very outputs
    Returns {"start": parameters as constructed, "outputs": one a call}, and the gradients of the parameters in
    `state` and of `leaves(calls)`. Where a parameter of `state` is missing or has another shape, nothing is called.
    """
    import torch

    module = module_class(*recipe["init"])
    if not isinstance(module, torch.nn.Module):
        raise TypeError(f"{module_class.__name__} makes a {type(module).__name__}, which is no nn.Module")
    module.to(getattr(torch, recipe["dtype"])).train(recipe["training"])
    parameters = dict(module.named_parameters())
    start = {name: value.detach().clone().requires_grad_(value.requires_grad) for name, value in parameters.items()}
    state = recipe["state"] or {}
    if any(name not in parameters or parameters[name].shape != state[name].shape for name in state):
        return {"start": start, "outputs": []}, []
    with torch.no_grad():
        for name, value in state.items():
            parameters[name].copy_(value)
    inputs = [parameters[name] for name in state] + [tensor for _, tensor in leaves(recipe["calls"])]
    outputs = [module(*args) for args in recipe["calls"]]
    return {"start": start, "outputs": outputs}, gradients(outputs, inputs, seeds(outputs) if sent is None else sent)


def warm_up():
    """Take PyTorch's first forward and backward pass, which costs more than all others; one thread from now on."""
    import torch

    torch.set_num_threads(1)
    x = torch.ones(2, 2, dtype=torch.float64, requires_grad=True)
    value = torch.stack([torch.tanh(part) @ torch.sigmoid(x) + x for part in torch.cat([x, x]).chunk(2)])
    gradients([value], [x], seeds([value]))
    torch.nn.Linear(2, 2)
