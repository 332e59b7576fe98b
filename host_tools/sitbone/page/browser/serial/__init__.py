"""The part of pyserial that mpremote uses, on the browser's Web Serial.

static/serial.js owns the ports and buffers what arrives; a read waits by WebAssembly's stack switching.
"""

from __future__ import annotations

import errno
from typing import Any

import sitbone_page
from pyodide.ffi import run_sync

__version__ = "3.5"
REASONS = {"busy": errno.EBUSY, "gone": errno.ENOENT, "denied": errno.EACCES}


class SerialException(OSError):
    """The port failed."""


class Serial:
    """A port, by the name that `list_ports` gives it."""

    def __init__(self, port: str, baudrate: int, timeout: float | None, **_: Any) -> None:
        self.port, self.baudrate, self.timeout = port, baudrate, timeout
        self.write_timeout: float | None = None
        self._dtr = self._rts = True
        self.is_open = False

    def open(self) -> None:
        """Raises SerialException, with the reason as its errno."""
        why = run_sync(sitbone_page.ask("open", self.port, self.baudrate, self._dtr, self._rts))
        if why:
            raise SerialException(REASONS.get(why, errno.EIO), why)
        self.is_open = True

    def isOpen(self) -> bool:
        return self.is_open

    def close(self) -> None:
        """Gives the port back."""
        if self.is_open:
            self.is_open = False
            run_sync(sitbone_page.ask("close", self.port))

    @property
    def in_waiting(self) -> int:
        waiting = int(sitbone_page.waiting(self.port))
        if waiting < 0:
            raise SerialException(errno.EIO, "the port went away")
        return waiting

    def inWaiting(self) -> int:
        return self.in_waiting

    def read(self, size: int = 1) -> bytes:
        """Up to ``size`` bytes; fewer after ``timeout``."""
        if self.in_waiting < size:
            run_sync(sitbone_page.arrival(self.port, size, -1 if self.timeout is None else self.timeout * 1000))
        return bytes(sitbone_page.read(self.port, min(size, self.in_waiting)).to_bytes())

    def write(self, data: bytes) -> int:
        """Raises SerialException when the port is gone."""
        if not self.is_open or not run_sync(sitbone_page.ask("write", self.port, data)):
            raise SerialException(errno.EIO, "the port went away")
        return len(data)

    def reset_input_buffer(self) -> None:
        """Forgets what has arrived."""
        sitbone_page.read(self.port, self.in_waiting)

    @property
    def dtr(self) -> bool:
        return self._dtr

    @dtr.setter
    def dtr(self, is_high: bool) -> None:
        self._dtr = is_high
        self._signal()

    @property
    def rts(self) -> bool:
        return self._rts

    @rts.setter
    def rts(self, is_high: bool) -> None:
        self._rts = is_high
        self._signal()

    def _signal(self) -> None:
        if self.is_open:
            run_sync(sitbone_page.ask("signals", self.port, self._dtr, self._rts))


def serial_for_url(port: str, do_not_open: bool = False, **options: Any) -> Serial:
    """A port, not opened: mpremote always opens it later."""
    assert do_not_open
    return Serial(port, options.pop("baudrate", 115200), options.pop("timeout", None), **options)
