"""What the chip did that costs energy: times per state, samples, starts and vibration, over all its lives."""

from __future__ import annotations

import struct

_CHIP = struct.Struct("<QIIIII")
_COUNTERS = ("light_us", "light_sleeps", "samples", "flash_reads", "flash_programs", "flash_erases")
_NOTHING = (0,) * len(_COUNTERS)


class Usage:
    """``totals`` counts since the world began; the chip's own counters start again at each of its starts."""

    def __init__(self) -> None:
        self._chip = dict.fromkeys(_COUNTERS, 0)
        self._deep_ms = self._starts = self._motor_ms = 0
        self._life = _NOTHING
        self._motor_since: dict[str, int] = {}

    def start(self) -> None:
        self._starts += 1
        self._life = _NOTHING

    def chip(self, counters: bytes) -> None:
        """The chip's counters, as power.py packs them; b"" from a chip that has not started that far."""
        if not counters:
            return
        now = _CHIP.unpack(counters)
        for name, count, before in zip(_COUNTERS, now, self._life, strict=True):
            self._chip[name] += count - before
        self._life = now

    def of_this_start(self) -> dict[str, int]:
        """The chip's counters since its last start, as last reported."""
        return dict(zip(_COUNTERS, self._life, strict=True))

    def slept(self, ms: int) -> None:
        self._deep_ms += ms

    def motor(self, side: str, on: bool, t_ms: int) -> None:
        if on:
            self._motor_since.setdefault(side, t_ms)
        elif side in self._motor_since:
            self._motor_ms += t_ms - self._motor_since.pop(side)

    def totals(self) -> dict[str, int]:
        counts = dict(self._chip)
        return {
            "light_ms": counts.pop("light_us") // 1000,
            "deep_ms": self._deep_ms,
            **counts,
            "starts": self._starts,
            "motor_ms": self._motor_ms,
        }
