"""The page of the reference's functions, made by ``sphinx.ext.autodoc`` from lstm_ref and its docstrings.

The directive ``reference-modules`` writes a section for each module. Docstrings of the course are plain text with a
grammar of their own (autograde/docstring.py). This extension turns their parts into fields, and escapes whatever
reStructuredText would read as markup. The page has signatures and docstrings; it shows no source code, since that would
be the answers of the exercises.
"""

import importlib
import re
from pathlib import Path

from course_data import chapters, sources
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from autograde.docstring import Argument, read_docstring

PACKAGE = "lstm_ref"
CODE = re.compile(r"`([^`]+)`")
QUOTE = re.compile(r"""(?<=\s)['"](?=[\s.,;]|$)""")  # as a character: typographic quotation marks would change it
MARKUP = re.compile(r"[\\*_|`]")
NOT_A_PARAGRAPH = re.compile(r"^(?:[^\w\s\\]|\w+(?=[.)] ))")  # beginnings of lists, fields, quotations


class ReferenceModules(SphinxDirective):
    """``reference-modules``: a section for each module of the reference, in the order in which to read them."""

    def run(self) -> list[nodes.Node]:
        """Make the sections; the page changes with the exercises, whose numbers it names."""
        for path in sources(Path(self.env.srcdir)):
            self.env.note_dependency(str(path))
        return [self.section(f"{PACKAGE}.{name}") for name in importlib.import_module(PACKAGE).MODULES]

    def section(self, module: str) -> nodes.section:
        """The section of one module: its docstring, its functions and its classes."""
        section = nodes.section("", nodes.title(module, "", nodes.literal(module, module)), names=[module])
        self.state.document.note_implicit_target(section)
        options = ["   :members:", "   :member-order: bysource"]
        lines = ["```{eval-rst}", f".. automodule:: {module}", *options, "```"]
        holder = nodes.Element()
        self.state.nested_parse(StringList(lines, self.env.docname), self.content_offset, holder)
        section += holder.children
        return section


def convert_docstring(docstring: str) -> list[str]:
    """The docstring's lines in reStructuredText."""
    lines, before = [], None
    for part in read_docstring(docstring):
        if isinstance(part, Argument):
            lines += ["", ":Arguments:"] if not isinstance(before, Argument) else []
            lines += definition(part)
        elif part.name:
            lines += ["", f":{part.name}:", f"   {escape(part.text)}"]
        else:
            lines += ["", escape(part.text)]
        before = part
    return [*lines, ""]


def definition(argument: Argument) -> list[str]:
    """One entry of the definition list of arguments."""
    term = ", ".join(f"``{name}``" for name in argument.names)
    term += f" : {escape(argument.kind)}" if argument.meaning else ""
    return [f"   {term}", f"      {escape(argument.meaning or argument.kind)}", ""]


def escape(text: str) -> str:
    """One line of plain text as reStructuredText; code between single backquotes becomes a literal."""
    parts = CODE.split(QUOTE.sub(r"`\g<0>`", text))
    parts[::2] = [MARKUP.sub(r"\\\g<0>", part) for part in parts[::2]]
    parts[1::2] = [f"\\ ``{part}``\\ " for part in parts[1::2]]  # with `\\ ` a literal may be next to any character
    text = NOT_A_PARAGRAPH.sub(r"\\\g<0>", "".join(parts))
    return re.sub(r":$", r"\\:", text)  # a colon at the end could announce a literal block


def convert(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Replace a docstring by its conversion, with a link to the exercise that the function answers."""
    if not name.startswith(f"{PACKAGE}."):
        return
    lines[:] = convert_docstring("\n".join(lines))
    exercises = {exercise.function: exercise.name for c in chapters(str(app.srcdir)) for exercise in c.exercises}
    if name in exercises:
        lines += [":Exercise:", f"   :ref:`ex-{exercises[name]}`", ""]


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.setup_extension("sphinx.ext.autodoc")
    app.add_directive("reference-modules", ReferenceModules)
    app.connect("autodoc-process-docstring", convert)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
