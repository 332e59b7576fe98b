"""How well the firmware's own decisions, and two simple stopwatches, agree with what really happened.

One row for each recording and each scenario. Transitions are matched one to one within ±5 s, shifts by side and
overlap. The dose is held against a model of its own in floating point, which shares no code with the firmware.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cushion.core.calibration import Calibration
from cushion.core.settings import Settings
from sitbone.errors import UsageError
from sitbone.lab.truth import Sit, Truth, perform, truth_of
from sitbone.replay.trace import Trace, read_trace
from sitbone.replay.trace_replay import decisions, engine_for, levels_at, replay_trace, sample_times_ms

EDGE_MS = 5000
DAY_MS = 86_400_000
STOPWATCH_MS = 1_800_000
SCENARIO_HOURS = 3.0
SEEDS = (1, 2, 3)

Row = dict[str, Any]
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Decided:
    """A detector's decisions on a trace; times in ms from its start."""

    bouts: list[tuple[float, float]]
    prompts: list[float]
    shifts: list[tuple[float, float, str]]


# ---- detectors


def by_firmware(trace: Trace, calibration: Calibration | None = None) -> Decided:
    found = replay_trace(trace, calibration=calibration)
    bouts = [(b["start_ms"], b["end_ms"]) for b in found["bouts"]]
    shifts = [(s["start_ms"], s["end_ms"], s["side"]) for s in found["shifts"]]
    return Decided(bouts, [p["t_ms"] for p in found["prompts"]], shifts)


def by_stopwatch(trace: Trace) -> Decided:
    """Seated while any sensor shows anything; a prompt every 30 minutes of it."""
    times = sample_times_ms(trace.t_ms)
    return _stopwatch(times, levels_at(trace, times).max(axis=1) > 0)


def by_stopwatch_with_hysteresis(trace: Trace) -> Decided:
    """The same with two thresholds, and 3 s to be sure of either."""
    times = sample_times_ms(trace.t_ms)
    highest = levels_at(trace, times).max(axis=1)
    seated, run_ms, state = np.zeros(len(times), dtype=bool), 0.0, False
    for row in range(1, len(times)):
        against = highest[row] > 3000 if not state else highest[row] < 2000
        run_ms = run_ms + times[row] - times[row - 1] if against else 0.0
        if run_ms >= 3000:
            state, run_ms = not state, 0.0
        seated[row] = state
    return _stopwatch(times, seated)


def _stopwatch(times: NDArray[np.int64], seated: NDArray[np.bool_]) -> Decided:
    cuts = np.flatnonzero(np.diff(np.r_[False, seated, False].astype(int)))
    bouts = [
        (float(times[a]), float(times[min(b, len(times) - 1)])) for a, b in zip(cuts[::2], cuts[1::2], strict=True)
    ]
    prompts = [t for a, b in bouts for t in np.arange(a + STOPWATCH_MS, b, STOPWATCH_MS)]
    return Decided(bouts, prompts, [])


DETECTORS: dict[str, Callable[[Trace], Decided]] = {
    "sitbone": by_firmware,
    "stopwatch": by_stopwatch,
    "with hysteresis": by_stopwatch_with_hysteresis,
}


# ---- agreement


def f1(hits: int, missed: int, extra: int) -> float:
    return 2 * hits / (2 * hits + missed + extra) if hits + missed + extra else 1.0


def transitions(truth: Truth, decided: Decided) -> tuple[int, int, int]:
    """(hits, missed, extra) over sit-downs and stand-ups within ±5 s."""
    total = [0, 0, 0]
    for end in (0, 1):
        wanted = [(s.start_ms, s.end_ms)[end] for s in truth.sits if (s.start_known, s.end_known)[end]]
        free = [(s.start_ms, s.end_ms)[end] for s in truth.sits if not (s.start_known, s.end_known)[end]]
        found = [bout[end] for bout in decided.bouts]
        hits, left = _match(wanted, found)
        extra = [
            t
            for t in left
            if not truth.is_unknown(t, EDGE_MS)
            and not any(abs(t - other) <= EDGE_MS for other in free)
            and EDGE_MS < t < truth.duration_ms - EDGE_MS
        ]
        total = [total[0] + hits, total[1] + len(wanted) - hits, total[2] + len(extra)]
    return total[0], total[1], total[2]


