"""Turns a cushion's log into stretches of constant load, so that the decision machine can live through it again.

An epoch's mean load cannot simply be fed back: people shift within ten seconds, and the dose is not linear in the load.
The dose at the end of each epoch is exact, however. So each stretch of sitting gets the constant load that takes the
machine's own dose along the recorded one, within TOLERANCE_CS at the end of each epoch, and is as long as that allows.
Sitting down and standing up come from their own records, to the second. Stretches are found once, with the settings of
the time; under other settings the person sits the same way again.

Not reproduced: reliefs shorter than an epoch that no record mentions, and loads too small to prove presence.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from os import cpu_count
from typing import NamedTuple

from cushion.core import records
from cushion.core.calibration import MAX_U
from cushion.core.dose import LIMIT_FACTOR, LOADED_U, MAX_WEIGHT_U, Dose, Side, weight_permille
from cushion.core.settings import Settings
from sitbone.analysis.timeline import LONGEST_EPOCH_MS
from sitbone.replay.log_reading import RESTART, Log, Moment, Seconds
from sitbone.replay.walk import Hear, Replayed, Stretch, Walk

SLACK_S = 5  # two epochs that are no further apart than this follow each other
TOLERANCE_CS = 100  # a second of sitting at the reference
SAME_RELIEF_U = 25
HERE_PERMILLE = 1000  # the presence of somebody, by the records of sitting down and standing up
MOST_CS_S = weight_permille(MAX_WEIGHT_U) / 10  # the fastest rise of a dose, cs a second
STEADY = (0, 0)
WEIGHTS = [weight_permille(u) for u in range(LOADED_U, MAX_WEIGHT_U + 1)]

Items = list[Stretch | Moment]


class Piece(NamedTuple):
    """A part of an epoch in which nothing changes.

    ``here``: somebody sits; ``relieved``: a record says that both sides were off-loaded; ``ends``: the recorded doses
    at its end, None where it ends before the epoch does; ``trends``: whether they rose (1), fell (-1) or stayed since
    the epoch before.
    """

    start_s: int
    end_s: int
    u: tuple[int, int]
    here: bool
    relieved: bool
    unknown: int
    ends: tuple[int, int] | None
    trends: tuple[int, int]


@dataclass
class Recording:
    """One cushion's log, ready to be replayed.

    ``followed`` is what the machine decided with the settings of the time; ``edges_s`` are the starts of days.
    """

    log: Log
    edges_s: list[int]
    items: Items
    followed: Replayed

    def replay(self, settings: Settings | None, hear: Hear | None = None) -> Replayed:
        """Replays the same sitting under other settings, or with None under those of the time."""
        walk = Walk(self.log, self.edges_s, settings, hear)
        for item in self.items:
            walk.take(item)
        return walk.replayed


def record(log: Log, edges_s: Sequence[int]) -> Recording:
    """Makes a log ready to be replayed; days begin at ``edges_s`` (UTC s, ascending)."""
    edges = list(edges_s)
    walk, items = Walk(log, edges), Items()
    plan = list(_plan(log, edges))
    at = 0
    while at < len(plan):
        found, at = _next(plan, at, walk)
        items.append(found)
        walk.take(found)
    return Recording(log, edges, items, walk.replayed)


def replay_many(recordings: Sequence[Recording], settings: Sequence[Settings]) -> Iterator[list[Replayed]]:
    """Replays all recordings under each of the settings, in several processes; yields the results in order."""
    with ProcessPoolExecutor(cpu_count() or 1, initializer=_hold, initargs=(list(recordings),)) as pool:
        yield from pool.map(_replay_held, settings)


_held: list[Recording] = []


def _hold(recordings: list[Recording]) -> None:
    _held[:] = recordings


def _replay_held(settings: Settings) -> list[Replayed]:
    return [recording.replay(settings) for recording in _held]


# --- the log, cut where something happens


def _plan(log: Log, edges_s: list[int]) -> Iterator[Piece | Moment]:
    """Pieces and moments by time."""
    spans = (*log.sits, *log.offloads, *log.things)
    cuts = sorted({at_s for span in spans for at_s in span} | {m.at_s for m in log.moments} | set(edges_s))
    moments = iter([*log.moments, Moment(1 << 62, -1, None)])
    moment = next(moments)
    before_s = log.epochs[0].end_s - log.epochs[0].seconds if log.epochs else 0
    for index in range(len(log.epochs)):
        for piece in _pieces(log, index, before_s, cuts):
            while moment.at_s <= piece.start_s:
                yield moment
                moment = next(moments)
            yield piece
        before_s = max(before_s, log.epochs[index].end_s)
    yield from _after_epochs(log, before_s)


def _after_epochs(log: Log, from_s: int) -> Iterator[Piece]:
    """The seat from the last epoch to the last record: the epoch in between was still being collected."""
    if log.epochs and 0 < log.last_s - from_s <= LONGEST_EPOCH_MS // 1000:
        here, last = _inside(log.sits, from_s), log.epochs[-1]
        yield Piece(from_s, log.last_s, (last.left_u, last.right_u) if here else (0, 0), here, False, 0, None, STEADY)


def _pieces(log: Log, index: int, before_s: int, cuts: list[int]) -> Iterator[Piece]:
    epoch = log.epochs[index]
    start_s = epoch.end_s - epoch.seconds
    if start_s - before_s > SLACK_S:
        before_s = _begin_after(log, before_s, start_s)
        if start_s - before_s > SLACK_S:
            why = records.GAP_SENSORS if _inside(log.blind, before_s + 1) else records.GAP_TIME
            yield Piece(before_s, start_s, (-1, -1), False, False, why, None, STEADY)
            before_s = start_s
    start_s = before_s
    inside = cuts[bisect_right(cuts, start_s) : bisect_left(cuts, epoch.end_s)]
    bounds = [start_s, *inside, epoch.end_s]
    loads = _loads(log, index, bounds)
    trends = _trends(log, index)
    rising_s = _getting_up_s(log, index, trends) if not inside else 0
    if rising_s:
        before = log.epochs[index - 1]
        bounds, loads = [start_s, epoch.end_s - rising_s, epoch.end_s], [(before.left_u, before.right_u), (0, 0)]
    for low_s, high_s, u in zip(bounds, bounds[1:], loads, strict=False):
        if high_s <= low_s:
            continue  # epochs that overlap, in a log that can't be true
        here, relieved = _inside(log.sits, low_s), _inside(log.offloads, low_s)
        ends = (epoch.left_cs, epoch.right_cs) if here and high_s == epoch.end_s else None
        if _inside(log.things, low_s):
            u = (0, 0)  # what lies there is nobody's load
        yield Piece(low_s, high_s, u, here, relieved, 0, ends, trends)


def _begin_after(log: Log, from_s: int, to_s: int) -> int:
    """When the cushion was running again in a gap between epochs: until a restart it was off or asleep."""
    low, high = bisect_left(log.moments, (from_s,)), bisect_right(log.moments, (to_s + 1,))
    restarts = [item.at_s for item in log.moments[low:high] if item.what == RESTART]
    return restarts[-1] if restarts else from_s


def _trends(log: Log, index: int) -> tuple[int, int]:
    epoch, before = log.epochs[index], log.epochs[index - 1]
    if not index or epoch.end_s - epoch.seconds - before.end_s > SLACK_S or epoch.state == records.STATE_VACANT:
        return STEADY  # nothing to compare with, or a fall from before anybody sat
    return _sign(epoch.left_cs - before.left_cs), _sign(epoch.right_cs - before.right_cs)


def _sign(change: int) -> int:
    return (change > 0) - (change < 0)


def _getting_up_s(log: Log, index: int, trends: tuple[int, int]) -> int:
    """How long somebody was already getting up when the epoch ended, where the sit ends with it; else 0.

    Before that the seat carried what it carried in the epoch before, so the mean of this one gives the seconds.
    """
    epoch, before = log.epochs[index], log.epochs[index - 1]
    here = _inside(log.sits, epoch.end_s - epoch.seconds) and _inside(log.sits, epoch.end_s - 1)
    if not index or not here or _inside(log.sits, epoch.end_s):
        return 0
    if min(epoch.left_u, epoch.right_u) < 0 or min(before.left_u, before.right_u) < LOADED_U:
        return 0
    share = (epoch.left_u + epoch.right_u) / (before.left_u + before.right_u)
    return max(0, epoch.seconds - round(epoch.seconds * share)) if trends == (-1, -1) else 0


def _loads(log: Log, index: int, bounds: list[int]) -> list[tuple[int, int]]:
    """The loads in the parts of an epoch. Its mean covers all of them, and some carried less."""
    epoch = log.epochs[index]
    mean = (epoch.left_u, epoch.right_u)
    if len(bounds) == 2:
        return [mean]
    parts = list(pairwise(bounds))
    low = [_low_load(log, index, low_s) for low_s, _ in parts]
    low_s = sum(high_s - low_s for (low_s, high_s), u in zip(parts, low, strict=True) if u is not None)
    high_s = bounds[-1] - bounds[0] - low_s
    if not low_s or not high_s:
        return [mean] * len(parts)
    high = mean
    if epoch.state != records.STATE_VACANT:
        lost = [sum((part[1] - part[0]) * (u or 0) for part, u in zip(parts, low, strict=True))] * 2
        high = _sides(min(MAX_U, max(0, u * (low_s + high_s) - cs) // high_s) for u, cs in zip(mean, lost, strict=True))
    elif index + 1 < len(log.epochs):
        # The first seconds of a sit belong to the vacant epoch before it; the next epoch knows their load.
        high = _sides((log.epochs[index + 1].left_u, log.epochs[index + 1].right_u))
    return [_known(high if u is None else (u, u), mean) for u in low]


def _low_load(log: Log, index: int, at_s: int) -> int | None:
    """The load on each side in a part of an epoch in which nobody sits or both sides are off-loaded; else None."""
    if not _inside(log.sits, at_s):
        return 0
    if not _inside(log.offloads, at_s):
        return None
    near = [log.epochs[other] for other in (index - 1, index + 1) if 0 <= other < len(log.epochs)]
    inside = [
        epoch
        for epoch in near
        if _inside(log.offloads, epoch.end_s - epoch.seconds) and _inside(log.offloads, epoch.end_s - 1)
    ]
    return max((min(epoch.left_u, epoch.right_u, LOADED_U - 1) for epoch in inside), default=LOADED_U // 2)


def _sides(loads: Iterable[int]) -> tuple[int, int]:
    left_u, right_u = loads
    return left_u, right_u


def _known(loads: tuple[int, int], mean: tuple[int, int]) -> tuple[int, int]:
    """A side that is unknown in the epoch is unknown in each part of it."""
    return _sides(-1 if of_all < 0 else max(0, u) for u, of_all in zip(loads, mean, strict=True))


def _inside(spans: list[Seconds], at_s: int) -> bool:
    """Whether the second after this moment lies in one of the spans, which are sorted and don't overlap."""
    index = bisect_right(spans, (at_s, 1 << 62)) - 1
    return index >= 0 and at_s < spans[index][1]


