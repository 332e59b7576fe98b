"""The cushion at the other end of a serial port. The only module that imports mpremote and pyserial.

Everything goes through the stock raw REPL, entered without a soft reset: the firmware's console serves it while the
monitor goes on, and a blank board's own REPL serves it too.
"""

import contextlib
import errno
import hashlib
import io
import json
import os
import struct
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import serial
from mpremote.transport import TransportError, TransportExecError
from mpremote.transport_serial import SerialTransport
from serial.tools import list_ports

from sitbone.board.port_holder import holder_of
from sitbone.errors import CushionGone, NoCushion, Refused, SitboneError, TransferDamaged

BAUD = 115200
ANSWER_S = 10.0  # the longest silence within an answer; a littlefs that tidies up can take seconds
PROBE_S = 1.0
BANNER = b"raw REPL; CTRL-B to exit\r\n"
HASH_CHUNK_BYTES = 512
CHUNK_BYTES = 4096

Progress = Callable[[int, int], None]  # (done, of all), in bytes


class Board:
    """A MicroPython board in raw REPL mode, for the time of a ``with``.

    Raises NoCushion when nothing there answers, CushionGone when it stops doing so.
    """

    def __init__(self, port: str) -> None:
        self.port = port

    def __enter__(self) -> Self:
        self._transport = _open(self.port)
        try:
            with self._answering():
                entered = _enter(self._transport, PROBE_S) or _enter_by_interrupt(self._transport)
        except CushionGone:
            entered = False
        if not entered:
            self._close()
            raise NoCushion(f"nothing on {self.port} answers as a cushion; check the cable, the power and the port")
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError, serial.SerialException):
            self._transport.exit_raw_repl()
        self._close()

    def _close(self) -> None:
        # mpremote lowers DTR and RTS first, which a port that went away refuses.
        with contextlib.suppress(OSError, serial.SerialException):
            self._transport.close()
        with contextlib.suppress(OSError, serial.SerialException):
            self._transport.serial.close()

    @contextlib.contextmanager
    def _answering(self) -> Iterator[None]:
        """Turns each way in which mpremote and pyserial report silence into CushionGone, and keeps what they would
        print to themselves."""
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                yield
        except TransportExecError:
            raise
        except (TransportError, serial.SerialException, OSError, struct.error) as error:
            raise CushionGone(f"the cushion on {self.port} stopped answering; check the cable and try again") from error

    def run(self, code: str, timeout_s: float = ANSWER_S) -> bytes:
        """Runs a snippet; returns what it printed. Raises Refused with the last line of its traceback if it failed."""
        with self._answering():
            out, err = self._transport.exec_raw(code, timeout=timeout_s)
        if err:
            raise Refused(_last_line(err))
        return bytes(out)

    def run_json(self, code: str) -> Any:
        """What a snippet printed as one JSON line. Raises CushionGone when it is no JSON."""
        out = self.run(code)
        try:
            return json.loads(out)
        except ValueError:
            raise CushionGone(f"the cushion on {self.port} answered {out[:60]!r}; unplug it, then try again") from None

    def start(self, code: str) -> None:
        """Runs a snippet that never answers (a reset)."""
        with contextlib.suppress(CushionGone), self._answering():
            self._transport.exec_raw_no_follow(code)

    # --- files on the board

    def read_text(self, path: str) -> str | None:
        """A small file's text, or None when there is no such file."""
        text: str | None = self.run_json(
            f"import json\ntry:\n with open({path!r}) as f:\n  t=f.read()\nexcept OSError:\n t=None\n"
            "print(json.dumps(t))"
        )
        return text

    def write(self, path: str, data: bytes, progress: Callable[[int, int], None] | None = None) -> None:
        """Writes a file, in place. Raises Refused when the board can't (no space)."""
        try:
            with self._answering():
                self._transport.fs_writefile(path, data, progress_callback=progress)
        except TransportExecError as error:
            raise Refused(_last_line(error.error_output.encode())) from None
        except CushionGone as error:
            if isinstance(error.__cause__, OSError) and error.__cause__.errno == errno.ENOSPC:
                raise Refused(f"no space left for {path}") from None
            raise

    def sha256(self, path: str) -> str | None:
        """The SHA-256 of a file on the board, in hex; None when there is no such file."""
        found: str | None = self.run_json(
            f"import hashlib,json,binascii\nh=hashlib.sha256();b=bytearray({HASH_CHUNK_BYTES});m=memoryview(b)\ntry:\n"
            f" with open({path!r},'rb') as f:\n  while True:\n   n=f.readinto(b)\n   if not n:break\n"
            "   h.update(m[:n])\n t=binascii.hexlify(h.digest()).decode()\nexcept OSError:\n t=None\n"
            "print(json.dumps(t))"
        )
        return found

    def listdir(self, path: str) -> list[str]:
        """Names in a folder of the board; [] when there is no such folder."""
        names: list[str] = self.run_json(
            f"import os,json\ntry:\n l=os.listdir({path!r})\nexcept OSError:\n l=[]\nprint(json.dumps(l))"
        )
        return names

    def make_folders(self, path: str) -> None:
        """Makes a folder and those above it."""
        self.run(
            f"import os\np=''\nfor n in {path.strip('/')!r}.split('/'):\n p+='/'+n\n try:\n  os.mkdir(p)\n"
            " except OSError as e:\n  if e.args[0]!=17:raise"
        )

    def rename(self, path: str, to: str) -> None:
        """Renames a file, replacing ``to`` in one step."""
        self.run(f"import os\nos.rename({path!r},{to!r})")

    def remove_tree(self, path: str) -> None:
        """Removes a file, or a folder with all in it; one that isn't there is fine."""
        self.run(
            "import os\ndef r(p):\n try:\n  d=os.stat(p)[0]&0x4000\n except OSError:\n  return\n if d:\n"
            f"  for n in os.listdir(p):r(p+'/'+n)\n  os.rmdir(p)\n else:\n  os.remove(p)\nr({path!r})"
        )

    def bytes_free(self) -> int:
        """Free space of the board's file system."""
        return int(self.run_json("import os\ns=os.statvfs('/')\nprint(s[0]*s[3])"))


