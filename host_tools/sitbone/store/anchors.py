"""Converts device time to UTC, piecewise: pure arithmetic over the anchors of one session.

A cushion's clock drifts by percent in deep sleep and may be set wrongly, so no single offset holds. Each anchor says
"at this device time it was that time"; between two anchors that can both be right the difference is spread evenly,
between two that can't the earlier one holds until the later begins.
"""

import heapq
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass

DRIFT_PERMILLE = 30  # an RC-timed sleep clock is off by percent
SLEEP_PERMILLE = 100
NEIGHBOURS = 24  # anchors vote on those before and after them: two of a sync
STEP_MS = 60_000  # a clock may be corrected by this much and still count as the same clock


@dataclass(frozen=True, slots=True, order=True)
class Anchor:
    """At ``mono_ms`` of the session (ms since its boot) it was ``unix_ms`` (ms since 1970, UTC)."""

    mono_ms: int
    unix_ms: int


def agree(earlier: Anchor, later: Anchor) -> bool:
    """Whether one drifting clock can have been at both anchors."""
    mono, unix = later.mono_ms - earlier.mono_ms, later.unix_ms - earlier.unix_ms
    return unix >= 0 and abs(unix - mono) * 1000 <= DRIFT_PERMILLE * mono + STEP_MS * 1000


def believable(anchors: list[Anchor]) -> list[Anchor]:
    """A session's anchors, in order of device time, without those that are outvoted."""
    out = outvoted(len(anchors), lambda earlier, later: agree(anchors[earlier], anchors[later]))
    return [anchor for at, anchor in enumerate(anchors) if at not in out]


def outvoted(count: int, agrees: Callable[[int, int], bool]) -> set[int]:
    """Which of so many anchors, in the order of the cushion's life, came from a host with a wrong clock.

    One clock ran through them all, so right anchors agree with each other. As long as an anchor contradicts more of
    its neighbours than one of these contradicts, the one that contradicts most is outvoted, and its vote is void. Where
    all contradict equally many, as two of two do, nobody knows, and all stay.
    """
    against: list[set[int]] = [set() for _ in range(count)]
    for at in range(count):
        for later in range(at + 1, min(at + NEIGHBOURS, count)):
            if not agrees(at, later):
                against[at].add(later)
                against[later].add(at)
    out: set[int] = set()
    undecided: set[int] = set()
    waiting = [(-len(others), at) for at, others in enumerate(against) if others]
    heapq.heapify(waiting)
    while waiting:
        votes, at = heapq.heappop(waiting)
        others = against[at]
        if -votes != len(others):
            continue  # it waits again, with its new number
        if all(len(against[other]) >= len(others) for other in others):
            undecided.add(at)
            continue
        out.add(at)
        against[at] = set()
        for other in others:
            against[other].discard(at)
            heapq.heappush(waiting, (-len(against[other]), other))
            for again in against[other] & undecided:
                undecided.remove(again)
                heapq.heappush(waiting, (-len(against[again]), again))
    return out


@dataclass(frozen=True, slots=True)
class Slept:
    """A session in a run with sleeps between: ``end_ms`` of its last record, ``kept`` the device's own time at its
    start (None for the first of the run), ``hosts`` the times that hosts set, in order (none within the run)."""

    end_ms: int
    kept: Anchor | None
    hosts: tuple[Anchor, ...]


def spread_sleeps(chain: list[Slept]) -> list[int]:
    """When the sessions between the first and the last of a run began (UTC ms).

    While it is awake the device's time is good; its sleep clock is off by percent. Both ends of the run are known from
    hosts, so the whole error is known, and each sleep gets a share by its length. Where the error is more than any
    clock's drift, the device's own time stands.
    """
    first, last = chain[0], chain[-1]
    begin_ms = first.hosts[-1].unix_ms + first.end_ms - first.hosts[-1].mono_ms
    true_end_ms = last.hosts[0].unix_ms - last.hosts[0].mono_ms
    starts = [slept.kept.unix_ms - slept.kept.mono_ms for slept in chain[1:] if slept.kept is not None]
    ends = [begin_ms, *(start + slept.end_ms for start, slept in zip(starts, chain[1:-1], strict=False))]
    sleeps = [start - end for start, end in zip(starts, ends, strict=True)]
    slept_ms, awake_ms = sum(sleeps), sum(slept.end_ms for slept in chain[1:-1])
    true_ms = true_end_ms - begin_ms - awake_ms
    if min(sleeps) < 0 or abs(true_ms - slept_ms) * 1000 > SLEEP_PERMILLE * slept_ms + STEP_MS * 1000:
        return starts[:-1]
    found, now_ms, done_ms = [], begin_ms, 0
    for sleep, slept in zip(sleeps, chain[1:-1], strict=False):
        before_ms = true_ms * done_ms // max(1, slept_ms)
        done_ms += sleep
        now_ms += true_ms * done_ms // max(1, slept_ms) - before_ms
        found.append(now_ms)
        now_ms += slept.end_ms
    return found


class Placement:
    """One session's device time on UTC. Of two anchors at the same device time the last one counts; those that are
    outvoted don't. ``start``: an anchor that holds until the first of them, whatever they say."""

    def __init__(self, anchors: Iterable[Anchor], start: Anchor | None = None) -> None:
        by_mono = {anchor.mono_ms: anchor for anchor in anchors}
        found = believable([by_mono[mono] for mono in sorted(by_mono)])
        if start is not None and (not found or start.mono_ms < found[0].mono_ms):
            found.insert(0, start)
        self.anchors = tuple(found)
        self._monos = [anchor.mono_ms for anchor in self.anchors]

    def unix_ms(self, mono_ms: int) -> int | None:
        """UTC of a device time in ms since 1970; None when the session has no anchor at all."""
        if not self.anchors:
            return None
        index = max(0, bisect_right(self._monos, mono_ms) - 1)
        earlier = self.anchors[index]
        since_ms = mono_ms - earlier.mono_ms
        if since_ms > 0 and index + 1 < len(self.anchors) and agree(earlier, self.anchors[index + 1]):
            later = self.anchors[index + 1]
            since_ms = since_ms * (later.unix_ms - earlier.unix_ms) // (later.mono_ms - earlier.mono_ms)
        return earlier.unix_ms + since_ms

    def same_until(self, other: "Placement") -> int | None:
        """Device time (ms) before which both placements are equal; None when they are equal nowhere."""
        same = None
        for mine, theirs in zip(self.anchors, other.anchors, strict=False):
            if mine != theirs:
                break
            same = mine.mono_ms
        return same
