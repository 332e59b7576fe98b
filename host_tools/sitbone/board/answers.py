"""Calls to the firmware's link and its answers: one JSON text per line, followed by its CRC-32."""

import json
import zlib
from typing import Any

from sitbone.board.serial_line import SerialLine
from sitbone.board.shapes import wrong
from sitbone.errors import DamagedData, NoCushion, Refused, SitboneError, TransferDamaged

MOST_WORDS = 400  # of the cushion's own


class Answers:
    """The firmware's answers on a line.

    Raises Refused with the cushion's own line, NoCushion when the board has no sitbone firmware, TransferDamaged where
    an answer came with bytes flipped, DamagedData for an answer that can't be right (shapes.py).
    """

    def __init__(self, line: SerialLine) -> None:
        self._line = line

    @property
    def port(self) -> str:
        """The port that the answers come from."""
        return self._line.port

    def call(self, name: str, *args: object) -> dict[str, Any]:
        """One call and its one answer."""
        return self._accepted(self._checked(self._run(_call_code(name, args))), name)

    def start(self, name: str, *args: object) -> None:
        """Starts a call whose answers are read one by one: `next`, `read_some`, then `finish`."""
        self._line.start(_call_code(name, args))

    def next(self, name: str) -> dict[str, Any]:
        """The next answer of a started call; ``name``: which one it is, in `shapes.SHAPES`."""
        try:
            line = self._line.read_line()
        except Refused as error:
            raise self._as_no_cushion(error) from None
        return self._accepted(self._checked(line), name)

    def read_some(self, most: int) -> bytes:
        """One to ``most`` of a started call's raw bytes, as soon as some arrive."""
        return self._line.read_some(most)

    def finish(self) -> None:
        """Waits for the end of a started call."""
        self._line.finish()

    def _run(self, code: str) -> bytes:
        """What a call printed. A failed call is repeated: a flipped byte fails too, but hardly twice in the same
        way."""
        try:
            return self._line.run(code)
        except Refused as first:
            try:
                return self._line.run(code)
            except Refused as second:
                if str(first) == str(second):
                    raise self._as_no_cushion(second) from None
                raise self._damaged(str(second).encode()) from None

    def _checked(self, line: bytes) -> Any:
        """The JSON of a line that ends with a space and its own CRC-32. Raises TransferDamaged for any other line."""
        text, _, crc = line.strip().rpartition(b" ")
        if b"%08x" % zlib.crc32(text) != crc:
            raise self._damaged(line)
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise self.cant_be_right("no JSON") from None

    def _accepted(self, answer: Any, name: str) -> dict[str, Any]:
        if not isinstance(answer, dict):
            raise self.cant_be_right(name)
        if "error" in answer:
            raise Refused(str(answer["error"])[:MOST_WORDS])
        if part := wrong(name, answer):
            raise self.cant_be_right(f"{name}: {part}")
        return answer

    def cant_be_right(self, what: str) -> DamagedData:
        """The error for an answer that came whole and is wrong; ``what``: the part of it."""
        return DamagedData(
            f"the cushion on {self.port} sent an answer that can't be right ({what}); run sitbone install, or update"
            " sitbone if the cushion's firmware is newer"
        )

    def _damaged(self, line: bytes) -> TransferDamaged:
        return TransferDamaged(
            f"the cushion on {self.port} sent a damaged answer ({line[:60]!r}); check the cable and try again"
        )

    def _as_no_cushion(self, error: Refused) -> SitboneError:
        """A board without our firmware fails at the import."""
        if str(error).startswith("ImportError"):
            return NoCushion(
                f"the board on {self.port} has no sitbone firmware; run sitbone install --port {self.port}"
            )
        return Refused(f"the firmware on {self.port} failed ({error}); run sitbone install --port {self.port}")


def _call_code(name: str, args: tuple[object, ...]) -> str:
    # Not as ASCII: MicroPython's json reads an escaped emoji as two surrogates, which are no text.
    line = json.dumps([name, *args], ensure_ascii=False).encode(errors="replace").decode()
    return f"from cushion.link import calls\ncalls.call({line!r},{zlib.crc32(line.encode())})"
