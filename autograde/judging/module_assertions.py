"""The assertion for PyTorch modules: construct both, load the same parameters, call both, compare everything."""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograde.inside import tensors
from autograde.judging.comparison import (
    Labels,
    Mismatch,
    changed_argument,
    gradient_difference,
    labels,
    raised_difference,
    value_difference,
)  # fmt: skip
from autograde.judging.outcome import Outcome
from autograde.judging.recorded_function import Case, RecordedFunction, build, names_of


def agree_module(
    module_class: RecordedFunction,
    init: Sequence,
    *calls: Sequence,
    state: Mapping[str, Any] | None = None,
    training: bool = True,
    dtype: str = "float64",
    tol: float = 1e-9,
) -> None:
    """Compare the learner's module with the reference's: its parameters, what it returns, and all gradients.

    init : the constructor's arguments
    calls : for each call its arguments, in a tuple; one after another on the same module
    state : the parameters to load, {name: tensor}
    training : whether the module is in training mode
    dtype : what its parameters are turned into after construction
    tol : as in `agree`
    """
    spec = {
        "init": list(init), "dtype": dtype, "training": training, "state": copy.deepcopy(state or {}),
        "calls": [copy.deepcopy(list(args)) for args in calls],  # a tensor that two calls share becomes two tensors
    }  # fmt: skip
    reference = module_class.exercise.reference
    names = labels(reference, spec["calls"][0])
    inputs = list(spec["state"])
    for number, args in enumerate(spec["calls"]):
        which = f" of call {number + 1}" if len(calls) > 1 else ""
        inputs += [f"{name}{which}" for name in names_of([path for path, _ in tensors.leaves(args)], names.arguments)]
    expected = _built(reference, spec, inputs)
    if expected.raised is not None:
        raise RuntimeError(f"the reference itself raises {expected.raised}")
    grad_outputs = tensors.make_grad_outputs(expected.value["outputs"])
    got = _built(module_class, spec, inputs, grad_outputs)
    mismatch = _difference(expected, got, tol, names)

    def rerun(other: Callable) -> Outcome:
        return _built(other, spec, inputs, grad_outputs)

    module_class.cases.append(Case(rerun, got, expected, tol, mismatch))


def start_of(module_class: Any, *init: Any) -> dict[str, np.ndarray]:
    """The parameters of a module as its constructor leaves them, {name: array}; for experiments on `agree_on`."""
    spec = {"init": list(init), "dtype": "float64", "training": True, "state": {}, "calls": []}
    outcome = build(module_class, spec, [], [])
    if outcome.raised is not None:
        raise outcome.raised
    return {name: outcome.value["start"][name].detach().numpy() for name in sorted(outcome.value["start"])}


def _built(
    module_class: Any, spec: dict[str, Any], inputs: Sequence[str], grad_outputs: Sequence | None = None
) -> Outcome:
    outcome = build(module_class, spec, inputs, grad_outputs)
    if outcome.raised is None:
        # The initial parameters are random, so their names, shapes and requires_grad are compared, not their values.
        start = outcome.value["start"]
        registered = {name: [tuple(start[name].shape), start[name].requires_grad] for name in sorted(start)}
        outcome.value = {"parameters": registered, "outputs": outcome.value["outputs"]}
    return outcome


def _difference(expected: Outcome, got: Outcome, tol: float, names: Labels) -> Mismatch | None:
    """The first Mismatch between two modules' outcomes, or None."""
    context = f", for {names.sizes}" if names.sizes else ""
    if got.raised is not None:
        return raised_difference(expected, got, context)
    found = _parameters_difference(expected.value["parameters"], got.value["parameters"], context)
    if found:
        return found
    outputs = expected.value["outputs"], got.value["outputs"]
    if len(outputs[0]) != len(outputs[1]):
        return Mismatch("structure", f"It gives {len(outputs[1])} results for {len(outputs[0])} calls.")
    for number, (right, left) in enumerate(zip(*outputs, strict=True)):
        if found := changed_argument((expected.args or [])[number], _as_list((got.args or [])[number]), names):
            return found
        which = context + (f", in call {number + 1} of the same module" if number else "")
        if found := value_difference(right, left, tol, names.outputs, which):
            return found
    return gradient_difference(expected, got, tol, names.outputs * len(outputs[0]), context)


def _as_list(args: object) -> list:
    return args if isinstance(args, list) else []


def _parameters_difference(expected: Mapping[str, Any], got: Mapping[str, Any], context: str) -> Mismatch | None:
    names = ", ".join(got) or "none"
    for name in expected:
        if name not in got:
            text = f"The parameter {name} is not registered; registered are: {names}. A parameter is an nn.Parameter"
            return Mismatch("parameters", f"{text} that the constructor sets on self under this name.")
    for name, (shape, _) in expected.items():
        if got[name][0] != shape:
            return Mismatch("parameters", f"The parameter {name} has shape {got[name][0]}, expected {shape}{context}.")
    for name in got:
        if name not in expected:
            return Mismatch("parameters", f"It registers a parameter {name}, which nobody asked for.")
        if expected[name][1] and not got[name][1]:
            text = f"The parameter {name} asks for no gradient (requires_grad is False): it would never be trained."
            return Mismatch("parameters", text)
    return None
