"""Exercise cards on the site.

sphinx-exercise counts exercises by itself ("Exercise 3 (1.4 · embed_backward)"). In the course an exercise has its own
id, so a card is headed "Exercise 1.4 · embed_backward", and a reference to it reads the same. A card has a box to
tick, whose state `reader.js` keeps. Below the exercise's check there is the folded answer. This extension takes it from
the chapter's notebook in `solutions/` while Sphinx writes the page, so no notebook that a learner opens contains it.
"""

import json
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_exercise.directive import ExerciseDirective
from sphinx_exercise.nodes import exercise_node

TICK = '<label class="tick"><input type="checkbox" data-exercise="{0}"> {1}</label>'


class Exercise(ExerciseDirective):
    """The directive ``exercise`` without Sphinx's own numbers."""

    def run(self) -> list[nodes.Node]:
        """Parse the card."""
        self.options["nonumber"] = None
        return super().run()


class Cards(SphinxPostTransform):
    """Turns "Exercise (1.4 · embed_backward)" into "Exercise 1.4 · embed_backward"; adds the box and the answer."""

    default_priority = 25  # after sphinx_exercise has put the title together (20 to 22)
    formats = ("html",)

    def run(self, **kwargs) -> None:
        """Change every card on this page."""
        self.folder, _slash, self.stem = self.env.docname.partition("/")
        for card in list(self.document.findall(exercise_node)):
            # sphinx-exercise 1.2 offers no hook for its title, so this code relies on the nodes that it makes: a title,
            # "Exercise", " (", the name and ")" in it, and a section. test_cards.py reads the headings on the pages.
            title, section = card.children[:2]
            section["ids"] = []  # sphinx-exercise gives every card the same id, exercise-content
            texts = [child for child in title.children if isinstance(child, nodes.Text)]
            if len(texts) >= 3 and texts[1] == " (" and title.children[-1] == ")":
                title.replace(texts[1], nodes.Text(" "))
                title.pop()
            heading = title.astext().partition(" ")[2]  # without the word "Exercise", in any language
            costs = section.next_node(nodes.paragraph)
            if self.folder == "chapters" and costs is not None:
                costs += html(TICK.format(heading.partition(" ")[0], _("solved")))
                self.fold_answer(card, heading)

    def fold_answer(self, card: nodes.Element, heading: str) -> None:
        """Put the folded answer below the exercise's check, where `solutions/` has an answer."""
        answer = answers(Path(self.app.srcdir, "solutions", f"{self.stem}.ipynb")).get(heading.partition(" ")[0])
        siblings = card.parent.children
        below = range(card.parent.index(card) + 1, len(siblings))
        place = next((k for k in below if "tag_check" in classes(siblings[k])), None)
        if answer is None or place is None:
            return
        code = nodes.literal_block(answer, answer, language="ipython3", classes=["answer"])
        summary = _("Solution of {exercise}").format(exercise=heading.partition(" ")[0])
        opening = f'<details class="solution"><summary>{summary}</summary>'
        fold = [html(opening), code, *self.link_to_answer(heading), html("</details>")]
        card.parent.insert(place + 1, fold)

    def link_to_answer(self, heading: str) -> list[nodes.Node]:
        """A paragraph with a link to the section of that heading among the solutions; empty where there is none."""
        solutions = f"solutions/{self.stem}"
        if solutions not in self.env.found_docs:
            return []
        for answer in self.env.get_doctree(solutions).findall(nodes.section):
            if answer.next_node(nodes.title).astext() == heading:
                page = self.app.builder.get_relative_uri(self.env.docname, solutions)
                text = _("The same with its check, and the mistakes that the grader knows")
                link = nodes.reference("", text, internal=True, refuri=f"{page}#{answer['ids'][0]}")
                return [nodes.paragraph("", "", link, classes=["worked-answer"])]
        return []


def html(text: str) -> nodes.raw:
    """A node with this HTML."""
    return nodes.raw("", text, format="html")


def classes(node: nodes.Node) -> list[str]:
    """The node's classes; a text node has none."""
    return node.get("classes", []) if isinstance(node, nodes.Element) else []


def answers(path: Path) -> dict[str, str]:
    """The answers in a notebook of solutions, by the id of their exercise; empty where there is no notebook."""
    if not path.is_file():
        return {}
    cells = json.loads(path.read_text("utf8"))["cells"]
    marked = {cell["metadata"].get("course", {}).get("exercise"): "".join(cell["source"]) for cell in cells}
    return {key: source for key, source in marked.items() if key}


def read_again_with_answers(app: Sphinx, document: nodes.document) -> None:
    """Have Sphinx read a chapter's page again when its answers have changed."""
    folder, _slash, stem = app.env.docname.partition("/")
    if folder == "chapters":
        app.env.note_dependency(str(Path(app.srcdir, "solutions", f"{stem}.ipynb")))


def name_in_references(app: Sphinx, document: nodes.document) -> None:
    """Let ``{ref}`ex-embed_backward` `` show "Exercise 1.4 · embed_backward"."""
    labels = app.env.get_domain("std").labels
    for card in document.findall(exercise_node):
        name = card["names"][0]
        if name in labels:
            docname, label, _ = labels[name]
            labels[name] = docname, label, " ".join(child.astext() for child in card.children[0].children)


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.setup_extension("sphinx_exercise")
    app.add_directive("exercise", Exercise, override=True)
    app.add_post_transform(Cards)
    app.connect("doctree-read", read_again_with_answers)
    app.connect("doctree-read", name_in_references, priority=600)  # after sphinx_exercise has made the label
    return {"parallel_read_safe": True, "parallel_write_safe": True}
