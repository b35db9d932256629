"""What holds for the package as a whole: order, size, docstrings that say what the annotations say."""

import ast
import builtins
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import lstm_ref
from autograde.course import Course
from autograde.docstring import described_arguments, described_result

FOLDER = Path(lstm_ref.__file__).parent
OLD_NAME = FOLDER / "translation"  # an alias of translator's command line, no part of the reference
FILES = sorted(path for path in FOLDER.rglob("*.py") if path.name != "__init__.py" and OLD_NAME not in path.parents)
NUMPY_MODULES = lstm_ref.MODULES[: lstm_ref.MODULES.index("torch_cells")]

# The course's exercises in the order of their ids; an answer may call NumPy and the answers before it, those of
# torch_lstm PyTorch too.
EXERCISES = [exercise.function.removeprefix("lstm_ref.") for exercise in Course().exercises]


def name_of(path):
    """seq2seq.tokens, say, for a file of the package."""
    return ".".join(path.relative_to(FOLDER).with_suffix("").parts)


def public_functions():
    for name in NUMPY_MODULES:
        module = importlib.import_module(f"lstm_ref.{name}")
        for function_name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and not function_name.startswith("_"):
                yield pytest.param(function, id=f"{name}.{function_name}")


def test_every_module_has_its_place_in_the_order():
    assert sorted(map(name_of, FILES)) == sorted(lstm_ref.MODULES)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_module_imports_only_modules_before_it(path):
    before = lstm_ref.MODULES[: lstm_ref.MODULES.index(name_of(path))]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        imported = []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports by a relative name"
            imported = [node.module]
            if node.module in ("lstm_ref", "lstm_ref.seq2seq"):
                imported = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            imported = [alias.name for alias in node.names]
        for name in imported:
            assert name.split(".")[0] not in ("translator", "autograde"), f"{path.name} imports {name}"
            if name.startswith("lstm_ref."):
                assert name.removeprefix("lstm_ref.") in before, f"{path.name} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_module_is_longer_than_250_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 250


def test_the_numpy_modules_import_no_torch():
    code = f"import sys, importlib\nfor m in {NUMPY_MODULES!r}: importlib.import_module('lstm_ref.' + m)\n"
    code += "assert 'torch' not in sys.modules, 'torch was imported'"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def axes(annotation):
    """The shape that a jaxtyping annotation states, as the docstrings write it; None where it states none."""
    shape = getattr(annotation, "dim_str", None)
    if shape is None:
        return None
    for word, digit in (("two_", "2"), ("three_", "3"), ("four_", "4")):
        shape = shape.replace(word, digit)
    return [axis.strip("{}").replace("*{", "").replace("*", "") for axis in shape.split()]


def stated(text):
    return [axis.strip() for axis in text.split(",") if axis.strip()]


def agree(annotated, written):
    return len(annotated) == len(written) and all(a in ("_", w) for a, w in zip(annotated, written, strict=True))


@pytest.mark.parametrize("function", [*public_functions()])
def test_docstrings_say_what_the_annotations_say(function):
    doc = inspect.getdoc(function)
    result = described_result(doc)
    assert result or described_result(doc, ("Yields",)), "the docstring does not say what comes back"
    signature, described = inspect.signature(function), described_arguments(doc)
    for name, parameter in signature.parameters.items():
        assert name in described, f"{name} is not described"
        shape = axes(parameter.annotation)
        if shape is not None:
            text = described[name].kind
            match = re.match(r"\(([^)]*)\)", text)
            assert match, f"{name} : {text} does not give a shape"
            assert agree(shape, stated(match[1])), f"{name} is {shape}, the docstring says {text}"
    returned = signature.return_annotation
    parts = getattr(returned, "__args__", ()) if getattr(returned, "__origin__", None) is tuple else (returned,)
    shapes = [shape for shape in map(axes, parts) if shape is not None]
    written = [stated(text) for text in re.findall(r"\w+ \(([^)]*)\)", result)]
    written = [w for w in written if w not in (["tuple"], ["list"], ["dict"], ["str"], [])]
    assert len(written) >= len(shapes)
    for annotated, words in zip(shapes, written, strict=False):
        assert agree(annotated, words), f"the result is {annotated}, the docstring says {words}"


def test_the_docstring_test_can_fail():
    from jaxtyping import Float
    from numpy import ndarray

    vector = Float[ndarray, " N"]

    def wrong(x: vector) -> vector:
        """Do nothing.

        x : (D,)   wrong
        Returns x (N,)
        """
        return x

    with pytest.raises(AssertionError, match="the docstring says"):
        test_docstrings_say_what_the_annotations_say(wrong)


@pytest.mark.parametrize("name", EXERCISES)
def test_an_exercise_uses_only_numpy_and_exercises_before_it(name):
    module, _, function = name.rpartition(".")
    tree = ast.parse((FOLDER / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8"))
    definition = next(n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef) and n.name == function)
    uses_torch = module == "torch_lstm"
    earlier = {
        e.rpartition(".")[2] for e in EXERCISES[: EXERCISES.index(name)] if uses_torch or not e.startswith("torch_")
    }
    annotations = _annotations(definition)
    own = {n.id for n in ast.walk(definition) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    own |= {n.arg for n in ast.walk(definition) if isinstance(n, ast.arg)}
    own |= {n.name for n in ast.walk(definition) if isinstance(n, ast.FunctionDef) and n is not definition}
    used = {
        n.id
        for part in definition.body
        for n in ast.walk(part)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and n not in annotations
    }
    library = {"np", "re", "unicodedata", "Counter"} | ({"torch", "nn"} if uses_torch else set())
    assert used - own - earlier - library - {*dir(builtins)} == set()
    functions = [n for n in (definition, *definition.body) if isinstance(n, ast.FunctionDef)]
    assert not any(f.args.defaults for f in functions), "an exercise's arguments are all given"


def _annotations(definition):
    """The nodes of the annotations of a class's methods: the builder leaves them out."""
    methods = [n for n in definition.body if isinstance(n, ast.FunctionDef)]
    roots = [a.annotation for m in methods for a in ast.walk(m.args) if isinstance(a, ast.arg) and a.annotation]
    return {n for root in roots + [m.returns for m in methods if m.returns] for n in ast.walk(root)}
