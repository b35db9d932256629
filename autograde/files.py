"""Writes files atomically: a reader sees the old content or the new, never a part."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path | str, text: str) -> None:
    """Replace the file by one with this text, in UTF-8; after an error the old content is unchanged."""
    write_all_or_none({Path(path): text})


def write_all_or_none(texts: Mapping[Path, str]) -> None:
    """Replace several files, {path: text}; after an error the old content of all of them is back.

    Every text is first written to a file beside its place, so that a full disk is noticed before any file is replaced.
    Raises OSError for the first file that could not be written, UnicodeEncodeError for text that UTF-8 cannot hold.
    """
    parts: dict[Path, Path] = {}
    previous: dict[Path, bytes | None] = {}
    try:
        for path, text in texts.items():
            parts[path] = path.with_name(f".{path.name}.{os.getpid()}.part")
            _write_part(parts[path], text)
            if path.exists():
                parts[path].chmod(path.stat().st_mode & 0o777)  # the file keeps its permissions
        for path, part in parts.items():
            previous[path] = path.read_bytes() if path.is_file() else None
            os.replace(part, path)
    except BaseException:
        for path, content in previous.items():
            if parts[path].exists():
                continue  # this file was not replaced
            if content is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(content)
        raise
    finally:
        for part in parts.values():
            with suppress(OSError):
                part.unlink(missing_ok=True)


def _write_part(part: Path, text: str) -> None:
    with open(part, "w", encoding="utf-8", newline="") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
