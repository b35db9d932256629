"""One scorecard, every format: what each must say, and what none may."""

import base64
import csv
import io
import json
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from autograde.judging.grading import grade_submission
from autograde.judging.result import Result
from autograde.judging.scorecard import Scorecard, choose
from autograde.reports import classroom, data, formats, gradescope, junit, page, table, terminal
from autograde.reports.notebook import Card
from lstm_ref.files import write_whole

EVIL = "</script><b>\x1b[31mred\x1b[0m\x1b]0;title\x07 \x00 \u202e &amp; ]]> \ufffe\ud800"
RESULTS = [
    Result("1.1", "rnn_step", 2, 2, "passed"),
    Result("1.2", "rnn_forward", 0, 3, "failed", "starts_every_step", f"hs is wrong {EVIL}.\nEvery step starts at h0."),
    Result(
        "2.1", "sigmoid", 0, 2, "error", None, "It raises ValueError: x\nline 2 of the cell: x = <i>\nthere: x (3,)"
    ),
    Result("2.2", "split_gates", 0, 4, "not_attempted", None, "Not attempted."),
]
CARD = Scorecard("=cmd()|' /c calc'!A1\n" + EVIL, RESULTS, False, f"no bubblewrap {EVIL}", 7)
MODULES = [module for module, _ in formats.FORMATS.values()]


@pytest.fixture(scope="module")
def schema():
    return json.loads(data.SCHEMA.read_text(encoding="utf-8"))


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.split(".")[-1])
def test_no_report_holds_an_escape_sequence_or_a_half_character(module):
    text = module.text(CARD)
    if module is classroom:
        text = base64.b64decode(text).decode()
    for sign in ("\x1b", "\x00", "\x07", "\u202e", "\ufffe", "[31m", "0;title", "\\u001b"):
        assert sign not in text
    text.encode()


def test_the_json_is_what_the_schema_says(schema):
    card = json.loads(data.text(CARD))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(card, schema)
    assert (card["points"], card["max_points"], card["seed"], card["isolated"]) == (2, 11, 7, False)
    assert Scorecard.from_dict(card).as_dict() == card
    for change in ({"version": 2}, {"points": "2"}, {"more": 1}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**card, **change}, schema)


def test_junit_counts_wrong_as_failed_and_not_attempted_as_skipped():
    root = ET.fromstring(junit.text(CARD))
    assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4", "failures": "1", "errors": "1", "skipped": "1",
    }  # fmt: skip
    cases = {case.get("name"): case for case in root.iter("testcase")}
    kinds = [[child.tag for child in case if child.tag != "properties"] for case in cases.values()]
    assert kinds == [[], ["failure"], ["error"], ["skipped"]]
    assert cases["1.2 rnn_forward"].find("failure").get("type") == "starts_every_step"
    points = {p.get("name"): p.get("value") for p in cases["1.1 rnn_step"].iter("property")}
    assert (points["points"], points["max_points"]) == ("2", "2")
    assert [suite.get("name") for suite in root] == ["chapter 1", "chapter 2"]


def test_the_csv_computes_nothing_and_tells_wrong_from_not_attempted():
    [head, row] = csv.reader(io.StringIO(table.text(CARD)))
    assert row[0].startswith("'=cmd()") and "\n" not in row[0]
    assert dict(zip(head, row, strict=True))["points"] == "2"
    assert row[-4:] == ["2", "0", "0", ""]
    for text in ("=1", "+1", "-1", "@x", "|x", "%x"):
        assert table.field(text) == f"'{text}"
    assert [table.field(value) for value in (-1, 2.5, None, True, "a,b")] == [-1, 2.5, "", "yes", "a,b"]


