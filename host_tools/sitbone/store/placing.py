"""Where the stored records lie on UTC: the pairs of times that decide it, and the records placed again for a new one.

Each function works on the open database, within the transaction of its caller; the arithmetic is in anchors.py.
"""

import sqlite3
from collections.abc import Iterable

from cushion.core import records
from sitbone.store.anchors import Anchor, Placement, Slept, spread_sleeps
from sitbone.store.blocks import Block, fields_of
from sitbone.store.votes import HOSTS

MOST_SLEEPS = 5000  # between two syncs
ANOTHER_CLOCK_MS = 86_400_000
STARTED_MS = 1000  # whatever a session logs about its start comes this early
# How far each source of a clock pair is trusted: a session is placed by the best that it has.
_OWN_CLOCK = ("header", "kept")
_TRUST = {"slept": 0, "header": 1, "kept": 2, "between": 3, "corrected": 3, "record": 4, "host": 4}


def placement(db: sqlite3.Connection, cushion: int, session: int) -> Placement:
    """Where one session lies on UTC: by a host's time; else by the device's own clock as kept through the sleep before
    the session, corrected where possible; else by block headers, which hold that clock in whole seconds; else by the
    length of the sleep after it.
    A kept clock a day or more away from a host's time was set by someone else: it holds until that host's time."""
    pairs = _pairs_of(db, cushion, session)
    best = max((_TRUST[source] for _, source in pairs), default=0)
    trusted = [anchor for anchor, source in pairs if _TRUST[source] == best]
    kept = [anchor for anchor, source in pairs if source == "kept"]
    start = kept[0] if kept and _is_another_clock(kept[0], trusted[0]) else None
    return Placement(trusted, start)


def _pairs_of(db: sqlite3.Connection, cushion: int, session: int) -> list[tuple[Anchor, str]]:
    """The pairs that may place a session, the stronger of one time last. What comes from an outvoted host is corrected
    by its error, or left out where that is unknown: its own pair, and what the device kept from it."""
    rows = db.execute(
        "SELECT mono_ms, CASE WHEN outvoted THEN believed_ms ELSE unix_ms END,"
        " CASE WHEN outvoted THEN 'corrected' ELSE source END FROM clock_pair"
        " WHERE cushion = ? AND session = ? AND dropped_ms IS NULL AND (NOT outvoted OR believed_ms IS NOT NULL)"
        " ORDER BY mono_ms, source = 'host', source = 'record'",
        (cushion, session),
    ).fetchall()
    by_own_clock = any(source in _OWN_CLOCK for *_, source in rows)
    error_ms = _error_ms(db, cushion, session) if by_own_clock else 0
    return [
        (Anchor(mono_ms, unix_ms - (error_ms or 0) if source in _OWN_CLOCK else unix_ms), source)
        for mono_ms, unix_ms, source in rows
        if source not in _OWN_CLOCK or error_ms is not None
    ]


def _error_ms(db: sqlite3.Connection, cushion: int, session: int) -> int | None:
    """How far the clock that the device kept into a session is ahead, because the last host to set it was outvoted; 0
    where it wasn't, None where nobody knows how far."""
    last = db.execute(
        "SELECT session, mono_ms, unix_ms - believed_ms FROM clock_pair WHERE cushion = ? AND outvoted"
        " AND dropped_ms IS NULL AND session < ? ORDER BY session DESC, mono_ms DESC LIMIT 1",
        (cushion, session),
    ).fetchone()
    return 0 if last is None or _was_set_after(db, cushion, last, session) else last[2]


def _was_set_after(db: sqlite3.Connection, cushion: int, pair: tuple[int, int, int], session: int) -> bool:
    """Whether a host that is believed set the clock after this pair and before the session."""
    found = db.execute(
        f"SELECT 1 FROM clock_pair WHERE cushion = ?1 AND {HOSTS} AND dropped_ms IS NULL AND NOT outvoted"
        " AND session < ?4 AND (session > ?2 OR (session = ?2 AND mono_ms > ?3)) LIMIT 1",
        (cushion, *pair[:2], session),
    )
    return found.fetchone() is not None


