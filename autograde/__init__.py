"""The grader of the course: runs untrusted code in a sandbox, and says what is wrong with it."""

from autograde.check import check, hint, mistakes, points
from autograde.inside.tensors import as_tensors
from autograde.judging.assertions import agree, agree_on, expect, no_overflow
from autograde.judging.bank import wrong_answer
from autograde.judging.module_assertions import agree_module, start_of

__all__ = [
    "agree", "agree_module", "agree_on", "as_tensors", "check", "expect", "hint", "mistakes", "no_overflow", "points",
    "start_of", "wrong_answer",
]  # fmt: skip
