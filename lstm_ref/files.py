"""Writes files atomically: a reader sees the old content or the new, never a part."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path | str, content: str | bytes) -> None:
    """Replace a file; after an error its old content is unchanged.

    path : Path   the file; its folder exists
    content : str   the new text, written in UTF-8, or the new bytes
    Returns nothing

    Raises as `write_all_or_none` does.
    """
    write_all_or_none({Path(path): content})


def write_all_or_none(contents: Mapping[Path, str | bytes]) -> None:
    """Replace several files; after an error the old content of all of them is back.

    Every content is first written to a file beside its place: a full disk is noticed before any file is replaced.

    contents : dict   path → text or bytes
    Returns nothing

    Raises OSError for the first file that could not be written, UnicodeEncodeError for text that UTF-8 cannot hold.
    """
    parts: dict[Path, Path] = {}
    previous: dict[Path, bytes | None] = {}
    try:
        for path, content in contents.items():
            parts[path] = path.with_name(f".{path.name}.{os.getpid()}.part")
            _write_part(parts[path], content)
            if path.exists():
                parts[path].chmod(path.stat().st_mode & 0o777)  # the file keeps its permissions
        for path, part in parts.items():
            previous[path] = path.read_bytes() if path.is_file() else None
            os.replace(part, path)
    except BaseException:
        for path, old in previous.items():
            if parts[path].exists():
                continue  # this file was not replaced
            if old is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(old)
        raise
    finally:
        for part in parts.values():
            with suppress(OSError):
                part.unlink(missing_ok=True)


def _write_part(part: Path, content: str | bytes) -> None:
    with open(part, "wb") as stream:
        stream.write(content.encode("utf-8") if isinstance(content, str) else content)
        stream.flush()
        os.fsync(stream.fileno())
