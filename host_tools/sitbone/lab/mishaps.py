"""Lives on the cushion with a mishap in each, and what must never follow from it, whatever happens.

A life is a seeded script, one reading a second: somebody sits and moves, is away for a while or for an hour, and in the
midst of it something goes wrong. The firmware's decisions (`cushion.core`) watch it, on a board with bias resistors and
on one without, and two simple devices beside it. Nobody answers the prompts: what is looked for are wrong ones, missing
ones and breaks that weren't.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from cushion.core import records
from cushion.core.calibration import Calibration
from cushion.core.records import STATE_OCCUPIED
from cushion.core.settings import Settings
from cushion.drivers.profiles import PROFILES
from sitbone.replay.trace_replay import engine_for
from sitbone.virtual.sitters.body import POSTURES, neutral_kpa
from sitbone.virtual.sitters.sensor import ZoneSensor, batch

Array = NDArray[np.float64]
Times = NDArray[np.int64]

BOARDS = ("devkit", "devkit-b")
ZONES = 4
RESIDUE_KPA = 0.25  # foam and sensors may keep as much for minutes after somebody got up
BLIP_S = 15  # what a person may sit within a break that was verified: sat down and up again
LONG_AWAY_S = 3600
RETURN_S = 120
SLACK_S = 600
BREAK_S = 120
STOPWATCH_S = 1800

ALONE = {"on the left thigh": (0.0, 0.0, 1.2, 0.05), "on the right thigh": (0.0, 0.0, 0.05, 1.2)}
LIGHT = {"lightly, left": (0.45, 0.05, 0.3, 0.2), "lightly, right": (0.05, 0.45, 0.2, 0.3)}
POSES = {name: np.asarray(shares) for name, shares in (POSTURES | ALONE | LIGHT).items()}
USUAL = ("neutral", "leaning left", "leaning right", "leaning back", "leaning forward", "legs crossed", "feet up")
PERCHED = ("perched left", "perched right", "off both sitting bones", *ALONE, *LIGHT)


@dataclass
class Life:
    """``kpa``: the load on each zone in each second; ``here``: a person sits; ``mv``: what the converter reads."""

    mishap: str
    rng: np.random.Generator
    sensor: ZoneSensor
    build: Array
    kpa: Array
    here: NDArray[np.bool_]
    mv: Array
    unseen: NDArray[np.bool_]
    """Nothing is sampled at all."""
    works: NDArray[np.bool_]
    """Each zone's reading in each second comes from the zone."""
    wire_off_s: tuple[int, int] | None = None
    calibrated: bool = False

    @property
    def seconds(self) -> int:
        return len(self.here)


@dataclass
class Outcome:
    """What was wrong with one device in one life."""

    false_breaks: int = 0
    undecidable_breaks: int = 0
    """While somebody sat, but nothing that works showed them: see `hidden`."""
    prompts_at_nobody: int = 0
    prompts_on_return: int = 0
    longest_silence_s: float = 0.0
    false_faults: list[str] = field(default_factory=list)
    wire_told_s: int | None = None


# ---- somebody sits


def a_life(seed: int, mishap: str, board: str) -> Life:
    """Somebody's two hours, or so: sits of minutes to an hour, breaks of seconds to an hour, then the mishap."""
    rng = np.random.default_rng((seed, sorted(MISHAPS).index(mishap)))
    sensor = replace(batch(rng, ZONES), bias_ohm=float(PROFILES[board]["bias_ohm"]))
    build = neutral_kpa(rng.uniform(45, 130)) * rng.lognormal(0, 0.1, ZONES)
    kpa, here = _script(rng, build, mishap)
    calibrated = bool(rng.random() < 0.5)
    nothing = np.zeros(len(here), dtype=bool)
    works = np.ones(kpa.shape, dtype=bool)
    life = Life(mishap, rng, sensor, build, kpa, here, np.zeros_like(kpa), nothing, works, calibrated=calibrated)
    MISHAPS[mishap](life)
    if not life.mv.any():
        life.mv = _read(life)
    _WIRING.get(mishap, _nothing)(life)
    return life


