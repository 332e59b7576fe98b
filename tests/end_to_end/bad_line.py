"""A serial line with faults between a client and a cushion: bytes are dropped, doubled, flipped or late, or it ends."""

import os
import pty
import random
import select
import threading
import time
import tty

KINDS = ("drop", "double", "flip", "delay")
LATE_S = 0.03


class BadLine:
    """Joins ``board`` (the path of a cushion's port) and ``port``, its own. Each byte, either way, suffers ``kind``
    with probability ``rate``; after ``cut_after`` bytes from the board the line is gone."""

    def __init__(self, board: str, kind: str, rate: float, seed: int, cut_after: int | None = None) -> None:
        self._kind, self._rate, self._left = kind, rate, cut_after
        self._rng = random.Random(seed)
        self.faults = 0
        self.carried = 0  # bytes from the board
        self._board = os.open(os.path.realpath(board), os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self._board)
        self._client, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        self._stopped, self._stop = os.pipe()
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    def __enter__(self) -> "BadLine":
        return self

    def __exit__(self, *_: object) -> None:
        os.write(self._stop, b"!")
        self._thread.join()
        for fd in (self._board, self._client, self._slave, self._stop, self._stopped):
            if fd >= 0:
                os.close(fd)

    def _carry(self) -> None:
        while True:
            ends = [self._board, self._client, self._stopped]
            ready, _, _ = select.select(ends, [], [])
            if self._stopped in ready:
                return
            for end in ready:
                if not self._move(end):
                    self._hang_up()
                    return

    def _move(self, end: int) -> bool:
        try:
            data = os.read(end, 1024)
        except OSError:
            return False
        self.carried += len(data) if end == self._board else 0
        other = self._client if end == self._board else self._board
        if end == self._board and self._left is not None:
            data = data[: self._left]
            self._left -= len(data)
        self._send(other, self._spoil(data))
        return self._left != 0

    def _send(self, end: int, parts: list[bytes]) -> None:
        for number, part in enumerate(parts):
            if number:
                time.sleep(LATE_S)
            while part:
                part = part[os.write(end, part) :]

    def _spoil(self, data: bytes) -> list[bytes]:
        """What arrives; between two parts there is a pause."""
        parts, out = [], bytearray()
        for byte in data:
            if self._rng.random() >= self._rate:
                out.append(byte)
                continue
            self.faults += 1
            if self._kind == "double":
                out += bytes([byte, byte])
            elif self._kind == "flip":
                out.append(byte ^ 1 << self._rng.randrange(8))
            elif self._kind == "delay":
                parts.append(bytes(out))
                out = bytearray([byte])
        return [*parts, bytes(out)]

    def _hang_up(self) -> None:
        """The client's port is gone, as when the plug is pulled."""
        time.sleep(0.05)  # a pty forgets what wasn't read when it closes; a real line would have delivered it
        os.close(self._slave)
        os.close(self._client)
        self._slave = self._client = -1
