"""Glossary, index of exercises, which paper says so, how to cite the book: what they hold is what the course has."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.website.parsed import parse, soup, sources

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted(path.parent.name for path in ROOT.glob("course/*/lesson.md"))


def test_the_index_lists_every_exercise_with_what_it_costs(html, pytestconfig):
    rows = [row for row in soup(html, "course/pages/exercises").select("table.exercises tr") if row.find("td")]
    shown = {row.input["data-exercise"]: [cell.get_text().strip() for cell in row.find_all("td")] for row in rows}
    links = {row.input["data-exercise"]: row.a["href"] for row in rows}
    for stem, exercises in sources(pytestconfig.rootpath):
        for e in exercises:
            name = e["function"].rpartition(".")[2]
            dots = "●" * e["difficulty"] + "○" * (5 - e["difficulty"])
            assert shown.pop(e["id"])[1:] == [e["id"], name, str(e["points"]), dots, str(e["minutes"])]
            assert links[e["id"]] == f"../../chapters/{stem}.html#ex-{name}"
    assert shown == {}


def test_the_totals_on_the_pages_are_computed(html, pytestconfig):
    every = [e for _, exercises in sources(pytestconfig.rootpath) for e in exercises]
    text = soup(html, "course/pages/exercises").article.get_text()
    assert {str(len(every)), str(sum(e["points"] for e in every))} <= set(re.findall(r"\d+", text))


@pytest.mark.parametrize("stem", CHAPTERS)
def test_a_chapter_links_the_first_use_of_a_word_only(html, stem):
    page = soup(html, f"chapters/{stem}")
    links = page.select("a.glossary-term")
    targets = [link["href"] for link in links]
    assert targets and len(targets) == len(set(targets))
    for link in links:
        assert link.find_parent(["h1", "h2", "h3", "pre", "code", "table"]) is None
        page_name, _, anchor = link["href"].partition("#")
        assert page_name == "../course/pages/glossary.html"
        term = soup(html, "course/pages/glossary").find("dt", id=anchor)
        names = [term, *term.find_previous_siblings("dt"), *term.find_next_siblings("dt")]
        words = " ".join(link.get_text().lower().split())
        assert any(words.startswith(dt.get_text().removesuffix("#").strip().lower()) for dt in names[:40]), words


@pytest.mark.parametrize("stem", CHAPTERS)
def test_a_notebook_holds_no_link_to_the_glossary(stem):
    cells = json.loads((ROOT / f"chapters/{stem}.ipynb").read_text("utf8"))["cells"]
    prose = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    assert "{term}" not in prose and "glossary" not in prose


def test_every_word_of_the_glossary_leads_to_a_chapter(html):
    entries = soup(html, "course/pages/glossary").select("dl.glossary > dd")
    assert entries
    for entry in entries:
        assert entry.select_one("a[href^='../../chapters/']"), entry.get_text()
        assert len(entry.p.get_text().split()) >= 4, entry.get_text()


def test_every_citation_of_a_chapter_is_a_row_of_the_claims(html):
    rows = [row.find_all("td") for row in soup(html, "course/pages/claims").select("table.claims tr") if row.find("td")]
    cited = re.compile(r"\{cite(?::\w+)?\}`([^`]+)`")
    for stem in CHAPTERS:
        cells = json.loads((ROOT / f"chapters/{stem}.ipynb").read_text("utf8"))["cells"]
        prose = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
        here = [row for row in rows if row[2].a["href"].startswith(f"../../chapters/{stem}.html#")]
        assert len(here) == len(cited.findall(prose)), stem
    for claim, paper, _ in rows:
        assert paper.select("a[href^='bibliography.html#']"), claim.get_text()
        assert len(claim.get_text().split()) >= 4, f"no sentence: {claim.get_text()!r}"
        assert "\\" not in claim.get_text() or claim.select(".math"), claim.get_text()


def test_a_claim_is_the_sentence_that_stands_in_the_chapter(html):
    def squeezed(text):
        return re.sub(r"\s+", "", text)

    for stem in CHAPTERS:
        chapter = squeezed(soup(html, f"chapters/{stem}").article.get_text())
        for row in soup(html, "course/pages/claims").select("table.claims tr"):
            cells = row.find_all("td")
            if cells and stem in cells[2].a["href"]:
                assert squeezed(cells[0].get_text()) in chapter, cells[0].get_text()


def test_citation_version_and_title_agree_everywhere(html):
    cff = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf8"))
    assert cff["cff-version"] == "1.2.0" and cff["message"] and cff["authors"]
    assert cff["version"] == project["version"]
    assert cff["title"] == config["title"]
    assert cff.get("repository-code", "") == config["repository"]["url"]
    entry = soup(html, "course/pages/cite").pre.get_text()
    assert f"{{{cff['version']}}}" in entry and cff["title"] in entry and config["copyright"] in entry


def test_search_finds_two_words(visit):
    page = visit("search")
    page.goto(page.url + "?q=forget+gate")
    page.locator("#search-results li", has_text="Gates").first.wait_for()
    assert page.faults == []


# ── where a chapter can be opened ────────────────────────────────────────────────────────────────

CONFIG = """
title: Small
only_build_toc_files: true
repository: {url: "", branch: main}
execute: {execute_notebooks: "off"}
sphinx:
  local_extensions: {chapter_frame: website/extensions}
  config: {html_theme: alabaster, html_theme_options: {}, html_static_path: [], html_sourcelink_suffix: ""}