def place_anew(db: sqlite3.Connection, cushion: int, sessions: Iterable[int]) -> None:
    """Places these sessions again, whose hosts' times are believed now or are not any more, and those up to the next
    ones with a host's time before and after: they are on the clock that was set there."""
    anew: list[int] = []
    for session in sorted(sessions):
        if not anew or session >= anew[-1]:
            anew += _between_hosts(db, cushion, session)
    for number in dict.fromkeys(anew):
        derived = "('between', 'slept')"  # from hosts' times before and after
        db.execute(
            f"DELETE FROM clock_pair WHERE cushion = ? AND session = ? AND source IN {derived}", (cushion, number)
        )
        _place_from(db, cushion, number, -1, placement(db, cushion, number))
    place_by_sleeps(db, cushion, set(anew))


def _between_hosts(db: sqlite3.Connection, cushion: int, session: int) -> list[int]:
    """The sessions with any pair from after the last session before this one whose host is believed to the next such
    session, included."""
    believed = f"FROM clock_pair WHERE cushion = ? AND {HOSTS} AND dropped_ms IS NULL AND NOT outvoted AND session"
    before = db.execute(f"SELECT max(session) {believed} < ?", (cushion, session)).fetchone()[0]
    after = db.execute(f"SELECT min(session) {believed} > ?", (cushion, session)).fetchone()[0]
    first = max(session - MOST_SLEEPS, 0 if before is None else before + 1)
    last = session + MOST_SLEEPS if after is None else min(after, session + MOST_SLEEPS)
    rows = db.execute(
        "SELECT DISTINCT session FROM clock_pair WHERE cushion = ? AND session BETWEEN ? AND ? ORDER BY session",
        (cushion, first, last),
    ).fetchall()
    return [int(row[0]) for row in rows]


def keep_pairs_of(db: sqlite3.Connection, cushion: int, block: Block) -> None:
    """Stores what a block says about the time."""
    for record in block.records:
        if record.kind == records.CLOCK:
            fields = fields_of(record.kind, record.payload)
            if not fields or not fields["unix_s"]:
                continue
            unix_ms = int(fields["unix_s"]) * 1000 + int(fields["unix_ms"])
            source = "kept" if fields["source"] == records.CLOCK_KEPT else "record"
            keep_pair(db, cushion, record.session, Anchor(record.mono_ms, unix_ms), source, None)
    if block.unix_s:
        _keep_header_pair(db, cushion, block)


def _keep_header_pair(db: sqlite3.Connection, cushion: int, block: Block) -> None:
    """One header per session is enough: it only places sessions that nothing else places."""
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
    """Recomputes ``unix_ms`` where other anchors change it, and only there: a session may be months long."""
    if after.anchors == before.anchors:
        return
    same_until_ms = after.same_until(before)
    _place_from(db, cushion, session, -1 if same_until_ms is None else same_until_ms, after)


def _place_from(db: sqlite3.Connection, cushion: int, session: int, mono_ms: int, after: Placement) -> None:
    db.create_function("place_ms", 1, after.unix_ms, deterministic=True)
    try:
        db.execute(
            "UPDATE record SET unix_ms = place_ms(mono_ms - ago_ms) WHERE cushion = ? AND session = ? AND mono_ms >= ?",
            (cushion, session, mono_ms),
        )
    except sqlite3.OperationalError as error:
        if "user-defined function" in str(error):  # how SQLite reports Ctrl-C within place_ms: nothing else fails there
            raise KeyboardInterrupt from error
        raise


def place_by_sleeps(db: sqlite3.Connection, cushion: int, sessions: Iterable[int]) -> None:
    """Once these sessions are placed, places their neighbours that are only sleeps apart."""
    for session in sorted(sessions):
        _correct_sleeps(db, cushion, session)
        _count_back(db, cushion, session)