# --- loads that lead the machine's dose along the recorded one


def _next(plan: list[Piece | Moment], at: int, walk: Walk) -> tuple[Stretch | Moment, int]:
    """The next item for the machine, and the index in the plan after it."""
    piece = plan[at]
    return (piece, at + 1) if isinstance(piece, Moment) else _stretch(plan, at, walk)


def _stretch(plan: list[Piece | Moment], at: int, walk: Walk) -> tuple[Stretch, int]:
    """The longest stretch that begins with this piece, and the index in the plan after it."""
    first = plan[at]
    assert isinstance(first, Piece)
    tau_s = walk.decisions.settings.recovery_tau_s
    sides = [
        _Side(u, _is_loaded(first, index), side, tau_s)
        for index, (u, side) in enumerate(zip(first.u, walk.decisions.sides, strict=True))
    ]
    end_s, after = first.start_s, at
    while after < len(plan):
        piece = plan[after]
        if isinstance(piece, Moment) or not _follows(first, end_s, piece):
            break
        seconds, ends = piece.end_s - first.start_s, piece.ends or (None, None)
        fits = [
            side.fits(piece.u[index], _is_loaded(piece, index), seconds, ends[index])
            for index, side in enumerate(sides)
        ]
        if not all(fits) and after > at:
            break
        for side, end_cs in zip(sides, ends, strict=True):
            side.take(seconds, end_cs)
        end_s, after = piece.end_s, after + 1
        if not all(fits):
            break
    seconds = end_s - first.start_s
    left_u, right_u = (side.load(seconds) for side in sides)
    here = HERE_PERMILLE if first.here else 0
    return Stretch(first.start_s, seconds, left_u, right_u, here, first.unknown), after


