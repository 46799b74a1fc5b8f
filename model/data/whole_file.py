"""Writes a file whole or not at all; knows nothing of what is in it."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """An empty file of another name in the same folder to write to; it then takes the place of ``path`` or, after an error, is gone.

    Raises:
        OSError: at once when the folder cannot be written to, later when there is no room left; what was there before is still there.
    """
    part = path.with_name(f".{path.stem}-{secrets.token_hex(4)}{path.suffix}")
    part.open("xb").close()
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
