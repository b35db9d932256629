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
PYTHON = re.compile(r"torch\.(_decomp|_refs|ao\.nn\.|jit\.quantized|nn\.quantiz)")  # PyTorch writes these in Python


class NotFromScratch(Exception):
    """One of PyTorch's own recurrent layers was called."""


def forbid() -> None:
    """Replace, in this process and for good, every recurrent kernel of PyTorch by one that raises NotFromScratch."""
    import ctypes
    import warnings

    import torch

    names = [name.split("::") for name in torch._C._dispatch_get_all_op_names() if RECURRENT.search(name)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch asks whether one means it
        for space in sorted({space for space, _ in names}):
            library = torch._C._dispatch_library("IMPL", space, "")
            for _, name in (pair for pair in names if pair[0] == space):
                for key in ("CompositeImplicitAutograd", "CPU"):
                    library.impl(name, key, _refusal(f"{space}::{name.partition('.')[0]}"))
            # Whoever drops the library takes the refusals back. So it gets one more reference than anybody holds,
            # and, unknown to the garbage collector, can be found nowhere.
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(library))
    for module in [module for name, module in list(sys.modules.items()) if PYTHON.match(name)]:
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
