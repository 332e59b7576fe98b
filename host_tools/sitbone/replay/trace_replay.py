"""The firmware's own decisions over a recorded trace, in CPython."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cushion.core import patterns, records
from cushion.core.cadence import SAMPLE_MS, Cadence
from cushion.core.calibration import Calibration
from cushion.core.capture import DONE, EMPTY, RUNNING, SEATED, Capture
from cushion.core.engine import Engine
from cushion.core.occupancy import OCCUPIED
from cushion.core.prompting import WHY_NAMES
from cushion.core.settings import Settings
from cushion.drivers.profiles import DEFAULT_PROFILE, PROFILES, ZONES
from sitbone.replay.trace import GAP_MS, Trace, TraceError

Row = dict[str, Any]


def sample_times_ms(t_ms: np.ndarray) -> np.ndarray:
    """When the cushion samples a trace that begins at `t_ms[0]`: every quarter second, and not within a gap.

    A chip stopped over a gap samples at its end, then falls back onto its grid.
    """
    start, end = int(t_ms[0]), int(t_ms[-1])
    grid = np.arange(SAMPLE_MS, end - start + SAMPLE_MS, SAMPLE_MS) + start
    before = np.flatnonzero(np.diff(t_ms) > GAP_MS)
    for row in before:
        grid = grid[(grid <= t_ms[row]) | (grid > t_ms[row + 1])]
    return np.unique(np.concatenate([grid, t_ms[before + 1]])) - start


def levels_at(trace: Trace, times_ms: np.ndarray) -> np.ndarray:
    """Zone voltages in 100 µV, shape (n, 4), at times from the trace's start; each row holds until the next.

    What the board's ADC could not tell from nothing is nothing here too.
    Zones that the trace doesn't have read 0, as an unwired pin does on the virtual cushion.
    """
    rows = np.searchsorted(trace.t_ms - trace.t_ms[0], times_ms, side="right") - 1
    levels: np.ndarray = np.rint(trace.mv[rows] * 10).astype(np.int64)
    return np.where(levels < PROFILES[DEFAULT_PROFILE]["dead_mv"] * 10, 0, levels)


@dataclass
class Findings:
    """What a replay found, collected event by event; times are ms from the trace's start."""

    bouts: list[Row] = field(default_factory=list)
    breaks: list[Row] = field(default_factory=list)
    prompts: list[Row] = field(default_factory=list)
    suppressed: list[Row] = field(default_factory=list)
    shifts: list[Row] = field(default_factory=list)
    unknown: list[Row] = field(default_factory=list)
    objects: list[Row] = field(default_factory=list)
    faults: list[Row] = field(default_factory=list)
    sitting_since_ms: int | None = None

    def take(self, t_ms: int, kind: int, fields: Row) -> None:
        """Adds one event of the engine at decision time `t_ms`."""
        handler = getattr(self, "_" + records.KINDS[kind][0], None)
        if handler is not None:
            handler(t_ms, fields)

    def close(self, end_ms: int) -> None:
        """The trace is over: a bout that still runs ends with it, a prompt that still runs has no outcome."""
        if self.sitting_since_ms is not None:
            self.bouts.append({"start_ms": self.sitting_since_ms, "end_ms": end_ms, "open": True})

    def _sat(self, t_ms: int, fields: Row) -> None:
        self.sitting_since_ms = t_ms - fields["ago_ms"]

    def _stood(self, t_ms: int, fields: Row) -> None:
        self.bouts.append({"start_ms": self.sitting_since_ms, "end_ms": t_ms - fields["ago_ms"]})
        self.sitting_since_ms = None

    def _break(self, t_ms: int, fields: Row) -> None:
        self.breaks.append(_ended(t_ms, fields, "break_ms") | {"verified": bool(fields["verified"])})

    def _shift(self, t_ms: int, fields: Row) -> None:
        shift = _ended(t_ms, fields, "shift_ms")
        self.shifts.append(shift | {"side": records.SIDES[fields["side"]], "lowest_u": fields["lowest_u"]})

    def _unknown(self, t_ms: int, fields: Row) -> None:
        self.unknown.append(_ended(t_ms, fields, "unknown_ms") | {"why": records.GAPS[fields["why"]]})

    def _object(self, t_ms: int, fields: Row) -> None:
        self.objects.append({"t_ms": t_ms, "on": bool(fields["on"])})

    def _fault(self, t_ms: int, fields: Row) -> None:
        quality = records.QUALITIES[fields["quality"]]
        self.faults.append({"t_ms": t_ms, "zone": fields["zone"], "quality": quality, "on": bool(fields["on"])})

    def _prompt(self, t_ms: int, fields: Row) -> None:
        if fields["level"] > 1:
            self.prompts[-1]["level"] = fields["level"]
            self.prompts[-1]["levels_ms"].append(t_ms)
            return
        self.prompts.append(
            {
                "t_ms": t_ms,
                "side": records.SIDES[fields["side"]],
                "level": 1,
                "cause": records.CAUSES[fields["cause"]],
                "outcome": None,
                "levels_ms": [t_ms],
                "dose_s": {"left": fields["left_dose_cs"] / 100, "right": fields["right_dose_cs"] / 100},
                "seated_s": fields["seated_s"],
            }
        )

    def _outcome(self, t_ms: int, fields: Row) -> None:
        self.prompts[-1]["outcome"] = records.OUTCOMES[fields["outcome"]]
        self.prompts[-1]["response_s"] = fields["response_ms"] / 1000 if fields["response_ms"] else None

    def _suppressed(self, t_ms: int, fields: Row) -> None:
        why = [name for bit, name in enumerate(WHY_NAMES) if fields["why"] >> bit & 1]
        cause, side = records.CAUSES[fields["cause"]], records.SIDES[fields["side"]]
        self.suppressed.append({"t_ms": t_ms, "cause": cause, "side": side, "why": why})