def _match(wanted: list[int], found: list[float]) -> tuple[int, list[float]]:
    left, hits = sorted(found), 0
    for t in sorted(wanted):
        near = [other for other in left if abs(other - t) <= EDGE_MS]
        if near:
            left.remove(min(near, key=lambda other: abs(other - t)))
            hits += 1
    return hits, left


def session_errors_min(truth: Truth, decided: Decided) -> list[tuple[float, float]]:
    """(true, found) minutes of each sit with known edges; found is the time nearer to it than to its neighbours, minus
    stretches whose truth is unknown."""
    pairs, sits = [], truth.sits
    for index, sit in enumerate(sits):
        if not (sit.start_known and sit.end_known):
            continue
        low = (sits[index - 1].end_ms + sit.start_ms) / 2 if index else 0.0
        high = (sit.end_ms + sits[index + 1].start_ms) / 2 if index + 1 < len(sits) else float(truth.duration_ms)
        parts = [(max(start, low), min(end, high)) for start, end in decided.bouts if start < high and end > low]
        found = sum(end - start - _shared(start, end, truth.unknown) for start, end in parts)
        pairs.append(((sit.end_ms - sit.start_ms) / 60_000, found / 60_000))
    return pairs


def _shared(start: float, end: float, spans: Iterable[tuple[float, float]]) -> float:
    return sum(max(0.0, min(end, last) - max(start, first)) for first, last in spans)


def shift_hits(truth: Truth, decided: Decided) -> tuple[int, int, int]:
    """(hits, missed, extra); a shift is hit by one of its own side that overlaps at least half of either.

    Standing up ends a shift before it is logged; one within 2 s of the shortest that counts is not scored.
    """
    wanted = truth.shifts or []
    left = list(decided.shifts)
    hits = missed = 0
    for start, end, side in wanted:
        near = [s for s in left if s[2] == side and _overlap(s[0], s[1], start, end) >= 0.5]
        if near:
            left.remove(max(near, key=lambda s: _overlap(s[0], s[1], start, end)))
            hits += 1
        elif end - start >= 17_000:
            missed += 1
    return hits, missed, len(left)


def _overlap(a: float, b: float, c: float, d: float) -> float:
    return _shared(a, b, [(c, d)]) / max(1.0, min(b - a, d - c))


def icc(pairs: list[tuple[float, float]]) -> float:
    """ICC(A,1), absolute agreement of single measures."""
    if len(pairs) < 3:
        return math.nan
    x = np.array(pairs)
    n, k = x.shape
    rows, cols, mean = x.mean(axis=1), x.mean(axis=0), x.mean()
    between = k * ((rows - mean) ** 2).sum() / (n - 1)
    raters = n * ((cols - mean) ** 2).sum() / (k - 1)
    error = ((x - rows[:, None] - cols[None, :] + mean) ** 2).sum() / ((n - 1) * (k - 1))
    return float((between - error) / (between + (k - 1) * error + k * (raters - error) / n))


# ---- the dose, once more, in floating point


def float_u(trace: Trace, calibration: Calibration | None = None) -> tuple[Array, Array]:
    """Seconds and (n, 2) relative loads of the sitting bones, from voltages, by the model's formulas in floats."""
    calibration = calibration or Calibration()
    times = sample_times_ms(trace.t_ms)
    volts = levels_at(trace, times)[:, :2] / 10_000
    at = np.flatnonzero(times % 1000 == 0)
    at = at[at >= 3]
    # The third highest of a second's four samples, that is the lower of the middle two.
    second = np.sort(np.stack([volts[at - back] for back in range(4)]), axis=0)[1]
    micro = 1e6 * second / (3300 * (3.3 - np.minimum(second, 3.29)))
    edge = 1e6 * 0.15 / (3300 * (3.3 - 0.15))  # the converter's dead end: nothing there, all at twice as much
    micro = np.clip(2 * (micro - edge), 0, micro)
    raw = np.maximum(0, micro - np.array(calibration.tare_ns[:2]) / 1000) * np.array(calibration.gain_pa_per_us[:2])
    loaded_s = _loaded_s(raw / np.array(calibration.ref_pa[:2]))
    creep = 1 + 0.03 * np.log10(np.maximum(1.0, loaded_s / 10))
    return times[at] / 1000.0, np.minimum(raw / creep, 65535) / np.array(calibration.ref_pa[:2])