class Cushion(Board):
    """A board that runs sitbone's firmware."""

    def call(self, name: str, *args: object) -> dict[str, Any]:
        """One call of the firmware's link (status, clock, settings_show, settings_set, calibrate, gesture).

        Raises Refused with the cushion's own line, NoCushion when the board has no sitbone firmware.
        """
        return self._accepted(self._checked(self._run_call(_call_code(name, args))))

    def _run_call(self, code: str) -> bytes:
        """What a call printed. One that fails is made again: a flipped byte in it fails too, but hardly twice alike."""
        try:
            return self.run(code)
        except Refused as first:
            try:
                return self.run(code)
            except Refused as second:
                if str(first) == str(second):
                    raise _as_no_cushion(second, self.port) from None
                raise self._damaged(str(second).encode()) from None

    def _checked(self, line: bytes) -> Any:
        """The JSON of a line that ends with its own CRC-32, a space between. Raises TransferDamaged for any other."""
        text, _, crc = line.strip().rpartition(b" ")
        if b"%08x" % zlib.crc32(text) != crc:
            raise self._damaged(line)
        return json.loads(text)

    def _damaged(self, line: bytes) -> TransferDamaged:
        return TransferDamaged(f"the cushion on {self.port} answered {line[:60]!r}; check the cable and try again")

    def _accepted(self, answer: Any) -> dict[str, Any]:
        if not isinstance(answer, dict):
            raise CushionGone(f"the cushion on {self.port} gave no proper answer; unplug it, then try again")
        if "error" in answer:
            raise Refused(str(answer["error"]))
        return answer

    def read_log(self, since_seq: int) -> "LogStream":
        """Starts the transfer of all records with seq >= ``since_seq``; iterate over the answer for its bytes."""
        with self._answering():
            self._transport.exec_raw_no_follow(_call_code("read_log", (since_seq,)))
            line = self._read_line()
        return LogStream(self, self._parse_line(line))

    def record(self, for_s: int) -> Iterator[dict[str, Any]]:
        """Raw samples as they are taken: one answer with ``zones``, then for each sample a ``row`` of its number, ms
        since the beginning and a level per zone in 0.1 mV. A row that came damaged is left out: its number shows it."""
        with self._answering():
            self._transport.exec_raw_no_follow(_call_code("record", (for_s,)))
        first = True
        while True:
            with self._answering():
                line = self._read_line()
            try:
                answer = self._parse_line(line)
            except TransferDamaged:
                if first:
                    raise
                continue
            first = False
            yield answer
            if "samples" in answer:
                break
        with self._answering():
            self._transport.follow(ANSWER_S)

    def _parse_line(self, line: bytes) -> dict[str, Any]:
        """One JSON line of a transfer. Where the snippet failed there is an empty output and its traceback instead."""
        if line.startswith(b"\x04"):
            with self._answering():
                line += self._transport.read_until(1, b"\x04", timeout=ANSWER_S)
            raise _as_no_cushion(Refused(_last_line(line.strip(b"\x04"))), self.port)
        return self._accepted(self._checked(line))

    def _read_line(self) -> bytes:
        line = b""
        while not line.endswith((b"\n", b"\x04")) and len(line) < 1000:
            line += self._read_some(1)
        return line

    def _read_some(self, most: int) -> bytes:
        """One to ``most`` bytes, as soon as there are any. Raises CushionGone after ANSWER_S of silence."""
        port = self._transport.serial
        data: bytes = port.read(max(1, min(most, port.in_waiting)))
        if not data:
            raise TransportError("silence")
        return data


