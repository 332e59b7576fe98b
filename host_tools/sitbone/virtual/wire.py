"""The serial wire: the pty that a client opens, its speed, and the traces that resets leave on it."""

from __future__ import annotations

import os
import pty
import select
import termios
import time
import tty
from pathlib import Path

from sitbone.virtual.errors import VirtualError

RAW_REPL_MARK = b"\x00raw\x00"
_RAW_BANNER = b"raw REPL; CTRL-B to exit\r\n"
_FRIENDLY_BANNER = b'Type "help()" for more information.\r\n>>> '


def raw_pty() -> tuple[int, int]:
    """A pty pair that passes bytes unchanged, with a non-blocking master."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    return master, slave


class Throttle:
    """Lets bytes through no faster than a wire of ``baud`` (8N1: ten bits a byte); None: any speed."""

    def __init__(self, baud: int | None) -> None:
        self._bytes_per_s = None if baud is None else baud / 10
        self._free_at = 0.0

    def allowance(self, now: float) -> int:
        if self._bytes_per_s is None:
            return 1 << 20
        # A pause earns no credit beyond what a UART's FIFO would have let through.
        self._free_at = max(self._free_at, now - 0.01)
        return max(0, int((now - self._free_at) * self._bytes_per_s))

    def spend(self, count: int) -> None:
        if self._bytes_per_s is not None:
            self._free_at += count / self._bytes_per_s


class ClientPort:
    """The client's end: a pty behind a symlink. Without a client output is lost, as on a UART; with one nothing is."""

    def __init__(self, link: Path, baud: int | None) -> None:
        self.master = -1  # while it is unplugged
        self._name = ""
        self._poll = select.poll()
        self._out = bytearray()
        self._throttle = Throttle(baud)
        self._in_throttle = Throttle(baud)
        self._had_client = False
        self.link = link
        self.plug()

    @property
    def is_plugged(self) -> bool:
        return self.master >= 0

    def plug(self) -> None:
        """The port appears, under the same name."""
        self.master, slave = raw_pty()
        self._name = os.ttyname(slave)
        os.close(slave)  # from now on POLLHUP means: no client
        self._poll.register(self.master, select.POLLIN)
        _point(self.link, self._name)

    def unplug(self) -> None:
        """The port vanishes; a client that has it open reads its end."""
        if not self.is_plugged:
            return
        self._poll.unregister(self.master)
        os.close(self.master)
        self.master = -1
        self._had_client = False
        self._out.clear()
        if self.link.is_symlink() and os.readlink(self.link) == self._name:
            self.link.unlink()

    def connected(self) -> bool:
        """Whether a client has the port open, or has closed it and left bytes behind."""
        if not self.is_plugged:
            return False
        events = self._poll.poll(0)
        gone = bool(events) and bool(events[0][1] & select.POLLHUP)
        if gone and self._had_client:
            self._forget()
        self._had_client = not gone
        return not gone

    def _forget(self) -> None:
        # What one client left unread is not for the next.
        self._out.clear()
        slave = os.open(self._name, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        termios.tcflush(slave, termios.TCIFLUSH)
        os.close(slave)

    def read(self, now: float) -> bytes:
        allowed = min(4096, self._in_throttle.allowance(now))
        if not allowed or not self.is_plugged:
            return b""
        try:
            data = os.read(self.master, allowed)
        except OSError:  # EAGAIN: nothing there; EIO: no client
            return b""
        self._in_throttle.spend(len(data))
        return data

    def write(self, data: bytes) -> None:
        if data and self.connected():
            self._out += data

    def flush(self, now: float) -> None:
        allowed = min(len(self._out), self._throttle.allowance(now))
        if not allowed or not self.is_plugged:
            return
        try:
            count = os.write(self.master, self._out[:allowed])
        except OSError:
            return
        self._throttle.spend(count)
        del self._out[:count]

    @property
    def backlog(self) -> int:
        return len(self._out)

    def close(self) -> None:
        self.unplug()


def _point(link: Path, target: str) -> None:
    if link.exists() and not link.is_symlink():
        raise VirtualError(f"{link} exists and is not a link; choose another path for the port")
    fresh = link.with_name(f".{link.name}.{os.getpid()}.{time.monotonic_ns()}")
    try:
        fresh.symlink_to(target)
        fresh.replace(link)
    except OSError as error:
        raise VirtualError(f"cannot create {link}: {error.strerror}; choose another path for the port") from None


class ReplWatch:
    """Follows the chip's output to know which REPL it is in, and hides the one difference after a soft reset.

    A chip that is soft-reset in the raw REPL comes back in it. The Unix port comes back in the friendly one: the
    supervisor sends Ctrl-A, and all between the mark that the ROM prints and the raw banner is hidden from the client.
    """

    def __init__(self) -> None:
        self.raw = False
        self._tail = b""
        self._hiding = b""
        self._returning = False
        self._asked = False

    def restart(self, raw: bool) -> None:
        self.raw = raw
        self._tail = b""
        self._hiding = b""
        self._returning = raw
        self._asked = False

    def filter(self, data: bytes) -> tuple[bytes, bool]:
        """What the client receives, and whether to send Ctrl-A to the chip now."""
        if not self._returning:
            self._follow(data)
            return data, False
        held = self._hiding + data
        mark = held.find(RAW_REPL_MARK)
        if mark < 0:
            return self._until_mark(held)
        banner = held.find(_RAW_BANNER, mark)
        if banner >= 0:
            self._returning = False
            self._follow(held[banner:])
            return held[:mark] + held[banner:], False
        self._hiding = held[mark:]
        ask = not self._asked and _FRIENDLY_BANNER in self._hiding
        self._asked = self._asked or ask
        return held[:mark], ask

    def _until_mark(self, held: bytes) -> tuple[bytes, bool]:
        keep = next((n for n in range(len(RAW_REPL_MARK) - 1, 0, -1) if held.endswith(RAW_REPL_MARK[:n])), 0)
        self._hiding = held[len(held) - keep :]
        return held[: len(held) - keep], False

    def _follow(self, data: bytes) -> None:
        tail = self._tail + data
        raw, friendly = tail.rfind(_RAW_BANNER), tail.rfind(_FRIENDLY_BANNER)
        if raw != friendly:
            self.raw = raw > friendly
        self._tail = tail[-64:]
