"""Sentence pairs, English and Chinese: the course's own, Tatoeba's, or those of any tab-separated file.

No content of a file is fatal. Lines that cannot be used are left out, and the `Report` that comes with the pairs counts
them by kind and gives their numbers.
"""

import codecs
import hashlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from hsk_sentences_audio import load_sentences

from lstm_ref.text import PLACEHOLDERS

DATA_FOLDER = "LSTM_COURSE_DATA"
TATOEBA_URL = "https://www.manythings.org/anki/cmn-eng.zip"
TATOEBA_LICENCE = "Tatoeba sentence pairs as distributed by manythings.org/anki, CC BY 2.0 FR"
# The cmn.txt that the project's scores were measured on. The archive is rebuilt upstream now and then.
TATOEBA_SHA256 = "bbcf31e8520a301527a479578f721ae78221b7142e9176e9e9535b5dda978737"
MAX_CHARACTERS = 1000  # of one side; a longer text is no sentence
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class CorpusError(Exception):
    """A corpus that cannot be read at all; the message is one line that says what to do."""


class Pair(NamedTuple):
    """A sentence and its translation, as they are written."""

    english: str
    chinese: str


@dataclass
class Report:
    """What was read of a corpus, and what was left out and why.

    name : str       the corpus or file
    lines : int      how many lines (records) there were
    kept : int       how many pairs came of them
    problems : dict  kind of problem → numbers of the lines that have it, from 1
    """

    name: str
    lines: int = 0
    kept: int = 0
    problems: dict[str, list[int]] = field(default_factory=dict)

    def leave_out(self, number: int, kind: str) -> None:
        """Note that line `number` was left out, and why."""
        self.problems.setdefault(kind, []).append(number)

    def __str__(self) -> str:
        """One line for what was read, and one for each kind of problem, with the first ten numbers."""
        text = [f"{self.name}: {self.lines:,} lines, {self.kept:,} sentence pairs"]
        for kind, numbers in self.problems.items():
            some = ", ".join(f"{n}" for n in numbers[:10])
            more = f" and {len(numbers) - 10:,} more" if len(numbers) > 10 else ""
            text.append(f"  left out, {kind}: {len(numbers):,} (line{'s' if len(numbers) > 1 else ''} {some}{more})")
        return "\n".join(text)


class Corpus(NamedTuple):
    """Pairs and the report of their reading."""

    pairs: list[Pair]
    report: Report


def _is_chinese(text: str) -> bool:
    """Is there an ideograph in it? Planes 2 and 3 hold the rare ones."""
    return any("\u3400" <= c <= "\u9fff" or "\uf900" <= c <= "\ufaff" or c >= "\U00020000" for c in text)


def pair_problem(english: str, chinese: str) -> str | None:
    """Why a pair cannot be used; None if it can."""
    if not english.strip():
        return "English side empty"
    if not chinese.strip():
        return "Chinese side empty"
    if max(len(english), len(chinese)) > MAX_CHARACTERS:
        return f"longer than {MAX_CHARACTERS:,} characters"
    if not _is_chinese(chinese):
        return "no Chinese character in the second column"
    if english.startswith(PLACEHOLDERS):
        return "a placeholder, not a translation"
    return None


def _lines(path: Path, encoding: str) -> Iterator[str | None]:
    """The file's lines without their ends; None for a line that is not in the encoding."""
    with open(path, "rb") as file:
        head = file.read(4)
        if head.startswith(UTF16):  # a tab or an end of line is two bytes there: decode it as a whole
            yield from (head + file.read()).decode("utf-16", errors="replace").splitlines()
            return
        file.seek(3 if head.startswith(codecs.BOM_UTF8) else 0)
        for raw in file:
            try:
                yield raw.rstrip(b"\r\n").decode(encoding)
            except UnicodeDecodeError:
                yield None


def read_file(path: str | Path, encoding: str = "utf-8") -> Corpus:
    """The pairs of a tab-separated file: English, Chinese, and whatever columns follow.

    path : str or Path   the file; UTF-8 with or without a byte order mark, UTF-16 with one; any ends of line
    encoding : str       of a file without a mark: "utf-8", or "gb18030", say
    Returns corpus (Corpus)

    Raises CorpusError if the file cannot be opened or is no file.
    """
    path = Path(path)
    corpus = Corpus([], Report(str(path)))
    report = corpus.report
    try:
        for report.lines, line in enumerate(_lines(path, encoding), start=1):
            if line is None:
                report.leave_out(report.lines, f"not {encoding.upper()}")
            elif not line.strip():
                report.leave_out(report.lines, "blank")
            elif "\ufffd" in line or "\0" in line:
                report.leave_out(report.lines, "characters lost or not text")
            elif "\t" not in line:
                report.leave_out(report.lines, "no tab")
            else:
                english, chinese = line.split("\t")[:2]
                kind = pair_problem(english, chinese)
                if kind:
                    report.leave_out(report.lines, kind)
                else:
                    corpus.pairs.append(Pair(english.strip(), chinese.strip()))
    except OSError as error:
        raise CorpusError(f"{path} cannot be read: {error.strerror or error}") from error
    report.kept = len(corpus.pairs)
    return corpus


