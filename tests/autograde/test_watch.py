"""The clock beside a session."""

import threading
import time

import pytest

from autograde.sandbox.watchdog import Watchdog

SHORT, LONG = 0.05, 30


@pytest.fixture
def expired():
    return threading.Event()


@pytest.fixture
def watch(expired):
    made = Watchdog(expired.set)
    yield made
    made.close()


def test_a_question_that_takes_too_long_is_ended(watch, expired):
    watch.begin(SHORT)
    assert expired.wait(LONG)


def test_a_question_in_time_is_not(watch, expired):
    watch.begin(SHORT)
    watch.end()
    assert not expired.wait(4 * SHORT)


def test_a_longer_time_that_follows_a_shorter_one_counts(watch, expired):
    watch.begin(SHORT)
    watch.end()
    watch.begin(LONG)
    assert not expired.wait(4 * SHORT)


def test_a_shorter_time_that_follows_a_longer_one_counts(watch, expired):
    watch.begin(LONG)
    watch.end()
    watch.begin(SHORT)
    assert expired.wait(LONG / 2)


def test_time_runs_for_the_questions_after_a_long_silence_too(watch, expired):
    watch.begin(SHORT)
    watch.end()
    time.sleep(2 * SHORT)  # by now it waits for nothing
    watch.begin(SHORT)
    assert expired.wait(LONG)


def test_it_ends_once_for_one_question():
    calls = []
    watch = Watchdog(lambda: calls.append(1))
    watch.begin(SHORT)
    time.sleep(4 * SHORT)
    watch.end()
    watch.close()
    assert calls == [1]


def test_its_thread_ends_with_it(watch, expired):
    before = set(threading.enumerate())
    watch.begin(LONG)
    (own,) = set(threading.enumerate()) - before
    watch.close()
    own.join(LONG / 2)
    assert not own.is_alive()
