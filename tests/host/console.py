"""A real MicroPython console at the other end of a pty, with a `cushion.link.calls` of the test's own making.

The board's pty and the client's are joined by a thread: that is the line, and it can be cut.
"""

import os
import pty
import select
import subprocess
import sys
import threading
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

INTERPRETER = Path(sys.executable).with_name("micropython")

CALLS = """
import json, sys, hashlib, binascii

def status():
    sides = {"left": 0, "right": 0}
    journal = {"first_seq": 1, "last_seq": 9, "bytes_free": 1000}
    answer = {"cushion": "246f28000001", "firmware": "0.1.0", "state": "vacant", "dose_s": sides, "limit_s": sides}
    answer.update({"seated_s": 0, "calibrated": True, "journal": journal, "battery": None, "faults": []})
    answer.update({"reset": "power on", "session": 1, "unix_ms": None})
    checked(answer)

def long_line():
    for _ in range(3000):
        print("x" * 1000, end="")

def endless():
    while True:
        print("and so on ")

def deep():
    text = "[" * 20000 + "]" * 20000
    print("%s %08x" % (text, binascii.crc32(text.encode())))

def live():
    checked({"pa": [1, 2, 3]})

def refuse():
    checked({"error": "the battery is low; charge it"})

def broken():
    raise RuntimeError("oops")

def chatter():
    print("hello")

def call(line, crc):
    if binascii.crc32(line.encode()) != crc:
        raise ValueError("damaged")
    name, *arguments = json.loads(line)
    globals()[name](*arguments)

def checked(document):
    text = json.dumps(document)
    print("%s %08x" % (text, binascii.crc32(text.encode())))

def never():
    while True:
        pass

def read_log(since_seq):
    with open("log.bin", "rb") as file:
        data = file.read()
    checked({"bytes": len(data), "first_seq": 1, "last_seq": 9, "kept_first_seq": 1})
    sys.stdout.buffer.write(data)
    if since_seq == 7:
        raise OSError(5)
    if since_seq == 8:
        data += b"!"
    checked({"sha256": binascii.hexlify(hashlib.sha256(data).digest()).decode()})
"""


class Line:
    """Carries bytes between the board and the client. ``let_through``: so many more bytes come from the board, then it
    is cut and the client's port is gone; None: any number."""

    def __init__(self, board: int) -> None:
        self._board = board
        self._client, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        self.let_through: int | None = None
        self._stop, self._stopped = os.pipe()
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    def _carry(self) -> None:
        while True:
            ready, _, _ = select.select([self._board, self._client, self._stop], [], [])
            if self._stop in ready or not all(self._move(end) for end in ready):
                break
        time.sleep(0.2)  # what has arrived can still be read: a pty forgets it when it closes
        os.close(self._slave)
        os.close(self._client)

    def _move(self, end: int) -> bool:
        """Carries what is there from one end; False when the line is cut."""
        try:
            data = os.read(end, 4096)
        except OSError:
            return False
        if end == self._client:
            os.write(self._board, data)
            return True
        if self.let_through is not None:
            data = data[: self.let_through]
            self.let_through -= len(data)
        return self._deliver(data) and self.let_through != 0

    def _deliver(self, data: bytes) -> bool:
        """Writes to the client, who may have stopped reading; False when the line was closed meanwhile."""
        os.set_blocking(self._client, False)
        while data:
            stopped, _, _ = select.select([self._stop], [self._client], [])
            if stopped:
                return False
            with suppress(BlockingIOError):
                data = data[os.write(self._client, data) :]
        return True

    def close(self) -> None:
        os.write(self._stopped, b"!")
        self._thread.join()
        os.close(self._stop)
        os.close(self._stopped)


@contextmanager
def console(root: Path, calls: str | None = CALLS) -> Iterator[Line]:
    """The line to a board whose working folder is ``root``; without ``calls`` it has no sitbone firmware."""
    if not INTERPRETER.exists():
        pytest.skip("no MicroPython here; install sitbone[virtual]")
    if calls is not None:
        (root / "cushion" / "link").mkdir(parents=True)
        (root / "cushion" / "link" / "calls.py").write_text(calls)
    board, chip = pty.openpty()
    tty.setraw(chip)
    process = subprocess.Popen([INTERPRETER], cwd=root, stdin=chip, stdout=chip, stderr=chip)
    os.close(chip)
    line = Line(board)
    try:
        yield line
    finally:
        line.close()
        process.kill()
        process.wait()
        os.close(board)