def replay_trace(
    trace: Trace, settings: Settings | None = None, calibration: Calibration | None = None, name: str = ""
) -> Row:
    """Runs the core over a trace; returns the `replay` document of the command's JSON output, which calls it `name`."""
    settings = settings or Settings()
    calibration = calibration or Calibration()
    engine = engine_for(settings, calibration)
    findings, max_cs = Findings(), [0, 0]
    duration_ms = int(trace.t_ms[-1] - trace.t_ms[0])
    for t_ms in decisions(trace, engine):
        for row in range(engine.events.count):
            kind = engine.events.kind(row)
            names = records.names_of(kind)
            findings.take(t_ms, kind, dict(zip(names, engine.events.values(row, len(names)), strict=True)))
        engine.events.clear()
        max_cs = [max(max_cs[0], engine.left_dose.cs), max(max_cs[1], engine.right_dose.cs)]
    findings.close(duration_ms)
    return {
        "trace": name,
        "duration_s": duration_ms / 1000,
        "calibration": "calibrated" if calibration.calibrated else "uncalibrated",
        "bouts": findings.bouts,
        "breaks": findings.breaks,
        "prompts": findings.prompts,
        "shifts": findings.shifts,
        "unknown": findings.unknown,
        "dose": {"left": {"max_s": max_cs[0] / 100}, "right": {"max_s": max_cs[1] / 100}},
        "suppressed": findings.suppressed,
        "objects": findings.objects,
        "faults": findings.faults,
    }


def engine_for(settings: Settings, calibration: Calibration) -> Engine:
    """The core on the board that recordings are taken to come from, with resistors as they are meant to be."""
    board = PROFILES[DEFAULT_PROFILE]
    return Engine(settings, calibration, board["supply_mv"], (board["divider_ohm"],) * len(ZONES))


def calibration_from(trace: Trace) -> Calibration:
    """The calibration that the guided capture makes of a trace's first neutral sit; raises TraceError with its reason.

    The seat is taken to be empty at a conductance of 0 unless the trace shows ten quiet seconds of it before.
    """
    engine = engine_for(Settings(), Calibration())
    capture: Capture | None = None
    calibration: Calibration = Calibration()
    why = "nobody sits for four minutes in it"
    for _ in decisions(trace, engine):
        engine.events.clear()
        wanted = SEATED if engine.state() == OCCUPIED else EMPTY
        if capture is None or capture.phase != wanted:
            capture = Capture(wanted, calibration)
        capture.take(engine)
        if capture.state == DONE and capture.result is not None:
            calibration = capture.result
            if capture.phase == SEATED:
                return calibration
        if capture.state != RUNNING:
            why = capture.why or why
            capture = None
    raise TraceError(
        f"no neutral sit to calibrate from: {why}; record one, upright and still, with nothing on the seat"
    )


def decisions(trace: Trace, engine: Engine) -> Iterator[int]:
    """Feeds the engine a trace; yields the time of each decision, with its events still in the queue."""
    cadence, blind_until_ms, last_ms = Cadence(), 0, 0
    times = sample_times_ms(trace.t_ms)
    for t_ms, levels in zip(times.tolist(), levels_at(trace, times).tolist(), strict=True):
        if t_ms >= blind_until_ms:
            engine.sample(levels)
        period_ms = cadence.advance(t_ms - last_ms)
        last_ms = t_ms
        if period_ms:
            engine.decide(period_ms)
            if engine.prompter.vibrate_level:
                blind_until_ms = t_ms + _disturbed_ms(engine)
            yield t_ms


def _disturbed_ms(engine: Engine) -> int:
    """How long the motors and their ringing spoil the samples of the prompt that was just asked for."""
    prompter = engine.prompter
    length_ms: int = patterns.length_ms(prompter.vibrate_level, prompter.responses.habituated())
    return length_ms + patterns.SETTLE_MS


def _ended(t_ms: int, fields: Row, length: str) -> Row:
    """Start and end of something that lasted `fields[length]` and was noticed `ago_ms` after its end."""
    end_ms = t_ms - fields["ago_ms"]
    return {"start_ms": end_ms - fields[length], "end_ms": end_ms}
