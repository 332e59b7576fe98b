"""The store: one SQLite file with every record a cushion ever gave, raw, and what is derived from them.

The raw payload is the truth. ``unix_ms`` beside it is derived: when the recorded thing happened, placed on UTC by the
anchors of its session (placing.py), and computed again when a new anchor arrives; NULL while the session has none.
"""

import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from typing import Any

from cushion.core import records
from sitbone.dates import Zone
from sitbone.errors import SitboneError, UsageError
from sitbone.store import placing
from sitbone.store.anchors import Anchor, Placement
from sitbone.store.blocks import Block, Fields, Record, fields_of
from sitbone.store.database import BUSY_TIMEOUT_S, Database
from sitbone.store.votes import vote

# What a person writes or decides, in tables that stay small.
WRITTEN = (
    "pain",
    "red_flag",
    "rehab",
    "rehab_plan",
    "tuning",
    "setting_change",
    "affected_side",
    "visa_h",
    "cushion_name",
    "forgotten",
)


class LogRestarted(Exception):
    """The cushion sent a different record under a stored number: its log was erased and started again."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored record. ``unix_ms`` is when it happened (UTC), None while unplaced; ``at_mono_ms`` the same in ms since
    its session's boot; ``cushion`` the store's own number of the cushion."""

    cushion: int
    seq: int
    session: int
    at_mono_ms: int
    unix_ms: int | None
    kind: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class ClockPair:
    """A device time and the time it was. ``is_used``: records are placed by it, unlike by one that is dropped, outvoted
    by others, or of a weaker source than others."""

    number: int
    cushion: int
    session: int
    anchor: Anchor
    source: str
    is_dropped: bool
    is_used: bool


def readable(found: Iterable[Stored]) -> Iterator[tuple[Stored, Fields]]:
    """The records with their fields, without those that are too short or of a kind this version doesn't know."""
    for record in found:
        if fields := fields_of(record.kind, record.payload):
            yield record, fields