def _loaded_s(u: Array) -> Array:
    out, loaded, rest = np.zeros_like(u), np.zeros(2), np.zeros(2)
    for row in range(len(u)):
        on = u[row] >= 0.1
        loaded = np.where(on, loaded + 1, loaded)
        rest = np.where(on, 0, rest + 1)
        loaded = np.where(rest >= 60, 0, loaded)
        out[row] = loaded
    return out


def float_dose_s(seconds: Array, u: Array, limit_s: float = 1200.0, tau_s: float = 60.0) -> Array:
    """Dose in seconds after each second; a gap of more than 5 s is neither load nor rest."""
    dose, out = np.zeros(u.shape[1]), np.zeros_like(u)
    steps = np.diff(seconds, prepend=seconds[0] - 1)
    for row, dt in enumerate(steps):
        if dt <= 5:
            weight = np.clip((u[row] - 0.3) / 0.4, 0, 1) * (1 + 0.5 * np.clip(u[row] - 1, 0, 1))
            relief = np.clip((0.3 - u[row]) / 0.3, 0, 1)
            dose = np.where(
                u[row] >= 0.3, np.minimum(dose + weight * dt, 3 * limit_s), dose * np.exp(-relief * dt / tau_s)
            )
        out[row] = dose
    return out


def dose_timing_s(trace: Trace) -> list[float]:
    """Firmware minus float model: when each side's dose reaches its limit, s. Without vibrations, which stop
    sampling."""
    settings = Settings()
    settings.change("vehicle_mode", 1, 0)
    engine = engine_for(settings, Calibration())
    seconds, doses = [], []
    for t_ms in decisions(trace, engine):
        engine.events.clear()
        seconds.append(t_ms / 1000)
        doses.append((engine.decisions.left.dose.cs / 100, engine.decisions.right.dose.cs / 100))
    ours = np.array(doses)
    model_s, model_u = float_u(trace)
    theirs = float_dose_s(model_s, model_u)
    errors = []
    for side in (0, 1):
        found = _reached(np.array(seconds), ours[:, side])
        errors += [near for t in _reached(model_s, theirs[:, side]) if (near := _nearest(t, found)) is not None]
    return errors


def _reached(seconds: Array, dose_s: Array, limit_s: float = 1200.0) -> Array:
    due = dose_s >= limit_s
    return np.asarray(seconds[1:][due[1:] & ~due[:-1]])


def _nearest(t: float, others: Array) -> float | None:
    if not len(others):
        return None
    nearest = float(others[np.abs(others - t).argmin()] - t)
    return nearest if abs(nearest) < 120 else None


# ---- the table


