"""The grader of the course: runs code that nobody trusts, and says what is wrong with it."""

from autograde.check import check, hint, mistakes
from autograde.diagnose import wrong_answer
from autograde.modules import agree_module, start_of
from autograde.tensors import as_tensors
from autograde.trial import agree, agree_on, expect, no_overflow

__all__ = [
    "agree", "agree_module", "agree_on", "as_tensors", "check", "expect", "hint", "mistakes", "no_overflow",
    "start_of", "wrong_answer",
]  # fmt: skip
