"""What really happened: from a recording's own `occupied` column, or from a simulated person's journal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cushion.core.cadence import SAMPLE_MS
from cushion.core.calibration import ZONES
from sitbone.replay.trace import Trace

SHORTEST_SIT_MS = 3000  # a shorter touch isn't a sit: the model asks for three seconds of load
SHIFT_MS = 15_000
CHUNK_MS = 60_000
OBJECT_MS = 660_000


@dataclass(frozen=True)
class Sit:
    """A stretch of sitting; an edge is unknown where the recording begins, ends, or doesn't say what came before."""

    start_ms: int
    end_ms: int
    start_known: bool = True
    end_known: bool = True


@dataclass
class Truth:
    """``shifts``: ``(start_ms, end_ms, side)``, None where unknown. ``unknown``: where nothing may be scored."""

    sits: list[Sit]
    duration_ms: int
    shifts: list[tuple[int, int, str]] | None = None
    unknown: list[tuple[int, int]] = field(default_factory=list)

    def is_unknown(self, t_ms: float, margin_ms: float = 0) -> bool:
        return any(start - margin_ms <= t_ms <= end + margin_ms for start, end in self.unknown)

    def seated(self, t_ms: float, margin_ms: float = 0) -> bool:
        return any(sit.start_ms - margin_ms <= t_ms <= sit.end_ms + margin_ms for sit in self.sits)


def truth_of(trace: Trace) -> Truth:
    """From the `occupied` column; times from the trace's start."""
    if trace.occupied is None:
        raise ValueError("the trace has no occupied column")
    state = np.where(np.isfinite(trace.occupied), trace.occupied, -1)
    t_ms = trace.t_ms - trace.t_ms[0]
    cuts = np.flatnonzero(np.diff(state)) + 1
    starts, ends = np.r_[0, cuts], np.r_[cuts, len(state)] - 1
    sits, unknown = [], []
    for index, (first, last) in enumerate(zip(starts, ends, strict=True)):
        start_ms, end_ms = int(t_ms[first]), int(t_ms[last])
        if state[first] == -1:
            unknown.append((start_ms, end_ms))
        elif state[first] == 1 and end_ms - start_ms >= SHORTEST_SIT_MS:
            before = index > 0 and state[starts[index - 1]] == 0
            after = index + 1 < len(starts) and state[starts[index + 1]] == 0
            sits.append(Sit(start_ms, end_ms, before, after))
    return Truth(sits, int(t_ms[-1]), None, unknown)


def perform(name: str, seed: int, hours: float, fault: Any = None) -> tuple[Trace, Truth]:
    """Somebody's hours on the virtual seat, undisturbed by prompts: what the ADC reports, and what really happened."""
    from sitbone.virtual import SITTERS, SitterSeat

    journal: list[dict[str, Any]] = []
    seat = SitterSeat(name, seed=seed)
    seat.attach(lambda t_ms, kind, **facts: journal.append({"t_ms": int(t_ms), "kind": kind, **facts}))
    if fault is not None:
        seat.fail(fault)
    duration_ms = int(hours * 3_600_000)
    times = np.arange(0, duration_ms, SAMPLE_MS, dtype=np.int64)
    parts = [seat.zones_mv(times[times // CHUNK_MS == chunk]) for chunk in range(-(-duration_ms // CHUNK_MS))]
    journal = [event for event in journal if event["t_ms"] < duration_ms]
    faults = [fault] if fault is not None else []
    faults += [SITTERS[name].fault] if SITTERS[name].fault else []
    shifts = [shift for shift in _shifts_of(journal, duration_ms) if not any(_hides(fault, shift) for fault in faults)]
    truth = Truth(_sits_of(journal, duration_ms), duration_ms, shifts, _unsure(journal, duration_ms))
    occupied = np.zeros(len(times))
    for sit in truth.sits:
        occupied[(times >= sit.start_ms) & (times < sit.end_ms)] = 1
    return Trace(times, np.round(np.concatenate(parts), 1).astype(np.float64), ZONES, occupied), truth


def _sits_of(journal: list[dict[str, Any]], end_ms: int) -> list[Sit]:
    sits, since_ms = [], None
    for event in journal:
        if event["kind"] == "sat":
            since_ms = event["t_ms"]
        elif event["kind"] == "stood" and since_ms is not None:
            sits.append(Sit(since_ms, event["t_ms"]))
            since_ms = None
    if since_ms is not None:
        sits.append(Sit(since_ms, end_ms, True, False))
    return [sit for sit in sits if sit.end_ms - sit.start_ms >= SHORTEST_SIT_MS]


def _unsure(journal: list[dict[str, Any]], end_ms: int) -> list[tuple[int, int]]:
    """A bag that was put down within the last ten minutes: it cannot be told from a person yet."""
    bags = [event for event in journal if event["kind"] == "bag"]
    if bags and bags[-1]["on"] and end_ms - bags[-1]["t_ms"] < OBJECT_MS:
        return [(bags[-1]["t_ms"], end_ms)]
    return []


def _hides(fault: Any, shift: tuple[int, int, str]) -> bool:
    """A broken sitting-bone zone sees no shift of its side."""
    return fault.zone < 2 and ("left", "right")[fault.zone] == shift[2] and shift[1] > fault.at_ms


def _shifts_of(journal: list[dict[str, Any]], end_ms: int) -> list[tuple[int, int, str]]:
    """Runs of postures that relieve a side, per side: what the model calls a weight shift."""
    shifts: list[tuple[int, int, str]] = []
    since: dict[str, int] = {}
    for event in [*journal, {"t_ms": end_ms, "kind": "stood"}]:
        relieved = event.get("relieved", []) if event["kind"] == "shift" else []
        if event["kind"] not in ("sat", "stood", "shift"):
            continue
        for side in ("left", "right"):
            if side in relieved:
                since.setdefault(side, event["t_ms"])
            elif side in since:
                start_ms = since.pop(side)
                if event["t_ms"] - start_ms >= SHIFT_MS:
                    shifts.append((start_ms, event["t_ms"], side))
    return sorted(shifts)