class Store(Database):
    """The records of all cushions, in the open database."""

    # --- cushions

    def cushion(self, hardware: str, log: int = 0) -> int:
        """The store's number for the cushion with this id (12 hex digits), created if necessary. Each of its logs, told
        apart by `log`, has an era of its own; without `log` it is the latest."""
        rows = self.rows("SELECT id, era, log FROM cushion WHERE hardware = ? ORDER BY era DESC", hardware)
        known = [row for row in rows if not log or row[2] == log]
        if known:
            return int(known[0][0])
        if rows and rows[0][2] is None:
            with self.transaction() as db:
                db.execute("UPDATE cushion SET log = ? WHERE id = ?", (log, rows[0][0]))
            return int(rows[0][0])
        return self._new_cushion(hardware, rows[0][1] + 1 if rows else 0, log)

    def new_era(self, cushion: int) -> int:
        """Begins a new era for a cushion whose log was erased; returns the store's new number for it."""
        hardware, era, log = self.rows("SELECT hardware, era, log FROM cushion WHERE id = ?", cushion)[0]
        with self.transaction() as db:
            db.execute("UPDATE cushion SET log = NULL WHERE id = ?", (cushion,))
        return self._new_cushion(hardware, era + 1, log or 0)

    def _new_cushion(self, hardware: str, era: int, log: int) -> int:
        with self.transaction() as db:
            row = db.execute(
                "INSERT INTO cushion (hardware, era, simulated, log) VALUES (?, ?, ?, ?) RETURNING id",
                (hardware, era, int(_is_simulated(hardware)), log or None),
            ).fetchone()
        return int(row[0])

    def names(self) -> dict[str, str]:
        """What the person calls the cushions, by their ids."""
        return dict(self.rows("SELECT hardware, name FROM cushion_name"))

    def label(self, cushion: int) -> str:
        """What the person calls a cushion, or its id."""
        hardware = self.hardware_id(cushion)
        return self.names().get(hardware, hardware)

    def hardware_of(self, name: str) -> str:
        """The id of the cushion that the person calls so, or that has this id. Raises UsageError."""
        known = {str(row[0]) for row in self.rows("SELECT hardware FROM cushion")}
        found = next((hardware for hardware, given in self.names().items() if given == name), name)
        if found not in known:
            raise UsageError(f"no cushion is called {name}; see sitbone cushion list")
        return found

    def cushion_rows(self) -> list[dict[str, Any]]:
        """Each cushion, whatever logs it has had: ``{"cushion", "simulated", "records", "last_sync_ms"}``."""
        rows = self.rows(
            "SELECT hardware, max(simulated), sum((SELECT count(*) FROM record WHERE record.cushion = cushion.id)),"
            " max((SELECT max(unix_ms) FROM sync WHERE sync.cushion = cushion.id))"
            " FROM cushion GROUP BY hardware ORDER BY min(id)"
        )
        names = ("cushion", "simulated", "records", "last_sync_ms")
        return [
            dict(zip(names, (hardware, bool(simulated), *rest), strict=True)) for hardware, simulated, *rest in rows
        ]

    def name_cushion(self, hardware: str, name: str) -> None:
        """Calls a cushion by a name. Raises UsageError where another one has it."""
        if any(given == name and other != hardware for other, given in self.names().items()):
            raise UsageError(f"another cushion is called {name}; choose another name")
        with self.transaction() as db:
            db.execute("INSERT OR REPLACE INTO cushion_name (hardware, name) VALUES (?, ?)", (hardware, name))

    def show_only(self, hardware: str) -> None:
        """From now on this connection shows one cushion's data, as if there was no other; it can't write records."""
        # A temporary view hides the table of its name. Derived days are of all cushions: none are shown.
        mine = f"cushion IN (SELECT id FROM main.cushion WHERE hardware = '{hardware}')"
        self.rows(f"CREATE TEMP VIEW cushion AS SELECT * FROM main.cushion WHERE hardware = '{hardware}'")
        for table in ("record", "clock_pair", "sync", "setting_change"):
            rowid = "rowid, " if table == "clock_pair" else ""
            self.rows(f"CREATE TEMP VIEW {table} AS SELECT {rowid}* FROM main.{table} WHERE {mine}")
        self.rows("CREATE TEMP VIEW day_fact AS SELECT * FROM main.day_fact WHERE 0")

    def cushions(self) -> list[int]:
        """The store's numbers of all cushions, and of each of their logs."""
        return [int(row[0]) for row in self.rows("SELECT id FROM cushion ORDER BY id")]

    def host_id(self) -> str:
        """The id by which cushions know this store; drawn at random on first use."""
        with self.transaction() as db:
            row = db.execute("SELECT id FROM host").fetchone()
            if row is None:
                row = (secrets.token_hex(4),)
                db.execute("INSERT INTO host (id) VALUES (?)", row)
        return str(row[0])

    def last_seq(self, cushion: int) -> int | None:
        """The highest record number stored of a cushion, or deleted by the person: a sync's cursor."""
        sql = "SELECT max(seq) FROM (SELECT max(seq) AS seq FROM record WHERE cushion = ?1"
        found = self.rows(f"{sql} UNION ALL SELECT last_seq FROM forgotten WHERE cushion = ?1)", cushion)[0][0]
        return None if found is None else int(found)

    def first_seq(self, cushion: int) -> int | None:
        """The lowest record number stored of a cushion."""
        found = self.rows("SELECT min(seq) FROM record WHERE cushion = ?", cushion)[0][0]
        return None if found is None else int(found)

    def any_simulated(self) -> bool:
        """Whether any of the stored data came from a simulated sitter."""
        return bool(self.rows("SELECT 1 FROM cushion WHERE simulated = 1 LIMIT 1"))

    # --- writing

    def add_blocks(self, cushion: int, blocks: Iterable[Block]) -> tuple[int, int]:
        """Stores the blocks' records, in one transaction; returns how many were new and how many were stored already.

        Raises LogRestarted, with nothing stored, when a stored number comes back with other contents.
        """
        blocks = [block for block in blocks if block.records]
        sessions = {block.session for block in blocks}
        with self.transaction() as db:
            before = {session: placing.placement(db, cushion, session) for session in sessions}
            for block in blocks:
                placing.keep_pairs_of(db, cushion, block)
            after = {session: placing.placement(db, cushion, session) for session in sessions}
            gone = db.execute("SELECT max(last_seq) FROM forgotten WHERE cushion = ?", (cushion,)).fetchone()[0] or 0
            new = sum(
                _insert(db, cushion, record, after[block.session])
                for block in blocks
                for record in block.records
                if record.seq > gone or _is_stored(db, cushion, record.seq)
            )
            for session in sessions:
                placing.place(db, cushion, session, before[session], after[session])
            placing.place_by_sleeps(db, cushion, sessions)
            placing.place_anew(db, cushion, vote(db, cushion, sessions))
        return new, sum(len(block.records) for block in blocks) - new

    def add_clock_pair(self, cushion: int, session: int, anchor: Anchor, utc_offset_min: int) -> None:
        """Stores a (device time, host time) pair taken by a host, and places the session's records again by it."""
        with self.transaction() as db:
            before = placing.placement(db, cushion, session)
            placing.keep_pair(db, cushion, session, anchor, "host", utc_offset_min)
            placing.place(db, cushion, session, before, placing.placement(db, cushion, session))
            placing.place_by_sleeps(db, cushion, [session])
            placing.place_anew(db, cushion, vote(db, cushion, [session]))

    def clock_pairs(self) -> list[ClockPair]:
        """Every pair of times that records are placed by, oldest first by cushion; those of the weaker sources, too."""
        rows = self.rows(
            "SELECT clock_pair.rowid, cushion, session, mono_ms, unix_ms, source, dropped_ms IS NOT NULL"
            " FROM clock_pair ORDER BY cushion, session, mono_ms, source"
        )
        used: dict[tuple[int, int], set[Anchor]] = {}
        for _, cushion, session, *_ in rows:
            if (cushion, session) not in used:
                used[cushion, session] = set(placing.placement(self._db, cushion, session).anchors)
        return [
            ClockPair(number, cushion, session, anchor, source, bool(dropped), anchor in used[cushion, session])
            for number, cushion, session, mono_ms, unix_ms, source, dropped in rows
            for anchor in [Anchor(mono_ms, unix_ms)]
        ]

    def drop_clock_pair(self, number: int, now_ms: int) -> ClockPair:
        """Drops a pair, and places its session's records again without it. Raises SitboneError for one that isn't
        there."""
        pair = next((item for item in self.clock_pairs() if item.number == number and not item.is_dropped), None)
        if pair is None:
            raise SitboneError(f"there is no pair {number}; see sitbone clock")
        with self.transaction() as db:
            before = placing.placement(db, pair.cushion, pair.session)
            same = "cushion = ? AND session = ? AND mono_ms = ? AND unix_ms = ?"
            values = (now_ms, pair.cushion, pair.session, *astuple(pair.anchor))
            db.execute(f"UPDATE clock_pair SET dropped_ms = ? WHERE {same}", values)
            placing.place(db, pair.cushion, pair.session, before, placing.placement(db, pair.cushion, pair.session))
            placing.place_by_sleeps(db, pair.cushion, [pair.session])
            placing.place_anew(db, pair.cushion, vote(db, pair.cushion, [pair.session]))
        return pair

    def last_sync_ms(self) -> int | None:
        """When the last sync was, by its computer's clock, UTC ms."""
        found = self.rows("SELECT max(unix_ms) FROM sync")[0][0]
        return None if found is None else int(found)

    def add_sync(self, cushion: int, unix_ms: int, result: dict[str, Any]) -> None:
        """Records a finished sync."""
        with self.transaction() as db:
            db.execute(
                "INSERT INTO sync (cushion, unix_ms, result) VALUES (?, ?, ?)", (cushion, unix_ms, json.dumps(result))
            )

    def add_setting_changes(
        self, cushion: int, unix_ms: int, version: int, changes: dict[str, tuple[int, int]], reasons: dict[str, str]
    ) -> None:
        """Records settings sent together from this host: ``changes`` maps each name to (asked for, in force);
        ``version`` is also the number of the change in the cushion's log."""
        rows = [(cushion, unix_ms, version, name, *pair, reasons[name]) for name, pair in changes.items()]
        with self.transaction() as db:
            db.executemany(
                "INSERT INTO setting_change (cushion, unix_ms, version, name, asked, in_force, reason)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                rows,
            )

    # --- derived days

    def changes_seen(self) -> int:
        """A number that changes when another program writes to the database."""
        return int(self.rows("PRAGMA data_version")[0][0])

    def content_seen(self) -> tuple[int, int]:
        """Two numbers: one that changes with the person's entries and with each sync, and that of the last sync."""
        written = [tuple(self.rows(f"SELECT * FROM {table}")) for table in WRITTEN]
        last_sync = int(self.rows("SELECT coalesce(max(id), 0) FROM sync")[0][0])
        return hash((*written, last_sync)), last_sync

    def day_facts(self, version: int, from_ms: int, to_ms: int) -> dict[tuple[int, int], str]:
        """The cached facts of the days that end in (from_ms, to_ms], by (start_ms, end_ms)."""
        rows = self.rows(
            "SELECT start_ms, end_ms, facts FROM day_fact WHERE version = ? AND end_ms > ? AND end_ms <= ?",
            version,
            from_ms,
            to_ms,
        )
        return {(start_ms, end_ms): facts for start_ms, end_ms, facts in rows}

    def keep_day_facts(self, version: int, facts: dict[tuple[int, int], str], seen: int) -> bool:
        """Caches facts derived from days, unless another process has written since `changes_seen` returned ``seen``, or
        is writing now: then they are derived again another time."""
        rows = [(end_ms, start_ms, version, text) for (start_ms, end_ms), text in facts.items()]
        try:
            self._db.execute("PRAGMA busy_timeout = 0")
            with self.transaction() as db:
                if self.changes_seen() != seen:
                    return False
                db.executemany("INSERT OR REPLACE INTO day_fact VALUES (?, ?, ?, ?)", rows)
        except SitboneError:
            return False
        finally:
            self._db.execute(f"PRAGMA busy_timeout = {round(BUSY_TIMEOUT_S * 1000)}")
        return True

    # --- reading

    def read(
        self, kinds: Iterable[int] | None = None, from_ms: int | None = None, to_ms: int | None = None
    ) -> list[Stored]:
        """Placed records that happened in [from_ms, to_ms) (UTC ms), by time; all kinds except epochs by default."""
        if kinds is None:
            kinds = [kind for kind in range(256) if kind != records.EPOCH]
        listed = ",".join(str(int(kind)) for kind in kinds)
        rows = self.rows(
            "SELECT cushion, seq, session, mono_ms - ago_ms, unix_ms, kind, payload FROM record"
            f" WHERE kind IN ({listed}) AND unix_ms >= ? AND unix_ms < ? ORDER BY unix_ms, cushion, seq",
            _bound(from_ms, -1),
            _bound(to_ms, 1),
        )
        return [Stored(*row) for row in rows]

    def everything(self) -> Iterator[tuple[str, int, Stored]]:
        """Every record with its cushion's id and era, by cushion and number, those without a place in time too."""
        rows = self._db.execute(
            "SELECT hardware, era, cushion, seq, session, mono_ms - ago_ms, unix_ms, kind, payload FROM record"
            " JOIN cushion ON cushion.id = record.cushion ORDER BY cushion, seq"
        )
        for hardware, era, *row in rows:
            yield hardware, era, Stored(*row)

    def count(self) -> int:
        """How many records there are."""
        return int(self.rows("SELECT count(*) FROM record")[0][0])

    def unplaced(self) -> list[Stored]:
        """Records of sessions whose wall-clock time is unknown, epochs left out, as they were written."""
        kinds = ",".join(
            str(kind) for kind in range(256) if kind != records.EPOCH
        )  # listed like this, SQLite uses their index
        rows = self.rows(
            "SELECT cushion, seq, session, mono_ms - ago_ms, unix_ms, kind, payload FROM record"
            f" WHERE unix_ms IS NULL AND kind IN ({kinds}) ORDER BY cushion, seq"
        )
        return [Stored(*row) for row in rows]

    def session_end_ms(self, cushion: int, session: int) -> int:
        """When the last stored record of a session was written, device ms since its boot."""
        sql = "SELECT max(mono_ms) FROM record WHERE cushion = ? AND session = ?"
        return int(self.rows(sql, cushion, session)[0][0])

    def session_ends(self) -> list[tuple[int, int, int]]:
        """(cushion, session, device ms of its last record), in the order of the sessions."""
        return self.rows(
            "SELECT cushion, session, max(mono_ms) FROM record GROUP BY cushion, session ORDER BY cushion, session"
        )

    def all_of(self, *kinds: int) -> list[Stored]:
        """Every record of some kinds, placed or not, by cushion and number."""
        rows = self.rows(
            "SELECT cushion, seq, session, mono_ms - ago_ms, unix_ms, kind, payload FROM record"
            f" WHERE kind IN ({','.join('?' * len(kinds))}) ORDER BY cushion, seq",
            *kinds,
        )
        return [Stored(*row) for row in rows]

    def hardware_id(self, cushion: int) -> str:
        """The cushion's own id (12 hex digits)."""
        return str(self.rows("SELECT hardware FROM cushion WHERE id = ?", cushion)[0][0])

    def latest_cushion(self) -> int | None:
        """The cushion that the last sync was with, or else the one with the newest numbering; None without any."""
        rows = self.rows("SELECT cushion FROM sync ORDER BY id DESC LIMIT 1")
        rows = rows or self.rows("SELECT id FROM cushion ORDER BY id DESC LIMIT 1")
        return int(rows[0][0]) if rows else None

    def payloads(self, kind: int, from_ms: int, to_ms: int) -> list[tuple[int, bytes]]:
        """Time (UTC ms) and payload of one kind's records in [from_ms, to_ms), by time: the quick way to many."""
        return self.rows(
            "SELECT unix_ms, payload FROM record WHERE kind = ? AND unix_ms >= ? AND unix_ms < ? ORDER BY unix_ms",
            kind,
            from_ms,
            to_ms,
        )

    def epochs(self, from_ms: int, to_ms: int) -> list[tuple[int, int, bytes]]:
        """Time (UTC ms), cushion and payload of the epochs in [from_ms, to_ms), by time: a year has a million."""
        return self.rows(
            "SELECT unix_ms, cushion, payload FROM record WHERE kind = ? AND unix_ms >= ? AND unix_ms < ?"
            " ORDER BY unix_ms",
            records.EPOCH,
            from_ms,
            to_ms,
        )

    def reach_ms(self) -> tuple[int, int] | None:
        """When the first and the last placed record happened, UTC ms; None without any."""
        # Each kind's ends are in the index; DISTINCT would read all of it.
        rows = self.rows(
            "WITH RECURSIVE kinds (kind) AS (SELECT min(kind) FROM record UNION ALL"
            " SELECT (SELECT min(kind) FROM record WHERE kind > kinds.kind) FROM kinds WHERE kind IS NOT NULL)"
            " SELECT (SELECT min(unix_ms) FROM record WHERE kind = kinds.kind AND unix_ms IS NOT NULL),"
            " (SELECT max(unix_ms) FROM record WHERE kind = kinds.kind AND unix_ms IS NOT NULL) FROM kinds"
        )
        placed = [int(at_ms) for row in rows for at_ms in row if at_ms is not None]
        return (min(placed), max(placed)) if placed else None

    def next_record_ms(self, from_ms: int) -> int | None:
        """When the first record from a moment on happened, UTC ms; None without any."""
        kinds = self.rows(
            "WITH RECURSIVE kinds (kind) AS (SELECT min(kind) FROM record UNION ALL"
            " SELECT (SELECT min(kind) FROM record WHERE kind > kinds.kind) FROM kinds WHERE kind IS NOT NULL)"
            " SELECT min((SELECT min(unix_ms) FROM record WHERE kind = kinds.kind AND unix_ms >= ?)) FROM kinds",
            from_ms,
        )
        return None if kinds[0][0] is None else int(kinds[0][0])

    def sync_offsets(self) -> list[tuple[int, int]]:
        """(UTC ms, local time minus UTC in minutes) of each sync's computer, by time: see `dates.Zone`."""
        return self.rows(
            "SELECT unix_ms, utc_offset_min FROM clock_pair"
            " WHERE source = 'host' AND utc_offset_min IS NOT NULL AND dropped_ms IS NULL AND NOT outvoted"
            " ORDER BY unix_ms"
        )

    def gaps(self, cushion: int, first: int, last: int) -> list[list[int]]:
        """The runs ``[first, last]`` of record numbers in first..last that are not stored."""
        rows = self.rows(
            "SELECT prev + 1, seq - 1 FROM ("
            " SELECT seq, lag(seq, 1, ? - 1) OVER (ORDER BY seq) AS prev FROM ("
            "  SELECT seq FROM record WHERE cushion = ? AND seq BETWEEN ? AND ? UNION SELECT ? + 1))"
            " WHERE seq > prev + 1",
            first,
            cushion,
            first,
            last,
            last,
        )
        return [list(row) for row in rows]


