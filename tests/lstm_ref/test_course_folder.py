"""Finding the course's folder: by argument, by environment, from the working folder, from the checkout."""

from pathlib import Path

import pytest

from lstm_ref import course_folder as module
from lstm_ref import results
from lstm_ref.course_folder import CourseNotFound, course_folder


def make_course(folder):
    (folder / "tests" / "exercises").mkdir(parents=True)
    (folder / "_toc.yml").touch()
    return folder.resolve()


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """A working folder outside of any course, and a package outside of any checkout."""
    folder = tmp_path / "nowhere"
    folder.mkdir()
    monkeypatch.delenv("LSTM_COURSE", raising=False)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(module, "__file__", str(tmp_path / "site-packages" / "lstm_ref" / "course_folder.py"))
    return folder


def test_an_argument_wins_over_the_environment_and_that_over_the_working_folder(nowhere, tmp_path, monkeypatch):
    given, named, around = (make_course(tmp_path / name) for name in ("given", "named", "around"))
    (around / "chapters").mkdir()
    monkeypatch.chdir(around / "chapters")
    assert course_folder() == around
    monkeypatch.setenv("LSTM_COURSE", str(named))
    assert course_folder() == named
    assert course_folder(given / "tests") == given


def test_the_checkout_of_the_package_is_found_from_anywhere(tmp_path, monkeypatch):
    monkeypatch.delenv("LSTM_COURSE", raising=False)
    monkeypatch.chdir(tmp_path)
    assert course_folder() == Path(module.__file__).resolve().parents[1]


def test_without_a_course_one_line_says_what_to_do(nowhere, tmp_path, monkeypatch):
    with pytest.raises(CourseNotFound, match=r"no course in .*nowhere or above it; work in a clone.*LSTM_COURSE$"):
        course_folder()
    with pytest.raises(CourseNotFound, match="no course in .*tests"):
        course_folder(tmp_path / "tests")
    make_course(tmp_path / "around")
    monkeypatch.chdir(tmp_path / "around")
    monkeypatch.setenv("LSTM_COURSE", str(nowhere))
    with pytest.raises(CourseNotFound, match=r"LSTM_COURSE is .*nowhere, but there is no course"):
        course_folder()


def test_half_a_course_is_none(nowhere):
    (nowhere / "_toc.yml").touch()
    with pytest.raises(CourseNotFound):
        course_folder()


def test_results_are_those_of_the_course(nowhere, tmp_path, monkeypatch):
    course = make_course(tmp_path / "course")
    folder = course / results.PLACE
    folder.mkdir(parents=True)
    (folder / "adding.json").write_text('{"name": "adding"}')
    monkeypatch.setenv("LSTM_COURSE", str(course))
    assert results.names() == ["adding"]
    monkeypatch.delenv("LSTM_COURSE")
    with pytest.raises(CourseNotFound):
        results.load("adding")
