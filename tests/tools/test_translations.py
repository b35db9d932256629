"""tools/translations.py: catalogues are begun, brought up to date, and say what waits."""

import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

from translations import catalogues, waiting

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
SENTENCE = "The gate lets through what the cell should keep for later."


def template(folder, page, *messages):
    path = folder / f"{page}.pot"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD + "\n".join(f'msgid "{message}"\nmsgstr ""\n' for message in messages), "utf8")


@pytest.fixture
def folders(tmp_path):
    """Templates of two pages, and a language that has a catalogue of the first."""
    template(tmp_path / "pot", "chapters/one", SENTENCE, "Gates")
    template(tmp_path / "pot", "chapters/two", "Another page")
    place = tmp_path / "locale/zh_CN/LC_MESSAGES/chapters"
    place.mkdir(parents=True)
    text = f'msgid "{SENTENCE}"\nmsgstr "门放过该留给以后的东西。"\n\nmsgid "Gates"\nmsgstr "门"\n'
    (place / "one.po").write_text(HEAD + text, "utf8")
    return tmp_path / "pot", tmp_path / "locale", place


def run(folders, *pages):
    return catalogues(folders[0], folders[1], ["zh_CN"], pages)


def test_what_is_translated_waits_for_nobody(folders, capsys):
    before = (folders[2] / "one.po").read_text("utf8")
    assert run(folders) == 0
    assert waiting(folders[2] / "one.po") == []
    assert (folders[2] / "one.po").read_text("utf8") == before
    assert not (folders[2] / "two.po").exists()  # nobody has begun that page


def test_a_changed_sentence_keeps_its_old_translation_for_the_translator_only(folders, capsys):
    template(folders[0], "chapters/one", SENTENCE.replace("should", "ought to"), "Gates")
    assert run(folders) == 0
    assert "one.po: changed: The gate lets through what the cell ought to" in capsys.readouterr().out
    with (folders[2] / "one.po").open("rb") as file:
        (changed,) = [message for message in read_po(file) if message.id and message.fuzzy]
    assert changed.string == "门放过该留给以后的东西。"  # fuzzy: Sphinx leaves it out


def test_a_page_is_begun_when_asked_for(folders, capsys):
    assert run(folders, "chapters/two") == 0
    assert waiting(folders[2] / "two.po") == ["not translated: Another page"]
    assert "two.po: not translated: Another page" in capsys.readouterr().out


def test_a_page_that_does_not_exist_is_named(folders, capsys):
    assert run(folders, "chapters/nine") == 2
    assert "no such page: chapters/nine" in capsys.readouterr().err
    assert not (folders[2] / "nine.po").exists()


def test_a_catalogue_without_a_page_is_named(folders, capsys):
    (folders[0] / "chapters/one.pot").unlink()
    assert run(folders) == 0
    assert "chapters/one.po is the catalogue of no page" in capsys.readouterr().out
