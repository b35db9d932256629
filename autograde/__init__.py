"""The grader of the course: runs code that nobody trusts, and says what is wrong with it."""

from autograde.check import check, hint, mistakes, points
from autograde.diagnose import wrong_answer
from autograde.trial import agree, agree_on, expect, no_overflow

__all__ = ["agree", "agree_on", "check", "expect", "hint", "mistakes", "no_overflow", "points", "wrong_answer"]