def _script(rng: np.random.Generator, build: Array, mishap: str) -> tuple[Array, NDArray[np.bool_]]:
    parts: list[tuple[Array, bool]] = [(np.zeros((int(rng.uniform(20, 200)), ZONES)), False)]
    long_away = rng.random() < 0.5
    odd = rng.uniform(0, 0.6) * (rng.random() < 0.6)
    seconds = 0
    while seconds < 6000:
        sit = _sit(rng, build, int(np.exp(rng.uniform(np.log(120), np.log(3600)))), odd)
        away_s = LONG_AWAY_S + rng.uniform(0, 300) if long_away and seconds == 0 else np.exp(rng.uniform(1.8, 7))
        parts += [(sit, True), (np.zeros((int(away_s), ZONES)), False)]
        seconds += len(sit) + int(away_s)
    kpa = np.concatenate([part for part, _ in parts])
    here = np.concatenate([np.full(len(part), seated) for part, seated in parts])
    return _settle(kpa, rng.uniform(0.2, 0.9)), here


def _sit(rng: np.random.Generator, build: Array, seconds: int, odd: float) -> Array:
    """A sit's target loads: postures, and in each some small movements."""
    out = np.empty((seconds, ZONES))
    at, per_min = 0, rng.uniform(2, 22)
    size = rng.uniform(0.02, 0.1)
    while at < seconds:
        lasts = int(np.exp(rng.uniform(np.log(20), np.log(900))))
        pose = POSES[str(rng.choice(PERCHED if rng.random() < odd else USUAL))]
        end = min(at + lasts, seconds)
        while at < end:
            still_s = 1 + int(rng.exponential(60 / per_min))
            out[at : at + still_s] = (build * pose * rng.lognormal(0, size, ZONES))[None, :]
            at = min(at + still_s, end)
    breath = 1 + 0.006 * np.sin(np.arange(seconds)[:, None] * 1.57 + rng.uniform(0, 6, ZONES))
    return out * breath


def _settle(kpa: Array, tau_s: float, down_s: float | None = None) -> Array:
    """Through the foam; a load that falls may take longer."""
    up, down = 1 - np.exp(-1 / tau_s), 1 - np.exp(-1 / (down_s or tau_s))
    out, level = np.empty_like(kpa), np.zeros(ZONES)
    for row in range(len(kpa)):
        gap = kpa[row] - level
        level = level + gap * np.where(gap > 0, up, down)
        out[row] = level
    return out


def _read(life: Life) -> Array:
    loaded_s = np.cumsum(life.here)[:, None].astype(np.float64) % 3600
    pin_mv = life.sensor.divider_mv(life.kpa, loaded_s)
    quiet = replace(life.sensor, noise_mv=0.8)  # the median of four samples, each the mean of four readings
    return np.round(quiet.reported_mv(pin_mv, life.rng), 1)


# ---- what goes wrong: before the reading (loads), or with it (wires)


def _middle(life: Life) -> int:
    return int(life.seconds * life.rng.uniform(0.25, 0.6))


def _nothing(life: Life) -> None:
    """A life without a mishap."""


def _drift(life: Life) -> None:
    """All zones rise by up to a fifth of the usual load."""
    share = np.linspace(0, life.rng.uniform(0.05, 0.2), life.seconds)
    life.kpa = life.kpa + share[:, None] * life.build


def _preload(life: Life) -> None:
    """A strap or a fold presses on one zone, or on all, since before power came on."""
    zones = life.rng.integers(0, 5)
    share = np.full(ZONES, life.rng.uniform(0.05, 0.3)) if zones == ZONES else np.eye(ZONES)[zones] * 0.3
    life.kpa = life.kpa + life.build * share


def _bag(life: Life) -> None:
    """In the longest break a bag lies on the seat, on edge or flat."""
    start, end = _longest_away(life)
    weight = life.rng.uniform(0.1, 0.4) * np.where(life.rng.random(ZONES) < 0.6, 1, 0)
    if end - start > 60 and weight.any():
        life.kpa[start + 20 : end - 5] += life.build * weight


def _swap(life: Life) -> None:
    """A person leaves, and within two seconds a bag lies there, until they are back."""
    start, end = _longest_away(life)
    if end - start > 60:
        life.kpa[start + 2 : end] = life.build * life.rng.uniform(0.15, 0.4, ZONES)


