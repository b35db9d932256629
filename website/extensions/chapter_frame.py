"""The head and the foot of a chapter's page: how long the chapter takes, where to open it, a box to tick, what is next.

The links need the address of the repository: the environment variable COURSE_REPOSITORY or, where it is not set,
`repository: url` in `_config.yml`. Without an address the page offers the notebook for download only. Binder opens any
git repository, Colab those on GitHub.
"""

import os
import re
from html import escape
from pathlib import Path
from urllib.parse import quote

from course_data import chapters, hours, sources
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ConfigError
from sphinx.locale import _
from sphinx.transforms.post_transforms import SphinxPostTransform

ADDRESS = re.compile(r"https://([\w.-]+)/([\w.-]+(?:/[\w.-]+)+?)(?:\.git)?/?")
SCRIPTS = Path(__file__).parents[1] / "scripts"


def set_repository(app: Sphinx, config) -> None:
    """Set `course_repository` to the repository's address, "" where there is none, and its branch.

    Raises ConfigError for an address that is not one of a repository.
    """
    options = config.html_theme_options
    url = os.environ.get("COURSE_REPOSITORY") or options.get("repository_url") or ""
    if url and not ADDRESS.fullmatch(url):
        where = "COURSE_REPOSITORY" if os.environ.get("COURSE_REPOSITORY") else "repository: url in _config.yml"
        raise ConfigError(f"{where} is {url!r}; write it as https://github.com/OWNER/NAME, or leave it empty")
    config.course_repository = [url, options.get("repository_branch") or "main"]


def links(url: str, branch: str, path: str) -> list[tuple[str, str]]:
    """Names and addresses of the services that can open the notebook at `path` in the repository."""
    if not url:
        return []
    host, name = ADDRESS.fullmatch(url).groups()
    binder = {"github.com": f"gh/{name}", "gitlab.com": f"gl/{quote(name, safe='')}"}
    project = binder.get(host, f"git/{quote(url, safe='')}")
    tree = quote(f"lab/tree/{path}", safe="")
    found = [("JupyterLab on Binder", f"https://mybinder.org/v2/{project}/{quote(branch, safe='')}?urlpath={tree}")]
    if host == "github.com":
        colab = f"https://colab.research.google.com/github/{name}/blob/{quote(branch)}/{path}"
        found.append(("Colab", colab))
    return found


class Frame(SphinxPostTransform):
    """Adds head and foot to a chapter's page."""

    default_priority = 30
    formats = ("html",)

    def run(self, **kwargs) -> None:
        """Add them to the chapter's section."""
        folder, _slash, stem = self.env.docname.partition("/")
        found = [c for c in chapters(str(self.env.srcdir)) if c.stem == stem]
        section = self.document.next_node(nodes.section)
        if folder != "chapters" or not found or section is None:
            return
        (c,) = found
        facts = _("{reading} minutes to read · {count} exercises for {points} points, {work}").format(
            reading=c.reading, count=len(c.exercises), points=c.points, work=hours(c.work)
        )
        where = links(*self.config.course_repository, f"chapters/{stem}.ipynb")
        buttons = [f'<a href="{escape(address)}" rel="noopener">{name}</a>' for name, address in where]
        # babel does not find calls of _ inside an f-string.
        download, on_yours, is_read = (
            _("Download the notebook"), _("Open it on your machine"), _("I have read this chapter")
        )  # fmt: skip
        buttons.append(f'<a href="../_sources/chapters/{stem}.ipynb" download>{download}</a>')
        front = self.app.builder.get_relative_uri(self.env.docname, self.config.root_doc)
        buttons.append(f'<a href="{front}#how-to-begin">{on_yours}</a>')
        head = f'<p class="facts">{facts}</p><p class="open-in">{"".join(buttons)}</p>'
        section.insert(1, nodes.raw("", head, format="html"))
        foot = f'<p class="read"><label class="tick"><input type="checkbox" data-chapter="{stem}"> '
        section += nodes.raw("", f"{foot}{is_read}</label></p>", format="html")


def read_again_with_exercises(app: Sphinx, document: nodes.document) -> None:
    """Have Sphinx read a chapter's page again when the facts in its head may have changed."""
    if app.env.docname.startswith("chapters/"):
        for path in sources(app.srcdir):
            app.env.note_dependency(str(path))


def add_reader(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None) -> None:
    """Add the script that keeps the reader's progress, and hand the template the numbers of exercises and chapters."""
    if doctree is None:
        return
    context["course"] = chapters(str(app.srcdir))
    app.add_js_file(None, body="document.documentElement.classList.add('scripted')", priority=100)
    app.add_js_file("reader.js", loading_method="defer")


def lead_on(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None) -> None:
    """Have "previous" and "next" lead from chapter to chapter, and from a page of solutions to its chapter and on."""
    folder, _slash, stem = pagename.partition("/")
    stems = [c.stem for c in chapters(str(app.srcdir)) if f"chapters/{c.stem}" in app.env.found_docs]
    if folder not in ("chapters", "solutions") or stem not in stems:
        return
    k = stems.index(stem)
    neighbours = {"prev": stem if folder == "solutions" else stems[k - 1] if k else None}
    neighbours["next"] = stems[k + 1] if k + 1 < len(stems) else None
    for direction, name in neighbours.items():
        if name:
            doc = f"chapters/{name}"
            title = app.builder.render_partial(app.env.titles[doc])["title"]
            context[direction] = {"link": app.builder.get_relative_uri(pagename, doc), "title": title}


def copy_scripts(app: Sphinx) -> None:
    """Copy the scripts into the built site: Jupyter Book would link those of a static path on every page."""
    if app.builder.format == "html":
        target = Path(app.outdir, "_static")
        target.mkdir(parents=True, exist_ok=True)
        for path in SCRIPTS.glob("*.js"):
            (target / path.name).write_bytes(path.read_bytes())


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.add_post_transform(Frame)
    app.add_config_value("course_repository", ["", "main"], "html")  # pages are written again where it changes
    app.connect("config-inited", set_repository)
    app.connect("builder-inited", copy_scripts)
    app.connect("doctree-read", read_again_with_exercises)
    app.connect("html-page-context", add_reader)
    app.connect("html-page-context", lead_on)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