def _correct_sleeps(db: sqlite3.Connection, cushion: int, session: int) -> None:
    """Places the sessions between the last two whose time a host set: the sleep clock's error at the end is spread
    over the sleeps between them, by their length."""
    chain = _sessions_on_kept_time(db, cushion, session)
    if chain is None:
        return
    for number, start_ms in zip(range(session - len(chain) + 2, session), spread_sleeps(chain), strict=True):
        _place_by_only(db, cushion, number, Anchor(0, start_ms), "between")


def _sessions_on_kept_time(db: sqlite3.Connection, cushion: int, session: int) -> list[Slept] | None:
    """From a session with a host's time over those on kept time to ``session``, which has a host's time too; None
    when there is no such run."""
    chain: list[Slept] = []
    for number in range(session, max(0, session - MOST_SLEEPS), -1):
        pairs = _pairs_of(db, cushion, number)
        hosts = sorted(anchor for anchor, source in pairs if source in ("host", "record"))
        kept = sorted(anchor for anchor, source in pairs if source == "kept")
        end_ms = _end_ms(db, cushion, number)
        if end_ms is None:
            return None
        chain.append(Slept(end_ms, kept[0] if kept else None, tuple(hosts)))
        if hosts and number != session:
            return chain[::-1] if len(chain) > 2 else None
        if not kept or bool(hosts) != (number == session):
            return None
    return None


def _count_back(db: sqlite3.Connection, cushion: int, session: int) -> None:
    """Places the sessions before ``session`` that had no clock (it was not set since power came on), each by the length
    of the sleep after it: wrong by the sleep clock's error."""
    for number in range(session, max(1, session - MOST_SLEEPS), -1):
        begin_ms, slept_ms = placement(db, cushion, number).unix_ms(0), _slept_ms(db, cushion, number)
        end_ms = _end_ms(db, cushion, number - 1)
        if begin_ms is None or slept_ms is None or end_ms is None or _has_clock(db, cushion, number - 1):
            return
        _place_by_only(db, cushion, number - 1, Anchor(end_ms, begin_ms - slept_ms), "slept")


def _has_clock(db: sqlite3.Connection, cushion: int, session: int) -> bool:
    return any(source != "slept" for _, source in _pairs_of(db, cushion, session))


def _slept_ms(db: sqlite3.Connection, cushion: int, session: int) -> int | None:
    """The length of the sleep that ended when the session began."""
    sql = "SELECT payload FROM record WHERE cushion = ? AND session = ? AND mono_ms < ? AND kind = ?"
    row = db.execute(sql, (cushion, session, STARTED_MS, records.SLEPT)).fetchone()
    fields = {} if row is None else fields_of(records.SLEPT, row[0])
    return int(fields["slept_s"]) * 1000 if fields else None


def _end_ms(db: sqlite3.Connection, cushion: int, session: int) -> int | None:
    """When a session's last record was written, device ms; None for one without any."""
    sql = "SELECT max(mono_ms) FROM record WHERE cushion = ? AND session = ?"
    found: int | None = db.execute(sql, (cushion, session)).fetchone()[0]
    return found


def _place_by_only(db: sqlite3.Connection, cushion: int, session: int, anchor: Anchor, source: str) -> None:
    """Places a session by one pair, which replaces others of its source."""
    before = placement(db, cushion, session)
    db.execute("DELETE FROM clock_pair WHERE cushion = ? AND session = ? AND source = ?", (cushion, session, source))
    keep_pair(db, cushion, session, anchor, source, None)
    place(db, cushion, session, before, placement(db, cushion, session))


def _is_another_clock(kept: Anchor, host: Anchor) -> bool:
    """Whether no sleep clock's drift can explain the difference between two anchors of a session."""
    return abs((host.unix_ms - kept.unix_ms) - (host.mono_ms - kept.mono_ms)) >= ANOTHER_CLOCK_MS