def _longest_away(life: Life) -> tuple[int, int]:
    edges = np.flatnonzero(np.diff(np.r_[True, life.here, True].astype(int)))
    spans = list(zip(edges[::2], edges[1::2], strict=True))
    start, end = max(spans, key=lambda span: span[1] - span[0])
    return int(start), int(end)


def _lean(life: Life) -> None:
    """Minutes on one thigh, both sitting bones off, in the middle of a sit."""
    _pose(life, str(life.rng.choice(list(ALONE))))


def _perch(life: Life) -> None:
    """Minutes on half of the seat, or lightly on it."""
    _pose(life, str(life.rng.choice(PERCHED)))


def _pose(life: Life, name: str) -> None:
    start = _middle(life)
    rows = np.arange(start, min(life.seconds, start + int(life.rng.uniform(120, 1500))))
    rows = rows[life.here[rows]]
    wobble = life.rng.lognormal(0, 0.04, (len(rows) // 25 + 1, ZONES)).repeat(25, axis=0)[: len(rows)]
    life.kpa[rows] = life.build * POSES[name] * wobble


def _slow_release(life: Life) -> None:
    """Foam or sensors that let go over up to a minute."""
    life.kpa = _settle(life.kpa, 0.5, life.rng.uniform(5, 60))


def _sag(life: Life) -> None:
    """Sensors that lose nearly all of their signal over the whole life."""
    life.kpa = life.kpa * np.linspace(1, 0.05, life.seconds)[:, None]


def _plug(life: Life) -> None:
    """The plug falls off: for a quarter hour, or for good."""
    start = _middle(life)
    end = life.seconds if life.rng.random() < 0.5 else start + 900
    _cut(life, slice(start, end))
    life.wire_off_s = (start, min(end, life.seconds))


def _wire(life: Life) -> None:
    """One wire comes off for good."""
    start = _middle(life)
    _cut(life, slice(start, None), int(life.rng.integers(0, ZONES)))
    life.wire_off_s = (start, life.seconds)


def _cut(life: Life, seconds: slice, zone: int | slice = slice(None)) -> None:
    life.mv[seconds, zone] = 0
    life.works[seconds, zone] = False


def _flicker(life: Life) -> None:
    """A loose plug: off for a second to eight, once a minute, for half an hour."""
    start = _middle(life)
    for at in range(start, min(start + 1800, life.seconds - 70), 60):
        off = at + int(life.rng.uniform(0, 50))
        _cut(life, slice(off, off + int(life.rng.uniform(1, 9))))
    life.wire_off_s = (start, life.seconds)


def _stuck(life: Life) -> None:
    """One zone's reading stays as it is."""
    start, zone = _middle(life), life.rng.integers(0, ZONES)
    life.mv[start:, zone] = life.mv[start, zone] + np.round(life.rng.normal(0, 0.7, life.seconds - start), 1)
    life.mv[:, zone] = np.maximum(life.mv[:, zone], 0)
    life.works[start:, zone] = False


def _power(life: Life) -> None:
    """The cushion is off, or doesn't look, for a minute to half an hour."""
    start = _middle(life)
    life.unseen[start : start + int(life.rng.uniform(60, 1800))] = True


MISHAPS: dict[str, Callable[[Life], None]] = {
    "none": _nothing,
    "drift": _drift,
    "preload": _preload,
    "bag": _bag,
    "swap": _swap,
    "lean": _lean,
    "perch": _perch,
    "slow release": _slow_release,
    "sag": _sag,
    "power": _power,
    "plug": _nothing,
    "wire": _nothing,
    "flicker": _nothing,
    "stuck": _nothing,
}
_WIRING: dict[str, Callable[[Life], None]] = {"plug": _plug, "wire": _wire, "flicker": _flicker, "stuck": _stuck}
WIRES = ("plug", "wire", "flicker")


# ---- who watches


@dataclass
class Watch:
    """What a device said, in seconds of the life: its prompts, when a break was verified and how long it was by then,
    and the seat taken."""

    prompts: list[int]
    breaks: list[tuple[int, int]]
    occupied: NDArray[np.bool_]
    faults: list[tuple[int, str]] = field(default_factory=list)


def by_firmware(life: Life, board: str) -> Watch:
    engine = engine_for(Settings(), _calibration(life), board)
    watch = Watch([], [], np.zeros(life.seconds, dtype=bool))
    levels = np.rint(life.mv * 10).astype(np.int64)
    levels = np.where(levels < PROFILES[board]["dead_mv"] * 10, 0, levels).tolist()
    unseen_s = blind_s = 0
    for second in range(life.seconds):
        if life.unseen[second]:
            unseen_s += 1
            continue
        if not blind_s:
            engine.sample(levels[second])
        blind_s = max(0, blind_s - 1)
        engine.decide(1000 * (unseen_s + 1))
        unseen_s = 0
        blind_s = 2 if engine.decisions.prompter.vibrate_level else blind_s  # motors spoil what is read
        watch.occupied[second] = engine.decisions.state() == STATE_OCCUPIED
        if engine.decisions.sitting.verified:
            watch.breaks.append((second, max(BREAK_S, engine.decisions.sitting.away_ms // 1000)))
        for row in range(engine.events.count):
            _note(watch, second, engine.events.kind(row), engine.events.values(row, 3))
        engine.events.clear()
    return watch


def _note(watch: Watch, second: int, kind: int, values: list[int]) -> None:
    if kind == records.PROMPT:
        watch.prompts.append(second)
    elif kind == records.FAULT and values[2] and values[1] != records.DRIFTING:  # a hint to calibrate is no fault
        watch.faults.append((second, records.QUALITIES[values[1]]))


def _calibration(life: Life) -> Calibration:
    """As a neutral sit at the beginning would have made it."""
    calibration = Calibration()
    if life.calibrated:
        for zone in range(ZONES):
            siemens_us = life.sensor.conductance_us(life.build[None, :], np.full((1, 1), 60.0))[0, zone]
            calibration.set_reference(zone, int(siemens_us * 77))
        calibration.calibrated = True
    return calibration


def by_hysteresis(life: Life, board: str) -> Watch:
    """Two thresholds on the highest zone and three seconds to be sure; a prompt every half hour."""
    rest_mv = 216.5 if PROFILES[board]["bias_ohm"] else 0.0
    highest = life.mv.max(axis=1) - rest_mv
    seated, state, run_s = np.zeros(life.seconds, dtype=bool), False, 0
    for second in range(life.seconds):
        if life.unseen[second]:
            continue
        against = highest[second] > 300 if not state else highest[second] < 200
        run_s = run_s + 1 if against else 0
        if run_s >= 3:
            state, run_s = not state, 0
        seated[second] = state
    return _simple(seated)


def by_stopwatch(life: Life, board: str) -> Watch:
    """Seated while any zone shows anything; a prompt every half hour."""
    rest_mv = 230.0 if PROFILES[board]["bias_ohm"] else 0.0
    return _simple(~life.unseen & (life.mv.max(axis=1) > rest_mv))


def _simple(seated: NDArray[np.bool_]) -> Watch:
    prompts: list[int] = []
    breaks: list[tuple[int, int]] = []
    run_s = away_s = 0
    for second, on in enumerate(seated.tolist()):
        away_s = 0 if on else away_s + 1
        if away_s == BREAK_S:
            breaks.append((second, BREAK_S))
            run_s = 0
        run_s += on
        if on and run_s % STOPWATCH_S == 0:
            prompts.append(second)
    return Watch(prompts, breaks, seated)


DEVICES: dict[str, Callable[[Life, str], Watch]] = {
    "sitbone": by_firmware,
    "hysteresis": by_hysteresis,
    "stopwatch": by_stopwatch,
}


# ---- judged by what happened


def hidden(life: Life) -> NDArray[np.bool_]:
    """The seconds in which somebody sits and the readings are those of an empty seat, so that nothing can be told.

    Without bias resistors: every zone that works reads nothing, as it does once a person got up. With them as well as
    without: one zone is stuck at what an empty seat reads, and the person sits on that one alone; the others show no
    more than what foam keeps. tests/host/test_mishaps.py makes the empty seat's readings of the same life.
    """
    nothing = np.zeros(life.seconds, dtype=bool)
    if not life.sensor.bias_ohm:
        nothing |= ((life.mv == 0) | ~life.works).all(axis=1)
    if life.mishap == "stuck":
        nothing |= ((life.kpa < RESIDUE_KPA) | ~life.works).all(axis=1)
    return life.here & nothing


def judge(life: Life, watch: Watch) -> Outcome:
    here, shown = (np.cumsum(np.r_[0, seconds]) for seconds in (life.here, life.here & ~hidden(life)))
    outcome = Outcome(longest_silence_s=_longest_silence_s(life, watch))
    for second, away_s in watch.breaks:
        first = max(0, second + 1 - away_s)
        is_false, is_shown = (
            int((sat_s[second + 1] - sat_s[first]) * BREAK_S > BLIP_S * away_s) for sat_s in (here, shown)
        )
        outcome.false_breaks += is_shown
        outcome.undecidable_breaks += is_false - is_shown
    for second in watch.prompts:
        around = life.here[max(0, second - 3) : second + 1]
        outcome.prompts_at_nobody += int(not around.any())
        outcome.prompts_on_return += int(around.any() and _is_just_back(life, second))
    for second, quality in watch.faults:
        told = life.wire_off_s is not None and life.wire_off_s[0] <= second
        if told and outcome.wire_told_s is None and life.wire_off_s is not None:
            outcome.wire_told_s = second - life.wire_off_s[0]
        if not told and life.mishap not in ("stuck", "preload"):
            outcome.false_faults.append(quality)
    return outcome


def _is_just_back(life: Life, second: int) -> bool:
    sat = second
    while sat > 0 and life.here[sat - 1]:
        sat -= 1
    return second - sat < RETURN_S and sat >= LONG_AWAY_S and not life.here[sat - LONG_AWAY_S : sat].any()


def _longest_silence_s(life: Life, watch: Watch) -> float:
    """Of believed sitting: a break takes its share of 120 s away, a prompt and a verified break begin anew."""
    prompts, longest, silent, away = set(watch.prompts), 0.0, 0.0, 0
    for second, (here, occupied) in enumerate(zip(life.here.tolist(), watch.occupied.tolist(), strict=True)):
        if second in prompts:
            silent = 0.0
        if here and occupied:
            silent = silent * max(0.0, 1 - away / BREAK_S) + 1
            away = 0
            longest = max(longest, silent)
        else:
            away += 1
    return longest


def lives(count: int, seed: int = 0) -> Iterator[tuple[int, str, str]]:
    """Seed, mishap and board of each life: each mishap equally often, on both boards."""
    names = list(MISHAPS)
    for number in range(count):
        yield seed + number, names[number % len(names)], BOARDS[number // len(names) % 2]


def live(job: tuple[int, str, str]) -> dict[str, Outcome]:
    """One life, and what each device made of it."""
    seed, mishap, board = job
    life = a_life(seed, mishap, board)
    return {name: judge(life, watch(life, board)) for name, watch in DEVICES.items()}


def tally(done: list[tuple[tuple[int, str, str], dict[str, Outcome]]]) -> Counter[tuple[str, str, str]]:
    """How many lives had which trouble: (device, board, trouble)."""
    counts: Counter[tuple[str, str, str]] = Counter()
    most_s = Settings().get("seated_limit_s") + SLACK_S
    for (_, _, board), outcomes in done:
        for device, outcome in outcomes.items():
            counts[device, board, "lives"] += 1
            for trouble, is_so in troubles(outcome, most_s).items():
                counts[device, board, trouble] += is_so
    return counts


def troubles(outcome: Outcome, most_s: float) -> dict[str, bool]:
    return {
        "a verified break while somebody sat": outcome.false_breaks > 0,
        "the same, where no zone that works showed them": outcome.undecidable_breaks > 0,
        "a prompt while nobody sat": outcome.prompts_at_nobody > 0,
        "a prompt in two minutes after an hour away": outcome.prompts_on_return > 0,
        "no prompt for the time limit and ten minutes": outcome.longest_silence_s > most_s,
        "a good zone called faulty": bool(outcome.false_faults),
    }
