"""Tables that are made from course/ and CITATION.cff: the map of the course, the index of exercises, the citation.

``course-map`` has a row for each chapter; its content states by stem what each chapter is about, and then lists the
planned chapters. ``exercise-index`` has a table for each chapter. ``cite-this-book`` reads CITATION.cff. A page may
contain {{ exercises }}, {{ points }}, {{ course_hours }}, {{ words_a_minute }}.
"""

from pathlib import Path

import yaml
from course_data import WORDS_A_MINUTE, Chapter, chapters, hours, sources
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from autograde.exercise import MAX_DIFFICULTY
from autograde.version import course_version

READ = '<label class="tick"><input type="checkbox" data-chapter="{0}"> read</label>'
TICK = '<label class="tick"><input type="checkbox" data-exercise="{0}" aria-label="{0} solved"></label>'


class FromSource(SphinxDirective):
    """A directive that makes Markdown from course/; Sphinx reads its page again when a source changes."""

    def chapters(self) -> tuple[Chapter, ...]:
        """All chapters; the page depends on their sources from then on."""
        for path in sources(self.env.srcdir):
            self.env.note_dependency(str(path))
        return chapters(str(self.env.srcdir))

    def markdown(self, lines: list[str]) -> list[nodes.Node]:
        """These lines, parsed by the page's own parser."""
        holder = nodes.Element()
        self.state.nested_parse(StringList(lines, self.env.docname), self.content_offset, holder)
        return holder.children


class CourseMap(FromSource):
    """``course-map``."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Make one row for each chapter, then one for each planned chapter."""
        about = yaml.safe_load("\n".join(self.content))
        rows = [
            "| No. | Chapter | What it is about | Exercises | Time | Answers |",
            "|---|---|---|---|---|---|",
        ]
        for c in self.chapters():
            if c.stem not in about:
                raise ExtensionError(f"{self.env.docname}: course-map has no line for {c.stem}; add one")
            work = f"{len(c.exercises)}, {c.points} points"
            time = f"{c.reading} min + {hours(c.work)}"
            rows.append(
                f"| {c.number} | [{c.title}](chapters/{c.stem}.ipynb) | {about.pop(c.stem)} "
                f"| {work} | {time} | [solutions](solutions/{c.stem}.ipynb) |"
            )
        for title, words in about.items():
            number, _, name = title.partition(" ")
            rows.append(f"| {number} | {name} | {words} | | | *to come* |")
        return self.markdown([":::{table}", ":class: map", "", *rows, ":::"])


class ExerciseIndex(FromSource):
    """``exercise-index``."""

    def run(self) -> list[nodes.Node]:
        """Make one table for each chapter, headed by its name."""
        lines = []
        for c in self.chapters():
            lines += [
                f":::{{table}} {READ.format(c.stem)} Chapter {c.number}, {c.title}: {c.points} points, {hours(c.work)}",
                ":class: exercises",
                "",
            ]
            lines += ["| Solved | No. | Exercise | Points | Difficulty | Minutes |", "|---|---|---|---|---|---|"]
            for e in c.exercises:
                dots = "●" * e.difficulty + "○" * (MAX_DIFFICULTY - e.difficulty)
                lines.append(
                    f"| {TICK.format(e.id)} | {e.id} | {{ref}}`{e.name} <ex-{e.name}>` | {e.points} "
                    f"| {dots} | {e.minutes} |"
                )
            lines += [":::", ""]
        return self.markdown(lines)


class CiteThisBook(FromSource):
    """``cite-this-book``: an entry for BibTeX."""

    def run(self) -> list[nodes.Node]:
        """Read CITATION.cff."""
        path = Path(self.env.srcdir, "CITATION.cff")
        self.env.note_dependency(str(path))
        cff = yaml.safe_load(path.read_text("utf8"))
        fields = {
            "title": f"{{{cff['title']}}}",
            "author": " and ".join(f"{{{author['name']}}}" for author in cff["authors"]),
            "year": str(cff.get("date-released", self.config.copyright))[:4],
            "version": cff["version"],
            "note": "Prose and figures CC BY 4.0, code MIT",
        }
        address = cff.get("repository-code")
        fields |= {"url": address} if address else {}
        entry = ",\n".join(f"  {key:8}= {{{value}}}" for key, value in fields.items())
        text = f"@book{{lstm-course,\n{entry}\n}}"
        return [nodes.literal_block(text, text, language="bibtex")]


def totals(app: Sphinx, config) -> None:
    """Set the version, and the substitutions that state the size of the course."""
    config.version = config.release = course_version()
    all_of_it = chapters(str(app.srcdir))
    config.myst_substitutions |= {
        "exercises": sum(len(c.exercises) for c in all_of_it),
        "points": sum(c.points for c in all_of_it),
        "course_hours": hours(sum(c.work + c.reading for c in all_of_it)),
        "words_a_minute": WORDS_A_MINUTE,
    }


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.add_directive("course-map", CourseMap)
    app.add_directive("exercise-index", ExerciseIndex)
    app.add_directive("cite-this-book", CiteThisBook)
    app.connect("config-inited", totals)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
