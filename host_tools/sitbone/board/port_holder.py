"""Which program is using a serial port, if the system reveals it: for an error that the user can act on."""

from __future__ import annotations

import os
from pathlib import Path

LOCKS = Path("/proc/locks")  # Linux; elsewhere it isn't known


def holder_of(device: str) -> str:
    """ "sitbone sync (process 1234)", or "" where no program does or it isn't known."""
    pid = _pid_that_locked(device)
    name = "" if pid is None else _name_of(pid)
    return f"{name} (process {pid})" if name else ""


def _pid_that_locked(device: str) -> int | None:
    """By the lines ``1: FLOCK ADVISORY WRITE 1234 00:1b:5 0 EOF``: device number and inode of the locked file."""
    try:
        found = os.stat(device)
        lines = LOCKS.read_text().splitlines()
    except OSError:
        return None
    place = f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
    for words in map(str.split, lines):
        if len(words) > 5 and words[1] == "FLOCK" and words[5] == place:
            return int(words[4])
    return None


def _name_of(pid: int) -> str:
    """The program, with its subcommand if it is sitbone; "" when it has ended or belongs to another user."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return ""
    names = [os.path.basename(word) for word in words]
    ours = [index for index, name in enumerate(names) if name in ("sitbone", "sitbone.exe", "sitbone.cli")]
    if ours:
        return " ".join(["sitbone", *names[ours[0] + 1 : ours[0] + 2]]).strip()
    return names[0]
