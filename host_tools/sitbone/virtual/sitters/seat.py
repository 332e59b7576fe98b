"""What lies on the cushion: the seat's side of the world, and a seat that plays back a recorded trace."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sitbone.replay.trace import GAP_MS, Trace

ZONE_COUNT = 4
ROW_MS = 50
DIVIDER_OHM = 3300.0
_DAY_MS = 86_400_000

Times = NDArray[np.int64]
Readings = NDArray[np.float64]
Log = Callable[..., None]


class Seat:
    """An empty seat, and the questions every seat answers. Times are world ms: since the chip's power-on.

    The world asks in order: windows never go back. A seat may therefore decide what happens when it is asked.
    """

    end_ms: int | None = None
    """Where a recording ends; from there on the world runs in real time. None: never."""

    empty_mv: float = 0.0
    """What an unloaded zone reads."""

    longest_chunk_ms: int = 60_000
    """How far ahead the seat knows its readings, whatever the chip does in the meantime; below 65 s."""

    def wire(self, bias_ohm: float, supply_mv: float) -> None:
        """The board's sensors have bias resistors (0: none), and this supply."""
        self.empty_mv = supply_mv * DIVIDER_OHM / (DIVIDER_OHM + bias_ohm) if bias_ohm else 0.0

    def attach(self, log: Log) -> None:
        """``log(t_ms, kind, **facts)`` writes what really happened into the journal."""

    def moments_ms(self, start_ms: int, end_ms: int) -> Times:
        """When readings change in [start, end): the first is ``start_ms``, the rest rise."""
        return np.array([start_ms], dtype=np.int64)

    def zones_mv(self, t_ms: Times) -> Readings:
        """What the ADC reports at these times: (n, 4) mV in the order of ``ZONES``."""
        return np.full((len(t_ms), ZONE_COUNT), self.empty_mv)

    def stopped_until_ms(self, t_ms: int) -> int:
        """``t_ms``, or the end of the hole in the recording that ``t_ms`` lies in: the chip stands still for it."""
        return t_ms

    def next_stop_ms(self, t_ms: int) -> int | None:
        """Where the next such hole begins, after ``t_ms``."""
        return None

    def presses_ms(self, start_ms: int, end_ms: int) -> list[tuple[int, bool]]:
        """When somebody pushes (True) and releases the button in [start, end)."""
        return []

    def motor(self, side: str, on: bool, strength: float, t_ms: int) -> None:
        """A motor under the seat started, changed strength or stopped."""


EmptySeat = Seat


class TraceSeat(Seat):
    """Plays a trace: each reading holds until the next row, exactly as recorded.

    Empty before the first and after the last row; zones that the trace lacks read 0. ``origin_ms`` is the trace time of
    power-on: by default 0, or the first row where the trace counts from elsewhere (below 0, or more than a day off).
    """

    longest_chunk_ms = 10_000

    def __init__(self, trace: Trace, origin_ms: int | None = None) -> None:
        first = int(trace.t_ms[0])
        if origin_ms is None:
            origin_ms = 0 if 0 <= first < _DAY_MS else first
        t_ms = trace.t_ms - origin_ms
        nothing = np.zeros((1, ZONE_COUNT))
        self._t_ms = np.concatenate([[np.iinfo(np.int64).min], t_ms, [t_ms[-1] + 1]])
        self._mv = np.concatenate([nothing, trace.mv, nothing])
        self.end_ms = int(t_ms[-1]) + 1
        holes = np.flatnonzero(np.diff(t_ms) > GAP_MS)
        self._hole_starts = t_ms[holes] + 1  # the last row before a hole is still seen
        self._hole_ends = t_ms[holes + 1]

    def wire(self, bias_ohm: float, supply_mv: float) -> None:
        super().wire(bias_ohm, supply_mv)
        self._mv[[0, -1]] = self.empty_mv

    def moments_ms(self, start_ms: int, end_ms: int) -> Times:
        first, last = np.searchsorted(self._t_ms, (start_ms + 1, end_ms))
        return np.concatenate([[start_ms], self._t_ms[first:last]])

    def zones_mv(self, t_ms: Times) -> Readings:
        return np.asarray(self._mv[np.searchsorted(self._t_ms, t_ms, side="right") - 1])

    def stopped_until_ms(self, t_ms: int) -> int:
        hole = int(np.searchsorted(self._hole_starts, t_ms, side="right")) - 1
        if hole >= 0 and t_ms < self._hole_ends[hole]:
            return int(self._hole_ends[hole])
        return t_ms

    def next_stop_ms(self, t_ms: int) -> int | None:
        hole = int(np.searchsorted(self._hole_starts, t_ms, side="right"))
        return int(self._hole_starts[hole]) if hole < len(self._hole_starts) else None
