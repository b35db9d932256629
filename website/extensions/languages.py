"""The site in more than one language: the part of it that every build needs.

English is the source and has the site's root. A page is translated where ``website/locale/<language>/LC_MESSAGES`` has
a catalogue of its name. The translated pages are under ``<language>/``, and a link in the header leads from a page to
the same page in the other language. A build of the English site ends with a build of each other edition
(tools/translations.py), so that one command makes both. Editions execute no notebook again: they share the cache.

Sphinx's gettext builder collects the text to translate. This extension removes displayed formulas, which are the same
in every language, and adds the cells of tables. It also adds the words that belong to no single page to the catalogue
``sphinx``: titles in the contents, buttons, `_("…")` in website/extensions/, `phrase("…")` in course/figures/.
"""

import functools
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from docutils import nodes
from figure_words import every_phrase
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders.gettext import MsgOrigin
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.locale import _
from sphinx.transforms import SphinxTransform
from sphinx.util.osutil import relative_uri

NAMES = {"en": "English", "zh_CN": "中文"}  # each language's own name
INVITATIONS = {
    "en": ("Read this page in English", "There is no such page in English. These pages are in English:"),
    "zh_CN": ("阅读本页的中文版", "本页还没有中文版。已有中文版的页面："),
}
WITHOUT_SOURCE = ("search", "genindex")  # pages that every edition has
THEME = ("Back to top", "On this page", "light/dark", "Search", "Skip to main content", "previous", "next")
SETTINGS = ("html_title", "nb_code_prompt_show", "nb_code_prompt_hide")


def translated(root: Path, language: str) -> list[str]:
    """Pages that have a catalogue in that language, without suffix; the catalogue ``sphinx`` belongs to no page."""
    folder = root / "website" / "locale" / language / "LC_MESSAGES"
    names = {path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.po")}
    return sorted(names - {"sphinx"})


def configure(app: Sphinx, config: Config) -> None:
    """Set which pages exist in which language; in an edition, translate the settings."""
    root = Path(app.srcdir)
    config.course_editions = {language: translated(root, language) for language in NAMES if language != "en"}
    if config.language == "en":
        return
    words = root / "website" / "locale" / config.language / "LC_MESSAGES" / "sphinx.po"
    config.course_words = words.read_text("utf8") if words.exists() else ""  # pages are read again when it changes
    for name in SETTINGS:
        config[name] = _(config[name])
    for name in ("search_bar_text", "extra_footer"):
        if config.html_theme_options.get(name):
            config.html_theme_options[name] = _(config.html_theme_options[name])
    config.mathjax_path = f"../../_static/{config.mathjax_path}"  # the English site's copy: a reader downloads it once
    config.ogp_site_name = config.html_title
    if config.html_baseurl:
        config.html_baseurl = config.ogp_site_url = f"{config.html_baseurl}{config.language}/"


class Translatable(SphinxTransform):
    """Marks what Sphinx collects for translators and what not, before it collects (priorities 10 to 20)."""

    default_priority = 8

    def apply(self, **kwargs: object) -> None:
        """Mark this page's formulas and the text in its tables."""
        for formula in self.document.findall(nodes.math_block):
            formula["translatable"] = False
        for cell in self.document.findall(nodes.entry):
            for paragraph in cell.findall(nodes.paragraph):
                if not paragraph.source and re.search(
                    r"[^\W\d_]", re.sub(r"`[^`]*`|\$[^$]*\$", "", paragraph.rawsource)
                ):
                    paragraph.source, paragraph.line = self.document["source"], cell.line


class Captions(SphinxTransform):
    """Removes the captions of the contents from their page's catalogue: they belong to the whole site."""

    default_priority = 101  # after sphinx_external_toc has put the contents in (100)

    def apply(self, **kwargs: object) -> None:
        """Leave no text in them for this page's catalogue."""
        for contents in self.document.findall(addnodes.toctree):
            contents["rawcaption"] = ""


def words_of_the_site(app: Sphinx, env: BuildEnvironment) -> None:
    """Add the words that belong to no single page to the catalogue ``sphinx``."""
    if app.builder.name != "gettext":
        return
    options = app.config.html_theme_options
    found = [
        *THEME,
        *(app.config[name] for name in SETTINGS),
        options.get("search_bar_text"),
        options.get("extra_footer"),
    ]
    found += [env.titles[doc].astext() for doc in sorted(env.titles)]
    for page in env.tocs.values():
        for contents in page.findall(addnodes.toctree):
            found += [contents["caption"], *(title for title, _doc in contents["entries"])]
    extracted = extract_from_dir(Path(__file__).parent, [("**.py", "python")], keywords={"_": None})
    found += [message for _file, _line, message, *_rest in extracted]
    found += every_phrase(Path(app.srcdir, "course", "figures"))
    for words in filter(None, found):
        app.builder.catalogs["sphinx"].add(words, MsgOrigin(__file__, 0))


@functools.cache
def words(catalogue: Path) -> dict[str, str]:
    """The translations in a catalogue, by their English."""
    with catalogue.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file)}


