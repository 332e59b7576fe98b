"""Which hosts' times are believed: those that agree with most others of the cushion's life, across its sessions.

A computer without a clock of its own, or with a wrong one, sets the cushion's clock wrongly, and all that the cushion
logs until the next sync. Whether two of a cushion's anchors can both be right, its own time says:
- within a session it ran, so the difference is known to a few percent;
- over sleeps it kept the time by a slower clock, so the difference is known to some percent more;
- over a power cut only the order is known, and that at least the time awake has passed.
"""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from operator import add, sub
from typing import NamedTuple

from sitbone.store.anchors import DRIFT_PERMILLE, NEIGHBOURS, SLEEP_PERMILLE, STEP_MS, Anchor, outvoted

REACH = 3 * NEIGHBOURS  # of each new anchor, in anchors before and after it
UNKNOWN_MS = 1 << 60  # more than any sum of known ones
HOSTS = "source IN ('host', 'record')"


@dataclass(frozen=True, slots=True)
class _Witness:
    """A host's time in some session, and what was decided before: whether it is outvoted, and when it was instead."""

    session: int
    anchor: Anchor
    outvoted: bool
    believed_ms: int | None


class _Gap(NamedTuple):
    """The true time from one witness to another, ms: at least, at most, and as the cushion counted it."""

    least_ms: int
    most_ms: int
    counted_ms: int


def vote(db: sqlite3.Connection, cushion: int, sessions: Iterable[int]) -> set[int]:
    """Decides anew which of the anchors around these sessions are believed, and marks the others; returns the sessions
    in which that has changed something."""
    changed: set[int] = set()
    for first, last in _runs(sorted(sessions)):
        witnesses = _around(db, cushion, first, last)
        line = _line(db, cushion, witnesses)
        out = outvoted(len(witnesses), _agreement(witnesses, line))
        for at, witness in enumerate(witnesses):
            decided = (at in out, _believed_ms(at, witnesses, line, out) if at in out else None)
            if decided != (witness.outvoted, witness.believed_ms):
                changed.add(witness.session)
                db.execute(
                    "UPDATE clock_pair SET outvoted = ?, believed_ms = ? WHERE cushion = ? AND session = ?"
                    f" AND mono_ms = ? AND unix_ms = ? AND {HOSTS}",
                    (*decided, cushion, witness.session, witness.anchor.mono_ms, witness.anchor.unix_ms),
                )
    return changed


def _runs(sessions: list[int]) -> Iterable[tuple[int, int]]:
    """The sessions as runs that are close together."""
    begin = 0
    for at in range(1, len(sessions) + 1):
        if at == len(sessions) or sessions[at] - sessions[at - 1] > REACH:
            yield sessions[begin], sessions[at - 1]
            begin = at


def _around(db: sqlite3.Connection, cushion: int, first: int, last: int) -> list[_Witness]:
    """The hosts' times of sessions first..last and of REACH more on both sides, in the order of the cushion's life."""
    found = f"FROM clock_pair WHERE cushion = ? AND {HOSTS} AND dropped_ms IS NULL AND session"
    columns = f"SELECT session, mono_ms, unix_ms, outvoted, believed_ms {found}"
    falling, rising = "session DESC, mono_ms DESC, source DESC", "session, mono_ms, source"
    before = db.execute(f"{columns} < ? ORDER BY {falling} LIMIT {REACH}", (cushion, first)).fetchall()
    rest = db.execute(f"{columns} BETWEEN ? AND ? ORDER BY {rising}", (cushion, first, last)).fetchall()
    after = db.execute(f"{columns} > ? ORDER BY {rising} LIMIT {REACH}", (cushion, last)).fetchall()
    return [_Witness(row[0], Anchor(*row[1:3]), bool(row[3]), row[4]) for row in (*before[::-1], *rest, *after)]


def _line(db: sqlite3.Connection, cushion: int, witnesses: list[_Witness]) -> list[_Gap]:
    """From the first witness to each."""
    line = [_Gap(0, 0, 0)] * len(witnesses[:1])
    for earlier, later in pairwise(witnesses):
        gap = _between(db, cushion, earlier, later)
        line.append(_Gap(*map(add, line[-1], gap)))
    return line


def _between(db: sqlite3.Connection, cushion: int, earlier: _Witness, later: _Witness) -> _Gap:
    if earlier.session == later.session:
        ran_ms = later.anchor.mono_ms - earlier.anchor.mono_ms
        return _Gap(*_spread(ran_ms, DRIFT_PERMILLE), ran_ms)
    ended_ms = db.execute(
        "SELECT max(mono_ms) FROM record WHERE cushion = ? AND session = ?", (cushion, earlier.session)
    ).fetchone()[0]
    awake_ms = max(0, (ended_ms or 0) - earlier.anchor.mono_ms) + later.anchor.mono_ms
    least_ms, _ = _spread(awake_ms, DRIFT_PERMILLE)
    kept = db.execute(
        "SELECT mono_ms, unix_ms FROM clock_pair WHERE cushion = ? AND session = ? AND source = 'kept'"
        " ORDER BY mono_ms LIMIT 1",
        (cushion, later.session),
    ).fetchone()
    passed_ms = 0 if kept is None else kept[1] - earlier.anchor.unix_ms + later.anchor.mono_ms - kept[0]
    if kept is None or passed_ms < least_ms - STEP_MS or _set_between(db, cushion, earlier, later):
        return _Gap(least_ms, UNKNOWN_MS, UNKNOWN_MS)  # the clock was not kept from the one to the other
    low_ms, high_ms = _spread(passed_ms, SLEEP_PERMILLE)
    return _Gap(max(least_ms, low_ms), max(least_ms, high_ms), passed_ms)


def _set_between(db: sqlite3.Connection, cushion: int, earlier: _Witness, later: _Witness) -> bool:
    """Whether a host that was dropped since set the clock between two witnesses: the kept time is then from it."""
    found = db.execute(
        f"SELECT 1 FROM clock_pair WHERE cushion = ?1 AND {HOSTS} AND dropped_ms IS NOT NULL AND session < ?4"
        " AND (session > ?2 OR (session = ?2 AND mono_ms > ?3)) LIMIT 1",
        (cushion, earlier.session, earlier.anchor.mono_ms, later.session),
    )
    return found.fetchone() is not None


def _spread(ms: int, permille: int) -> tuple[int, int]:
    return ms * (1000 - permille) // 1000, ms * (1000 + permille) // 1000


def _agreement(witnesses: list[_Witness], line: list[_Gap]) -> Callable[[int, int], bool]:
    def agree(earlier: int, later: int) -> bool:
        passed_ms = witnesses[later].anchor.unix_ms - witnesses[earlier].anchor.unix_ms
        gap = _Gap(*map(sub, line[later], line[earlier]))
        return gap.least_ms - STEP_MS <= passed_ms <= gap.most_ms + STEP_MS

    return agree


def _believed_ms(at: int, witnesses: list[_Witness], line: list[_Gap], out: set[int]) -> int | None:
    """When an outvoted witness was, counted from the nearest believed one; None where a power cut lies between."""
    best = None
    for other in range(max(0, at - NEIGHBOURS), min(len(witnesses), at + NEIGHBOURS)):
        counted_ms = line[at].counted_ms - line[other].counted_ms
        if other not in out and abs(counted_ms) < (UNKNOWN_MS // 2 if best is None else abs(best[0])):
            best = (counted_ms, witnesses[other].anchor.unix_ms + counted_ms)
    return None if best is None else best[1]
