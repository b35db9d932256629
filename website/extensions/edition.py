"""An edition in another language than English; website/extensions/languages.py sets it up.

An edition reads every page, so that references resolve and numbers agree, and writes only the translated ones. A link
to another page leads to the English one; in the contents it says so. A passage whose English has changed since it was
translated has no translation. It stays in English, marked as such for screen readers, and a line under the title says
how many there are. So an author who corrects an English sentence need not know Chinese, and no translation states what
the English no longer states.
"""

import re
from collections.abc import Collection

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment
from sphinx.locale import _
from sphinx.search.en import SearchEnglish
from sphinx.transforms import SphinxTransform
from sphinx.util.nodes import extract_messages

HAN = "\u3400-\u4dbf\u4e00-\u9fff"


class Edition(StandaloneHTMLBuilder):
    """Writes the translated pages; links to other pages lead to the English site."""

    name = "html"  # extensions test for this name

    def has(self, page: str) -> bool:
        """Whether the edition has this page."""
        return page not in self.env.found_docs or page in self.config.course_editions[self.config.language]

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """The address of a page relative to this edition's root."""
        uri = super().get_target_uri(docname, typ)
        return uri if self.has(docname) else f"../{uri}"

    def get_outdated_docs(self):
        """The translated pages whose file is missing or out of date."""
        return filter(self.has, super().get_outdated_docs())

    # Sphinx 7.4 has no public way to write only some of the pages: `write` adds the root page and the pages that list
    # a changed one, and hands them all to this method.
    def _write_serial(self, docnames: Collection[str]) -> None:
        super()._write_serial([docname for docname in docnames if self.has(docname)])


class ChineseWords(SearchEnglish):
    """Splits Chinese text, which has no spaces, into pairs of neighbouring characters, in the index and in the query.

    The search then finds every query without a dictionary. (Sphinx's own class needs jieba. Without jieba it indexes
    no Chinese; with it, it splits the pages into words but not the query.)
    """

    lang = "zh"
    language_name = "Chinese"
    js_splitter_code = (
        "function splitQuery(query) {\n"
        f"  return (query.match(/[{HAN}]+|(?:(?![{HAN}])[\\p{{L}}\\p{{N}}_])+/gu) || []).flatMap((run) =>\n"
        f"    run.length < 3 || !/[{HAN}]/u.test(run)\n"
        "      ? [run] : Array.from({length: run.length - 1}, (_, i) => run.slice(i, i + 2)));\n"
        "}\n"
    )

    def split(self, input: str) -> list[str]:
        """Words of the Latin alphabet unchanged, Chinese text as pairs and single characters."""
        words = []
        for run in re.findall(rf"[{HAN}]+|[^\W{HAN}]+", input):
            chinese = re.match(f"[{HAN}]", run)
            words += [run[i : i + 2] for i in range(len(run) - 1)] + [*run] if chinese else [run]
        return words


class BeforeTranslation(SphinxTransform):
    """Keeps the English of each passage before Sphinx translates it (priority 20)."""

    default_priority = 15

    def apply(self, **kwargs: object) -> None:
        """Keep the passages of this page, where it has a catalogue."""
        wanted = self.env.docname in self.config.course_editions[self.config.language]
        found = extract_messages(self.document) if wanted else ()
        self.env.temp_data["course_english"] = [(node, text) for node, text in found if is_english(node, text)]


def is_english(node: nodes.Element, text: str) -> bool:
    """Whether it is prose to translate: not metadata of a notebook, and not Chinese that an extension has added."""
    while node is not None and not isinstance(node, nodes.field):
        node = node.parent
    return node is None and not re.search(f"[{HAN}]", text)


class AfterTranslation(SphinxTransform):
    """Marks the passages that are still English."""

    default_priority = 24

    def apply(self, **kwargs: object) -> None:
        """Mark this page's passages and count them."""
        stale = []
        for node, english in self.env.temp_data.pop("course_english"):
            image = isinstance(node, nodes.image)  # Sphinx does not set `translated` on images
            if english == node.get("alt") if image else node.get("translated") is False:
                node["classes"].append("language-en")  # docutils writes lang="en" for it
                stale.append(english)
        if not hasattr(self.env, "course_stale"):
            self.env.course_stale = {}
        self.env.course_stale[self.env.docname] = stale


class ContentsInTranslation(SphinxTransform):
    """Translates the captions of the contents, and the titles that the contents give to pages."""

    default_priority = 102  # after sphinx_external_toc has put the contents in (100)

    def apply(self, **kwargs: object) -> None:
        """Translate those on this page."""
        for contents in self.document.findall(addnodes.toctree):
            english = contents["caption"]
            contents["caption"] = english and _(english)
            contents["entries"] = [(title and self.label(title, doc), doc) for title, doc in contents["entries"]]

    def label(self, title: str, doc: str) -> str:
        """A title in the contents, translated; it says so where the page itself is not."""
        return _(title) if self.app.builder.has(doc) else _("{title} (in English)").format(title=_(title))


def name_pages(app: Sphinx, env: BuildEnvironment) -> None:
    """Translate the titles of pages that exist in English only, and add that to the titles."""
    for doc, title in env.titles.items():
        if app.builder.has(doc):
            continue
        first = next(iter(env.tocs[doc].findall(nodes.reference)), title)
        for node in (title, first):
            english = node.setdefault(
                "english", node.astext()
            )  # the environment is kept and used again by the next build
            node.children = [nodes.Text(_("{title} (in English)").format(title=_(english)))]


def add_notice(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """State under the title what is not translated."""
    if doctree is None or "body" not in context:
        return
    words = [_("Code, the comments in it and what programs print stay in English.")]
    stale = len(app.env.course_stale.get(page, ())) + doctree.get("english_figures", 0)
    if stale:
        words.append(_("The English of {n} passages has changed; they stand here in English.").format(n=stale))
    notice = f'</h1>\n<p class="edition-notice">{" ".join(words)}</p>'
    context["body"] = context["body"].replace("</h1>", notice, 1)


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.setup_extension("figure_words")
    app.add_builder(Edition, override=True)
    app.add_search_language(ChineseWords)
    app.add_transform(BeforeTranslation)
    app.add_transform(AfterTranslation)
    app.add_transform(ContentsInTranslation)
    app.connect("env-updated", name_pages)
    app.connect("html-page-context", add_notice)
    return {"parallel_read_safe": False, "parallel_write_safe": False}
