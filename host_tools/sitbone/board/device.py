"""The board or the cushion at the other end of a serial port: its files, its firmware's calls, its log."""

import contextlib
import hashlib
import json
from collections.abc import Iterator
from typing import Any, Self

from sitbone.board.answers import Answers
from sitbone.board.serial_line import ANSWER_S, Progress, SerialLine, ports
from sitbone.errors import CushionGone, NoCushion, SitboneError, TransferDamaged

HASH_CHUNK_BYTES = 512
CHUNK_BYTES = 4096


class Board:
    """A MicroPython board in raw REPL mode, for the time of a ``with``.

    Raises NoCushion when nothing there answers, CushionGone when it stops doing so.
    """

    def __init__(self, port: str) -> None:
        self.port = port

    def __enter__(self) -> Self:
        self._line = self._opened()
        entered = False
        with contextlib.suppress(CushionGone):
            entered = self._entered()
        if not entered:
            self._line.close()
            raise NoCushion(f"no cushion answers on {self.port}; check the cable, the power and the port")
        return self

    def __exit__(self, *_: object) -> None:
        self._line.close()

    def _opened(self) -> SerialLine:
        return SerialLine(self.port)

    def _entered(self) -> bool:
        return self._line.enter(patiently=True) or self._line.enter_by_interrupt()

    def run(self, code: str, timeout_s: float = ANSWER_S) -> bytes:
        """Runs a snippet; returns what it printed. Raises Refused with the last line of its traceback if it failed."""
        return self._line.run(code, timeout_s)

    def run_json(self, code: str) -> Any:
        """What a snippet printed as one JSON line. Raises CushionGone when it isn't JSON."""
        out = self.run(code)
        try:
            return json.loads(out)
        except ValueError:
            raise CushionGone(
                f"the board on {self.port} sent an unexpected answer ({out[:60]!r}); unplug it, then try again"
            ) from None

    def start(self, code: str) -> None:
        """Runs a snippet that never answers (a reset)."""
        with contextlib.suppress(CushionGone):
            self._line.start(code)

    # --- files on the board

    def read_text(self, path: str) -> str | None:
        """A small file's text, or None when there is no such file."""
        text: str | None = self.run_json(
            f"import json\ntry:\n with open({path!r}) as f:\n  t=f.read()\nexcept OSError:\n t=None\n"
            "print(json.dumps(t))"
        )
        return text

    def write(self, path: str, data: bytes, progress: Progress | None = None) -> None:
        """Writes a file, in place. Raises Refused when the board can't (no space)."""
        self._line.write_file(path, data, progress)

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
        """Creates a folder and its parents."""
        self.run(
            f"import os\np=''\nfor n in {path.strip('/')!r}.split('/'):\n p+='/'+n\n try:\n  os.mkdir(p)\n"
            " except OSError as e:\n  if e.args[0]!=17:raise"
        )

    def rename(self, path: str, to: str) -> None:
        """Renames a file, replacing ``to`` in one step."""
        self.run(f"import os\nos.rename({path!r},{to!r})")

    def remove_tree(self, path: str) -> None:
        """Removes a file, or a folder with everything in it, if it exists."""
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
        """One call to the firmware's link (status, clock, settings_show, settings_set, calibrate, gesture).

        Raises Refused with the cushion's own message, NoCushion when the board has no sitbone firmware.
        """
        return Answers(self._line).call(name, *args)

    def read_log(self, since_seq: int) -> "LogStream":
        """Starts the transfer of all records with seq >= ``since_seq``; iterate over the answer for its bytes."""
        answers = Answers(self._line)
        answers.start("read_log", since_seq)
        return LogStream(answers)

    def record(self, for_s: int) -> Iterator[dict[str, Any]]:
        """Raw samples as they are taken: one answer with ``zones``, then for each sample a ``row`` of its number, ms
        since the start and a level per zone in 0.1 mV. A row damaged on the way is left out: its number is missing."""
        answers = Answers(self._line)
        answers.start("record", for_s)
        answer = answers.next("record")
        yield answer
        number = t_ms = -1
        while "samples" not in answer:
            try:
                answer = answers.next("record_row")
            except TransferDamaged:
                continue
            if "row" in answer:
                if not (answer["row"][0] > number and t_ms < answer["row"][1] <= for_s * 1000):
                    raise answers.cant_be_right("record: row")
                number, t_ms = answer["row"][:2]
            elif "samples" not in answer:
                raise answers.cant_be_right("record: row")
            yield answer
        answers.finish()


class LogStream:
    """A transfer of the log: ``size_bytes``, ``last_seq`` and ``kept_first_seq`` are known at once.

    Iterating yields its bytes as they arrive, at most CHUNK_BYTES at a time and unverified; the hash of the whole is
    verified at the end. Raises CushionGone when the line is cut, TransferDamaged when the hash is wrong.
    """

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        header = answers.next("read_log")
        self.size_bytes = int(header["bytes"])
        self.last_seq: int | None = header["last_seq"]
        self.kept_first_seq: int | None = header["kept_first_seq"]

    def __iter__(self) -> Iterator[bytes]:
        digest = hashlib.sha256()
        left = self.size_bytes
        while left:
            data = self._answers.read_some(min(CHUNK_BYTES, left))
            digest.update(data)
            left -= len(data)
            yield data
        self._finish(digest.hexdigest())

    def _finish(self, found: str) -> None:
        trailer = self._answers.next("read_log_end")
        self._answers.finish()
        if trailer.get("sha256") != found:
            raise TransferDamaged(
                f"the log from {self._answers.port} was damaged on the way; check the cable and sync again"
            )


def find() -> list[dict[str, Any]]:
    """The cushions on this computer's serial ports, as ``{"port", "cushion", "firmware", "state"}``.

    Only Ctrl-A is sent until a board has answered: other boards are neither reset nor interrupted.
    """
    found = []
    for port in ports():
        status = probe(port)
        if status is not None:
            found.append({"port": port, **{key: status.get(key) for key in ("cushion", "firmware", "state")}})
    return found


def probe(port: str) -> dict[str, Any] | None:
    """The status of the cushion on a port, or None when no cushion is there."""
    with contextlib.suppress(SitboneError), GentleCushion(port) as cushion:
        return cushion.call("status")
    return None


class GentleCushion(Cushion):
    """Enters without Ctrl-C, which would stop the program of a board that isn't a cushion."""

    def _entered(self) -> bool:
        return self._line.enter()