class LogStream:
    """A transfer of the log: ``size_bytes``, ``last_seq`` and ``kept_first_seq`` are known at once.

    Iterating yields its bytes as they arrive, at most CHUNK_BYTES at a time and unverified; the iteration's end has
    verified the hash of the whole. Raises CushionGone at a cut, TransferDamaged when the hash is another.
    """

    def __init__(self, cushion: Cushion, header: dict[str, Any]) -> None:
        self._cushion = cushion
        try:
            self.size_bytes = int(header["bytes"])
            self.last_seq: int | None = header["last_seq"]
            self.kept_first_seq: int | None = header["kept_first_seq"]
        except (KeyError, TypeError, ValueError):
            raise TransferDamaged(f"an answer of the cushion on {cushion.port} came damaged; check the cable") from None

    def __iter__(self) -> Iterator[bytes]:
        digest = hashlib.sha256()
        left = self.size_bytes
        while left:
            data = self._read_some(min(CHUNK_BYTES, left))
            digest.update(data)
            left -= len(data)
            yield data
        self._finish(digest.hexdigest())

    def _read_some(self, most: int) -> bytes:
        with self._cushion._answering():
            return self._cushion._read_some(most)

    def _finish(self, found: str) -> None:
        with self._cushion._answering():
            line = self._cushion._read_line()
        trailer = self._cushion._parse_line(line)
        with self._cushion._answering():
            self._cushion._transport.follow(ANSWER_S)
        if trailer.get("sha256") != found:
            raise TransferDamaged(f"the log from {self._cushion.port} came damaged; check the cable and sync again")


def find() -> list[dict[str, Any]]:
    """The cushions on this computer's serial ports, as ``{"port", "cushion", "firmware", "state"}``.

    Only Ctrl-A is sent before a board has answered: no reset, and a program that runs on another board goes on.
    """
    found = []
    for port in ports():
        status = probe(port)
        if status is not None:
            found.append({"port": port, **{key: status.get(key) for key in ("cushion", "firmware", "state")}})
    return found