def hsk() -> Corpus:
    """The course's own pairs, installed with it: graded reading sentences, CC BY-SA 4.0 (hsk-sentences-audio).

    Returns corpus (Corpus); its report numbers the records from 1.
    """
    corpus = Corpus([], Report("hsk"))
    for number, record in enumerate(load_sentences(), start=1):
        english, chinese = record["translation"]["en"], record["chinese"]
        kind = pair_problem(english, chinese)
        if kind is None and _is_chinese(english):
            kind = "a Chinese character in the English side"
        if kind:
            corpus.report.leave_out(number, kind)
        else:
            corpus.pairs.append(Pair(english.strip(), chinese.strip()))
    corpus.report.lines, corpus.report.kept = number, len(corpus.pairs)
    return corpus


def _download(folder: Path) -> Path:
    """Fetch and unpack Tatoeba's pairs into the folder; raises CorpusError where that does not work."""
    import pooch  # only who downloads waits for it

    print(f"{TATOEBA_LICENCE}\nDownloading {TATOEBA_URL} into {folder}", file=sys.stderr)
    # The server turns away clients that do not name themselves.
    fetch = pooch.HTTPDownloader(progressbar=True, timeout=30, headers={"User-Agent": "lstm-course"})
    try:
        pooch.retrieve(
            TATOEBA_URL,
            known_hash=None,  # the archive's bytes change with each rebuild; cmn.txt is what is compared
            fname="cmn-eng.zip",
            path=folder,
            downloader=fetch,
            processor=pooch.Unzip(members=["cmn.txt"], extract_dir="."),
        )
    except Exception as error:  # requests, urllib3, zipfile, the file system: all end in the same advice
        raise CorpusError(
            f"Tatoeba could not be downloaded ({type(error).__name__}). Train with --data hsk, or fetch {TATOEBA_URL} "
            f"by other means, unpack cmn.txt into a folder and name that folder in {DATA_FOLDER}."
        ) from error
    return folder / "cmn.txt"


def _tatoeba_file() -> Path:
    """Where cmn.txt is: in the folder that the environment names, or in the cache, downloaded if need be."""
    if os.environ.get(DATA_FOLDER):
        folder = Path(os.environ[DATA_FOLDER])
        for path in (folder / "cmn.txt", folder / "tatoeba" / "cmn.txt"):
            if path.is_file():
                return path
        raise CorpusError(f"{DATA_FOLDER} is {folder}, but there is no cmn.txt in it (nor in tatoeba/ in it).")
    import pooch

    folder = pooch.os_cache("lstm-course")
    path, digest_file = folder / "cmn.txt", folder / "cmn.txt.sha256"
    if not path.is_file():
        digest_file.unlink(missing_ok=True)
        _download(folder)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if not digest_file.exists():
        digest_file.write_text(digest)
    if digest_file.read_text(encoding="utf-8").strip() != digest:
        raise CorpusError(f"{path} is not the file that was downloaded; delete it and run this again.")
    return path


def tatoeba() -> Corpus:
    """Tatoeba's English–Mandarin pairs: from the folder that LSTM_COURSE_DATA names, else downloaded once.

    Returns corpus (Corpus)

    A checksum tells whether it is the version of the published scores; another version is used, with a warning.
    Raises CorpusError where there is neither a folder nor a connection.
    """
    path = _tatoeba_file()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != TATOEBA_SHA256:
        print(
            f"Another cmn.txt than the published scores' (sha256 {digest[:12]}…): yours will differ.", file=sys.stderr
        )
    pairs, report = read_file(path)
    report.name = "tatoeba"
    return Corpus(pairs, report)


def load(name: str) -> Corpus:
    """The corpus of that name, "hsk" or "tatoeba", or the pairs of the file of that name."""
    return {"hsk": hsk, "tatoeba": tatoeba}.get(name, lambda: read_file(name))()
