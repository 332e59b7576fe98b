"""A serial line to a MicroPython board's raw REPL: the only importer of mpremote and pyserial.

The raw REPL is entered without a soft reset: the firmware's console serves it while the monitor keeps running, and so
does a blank board's own REPL.

Ports are opened and closed by mpremote alone, here alone: opening raises DTR and RTS, closing lowers them, and in the
wrong order they reset a board (mpremote knows which drivers need which). `LINES_VARIABLE` keeps both low. A board
that was reset all the same, or that is busy, is silent for seconds: it is asked by Ctrl-A, again and again. Ctrl-C
could end a program that starts.
"""

import contextlib
import errno
import io
import os
import secrets
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import serial
from mpremote.transport import TransportError, TransportExecError
from mpremote.transport_serial import SerialTransport
from serial.tools import list_ports

from sitbone.board import port_requests
from sitbone.board.port_holder import holder_of
from sitbone.errors import CushionGone, NoCushion, PortInUse, Refused, UsageError

BAUD = 115200
LINES_VARIABLE = "SITBONE_LINES"  # "low": neither line is ever raised
ANSWER_S = 10.0  # the longest silence within an answer: littlefs can take seconds to tidy up
PROBE_S = 1.0  # between two questions: what was sent while a chip starts is lost
START_S = 8.0  # a start from slow flash takes 3 s (tests/end_to_end/test_link.py), a busy board was seen to take 5
GIVE_UP_AGAIN_S = 0.02
BANNER = b"raw REPL; CTRL-B to exit\r\n"
LINE_BYTES = 1000
OUTPUT_BYTES = 65536  # of a snippet: settings are the longest, with 2 kB
END_OF_OUTPUT = b"\x04"  # after a snippet's output, and again after its traceback

Progress = Callable[[int, int], None]  # (done, of all), in bytes


class SerialLine:
    """An open port. Opening raises NoCushion with the reason; the other methods raise CushionGone when the board is
    silent."""

    def __init__(self, port: str, *, asks: bool = True) -> None:
        """``asks``: whether a program that lends the port is asked for it."""
        self.port = port
        self._transport = _open_when_free(port) if asks else _open(port)
        self._in_use = threading.Lock()
        self._is_given_up = False

    def enter(self, *, patiently: bool = False) -> bool:
        """Enters the raw REPL by Ctrl-A alone, asked again each PROBE_S; False when nothing answered in time.
        `patiently`: in the time of a start."""
        deadline_s = time.monotonic() + (START_S if patiently else PROBE_S)
        with self._answering():
            self._transport.serial.reset_input_buffer()
            while not (entered := self._asks() and self._is_last_answer()) and time.monotonic() < deadline_s:
                pass
        self._transport.in_raw_repl = entered
        return entered

    def enter_by_interrupt(self) -> bool:
        """The same after a Ctrl-C, for a board that runs another program or a console left in mid-snippet."""
        with self._answering():
            self._transport.serial.write(b"\r\x03")
        time.sleep(0.1)
        return self.enter()

    def _asks(self) -> bool:
        return self._says(b"\r\x01", BANNER)

    def _is_last_answer(self) -> bool:
        """Whether all that is still on its way has been read: a board that was busy answers every Ctrl-A that it was
        sent, and only what it is asked now ends with this word."""
        word = secrets.token_hex(4).encode()
        return self._says(b"print('%b')\x04" % word, word) and self._says(b"", END_OF_OUTPUT * 2)

    def _says(self, question: bytes, ending: bytes) -> bool:
        port = self._transport.serial
        port.timeout = PROBE_S
        try:
            port.write(question)
            answer = self._transport.read_until(1, ending, timeout=PROBE_S, timeout_overall=2 * PROBE_S)
        finally:
            port.timeout = ANSWER_S
        return bool(answer.endswith(ending))

    def close(self) -> None:
        """Leaves the raw REPL, if it was entered, and closes the port."""
        with self._in_use:
            self._close()

    def _close(self) -> None:
        if not self._transport.serial.is_open:
            return  # given up
        if self._transport.in_raw_repl:
            with contextlib.suppress(OSError, serial.SerialException):
                self._transport.exit_raw_repl()
        # mpremote lowers DTR and RTS first, which fails on a port that went away.
        with contextlib.suppress(OSError, serial.SerialException):
            self._transport.close()
        with contextlib.suppress(OSError, serial.SerialException):
            self._transport.serial.close()

    def give_up(self) -> None:
        """From another thread: closes the port now; what is under way, and all that comes later, raises CushionGone."""
        self._is_given_up = True
        while not self._in_use.acquire(timeout=GIVE_UP_AGAIN_S):
            with contextlib.suppress(OSError, AttributeError, serial.SerialException):
                self._transport.serial.cancel_read()
        try:
            self._close()
        finally:
            self._in_use.release()

    def run(self, code: str, timeout_s: float = ANSWER_S) -> bytes:
        """Runs a snippet; returns what it printed. Raises Refused with the last line of its traceback if it failed."""
        self.start(code)
        out, err = self._output(timeout_s)
        if err:
            raise Refused(_last_line(err))
        return out

    def start(self, code: str) -> None:
        """Starts a snippet whose output is read as it arrives, or that never ends (a reset)."""
        with self._answering():
            self._transport.exec_raw_no_follow(code)

    def read_line(self) -> bytes:
        """A line of a started snippet's output. Raises Refused with the last line of its traceback if it failed."""
        with self._answering():
            line = b""
            while not line.endswith((b"\n", END_OF_OUTPUT)) and len(line) < LINE_BYTES:
                line += self._read_some(1)
            if line.startswith(END_OF_OUTPUT):
                line += self._transport.read_until(1, END_OF_OUTPUT, timeout=ANSWER_S)
        if line.startswith(END_OF_OUTPUT):
            raise Refused(_last_line(line.strip(END_OF_OUTPUT)))
        return line

    def read_some(self, most: int) -> bytes:
        """One to ``most`` bytes of a started snippet's output, as soon as some arrive."""
        with self._answering():
            return self._read_some(most)

    def finish(self) -> None:
        """Waits for the end of a started snippet."""
        self._output(ANSWER_S)

    def write_file(self, path: str, data: bytes, progress: Progress | None = None) -> None:
        """Writes a file on the board, in place. Raises Refused when the board can't (no space)."""
        try:
            with self._answering():
                self._transport.fs_writefile(path, data, progress_callback=progress)
        except TransportExecError as error:
            raise Refused(_last_line(error.error_output.encode())) from None
        except CushionGone as error:
            if isinstance(error.__cause__, OSError) and error.__cause__.errno == errno.ENOSPC:
                raise Refused(
                    f"the board has no space for {path}; run sitbone sync, then sitbone flash --erase"
                ) from None
            raise

    def _output(self, timeout_s: float) -> tuple[bytes, bytes]:
        """What a snippet printed, and its traceback. mpremote would read on for ever."""
        begun_s = time.monotonic()
        parts = []
        with self._answering():
            for _ in ("output", "traceback"):
                part = bytearray()
                while not part.endswith(END_OF_OUTPUT):
                    part += self._read_some(1)
                    if len(part) > OUTPUT_BYTES or time.monotonic() - begun_s > timeout_s + ANSWER_S:
                        raise CushionGone(f"the cushion on {self.port} sends without end; unplug it, then try again")
                parts.append(bytes(part[:-1]))
        return parts[0], parts[1]

    def _read_some(self, most: int) -> bytes:
        port = self._transport.serial
        data: bytes = port.read(max(1, min(most, port.in_waiting)))
        if not data:
            raise TransportError("silence")
        return data

    @contextlib.contextmanager
    def _answering(self) -> Iterator[None]:
        """Turns every way in which mpremote and pyserial report silence into CushionGone, and suppresses what they
        print."""
        try:
            with self._in_use, contextlib.redirect_stdout(io.StringIO()):
                if self._is_given_up:
                    raise TransportError("another program has the port")
                yield
        except TransportExecError:
            raise
        except (TransportError, serial.SerialException, OSError, struct.error) as error:
            raise CushionGone(f"the cushion on {self.port} stopped answering; check the cable and try again") from error


