"""Exercise cards as the site draws them.

sphinx-exercise counts exercises by itself ("Exercise 3 (1.4 · embed_backward)"). In the course an exercise has an id of
its own, so a card is headed "Exercise 1.4 · embed_backward", and a reference to it reads the same. A card in
`chapters/` ends with a link to the worked answer, which stands on the page of the same name in `solutions/`.
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_exercise.directive import ExerciseDirective
from sphinx_exercise.nodes import exercise_node


class Exercise(ExerciseDirective):
    """The directive ``exercise``, never numbered by Sphinx."""

    def run(self) -> list[nodes.Node]:
        """Parse the card."""
        self.options["nonumber"] = None
        return super().run()


class Cards(SphinxPostTransform):
    """Turns "Exercise (1.4 · embed_backward)" into "Exercise 1.4 · embed_backward" and adds the link to the answer."""

    default_priority = 25  # after sphinx_exercise has put the title together (20 to 22)

    def run(self, **kwargs) -> None:
        """Rewrite every card on this page."""
        for card in self.document.findall(exercise_node):
            title, section = card.children[:2]
            section["ids"] = []  # every card's would be the same, exercise-content
            texts = [child for child in title.children if isinstance(child, nodes.Text)]
            if len(texts) >= 3 and texts[1] == " (" and title.children[-1] == ")":
                title.replace(texts[1], nodes.Text(" "))
                title.pop()
            section += self.link_to_answer(title.astext().partition(" ")[2])  # "Exercise", in any language

    def link_to_answer(self, heading: str) -> list[nodes.Node]:
        """A paragraph that leads to the section of that heading among the solutions; nothing where there is none."""
        folder, _slash, stem = self.env.docname.partition("/")
        solutions = f"solutions/{stem}"
        if folder != "chapters" or solutions not in self.env.found_docs:
            return []
        for answer in self.env.get_doctree(solutions).findall(nodes.section):
            if answer.next_node(nodes.title).astext() == heading:
                page = self.app.builder.get_relative_uri(self.env.docname, solutions)
                link = nodes.reference("", _("Worked answer"), internal=True, refuri=f"{page}#{answer['ids'][0]}")
                return [nodes.paragraph("", "", link, classes=["worked-answer"])]
        return []


def name_in_references(app: Sphinx, document: nodes.document) -> None:
    """Let ``{ref}`ex-embed_backward` `` read "Exercise 1.4 · embed_backward"."""
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
    app.connect("doctree-read", name_in_references, priority=600)  # after sphinx_exercise has made the label
    return {"parallel_read_safe": True, "parallel_write_safe": True}
