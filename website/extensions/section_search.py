"""The search gives sections: each with its title, its page and the sentence that contains the words.

Sphinx's index names pages. It finds them as before, with its own stems and its own ranking; `search.js` then looks into
the sections of these pages. Their text is in ``search/<page>.js``, a file for each page that is loaded only where
the page is among the results. It is a script, so that the search works without a server, too. A term of the glossary, a
function of the reference and an exercise count as sections.

Pagefind 1.5 gives such results as well. We did not take it: its program for Chinese is 53 MB to install, it reads
headings with ids where Sphinx gives the ids to sections, and it does not work without a server.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from markupsafe import Markup
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx_exercise.nodes import exercise_node

FOLDER = "search"
UNREAD = (nodes.raw, nodes.comment, nodes.math_block, nodes.title, nodes.term, addnodes.desc_signature, nodes.figure)
# What a cell prints, and what the page keeps folded: a hint or an answer must not stand among the results.
FOLDED = {"cell_output", "sd-dropdown", "answer"}
SIGNS = {"odot": "⊙", "sigma": "σ", "alpha": "α", "beta": "β", "partial": "∂", "times": "×", "approx": "≈", "le": "≤"}
SIGN = re.compile(rf"\\({'|'.join(SIGNS)})\b")
COMMAND = re.compile(r"\\(?:mathbf|mathrm|mathcal|operatorname|text|boldsymbol|left|right)\b|[{}\\]")


def sections(page: nodes.document) -> Iterator[tuple[str, str, str]]:
    """The id, the title and the text of each section of a page, in order."""
    for part in page.findall(nodes.Element):
        if (heading := _heading(part)) is not None:
            yield *heading, "\n".join(_lines(part))


def _heading(part: nodes.Node) -> tuple[str, str] | None:
    """The id and the title of a section, an exercise, a function or a term; None for everything else."""
    if isinstance(part, addnodes.desc):
        name, title = part[0], part[0].get("fullname", "")
    elif isinstance(part, nodes.definition_list_item):
        name, title = part[0], part[0].astext()
    elif isinstance(part, (nodes.section, exercise_node)):
        name, title = part, part[0].astext()
    else:
        return None
    return (name["ids"][0], " ".join(title.split())) if name["ids"] else None


def _lines(part: nodes.Element) -> Iterator[str]:
    """The text of its blocks, a line each, without that of parts that have a heading of their own."""
    for child in part.children:
        if not isinstance(child, nodes.Element) or isinstance(child, UNREAD) or FOLDED.intersection(child["classes"]):
            continue
        if isinstance(child, nodes.literal_block):
            yield from (line.strip() for line in child.astext().splitlines() if line.strip())
        elif isinstance(child, nodes.TextElement):
            if line := " ".join(_words(child).split()):
                yield line
        elif _heading(child) is None:
            yield from _lines(child)


def _words(block: nodes.Element) -> str:
    """The text of a paragraph, with formulas as plain as they get without being typeset."""
    words = []
    for child in block.children:
        if isinstance(child, nodes.math):
            words.append(COMMAND.sub("", SIGN.sub(lambda found: SIGNS[found[1]], child.astext())))
        elif isinstance(child, nodes.Element):
            words.append("" if isinstance(child, nodes.raw) else _words(child))
        else:
            words.append(child.astext())
    return "".join(words)


def write_sections(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Write the sections of a page into its file; give the search page its script and the words that it shows."""
    if page == "search":
        shown = {
            "none": _("Nothing on this site contains these words. Try fewer or shorter ones."),
            "some": _("{sections} sections on {pages} pages"),
            "page": _("On the page {title}"),
        }
        app.add_js_file(None, body=f"const SEARCH_WORDS = {json.dumps(shown, ensure_ascii=False)}")
        app.add_js_file("search.js", loading_method="defer")
    elif doctree is not None:
        title = Markup(context["title"]).striptags()
        content = json.dumps([title, list(sections(doctree))], ensure_ascii=False, separators=(",", ":"))
        path = Path(app.outdir, FOLDER, f"{page}.js")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"Search.take({json.dumps(page)},{content})", "utf8")


def drop_highlighting(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Leave out Sphinx's script that marks the words of the last search: it marks them in the contents, too."""
    if page != "search":
        context["script_files"] = [file for file in context["script_files"] if "sphinx_highlight" not in str(file)]


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.connect("html-page-context", write_sections)
    app.connect("html-page-context", drop_highlighting, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
