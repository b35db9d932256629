"""The look of the figures stands in course/style.py: no page sets it, and every colour reads on both grounds."""

import json
import re
import subprocess
import sys
from pathlib import Path

import matplotlib
import pytest

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted(ROOT.glob("course/*/lesson.md"))
PAGES = [*LESSONS, ROOT / "index.md", *sorted(ROOT.glob("course/pages/*.md"))]
STYLE = matplotlib.rc_params_from_file(ROOT / "course" / "lstm.mplstyle", use_default_template=False)
COLOURS = {STYLE["text.color"], *STYLE["axes.prop_cycle"].by_key()["color"]}
GROUNDS = {"light": "#ffffff", "dark": "#121212"}  # of the theme
MOST = 5  # lines of a preamble
OF_THE_STYLE = re.compile(r"rcParams|rc_context|set_num_threads|\w+_NUM_THREADS|[\"']#[0-9a-fA-F]{3,8}[\"']")


def cells(page):
    """The source of each code cell."""
    found = re.findall(r"^```\{code-cell\}[^\n]*\n(.*?)^```$", page.read_text("utf8"), re.DOTALL | re.MULTILINE)
    return [re.sub(r"\A(---\n.*?\n---\n|(:[^\n]*\n)+\n?)", "", source, flags=re.DOTALL) for source in found]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.parent.name)
def test_a_chapter_begins_with_a_short_preamble(lesson):
    notebook = json.loads((ROOT / "chapters" / f"{lesson.parent.name}.ipynb").read_text("utf8"))
    first = next(
        "".join(cell["source"])
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and "colab-setup" not in cell["metadata"].get("tags", [])
    )
    assert first.strip() == cells(lesson)[0].strip()
    lines = [line for line in first.splitlines() if line.strip()]
    assert len(lines) <= MOST
    assert lines[0].startswith("from course.style import "), "it limits the threads, so it precedes NumPy"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_page_sets_what_the_style_sets(page):
    assert [found for cell in cells(page) for found in OF_THE_STYLE.findall(cell)] == []


def contrast(a, b):
    """Contrast of two colours, from 1 to 21 (WCAG 2)."""

    def luminance(colour):
        channels = matplotlib.colors.to_rgb(colour)
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    dark, light = sorted((luminance(a), luminance(b)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("colour", sorted(COLOURS))
def test_a_colour_of_the_palette_reads_on_both_grounds(colour, ground):
    assert contrast(colour, GROUNDS[ground]) >= 3


def test_the_style_has_one_ink_and_a_transparent_ground():
    inks = {STYLE[name] for name in STYLE if name.endswith((".color", "labelcolor", "edgecolor"))}
    assert len(inks) == 1
    assert STYLE["figure.facecolor"] == STYLE["axes.facecolor"] == "none"


@pytest.mark.parametrize("first", ["course.style", "torch"])
def test_importing_the_style_limits_the_threads(first):
    code = f"import {first}; import sys; before = 'torch' in sys.modules; import course.style, torch, os;"
    code += "print(before, torch.get_num_threads(), os.environ['OPENBLAS_NUM_THREADS'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == [str(first == "torch"), "1", "1"]


def test_a_wheel_holds_the_style():
    assert '"course" = ["*.mplstyle"]' in (ROOT / "pyproject.toml").read_text("utf8")