"""
EXERCISES = """
title: Loops
exercises:
  - {id: "1.1", function: lstm_ref.rnn.rnn_step, points: 2, difficulty: 1, minutes: 10, lines: 1, task: It, hints: [So]}
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A book of one chapter, with the extension that frames chapters."""
    folder = tmp_path_factory.mktemp("book")
    for part in ("chapters", "course/01_loops"):
        (folder / part).mkdir(parents=True)
    (folder / "_config.yml").write_text(CONFIG)
    (folder / "_toc.yml").write_text("format: jb-book\nroot: index\nchapters: [{file: chapters/01_loops}]\n")
    (folder / "index.md").write_text("# Book\n\n(how-to-begin)=\n## How to begin\n\nSo.\n")
    (folder / "course/01_loops/lesson.md").write_text("# Loops\n\nWords.\n")
    (folder / "course/01_loops/exercises.yml").write_text(EXERCISES)
    (folder / "chapters/01_loops.md").write_text("# Loops\n\nWords.\n")
    (folder / "website").symlink_to(ROOT / "website")
    return folder


def opened_with(book, monkeypatch, address):
    """Names and addresses of the links at the head of the chapter, in a build with this COURSE_REPOSITORY."""
    monkeypatch.setenv("COURSE_REPOSITORY", address)
    command = [Path(sys.executable).with_name("jupyter-book"), "build", book, "-W", "-n", "--keep-going"]
    process = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf8")
    if process.returncode:
        return process.stdout
    page = parse(book / "_build/html/chapters/01_loops.html")
    return {link.get_text(): link["href"] for link in page.select("p.open-in a")}


def test_the_course_s_address_is_one_setting(book, monkeypatch):
    """Three builds of one small book: without, on GitHub, elsewhere; each time its pages are written again."""
    at_home = {
        "Download the notebook": "../_sources/chapters/01_loops.ipynb",
        "Open it on your machine": "../index.html#how-to-begin",
    }
    assert opened_with(book, monkeypatch, "") == at_home
    path = "chapters/01_loops.ipynb"
    assert opened_with(book, monkeypatch, "https://github.com/someone/lstm") == {
        "JupyterLab on Binder": f"https://mybinder.org/v2/gh/someone/lstm/main?urlpath={quoted('lab/tree/' + path)}",
        "Colab": f"https://colab.research.google.com/github/someone/lstm/blob/main/{path}",
        **at_home,
    }
    elsewhere = "https://example.org/group/lstm.git"
    assert opened_with(book, monkeypatch, elsewhere) == {
        "JupyterLab on Binder": f"https://mybinder.org/v2/git/{quoted(elsewhere)}/main"
        f"?urlpath={quoted('lab/tree/' + path)}",
        **at_home,
    }


def quoted(text):
    return text.replace(":", "%3A").replace("/", "%2F")


def test_an_address_that_is_none_stops_the_build(book, monkeypatch):
    said = opened_with(book, monkeypatch, "someone/lstm")
    assert "COURSE_REPOSITORY is 'someone/lstm'" in said and "https://github.com/OWNER/NAME" in said