def _follows(first: Piece, end_s: int, piece: Piece) -> bool:
    kinds = [(one.here, one.relieved, one.unknown) for one in (first, piece)]
    return kinds[0] == kinds[1] and piece.start_s == end_s and (piece is first or piece.unknown != records.GAP_TIME)


def _is_loaded(piece: Piece, index: int) -> bool:
    """Whether a side's dose rises in a piece, judged by the recorded dose where there is one, else by the load."""
    if piece.relieved:
        return False
    return piece.trends[index] > 0 if piece.trends[index] and piece.ends else piece.u[index] >= LOADED_U


class _Side:
    """One side's constant load over a growing stretch.

    It takes the dose along the recorded one where that is known and below its cap; else it is the first piece's load.
    """

    def __init__(self, u: int, loaded: bool, side: Side, tau_s: int) -> None:
        self._u, self._loaded = u, loaded
        self._start_cs, self._limit_s, self._tau_s = side.dose.cs, side.limit_s, tau_s
        self._most_cs = LIMIT_FACTOR * side.limit_s * 100 - TOLERANCE_CS
        self._low, self._high = 0.0, MOST_CS_S  # what the rise may be by all ends so far, cs a second
        self._end_cs: int | None = None

    def fits(self, u: int, loaded: bool, seconds: int, end_cs: int | None) -> bool:
        """Whether the stretch may grow to `seconds`, with this recorded load and this dose at its end."""
        if loaded != self._loaded or (u < 0) != (self._u < 0):
            return False
        if not loaded or u < 0:
            return abs(u - self._u) <= SAME_RELIEF_U
        if end_cs is None or end_cs >= self._most_cs:
            return u == self._u
        low, high = self._bounds(seconds, end_cs)
        return low <= high

    def take(self, seconds: int, end_cs: int | None) -> None:
        """Lets the stretch grow to `seconds`."""
        if self._u < 0 or end_cs is None or end_cs >= self._most_cs:
            return
        self._end_cs = end_cs
        low, high = self._bounds(seconds, end_cs)
        if low <= high:
            self._low, self._high = low, high

    def load(self, seconds: int) -> int:
        """The load of the whole stretch."""
        if self._end_cs is None:
            return self._u
        if not self._loaded:
            return self._relief(seconds)
        rise = (self._end_cs - self._start_cs) / seconds
        weight = round(min(max(rise, self._low), self._high) * 10)
        return LOADED_U + min(bisect_left(WEIGHTS, weight), len(WEIGHTS) - 1)

    def _relief(self, seconds: int) -> int:
        """The load below LOADED_U under which the dose falls to the recorded one, by the core's own fall."""
        low_u, high_u = 0, LOADED_U - 1
        while low_u < high_u:
            u = (low_u + high_u) // 2
            dose = Dose()
            dose.cs = self._start_cs
            dose.step(seconds * 1000, u, self._limit_s, self._tau_s)
            if dose.cs < (self._end_cs or 0):
                low_u = u + 1
            else:
                high_u = u
        return low_u

    def _bounds(self, seconds: int, end_cs: int) -> tuple[float, float]:
        rise_cs = end_cs - self._start_cs
        return (
            max(self._low, (rise_cs - TOLERANCE_CS) / seconds),
            min(self._high, (rise_cs + TOLERANCE_CS) / seconds),
        )
