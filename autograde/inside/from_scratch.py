"""Takes PyTorch's own recurrent layers away from an exercise that asks for one written from scratch.

`forbid` replaces the kernels themselves in the dispatcher of the learner's process. So the call raises under whatever
name it is made: from a class that inherits the layer, by `getattr`, from TorchScript or in another thread.
(`submissions.recurrent_layers` finds them in the source before anything runs.)
"""

import re
import sys
from collections.abc import Callable
from typing import NoReturn

RECURRENT = re.compile(r"lstm|gru|rnn", re.IGNORECASE)
# PyTorch's modules with recurrent layers that are Python code and no kernels.
PYTHON_MODULES = re.compile(r"torch\.(_decomp|_refs|ao\.nn\.|jit\.quantized|nn\.quantiz)")


class NotFromScratch(Exception):
    """One of PyTorch's own recurrent layers was called."""


def forbid() -> None:
    """Replace, in this process and for good, every recurrent kernel of PyTorch by one that raises NotFromScratch."""
    import ctypes
    import warnings

    import torch

    names = [name.split("::") for name in torch._C._dispatch_get_all_op_names() if RECURRENT.search(name)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch warns that a kernel is overridden
        for space in sorted({space for space, _ in names}):
            library = torch._C._dispatch_library("IMPL", space, "")
            for _, name in (pair for pair in names if pair[0] == space):
                for key in ("CompositeImplicitAutograd", "CPU"):
                    library.impl(name, key, _refusal(f"{space}::{name.partition('.')[0]}"))
            # PyTorch would restore its kernels if the library object were freed, so one more reference keeps it alive.
            # No variable holds the object and the garbage collector does not track it: a learner's code cannot find it.
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(library))
    for module in [module for name, module in list(sys.modules.items()) if PYTHON_MODULES.match(name)]:
        for name, value in list(vars(module).items()):
            if RECURRENT.search(name) and getattr(value, "__module__", None) == module.__name__:
                if isinstance(value, type):
                    value.__init__ = _refusal(f"{module.__name__}.{name}")
                elif callable(value):
                    setattr(module, name, _refusal(f"{module.__name__}.{name}"))


def _refusal(what: str) -> Callable[..., NoReturn]:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise NotFromScratch(f"{what}, which is PyTorch's own")

    return refuse