def page_path(language: str, page: str) -> str:
    """The path of a page from the site's root."""
    return f"{page}.html" if language == "en" else f"{language}/{page}.html"


def links_to_pages(app: Sphinx, here: str, language: str) -> Iterator[dict[str, str]]:
    """Address and title of each page that exists in that language, seen from an English page."""
    catalogue = Path(app.srcdir, "website", "locale", language, "LC_MESSAGES", "sphinx.po")
    for page in app.config.course_editions[language]:
        english = app.env.titles[page].astext()
        href = relative_uri(page_path("en", here), page_path(language, page))
        yield {"href": href, "title": words(catalogue).get(english) or english}


def add_switch(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Add the other language to the header, and alternate links for search engines to the head.

    It is a link where the page exists in that language, and otherwise the pages that do exist.
    """
    here = app.config.language
    if page not in app.env.found_docs and page not in WITHOUT_SOURCE:
        return
    switch, alternates = [], {here: page}
    for language in NAMES:
        pages = [*app.config.course_editions.get(language, app.env.found_docs), *WITHOUT_SOURCE]
        if language == here or len(pages) == len(WITHOUT_SOURCE):
            continue
        href = relative_uri(page_path(here, page), page_path(language, page))
        same, name = page in pages, {"code": language.replace("_", "-"), "name": NAMES[language]}
        switch.append({**name, "href": href, "title": INVITATIONS[language][not same], "same": same})
        if same:
            alternates[language] = page
        else:
            switch[-1]["pages"] = list(links_to_pages(app, page, language))
    context["language_switch"] = switch
    if len(alternates) > 1:
        links = context.get("metatags", "")
        for language in alternates:
            href = relative_uri(page_path(here, page), page_path(language, page)) or f"{page.rpartition('/')[2]}.html"
            if app.config.html_baseurl:
                base = app.config.html_baseurl.removesuffix(f"{here}/")
                href = urljoin(base, page_path(language, page))
            links += f'\n<link rel="alternate" hreflang="{language.replace("_", "-")}" href="{href}" />'
        context["metatags"] = links


def build_editions(app: Sphinx, exception: Exception | None) -> None:
    """Build the other editions as strictly as the English site has just been built.

    Each needs a process of its own. Sphinx registers nodes, directives and roles in tables of docutils that belong to
    the process, and warns where a second application registers them again; in a strict build a warning is an error.
    """
    if exception or app.statuscode or app.config.language != "en" or app.builder.name != "html":
        return
    for language, pages in app.config.course_editions.items():
        if not pages:
            continue
        command = [sys.executable, Path(app.srcdir, "tools", "translations.py"), "edition", language]
        command += ["--build", Path(app.outdir).parent]
        command += ["--strict"] if app.warningiserror else []
        command += ["--nitpick"] if app.config.nitpicky else []
        sys.stdout.flush()
        if subprocess.run(command).returncode:
            raise ExtensionError(f"the edition in {NAMES[language]} does not build; its warnings are above this line")


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.add_config_value("course_editions", {}, "html")
    app.add_config_value("course_words", "", "env")
    app.connect("config-inited", configure)
    app.add_transform(Translatable)
    app.add_transform(Captions)
    app.connect("env-updated", words_of_the_site)
    app.connect("html-page-context", add_switch)
    app.connect("build-finished", build_editions, priority=900)  # when the English site is whole
    if app.config.language != "en":
        app.setup_extension("edition")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
