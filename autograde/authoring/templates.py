"""What `autograde new` writes: the text of each part of an exercise, for functions and for modules of PyTorch."""

from dataclasses import dataclass

NUMBERS = ("first", "second", "third")
SENTENCES = {
    "summary": "Say in one line what it computes.",
    "argument": "say what it is",
    "task": "Say in one to four sentences what to write, and which formula it is.",
    "hint": "Say where to begin, without giving the line.",
    "mistake": "Say what the mistake is and what shows it, never the line that mends it.",
}

ENTRY = """- id: "{id}"
  function: {module}.{name}
{uses}  points: {points}
  difficulty: {difficulty}
  minutes: {minutes}
  lines: {lines}
  task: |
    {task}
  hints:
    - "{hint}\""""

CELL = """```{{code-cell}} ipython3
:tags: [exercise]

from {module} import {name}
```"""

HEADS = {
    "tests": '"""Chapter {chapter}: what an answer to each exercise must do."""\n',
    "wrong": '"""Chapter {chapter}: classic mistakes. The docstring of each is what a learner reads who made it."""\n',
    "right": '"""Chapter {chapter}: right answers in other styles than the reference\'s, all for full marks."""\n',
}


@dataclass(frozen=True)
class Kind:
    """A kind of exercise: the texts of its parts, and which names each of them takes from elsewhere."""

    answer: str
    test: str
    mistake: str
    style: str
    uses: str = ""
    answer_imports: tuple[str, ...] = ()
    test_imports: tuple[str, ...] = ("np", "agree")
    mistake_imports: tuple[str, ...] = ("wrong_answer",)
    style_imports: tuple[str, ...] = ()


FUNCTION = Kind(
    answer='''def {name}(x):
    """{summary}

    x : (N, D)   {argument}
    Returns y (N, D)
    """
    raise NotImplementedError("{id} {name} is not written yet")''',
    test="""def test_{name}({name}, rng):
    for N, D in [(3, 2), (4, 4), (1, 1), (2, 7), (23, 5)]:
        agree({name}, rng.normal(size=(N, D)))
    agree({name}, rng.normal(size=(3, 2)).astype(np.float32))
    agree({name}, rng.choice([-1e4, 1e4], size=(4, 3)))""",
    mistake='''@wrong_answer("{name}")
def {number}_mistake_in_{name}(x):
    """{mistake} ({number})"""
    raise NotImplementedError("write the mistake, and name the function after it")''',
    style="""def {name}__{number}_style(x):
    raise NotImplementedError("answer the exercise in another style, and name it")""",
)

METHODS = """
    def __init__(self, D, H):
        raise NotImplementedError("{remedy}")

    def forward(self, x):
        raise NotImplementedError("{remedy}")"""

MODULE = Kind(
    answer='''class {name}(nn.Module):
    """{summary}

    Its parameter is W (H, D).

    D : int   {argument}
    H : int   {argument}
    """

    def __init__(self, D, H):
        raise NotImplementedError("{id} {name} is not written yet")

    def forward(self, x):
        """{summary}

        x : (N, D)   {argument}
        Returns y (N, H)
        """
        raise NotImplementedError("{id} {name} is not written yet")''',
    test="""def test_{name}({name}, rng):
    for N, D, H in [(3, 2, 5), (4, 4, 4), (1, 1, 1), (2, 7, 3), (23, 5, 2)]:
        W, x = as_tensors(rng.normal(size=(H, D)), rng.normal(size=(N, D)))
        agree_module({name}, (D, H), (x,), state={{"W": W.detach()}})
    W, x = as_tensors(rng.normal(size=(5, 2)), rng.normal(size=(3, 2)), dtype="float32")
    agree_module({name}, (2, 5), (x,), state={{"W": W.detach()}}, dtype="float32")
    W, x = as_tensors(rng.normal(size=(3, 4)), rng.choice([-1e4, 1e4], size=(2, 4)))
    agree_module({name}, (4, 3), (x,), state={{"W": W.detach()}})""",
    mistake='''@wrong_answer("{name}")
class {number}_mistake_in_{name}(nn.Module):
    """{mistake} ({number})"""
'''
    + METHODS.replace("{remedy}", "write the mistake, and name the class after it"),
    style="class {name}__{number}_style(nn.Module):"
    + METHODS.replace("{remedy}", "answer the exercise in another style, and name it"),
    uses="  uses: torch\n  from_scratch: true\n",
    answer_imports=("nn",),
    test_imports=("np", "agree_module", "as_tensors"),
    mistake_imports=("nn", "wrong_answer"),
    style_imports=("nn",),
)