def zone_of(store: Store) -> Zone:
    """The person's local time, by the store's syncs."""
    return Zone(store.sync_offsets())


def _is_simulated(hardware: str) -> bool:
    """A virtual cushion's id has the bit of a locally administered address, which no chip's own id has."""
    return bool(int(hardware[:2], 16) & 0x02)


def _bound(unix_ms: int | None, sign: int) -> int:
    return sign * (1 << 62) if unix_ms is None else unix_ms


def _insert(db: sqlite3.Connection, cushion: int, record: Record, placement: Placement) -> bool:
    """Stores one record; False when it is already stored."""
    ago_ms = int(fields_of(record.kind, record.payload).get("ago_ms", 0))
    unix_ms = placement.unix_ms(record.mono_ms - ago_ms)
    done = db.execute(
        "INSERT INTO record (cushion, seq, session, mono_ms, ago_ms, unix_ms, kind, payload)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (cushion, record.seq, record.session, record.mono_ms, ago_ms, unix_ms, record.kind, record.payload),
    )
    if done.rowcount == 0:
        _demand_same(db, cushion, record)
    return done.rowcount > 0


def _is_stored(db: sqlite3.Connection, cushion: int, seq: int) -> bool:
    return db.execute("SELECT 1 FROM record WHERE cushion = ? AND seq = ?", (cushion, seq)).fetchone() is not None


def _demand_same(db: sqlite3.Connection, cushion: int, record: Record) -> None:
    kept = db.execute(
        "SELECT session, mono_ms, kind, payload FROM record WHERE cushion = ? AND seq = ?", (cushion, record.seq)
    ).fetchone()
    if kept != (record.session, record.mono_ms, record.kind, record.payload):
        raise LogRestarted
