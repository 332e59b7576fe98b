"""Files that a command leaves behind: each appears whole or not at all."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

STDOUT = Path("-")
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700


@contextmanager
def whole(path: Path, private: bool = False) -> Iterator[Path]:
    """Where to write what is to become ``path``; it takes its place once the ``with`` ends without an error.

    ``-`` is the standard output; it and devices are written to at the end, and not replaced.
    """
    special = path == STDOUT or (path.exists() and not path.is_file())
    if special and path.is_dir():
        raise IsADirectoryError(21, "Is a directory", str(path))
    part = _part_of(path, special)
    try:
        if private:
            part.touch(PRIVATE_FILE)
        yield part
        if special:
            _copy(part, path)
        else:
            os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _part_of(path: Path, special: bool) -> Path:
    """Beside the file, so that replacing it is one step. The ending stays: some writers go by it."""
    if not special:
        return path.with_name(f".{path.stem}.part{path.suffix}")
    import tempfile

    handle, name = tempfile.mkstemp(prefix="sitbone-")
    os.close(handle)
    return Path(name)


def _copy(part: Path, path: Path) -> None:
    import shutil

    with part.open("rb") as source:
        if path == STDOUT:
            sys.stdout.flush()
            shutil.copyfileobj(source, sys.stdout.buffer)
            sys.stdout.buffer.flush()
            return
        with path.open("wb") as device:
            shutil.copyfileobj(source, device)


def make_private(path: Path, mode: int) -> None:
    """Takes the rights of others from the user's own file or folder, where the system has such rights."""
    if not hasattr(os, "geteuid"):
        return
    with suppress(OSError):
        status = path.stat()
        if status.st_uid == os.geteuid() and status.st_mode & 0o077:
            path.chmod(mode)
