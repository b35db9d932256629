"""Finds the test of an exercise, and the random numbers that it gets."""

import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from autograde.course import Course
from autograde.exercise import Exercise
from autograde.judging.bank import load_module


def fresh_seed() -> int:
    """A seed for this run, small enough to be typed again."""
    return int(np.random.SeedSequence().generate_state(1)[0] % 1_000_000)


def generator(seed: int, exercise: Exercise) -> np.random.Generator:
    """The Generator that a test of `exercise` gets: the same for the same seed, alone or among others."""
    return np.random.default_rng([seed, zlib.crc32(exercise.name.encode())])


def test_path(course: Course, stem: str) -> Path:
    """The file of a chapter's tests."""
    return course.root / "tests" / "exercises" / stem / "test_exercises.py"


def load_test(course: Course, exercise: Exercise) -> Callable:
    """The test function of an exercise, from `tests/exercises/`."""
    module = load_module(test_path(course, exercise.chapter))
    return getattr(module, f"test_{exercise.name}")
