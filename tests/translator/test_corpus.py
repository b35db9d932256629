"""Corpora: whatever is wrong with a file is counted, named by line, and stops nothing."""

import hashlib

import pytest

from translator.data import corpus
from translator.data.corpus import CorpusError, Pair, read_file

GOOD = "Hi.\t嗨。\tCC-BY\n"


def write(tmp_path, content):
    path = tmp_path / "pairs.tsv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_pairs_and_the_columns_that_follow(tmp_path):
    pairs, report = read_file(write(tmp_path, GOOD + " Go! \t 走！ \n"))
    assert pairs == [Pair("Hi.", "嗨。"), Pair("Go!", "走！")]
    assert (report.lines, report.kept, report.problems) == (2, 2, {})


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("no tab at all", "no tab"),
        ("\t嗨。", "English side empty"),
        ("Hi.\t  ", "Chinese side empty"),
        ("Hi.\tHola.", "no Chinese character in the second column"),
        ("a" * 1_000_000 + "\t嗨。", "longer than 1,000 characters"),
        ("嗨" * 1_000_000, "no tab"),
        ("Hi.\t嗨\0。", "characters lost or not text"),
        ("   ", "blank"),
        ("placeholder-p1\t嗨。", "a placeholder, not a translation"),
        (b"Hi.\t\xe0\xcb\xa1\xa3", "not UTF-8"),
        ("Hi.\t你好".encode("gb18030"), "not UTF-8"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_line_that_cannot_be_used_is_counted_by_its_number(tmp_path, line, kind):
    line = line if isinstance(line, bytes) else line.encode()
    pairs, report = read_file(write(tmp_path, GOOD.encode() + line + b"\n" + GOOD.encode()))
    assert len(pairs) == report.kept == 2
    assert report.lines == 3
    assert report.problems == {kind: [2]}
    assert f"left out, {kind}: 1 (line 2)" in str(report)


def test_many_bad_lines_are_counted_and_the_first_named(tmp_path):
    _, report = read_file(write(tmp_path, "x\n" * 1200 + GOOD))
    assert "left out, no tab: 1,200 (lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 1,190 more)" in str(report)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + GOOD.encode() * 2,
        (GOOD * 2).replace("\n", "\r\n").encode(),
        (GOOD * 2).encode("utf-16"),
        b"\xff\xfe" + (GOOD * 2).encode("utf-16-le"),
        GOOD.encode() + GOOD.rstrip("\n").encode(),
    ],
    ids=["byte order mark", "CRLF", "UTF-16", "UTF-16 little", "no last end of line"],
)
def test_marks_and_ends_of_line(tmp_path, content):
    assert read_file(write(tmp_path, content)).pairs == [Pair("Hi.", "嗨。")] * 2


def test_an_encoding_that_is_named(tmp_path):
    path = write(tmp_path, GOOD.encode("gb18030"))
    assert read_file(path, "gb18030").pairs == [Pair("Hi.", "嗨。")]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"\xef\xbb\xbf", b"\xff\xfea", bytes(range(256)) * 50])
def test_no_content_is_fatal(tmp_path, content):
    assert read_file(write(tmp_path, content)).pairs == []


def test_a_file_that_is_not_there_or_a_folder_is_one_line(tmp_path):
    for path in (tmp_path / "none.tsv", tmp_path):
        with pytest.raises(CorpusError, match="cannot be read") as caught:
            read_file(path)
        assert "\n" not in str(caught.value)


def test_hsk_is_installed_and_says_what_it_left_out():
    pairs, report = corpus.hsk()
    assert report.lines == 4354
    assert report.kept == len(pairs) == 4354 - sum(map(len, report.problems.values()))
    assert {"a placeholder, not a translation", "a Chinese character in the English side"} == set(report.problems)


def test_tatoeba_from_a_folder_that_the_environment_names(tmp_path, monkeypatch, capsys):
    for folder in (tmp_path / "one", tmp_path / "two" / "tatoeba"):
        folder.mkdir(parents=True)
        (folder / "cmn.txt").write_text(GOOD)
        monkeypatch.setenv(corpus.DATA_FOLDER, str(tmp_path / folder.relative_to(tmp_path).parts[0]))
        assert corpus.tatoeba().pairs == [Pair("Hi.", "嗨。")]
        assert "Another cmn.txt" in capsys.readouterr().err
        monkeypatch.setattr(corpus, "TATOEBA_SHA256", hashlib.sha256(GOOD.encode()).hexdigest())
        corpus.tatoeba()
        assert capsys.readouterr().err == ""
        monkeypatch.undo()


def test_a_folder_without_the_file_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv(corpus.DATA_FOLDER, str(tmp_path))
    with pytest.raises(CorpusError, match=r"there is no cmn.txt in it"):
        corpus.tatoeba()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """No folder is named, and the cache is a fresh one."""
    monkeypatch.delenv(corpus.DATA_FOLDER, raising=False)
    monkeypatch.setattr("pooch.os_cache", lambda name: tmp_path / name)
    (tmp_path / "lstm-course").mkdir()
    return tmp_path / "lstm-course"


def test_without_a_connection_one_line_says_what_to_do(cache, monkeypatch):
    def refuse(*args, **kwargs):
        raise ConnectionError("no route to host\nat all")

    monkeypatch.setattr("requests.get", refuse)
    with pytest.raises(CorpusError, match="--data hsk") as caught:
        corpus.tatoeba()
    assert "\n" not in str(caught.value)
    assert corpus.DATA_FOLDER in str(caught.value)


def test_a_file_that_changed_since_its_download_is_not_used(cache, monkeypatch):
    monkeypatch.setattr(corpus, "_download", lambda folder: (folder / "cmn.txt").write_text(GOOD))
    assert corpus.tatoeba().pairs == [Pair("Hi.", "嗨。")]
    assert corpus.tatoeba().pairs == [Pair("Hi.", "嗨。")]
    (cache / "cmn.txt").write_text(GOOD * 2)
    with pytest.raises(CorpusError, match="not the file that was downloaded"):
        corpus.tatoeba()
