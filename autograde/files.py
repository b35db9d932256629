"""Writes a file atomically: a reader sees the old content or the new, never a part."""

import os
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path | str, text: str) -> None:
    """Write `text` (UTF-8) to `path` by way of a file beside it; after an error the old content is unchanged."""
    path = Path(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(part, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        if path.exists():
            part.chmod(path.stat().st_mode & 0o777)  # the file keeps its rights
        os.replace(part, path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
