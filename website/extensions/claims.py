"""The table of claims: every sentence of the chapters with a citation, its paper and its section.

The directive ``claims`` collects them when its page is written, from the doctrees of the chapters.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

END = re.compile(r"[.?!]['”’)]*\s+(?=\S)")


class claims_node(nodes.General, nodes.Element):
    """Placeholder for the table."""


class Claims(SphinxDirective):
    """``claims``: leaves a placeholder, since Sphinx may not have read the chapters yet."""

    def run(self) -> list[nodes.Node]:
        """Have Sphinx read this page again when a chapter has changed."""
        for doc in chapters(self.env):
            self.env.note_dependency(str(Path(self.env.doc2path(doc))))
        return [claims_node()]


class Fill(SphinxPostTransform):
    """Replaces the placeholder by the table."""

    default_priority = 5  # before references are resolved, so that they are resolved for this page

    def run(self, **kwargs) -> None:
        """Write one row for each claim, chapter by chapter."""
        for mark in list(self.document.findall(claims_node)):
            rows = []
            for doc in chapters(self.env):
                for citation in self.env.get_doctree(doc).findall(is_citation):
                    rows.append(self.row(doc, citation))
            whole = table(["Claim", "Paper", "Where"], rows)
            for reference in whole.findall(pending_xref):
                reference["refdoc"] = self.env.docname  # links start from this page now
            mark.replace_self(whole)

    def row(self, doc: str, citation: pending_xref) -> list[list[nodes.Node]]:
        """The three cells of one citation."""
        paper = citation.deepcopy()
        paper["reftype"] = "t"
        section = citation.parent
        while not isinstance(section, nodes.section):
            section = section.parent
        uri = self.app.builder.get_relative_uri(self.env.docname, doc)
        where = nodes.reference("", heading(section), internal=True, refuri=f"{uri}#{section['ids'][0]}")
        number = self.env.toc_secnumbers.get(doc, {}).get("", ())
        chapter = [nodes.Text(f"Chapter {number[0]}, ")] if number else []
        return [sentence(citation), [without_ids(paper)], [*chapter, where]]


def chapters(env) -> list[str]:
    """The chapters' pages, in order."""
    return sorted(doc for doc in env.found_docs if doc.startswith("chapters/"))


def is_citation(node: nodes.Node) -> bool:
    """Whether this is a {cite} that Sphinx has not resolved yet."""
    return isinstance(node, pending_xref) and node.get("refdomain") == "cite"


def heading(section: nodes.Element) -> str:
    """The section's title."""
    return section.next_node(nodes.title).astext()


def sentence(citation: nodes.Element) -> list[nodes.Node]:
    """Copies of the nodes of the sentence that contains the citation."""
    inside = citation
    while not isinstance(inside.parent, nodes.TextElement) or isinstance(inside.parent, nodes.Inline):
        inside = inside.parent
    block = inside.parent.children
    at = inside.parent.index(inside)
    before, after = [], []
    for node in reversed(block[:at]):
        if isinstance(node, nodes.Text) and (ends := list(END.finditer(node))):
            before.insert(0, nodes.Text(node[ends[-1].end() :]))
            break
        before.insert(0, node.deepcopy())
    for node in block[at + 1 :]:
        if isinstance(node, nodes.Text) and (end := END.search(node + " x")) and end.end() <= len(node) + 1:
            after.append(nodes.Text(node[: end.end()].rstrip()))
            break
        after.append(node.deepcopy())
    return [plain(node) for node in [*before, inside.deepcopy(), *after]]


def plain(node: nodes.Node) -> nodes.Node:
    """The copy without ids, which must be unique, and without links into its own page."""
    for link in list(node.findall(pending_xref)) if isinstance(node, nodes.Element) else []:
        if link.get("refdomain") not in ("cite", "math"):
            words = nodes.inline("", link.astext())
            if link is node:
                return words
            link.replace_self(words)
    return without_ids(node)


def without_ids(node: nodes.Node) -> nodes.Node:
    """The node without the identifiers of it and of its descendants."""
    for element in node.findall(nodes.Element):
        for kind in ("ids", "names", "backrefs"):
            if kind in element:
                element[kind] = []
    return node


def table(head: list[str], rows: list[list[list[nodes.Node]]]) -> nodes.table:
    """A table of inline nodes."""

    def row(cells: list[list[nodes.Node]]) -> nodes.row:
        return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells))

    group = nodes.tgroup("", *(nodes.colspec(colwidth=1) for _ in head), cols=len(head))
    group += nodes.thead("", row([[nodes.Text(name)] for name in head]))
    group += nodes.tbody("", *map(row, rows))
    return nodes.table("", group, classes=["claims"])


def expect_formulas(app: Sphinx, document: nodes.document) -> None:
    """Have Sphinx load MathJax on the page: claims may contain formulas, which Sphinx does not see in its source."""
    if document.next_node(claims_node):
        app.env.get_domain("math").data["has_equations"][app.env.docname] = True


def skip_placeholder(self, node: claims_node) -> Iterator[None]:
    """Write nothing: the table has replaced the placeholder before pages are written."""
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.add_node(claims_node, html=(skip_placeholder, None))
    app.add_directive("claims", Claims)
    app.add_post_transform(Fill)
    app.connect("doctree-read", expect_formulas)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