def ports() -> list[str]:
    """All serial ports of this computer, whatever is at their other ends."""
    return sorted(info.device for info in list_ports.comports())


def probe(port: str) -> dict[str, Any] | None:
    """The status of the cushion on a port, or None when there is none."""
    with contextlib.suppress(SitboneError), GentleCushion(port) as cushion:
        return cushion.call("status")
    return None


class GentleCushion(Cushion):
    """Enters without Ctrl-C, which would stop the program of a board that isn't a cushion."""

    def __enter__(self) -> Self:
        self._transport = _open(self.port)
        with contextlib.suppress(CushionGone), self._answering():
            if _enter(self._transport, PROBE_S):
                return self
        self._close()
        raise NoCushion(f"nothing on {self.port} answers as a cushion; check the cable, the power and the port")


def _call_code(name: str, args: tuple[object, ...]) -> str:
    line = json.dumps([name, *args])
    return f"from cushion.link import calls\ncalls.call({line!r},{zlib.crc32(line.encode())})"


def _last_line(output: bytes) -> str:
    lines = output.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "no answer"


def _as_no_cushion(error: Refused, port: str) -> SitboneError:
    """A board without our firmware fails at the import."""
    if str(error).startswith("ImportError"):
        return NoCushion(f"the board on {port} has no sitbone firmware; run sitbone install --port {port}")
    return Refused(f"the cushion on {port} failed ({error}); run sitbone install --port {port}")


def _open(port: str) -> SerialTransport:
    """The opened port. Raises NoCushion, with the reason in it, when it can't be opened."""
    if port.startswith("/") and not Path(port).exists():
        raise NoCushion(f"port {port} isn't there; plug the cushion in, or run sitbone devices")
    # Resolved, because mpremote knows a pty only by its own name.
    device = os.path.realpath(port) if port.startswith("/") else port
    try:
        transport = SerialTransport(device, baudrate=BAUD, timeout=ANSWER_S)
    except (TransportError, serial.SerialException, ValueError, OSError):
        raise NoCushion(_why_not_open(port, device)) from None
    transport.serial.write_timeout = ANSWER_S
    return transport


def _why_not_open(port: str, device: str) -> str:
    """mpremote swallows the reason, so it is asked for again."""
    try:
        serial.Serial(device, exclusive=True).close()
    except (OSError, ValueError) as error:
        code = getattr(error, "errno", None)
        if code == errno.EACCES:
            return f"no right to open {port}; add yourself to its group (often dialout), then log in again"
        if code in (errno.EBUSY, errno.EAGAIN) or "lock" in str(error):
            return f"{port} is in use by {holder_of(device) or 'another program'}; close that one, then try again"
        if code == errno.ENOENT or "FileNotFoundError" in str(error):
            return f"port {port} isn't there; plug the cushion in, or run sitbone devices"
    return f"{port} can't be opened as a serial port; run sitbone devices to see which can"


def _enter(transport: SerialTransport, wait_s: float) -> bool:
    """Enters the raw REPL by Ctrl-A alone; False when nothing answered in time."""
    transport.serial.reset_input_buffer()
    transport.serial.timeout = wait_s
    transport.serial.write(b"\r\x01")
    answer = transport.read_until(1, BANNER, timeout=wait_s, timeout_overall=2 * wait_s)
    transport.serial.timeout = ANSWER_S
    entered = bool(answer.endswith(BANNER))
    transport.in_raw_repl = entered
    return entered


def _enter_by_interrupt(transport: SerialTransport) -> bool:
    """The same behind a Ctrl-C, for a board that runs another program or a console left in mid-snippet."""
    transport.serial.write(b"\r\x03")
    time.sleep(0.1)
    return _enter(transport, 2 * PROBE_S)