class _LowTransport(SerialTransport):  # type: ignore[misc]
    """mpremote's transport on a port whose DTR and RTS stay low: its own way of opening raises both."""

    def __init__(self, device: str, baudrate: int, timeout: float) -> None:
        self.in_raw_repl = self.mounted = False
        self.use_raw_paste = True
        self.device_name = device
        self.serial = serial.serial_for_url(
            device, do_not_open=True, baudrate=baudrate, timeout=timeout, interCharTimeout=1, exclusive=True
        )
        self.serial.dtr = self.serial.rts = False
        self.serial.open()
        self.is_pty = self._is_pty_device(device)


def ports() -> list[str]:
    """All serial ports of this computer, whatever is connected to them."""
    return sorted(info.device for info in list_ports.comports())


def usb_ports() -> list[str]:
    """Those of devices on USB, as boards are."""
    return sorted(info.device for info in list_ports.comports() if info.vid is not None)


def _last_line(output: bytes) -> str:
    lines = output.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "no answer"


def _open_when_free(port: str) -> SerialTransport:
    """The same as `_open`, once autosync has given the port up."""
    try:
        return _open(port)
    except PortInUse as error:
        in_use = error
    for _ in port_requests.tries(port):
        with contextlib.suppress(PortInUse):
            return _open(port)
    raise in_use


def _open(port: str) -> SerialTransport:
    """The opened port. Raises NoCushion, with the reason in it, when it can't be opened."""
    if port.startswith("/") and not Path(port).exists():
        raise NoCushion(f"there is no port {port}; plug in the cushion, or run sitbone devices")
    # Resolved, because mpremote recognises a pty only by its own name.
    device = os.path.realpath(port) if port.startswith("/") else port
    lines = os.environ.get(LINES_VARIABLE, "")
    if lines not in ("", "low"):
        raise UsageError(f"{LINES_VARIABLE} is {lines}, which means nothing; set it to low, or unset it")
    try:
        transport = (_LowTransport if lines else SerialTransport)(device, baudrate=BAUD, timeout=ANSWER_S)
    except (TransportError, serial.SerialException, ValueError, OSError):
        raise _why_not_open(port, device) from None
    transport.serial.write_timeout = ANSWER_S
    return transport


def _why_not_open(port: str, device: str) -> NoCushion:
    """mpremote hides the reason, so the port is opened again to get it: with both lines low, which resets no board."""
    try:
        again = serial.serial_for_url(device, do_not_open=True, exclusive=True)
        again.dtr = again.rts = False
        again.open()
        again.close()
    except (OSError, ValueError) as error:
        code = getattr(error, "errno", None)
        if code == errno.EACCES:
            return NoCushion(
                f"no permission to open {port}; add yourself to its group (often dialout), then log in again"
            )
        if code in (errno.EBUSY, errno.EAGAIN) or "lock" in str(error):
            return PortInUse(f"{port} is in use by {holder_of(device) or 'another program'}; close it, then try again")
        if code == errno.ENOENT or "FileNotFoundError" in str(error):
            return NoCushion(f"there is no port {port}; plug in the cushion, or run sitbone devices")
    return NoCushion(f"cannot open {port} as a serial port; run sitbone devices to find the cushion's port")
