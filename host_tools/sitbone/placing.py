"""Where the stored records lie on UTC: the pairs of times that tell it, and the records placed anew when one arrives.

Each function works on the open database, within the transaction of its caller; the arithmetic is clock.py's.
"""

import sqlite3

from cushion.core import records
from sitbone.blocks import Block, fields_of
from sitbone.clock import Anchor, Placement, Slept, spread_sleeps

MOST_SLEEPS = 5000  # between two syncs
ANOTHER_CLOCK_MS = 86_400_000
# How far each source of a clock pair is trusted: a session is placed by the best that it has.
_TRUST = {"header": 0, "kept": 1, "between": 2, "record": 3, "host": 3}


def placement(db: sqlite3.Connection, cushion: int, session: int) -> Placement:
    """Where one session lies on UTC. What a host told counts; else the device's own clock as it was kept through
    the sleep before the session, corrected where that can be; else block headers: that clock, in whole seconds.
    A kept clock that is a day or more from what a host told was set by somebody else: it holds until that host."""
    rows = db.execute(
        "SELECT mono_ms, unix_ms, source FROM clock_pair WHERE cushion = ? AND session = ?"
        " ORDER BY mono_ms, source = 'host', source = 'record'",
        (cushion, session),
    ).fetchall()
    best = max((_TRUST[row[2]] for row in rows), default=0)
    trusted = [Anchor(mono_ms, unix_ms) for mono_ms, unix_ms, source in rows if _TRUST[source] == best]
    kept = [Anchor(mono_ms, unix_ms) for mono_ms, unix_ms, source in rows if source == "kept"]
    if kept and _is_another_clock(kept[0], trusted[0]):
        trusted.insert(0, kept[0])
    return Placement(trusted)


def keep_pairs_of(db: sqlite3.Connection, cushion: int, block: Block) -> None:
    """Keeps what a block says about the time."""
    for record in block.records:
        if record.kind == records.CLOCK:
            fields = fields_of(record.kind, record.payload)
            unix_ms = int(fields["unix_s"]) * 1000 + int(fields["unix_ms"])
            source = "kept" if fields["source"] == records.CLOCK_KEPT else "record"
            keep_pair(db, cushion, record.session, Anchor(record.mono_ms, unix_ms), source, None)
    if block.unix_s:
        _keep_header_pair(db, cushion, block)


def _keep_header_pair(db: sqlite3.Connection, cushion: int, block: Block) -> None:
    """One header a session is enough: it only places what nothing else does."""
    has = db.execute("SELECT 1 FROM clock_pair WHERE cushion = ? AND session = ?", (cushion, block.session)).fetchone()
    if not has:
        keep_pair(db, cushion, block.session, Anchor(block.base_ms, block.unix_s * 1000), "header", None)


def keep_pair(
    db: sqlite3.Connection, cushion: int, session: int, anchor: Anchor, source: str, utc_offset_min: int | None
) -> None:
    db.execute(
        "INSERT INTO clock_pair (cushion, session, mono_ms, unix_ms, source, utc_offset_min) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (cushion, session, anchor.mono_ms, anchor.unix_ms, source, utc_offset_min),
    )


def place(db: sqlite3.Connection, cushion: int, session: int, before: Placement, after: Placement) -> None:
    """Computes ``unix_ms`` anew where other anchors change it, and only there: a session may be months long."""
    if after.anchors == before.anchors:
        return
    same_until_ms = after.same_until(before)
    db.create_function("place_ms", 1, after.unix_ms, deterministic=True)
    try:
        db.execute(
            "UPDATE record SET unix_ms = place_ms(mono_ms - ago_ms) WHERE cushion = ? AND session = ? AND mono_ms >= ?",
            (cushion, session, -1 if same_until_ms is None else same_until_ms),
        )
    except sqlite3.OperationalError as error:
        if "user-defined function" in str(error):  # SQLite's word for Ctrl-C within place_ms: nothing else fails there
            raise KeyboardInterrupt from error
        raise


def correct_sleeps(db: sqlite3.Connection, cushion: int, session: int) -> None:
    """Places the sessions between the last two that a host has told the time: what the sleep clock was wrong by at
    the end is spread over the sleeps between them, by their length."""
    chain = _sessions_on_kept_time(db, cushion, session)
    if chain is None:
        return
    for number, start_ms in zip(range(session - len(chain) + 2, session), spread_sleeps(chain), strict=True):
        before = placement(db, cushion, number)
        db.execute("DELETE FROM clock_pair WHERE cushion = ? AND session = ? AND source = 'between'", (cushion, number))
        keep_pair(db, cushion, number, Anchor(0, start_ms), "between", None)
        place(db, cushion, number, before, placement(db, cushion, number))


def _sessions_on_kept_time(db: sqlite3.Connection, cushion: int, session: int) -> list[Slept] | None:
    """From a session with a host's time over those on kept time to ``session``, which has a host's time too; None
    when there is no such run."""
    chain: list[Slept] = []
    for number in range(session, max(0, session - MOST_SLEEPS), -1):
        pairs = db.execute(
            "SELECT mono_ms, unix_ms, source FROM clock_pair WHERE cushion = ? AND session = ?", (cushion, number)
        ).fetchall()
        told = sorted(Anchor(*row[:2]) for row in pairs if row[2] in ("host", "record"))
        kept = sorted(Anchor(*row[:2]) for row in pairs if row[2] == "kept")
        end_ms = db.execute(
            "SELECT max(mono_ms) FROM record WHERE cushion = ? AND session = ?", (cushion, number)
        ).fetchone()[0]
        if end_ms is None:
            return None
        chain.append(Slept(end_ms, kept[0] if kept else None, tuple(told)))
        if told and number != session:
            return chain[::-1] if len(chain) > 2 else None
        if not kept or bool(told) != (number == session):
            return None
    return None


def _is_another_clock(kept: Anchor, told: Anchor) -> bool:
    """Whether no sleep clock's drift can explain the difference between two anchors of a session."""
    return abs((told.unix_ms - kept.unix_ms) - (told.mono_ms - kept.mono_ms)) >= ANOTHER_CLOCK_MS
