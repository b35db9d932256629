"""A step of a network as a list of named rules, in which any quantity can be changed and any gradient be checked."""

from collections.abc import Callable, Iterable
from types import SimpleNamespace

import numpy as np
from numpy import ndarray

from lstm_ref import gradcheck


class StepGraph:
    """Named quantities that are computed one after the other; the last is the loss L.

    inputs : dict   name → array, of what no rule computes
    rules : dict    name → function of the quantities so far, in the order of computation; the last name is L
    """

    def __init__(self, inputs: dict[str, ndarray], rules: dict[str, Callable]):
        self.inputs, self.rules = inputs, rules
        self.now = self.values()  # every quantity, by attribute
        self.gradients: dict[str, ndarray] = {}  # those that were claimed

    def values(self, **replaced: ndarray) -> SimpleNamespace:
        """Every quantity by attribute; one that is given stands instead of what its rule computes."""
        q = SimpleNamespace(**(self.inputs | replaced))
        for name, rule in self.rules.items():
            setattr(q, name, replaced[name] if name in replaced else rule(q))
        return q

    def claim(self, name: str, gradient: ndarray, copies: Iterable[str] = ()) -> None:
        """Keep a gradient under its name, and print it with its relative error against central differences.

        name : str            the quantity with respect to which L is differentiated
        gradient : ndarray    the claim, of the quantity's shape
        copies : Iterable     names that stand for the same quantity; all are changed together
        """
        self.gradients[name] = gradient
        copies = [*copies] or [name]
        error = gradcheck.check_gradient(
            lambda a: float(self.values(**dict.fromkeys(copies, a)).L), getattr(self.now, copies[0]), gradient
        )
        entries = " ".join(f"{entry:7.3f}" for entry in np.ravel(gradient)[:3])
        more = " …" if gradient.size > 3 else ""
        print(f"dL/d{name:13}{entries:>23}{more:2}  agrees with differences: {bool(error < 1e-6)}")