def score(name: str, trace: Trace, truth: Truth, timing: bool = True) -> tuple[list[Row], dict[str, Decided]]:
    """One row for each detector."""
    rows, decided = [], {}
    for detector, decide in DETECTORS.items():
        decided[detector] = found = decide(trace)
        pairs = session_errors_min(truth, found)
        errors = np.array([b - a for a, b in pairs]) if pairs else np.zeros(0)
        days = truth.duration_ms / DAY_MS
        phantoms = [bout for bout in found.bouts if not _touches(truth, bout)]
        at_nobody = [t for t in found.prompts if not truth.seated(t) and not truth.is_unknown(t)]
        row: Row = {
            "case": name,
            "detector": detector,
            "hours": truth.duration_ms / 3_600_000,
            "sits": len(truth.sits),
            "found": len(found.bouts),
            "transitions": transitions(truth, found),
            "transition_f1": f1(*transitions(truth, found)),
            "sessions": pairs,
            "error_min_worst": float(np.abs(errors).max()) if len(errors) else math.nan,
            "error_min_mean": float(errors.mean()) if len(errors) else math.nan,
            "error_min_sd": float(errors.std(ddof=1)) if len(errors) > 1 else math.nan,
            "icc": icc(pairs),
            "phantom_bouts": len(phantoms),
            "phantom_prompts": len(at_nobody),
            "phantoms_a_day": (len(phantoms) + len(at_nobody)) / days,
            "prompts": len(found.prompts),
        }
        if detector == "sitbone":
            if truth.shifts is not None:
                row["shifts"] = shift_hits(truth, found)
                row["shift_f1"] = f1(*row["shifts"])
            if timing:
                row["timing_s"] = dose_timing_s(trace)
        rows.append(row)
    return rows, decided


def _touches(truth: Truth, bout: tuple[float, float]) -> bool:
    known = any(sit.start_ms < bout[1] and sit.end_ms > bout[0] for sit in truth.sits)
    return known or truth.is_unknown(bout[0]) or truth.is_unknown(bout[1])


NOT_TIMED = ("dead-zone", "stuck-high", "stuck-later", "wire-off", "bag")
"""Scenarios in which the firmware rightly stops counting: a model that ignores faults and objects can't check its
dose there."""


def scenario_rows(name: str, seeds: Iterable[int] = SEEDS, hours: float = SCENARIO_HOURS) -> list[Row]:
    """The rows of several runs of one scenario, put together."""
    parts = [score(name, *perform(name, seed, hours), timing=name not in NOT_TIMED)[0] for seed in seeds]
    return [pooled([part[index] for part in parts]) for index in range(len(DETECTORS))]


def pooled(rows: list[Row]) -> Row:
    """One row for the same detector over several runs."""
    counts = np.sum([row["transitions"] for row in rows], axis=0)
    pairs = [pair for row in rows for pair in row["sessions"]]
    errors = np.array([b - a for a, b in pairs]) if pairs else np.zeros(1)
    hours = sum(row["hours"] for row in rows)
    whole = rows[0] | {name: sum(row[name] for row in rows) for name in ("sits", "found", "phantom_bouts", "prompts")}
    whole |= {
        "hours": hours,
        "phantom_prompts": sum(row["phantom_prompts"] for row in rows),
        "transitions": tuple(int(count) for count in counts),
        "transition_f1": f1(*counts),
        "sessions": pairs,
        "error_min_worst": float(np.abs(errors).max()),
        "error_min_mean": float(errors.mean()),
        "error_min_sd": float(errors.std(ddof=1)) if len(errors) > 1 else math.nan,
        "icc": icc(pairs),
    }
    whole["phantoms_a_day"] = (whole["phantom_bouts"] + whole["phantom_prompts"]) * 24 / hours
    if "shifts" in rows[0]:
        whole["shifts"] = tuple(int(n) for n in np.sum([row["shifts"] for row in rows], axis=0))
        whole["shift_f1"] = f1(*whole["shifts"])
    if "timing_s" in rows[0]:
        whole["timing_s"] = [t for row in rows for t in row["timing_s"]]
    return whole


def recordings(folder: Path) -> dict[str, Path]:
    """Every trace in a folder that says when the seat was occupied. Raises UsageError when it isn't a folder."""
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}; check the path")
    found = {}
    for path in sorted([*folder.glob("*.csv"), *folder.glob("*.csv.gz")]):
        try:
            trace = read_trace(path)
        except ValueError:
            continue  # some other table
        if trace.occupied is not None:
            found[path.name.removesuffix(".gz").removesuffix(".csv")] = path
    return found


def recording_rows(name: str, path: Path) -> list[Row]:
    trace = read_trace(path)
    return score(name, trace, truth_of(trace))[0]


__all__ = ["DETECTORS", "Decided", "Sit", "icc", "perform", "recording_rows", "recordings", "scenario_rows", "score"]
