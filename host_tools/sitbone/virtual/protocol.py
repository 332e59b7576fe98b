"""The bytes between supervisor and chip. ``chip/silicon/worldlink.py`` is the other end.

Up (chip to supervisor): frames of ``<tag:1> <t_ms:8> <length:2> <payload>``, in the order in which things happened.
Down: one hello (length-prefixed JSON) when a chip starts, then one chunk of world for each ``CHUNK`` frame.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

BOOTED = b"B"  # file system mounted; payload: b"1" if there is a main.py
BAD_FLASH = b"X"
CHUNK = b"C"
PIN = b"P"
HARD_RESET = b"H"
SOFT_RESET = b"S"
WDT_BITE = b"W"
WDT_ARMED = b"A"
DEEPSLEEP = b"D"
RTC_SET = b"T"
RTC_MEMORY = b"M"
AT_REPL = b"I"
FAULT = b"F"
ALIVE = b"L"
WARNING = b"N"
USB_LOST = b"U"  # light sleep took the native USB
SAMPLED = b"1"  # for the first time since this start; payload: what the chip had used up by then

_FRAME = struct.Struct("<cqH")
_PIN = struct.Struct("<BH")
_CHUNK = struct.Struct("<qqIHHHH")

MAX_ROWS = 250
MAX_EDGES = 250
assert _CHUNK.size + MAX_ROWS * 10 + MAX_EDGES * 4 <= 4096  # the chip's buffer, and one atomic pipe write


@dataclass(frozen=True)
class Frame:
    """A message from the chip, at world time ``t_ms``."""

    tag: bytes
    t_ms: int
    payload: bytes

    def pin(self) -> tuple[int, int]:
        """GPIO and duty (0..65535) of a PIN frame."""
        gpio, duty_u16 = _PIN.unpack(self.payload)
        return gpio, duty_u16


class FrameReader:
    """Splits the byte stream from the chip into frames."""

    def __init__(self) -> None:
        self._pending = b""

    def feed(self, data: bytes) -> list[Frame]:
        data = self._pending + data
        frames = []
        at = 0
        while len(data) - at >= _FRAME.size:
            tag, t_ms, length = _FRAME.unpack_from(data, at)
            end = at + _FRAME.size + length
            if len(data) < end:
                break
            frames.append(Frame(tag, t_ms, data[at + _FRAME.size : end]))
            at = end
        self._pending = data[at:]
        return frames


@dataclass(frozen=True)
class Edge:
    """From ``t_ms`` on the world drives ``gpio`` to ``level`` (2: releases it)."""

    t_ms: int
    gpio: int
    level: int


@dataclass(frozen=True)
class Chunk:
    """The world from ``start_ms`` to ``end_ms``; the chip's time jumps to ``start_ms`` if it was earlier."""

    start_ms: int
    end_ms: int
    pace_milli: int
    """Virtual over real time, permille; 0: as fast as the machine allows."""
    battery_dmv: int
    """At the battery's ADC pin, 0.1 mV."""
    times_ms: NDArray[np.int64]
    """When each row of readings begins; the first is ``start_ms``."""
    zones_mv: NDArray[np.float64]
    edges: tuple[Edge, ...]

    def pack(self) -> bytes:
        rows = np.empty((len(self.times_ms), 5), dtype="<u2")
        rows[:, 0] = self.times_ms - self.start_ms
        rows[:, 1:] = np.clip(self.zones_mv * 10 + 0.5, 0, 65535)
        header = _CHUNK.pack(
            self.start_ms, self.end_ms, self.pace_milli, len(rows), len(self.edges), self.battery_dmv, 0
        )
        if not self.edges:
            return header + rows.tobytes()
        words = [(max(0, e.t_ms - self.start_ms), e.gpio | e.level << 8) for e in self.edges]
        return header + rows.tobytes() + np.array(words, dtype="<u2").tobytes()


def pack_hello(hello: dict[str, Any]) -> bytes:
    body = json.dumps(hello).encode()
    return struct.pack("<I", len(body)) + body
