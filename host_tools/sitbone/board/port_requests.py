"""How a command gets a port from autosync, which gives it up on request: two small files for each port.

``NAME.lent`` is there while autosync has the port. Who finds the port in use writes ``NAME.wanted`` and tries again
until it is free; autosync looks for it many times a second. A file that a killed process left behind costs its reader
GIVE_UP_S at most: the lock on the port itself decides, and that one ends with its process.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import platformdirs

GIVE_UP_S = 5.0
NOTICED_S = 0.3  # the port is locked a moment before the file says by whom
RETRY_S = 0.05
STALE_S = 30.0  # a request that nobody renews is from a program that was killed


@contextlib.contextmanager
def lent(port: str) -> Iterator[None]:
    """Says, for the time of the ``with``, that who has the port gives it up on request."""
    path = _path(port, "lent")
    path.touch()
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def is_wanted(port: str) -> bool:
    """Whether another program asks for the port."""
    with contextlib.suppress(OSError):
        return time.time() - _path(port, "wanted").stat().st_mtime < STALE_S
    return False


def tries(port: str) -> Iterator[None]:
    """One turn for each attempt to open a port that was in use: it asks, and ends when nobody gives the port up."""
    begun_s = time.monotonic()
    wanted = _path(port, "wanted")
    try:
        while time.monotonic() - begun_s < (GIVE_UP_S if _path(port, "lent").exists() else NOTICED_S):
            wanted.touch()
            time.sleep(RETRY_S)
            yield
    finally:
        wanted.unlink(missing_ok=True)


def forget(port: str) -> None:
    """Removes what a killed autosync left of this port."""
    _path(port, "lent").unlink(missing_ok=True)


def _path(port: str, kind: str) -> Path:
    """Not in SITBONE_HOME: a port belongs to the computer, whichever data a command is about."""
    folder = Path(platformdirs.user_cache_dir("sitbone", appauthor=False)) / "ports"
    folder.mkdir(0o700, parents=True, exist_ok=True)
    return folder / f"{re.sub(r'[^A-Za-z0-9]', '-', os.path.realpath(port))}.{kind}"
