"""The firmware's own decisions over a recorded trace, in CPython."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from cushion.core import patterns, records
from cushion.core.cadence import SAMPLE_MS, Cadence
from cushion.core.calibration import ZONES, Calibration
from cushion.core.capture import DONE, EMPTY, RUNNING, SEATED, Capture
from cushion.core.engine import Engine
from cushion.core.records import STATE_OCCUPIED
from cushion.core.settings import Settings
from cushion.drivers.profiles import DEFAULT_PROFILE, PROFILES
from sitbone.replay.findings import Findings
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

    A level that the board's ADC reads as zero is zero here, too.
    Zones that the trace doesn't have read 0, as an unwired pin does on the virtual cushion.
    """
    rows = np.searchsorted(trace.t_ms - trace.t_ms[0], times_ms, side="right") - 1
    levels: np.ndarray = np.rint(trace.mv[rows] * 10).astype(np.int64)
    return np.where(levels < PROFILES[trace.board]["dead_mv"] * 10, 0, levels)


def replay_trace(
    trace: Trace, settings: Settings | None = None, calibration: Calibration | None = None, name: str = ""
) -> Row:
    """Runs the core over a trace; returns the `replay` document of the command's JSON output, which calls it `name`."""
    settings = settings or Settings()
    calibration = calibration or Calibration()
    engine = engine_for(settings, calibration, trace.board)
    findings, max_cs = Findings(), [0, 0]
    duration_ms = int(trace.t_ms[-1] - trace.t_ms[0])
    for t_ms in decisions(trace, engine):
        for row in range(engine.events.count):
            kind = engine.events.kind(row)
            names = records.names_of(kind)
            findings.take(t_ms, kind, dict(zip(names, engine.events.values(row, len(names)), strict=True)))
        engine.events.clear()
        max_cs = [max(max_cs[0], engine.decisions.left.dose.cs), max(max_cs[1], engine.decisions.right.dose.cs)]
    findings.close(duration_ms)
    return {
        "trace": name,
        "board": trace.board,
        "duration_s": duration_ms / 1000,
        "calibration": "calibrated" if calibration.calibrated else "uncalibrated",
    } | findings.as_json(max_cs)


def engine_for(settings: Settings, calibration: Calibration, name: str = DEFAULT_PROFILE) -> Engine:
    """The core on the board of this name, with resistors as they are meant to be."""
    board = PROFILES[name]
    divider_ohm = (board["divider_ohm"],) * len(ZONES)
    return Engine(
        settings,
        calibration,
        board["supply_mv"],
        divider_ohm,
        dead_mv=board["dead_mv"],
        bias_ohm=board["bias_ohm"],
        spread_permille=board["spread_permille"],
    )


def calibration_from(trace: Trace) -> Calibration:
    """The calibration that the guided capture makes of a trace's first neutral sit; raises TraceError with its reason.

    The seat is taken to be empty at a conductance of 0 unless the trace shows ten quiet seconds of it before.
    """
    engine = engine_for(Settings(), Calibration(), trace.board)
    capture: Capture | None = None
    calibration: Calibration = Calibration()
    why = "nobody sits for four minutes in it"
    for _ in decisions(trace, engine):
        engine.events.clear()
        wanted = SEATED if engine.decisions.state() == STATE_OCCUPIED else EMPTY
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
            if engine.decisions.prompter.vibrate_level:
                blind_until_ms = t_ms + _disturbed_ms(engine)
            yield t_ms


def _disturbed_ms(engine: Engine) -> int:
    """How long the motors and their ringing spoil the samples of the prompt that was just asked for."""
    prompter = engine.decisions.prompter
    length_ms: int = patterns.length_ms(prompter.vibrate_level, prompter.responses.habituated())
    return length_ms + patterns.SETTLE_MS