def test_gradescope_gets_a_test_an_exercise():
    content = json.loads(gradescope.text(CARD))
    assert [test["score"] for test in content["tests"]] == [2, 0, 0, 0]
    assert [test["max_score"] for test in content["tests"]] == [2, 3, 2, 4]
    assert {test["status"] for test in content["tests"]} == {"passed", "failed"}
    assert {test["visibility"] for test in content["tests"]} == {"visible"}
    assert content["stdout_visibility"] == "hidden" and "not isolated" in content["output"]
    assert "score" not in content  # it would take the place of the sum


def test_github_classroom_adds_up_what_we_do():
    content = json.loads(base64.b64decode(classroom.text(CARD)))
    assert content["version"] == 1 and content["status"] == "fail" and "\n" not in classroom.text(CARD).strip()
    assert sum(test["score"] for test in content["tests"]) == CARD.points and content["max_score"] == CARD.max_points
    assert [test["status"] for test in content["tests"]] == ["pass", "fail", "error", "fail"]


def test_the_page_shows_text_as_text_and_asks_nobody_for_anything():
    text = page.text(CARD)
    assert "<b>" not in text and "<i>" not in text and "&lt;b&gt;" in text and "<script" not in text
    assert "http://" not in text and "https://" not in text and "not isolated" in text
    assert 'lang="en"' in text and "<th scope=" in text and "default-src 'none'" in text


def test_the_card_in_the_notebook_says_the_same_as_its_text():
    shown = Card(CARD.results[2], "not isolated: <no>")
    markup = shown._repr_html_()
    assert repr(shown).split("\n")[0] == "2.1 sigmoid   0 / 2   error"
    assert repr(shown).endswith("  (not isolated: <no>)") and "&lt;no&gt;" in markup
    for word in ("2.1", "sigmoid", "0 / 2", "error", "It raises ValueError", "x = &lt;i&gt;", "x (3,)"):
        assert word in markup
    assert "<i>" not in markup and "<script" not in markup and "class=" not in markup
    assert 'role="group"' in markup and "aria-label=" in markup


def test_the_terminal_says_what_was_missing_though_the_code_was_isolated():
    assert "not isolated" in terminal.table(CARD, 120, False)
    partly = Scorecard("x", RESULTS, True, "seccomp is missing", 7)
    assert "seccomp is missing" in terminal.table(partly, 120, False)
    assert terminal.isolation_note(Scorecard("x", RESULTS, True, "", 7)) == ""


def test_a_file_is_written_whole_or_stays_as_it_was(tmp_path):
    path = tmp_path / "card.json"
    write_whole(path, "one")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "two\ud800")
    assert path.read_text() == "one" and list(tmp_path.iterdir()) == [path]
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "nowhere" / "card.json", "x")


def test_the_options_write_what_they_name(tmp_path, capsys):
    options = SimpleNamespace(**{name: None for name in formats.FORMATS})
    options.csv, options.junit = str(tmp_path / "a.csv"), "-"
    assert formats.write_reports(CARD, options)
    assert (tmp_path / "a.csv").read_bytes().decode() == table.text(CARD)
    assert capsys.readouterr().out == junit.text(CARD)


def test_no_report_gives_the_answer(tiny, sandbox):
    from autograde.submissions.notebook import Notebook
    from autograde.submissions.slicing import Cell

    wrong = "import numpy as np\ndef rnn_step(x_t, h_prev, W_ih, W_hh, b):\n    return np.tanh(x_t @ W_ih.T + b)"
    raises = "def rnn_forward(x, h0, W_ih, W_hh, b):\n    return x[99]"
    notebook = Notebook([Cell("cell 1", wrong), Cell("cell 2", raises)], "01_tiny", "01_tiny.ipynb")
    card = grade_submission(tiny, {"01_tiny": notebook}, choose(tiny), sandbox, where="x", seed=3)
    assert [r.status for r in card.results] == ["failed", "error"]
    answer = {line.strip() for line in tiny.answers_source().splitlines() if "return" in line or " = " in line}
    for module in MODULES:
        text = module.text(card)
        text = base64.b64decode(text).decode() if module is classroom else text
        assert not [line for line in answer if line in text]
