"""Maintains the catalogues of translations, and builds the site in another language.

    python tools/translations.py catalogues [PAGE …]
    python tools/translations.py edition LANGUAGE [--strict] [--nitpick]

`catalogues` reads all pages, writes their text to _build/gettext, updates the catalogues in website/locale/ and lists
the messages that need a translator. A PAGE, such as chapters/02_gates, gets a new catalogue. `edition` builds the pages
that have a catalogue; `jupyter-book build` runs it by itself (website/extensions/languages.py).

Exit status: 0 if all is well, 1 if a build failed, 2 if there is no such page or language.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from babel.messages.pofile import read_po
from jupyter_book.sphinx import build_sphinx
from sphinx_intl.basic import update

ROOT = Path(__file__).resolve().parent.parent
LOCALE = Path("website", "locale")
WIDTH = 118  # characters a line of a catalogue


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Run the command in the course at `root`; returns the exit status."""
    options = _options(arguments)
    languages = sorted(path.name for path in (root / LOCALE).iterdir() if path.is_dir())
    if options.command == "edition":
        if options.language not in languages:
            print(f"error: {options.language}: there is no such folder in {root / LOCALE}", file=sys.stderr)
            return 2
        return edition(options.language, root, options)
    if _sphinx(root, options.build / "gettext", options.build / ".doctrees-gettext", "gettext", options.build, options):
        return 1
    return catalogues(options.build / "gettext", root / LOCALE, languages, options.pages)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.set_defaults(strict=False, nitpick=False)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("catalogues", help="bring website/locale/ up to date and list what is not translated")
    one.add_argument(
        "pages", nargs="*", metavar="PAGE", help="begin a catalogue for this page, such as chapters/02_gates"
    )
    two = commands.add_parser("edition", help="build the site's pages in one language")
    two.add_argument("language")
    two.add_argument("--strict", action="store_true", help="a warning is an error")
    two.add_argument("--nitpick", action="store_true", help="warn about every reference that does not resolve")
    for command in (one, two):
        command.add_argument("--build", type=Path, default=ROOT / "_build", metavar="FOLDER", help="default: _build")
    return parser.parse_args(arguments)


def _sphinx(
    root: Path, target: Path, doctrees: Path, builder: str, build: Path, options: argparse.Namespace, **settings: object
) -> bool:
    """Run Sphinx with the book's configuration and these settings; returns whether it failed.

    Each builder and language needs doctrees of its own, since it reads pages differently. All share the cache of
    executed notebooks.
    """
    settings |= {
        "external_toc_path": (root / "_toc.yml").as_posix(),
        "latex_individualpages": False,
        "nb_execution_cache_path": str(build / ".jupyter_cache"),
        "nitpicky": options.nitpick,
    }
    result = build_sphinx(
        root,
        target,
        noconfig=True,
        path_config=root / "_config.yml",
        confoverrides=settings,
        doctreedir=doctrees,
        builder=builder,
        warningiserror=options.strict,
        keep_going=True,
    )
    return bool(result)


def edition(language: str, root: Path, options: argparse.Namespace) -> int:
    """Build the pages that have a catalogue in a language into html/LANGUAGE; returns the exit status."""
    work = options.build / language  # its own folder, since MyST-NB writes pictures beside the folder of the pages
    if _sphinx(root, work / "html", work / ".doctrees", "html", options.build, options, language=language):
        return 1
    place = options.build / "html" / language
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(
        work / "html", place, ignore=shutil.ignore_patterns("404.html")
    )  # the site needs one only, at its root
    return 0


def catalogues(templates: Path, locale: Path, languages: Sequence[str], pages: Sequence[str]) -> int:
    """Update every catalogue and list the messages that need a translator; returns the exit status.

    templates : folder of .pot files, as Sphinx's gettext builder writes them
    locale : folder of a folder for each of `languages`
    pages : pages that get a new catalogue
    """
    unknown = [page for page in pages if not (templates / f"{page}.pot").exists()]
    if unknown:
        print(f"error: no such page: {', '.join(unknown)}. A page is named as in _toc.yml", file=sys.stderr)
        return 2
    for language in languages:
        folder = locale / language / "LC_MESSAGES"
        there = [path.relative_to(folder).with_suffix("").as_posix() for path in sorted(folder.rglob("*.po"))]
        with tempfile.TemporaryDirectory() as wanted:
            for name in {*there, *pages}:
                if (templates / f"{name}.pot").exists():
                    place = Path(wanted, f"{name}.pot")
                    place.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(templates / f"{name}.pot", place)
                else:
                    print(f"{language}: {name}.po is the catalogue of no page; remove it")
            update(str(locale), wanted, (language,), line_width=WIDTH, ignore_obsolete=True, jobs=1)
        for path in sorted(folder.rglob("*.po")):
            for line in waiting(path):
                print(f"{path.relative_to(locale)}: {line}")
    return 0


def waiting(path: Path) -> list[str]:
    """A line for each message of a catalogue without a translation, or with one of an older sentence."""
    with path.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    return [
        f"{'changed' if message.string else 'not translated'}: {str(message.id).strip()[:90]}"
        for message in messages
        if message.fuzzy or not message.string
    ]


if __name__ == "__main__":
    sys.exit(main())
