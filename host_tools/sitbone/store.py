"""The store: one SQLite file with every record a cushion ever gave, raw, and what is derived from them.

The raw payload is the truth. ``unix_ms`` beside it is derived: when the recorded thing happened, placed on UTC by the
anchors of its session (clock.py), and computed again when a new anchor arrives; NULL while the session has none.
"""

import json
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cushion.core import records
from sitbone.blocks import Block, Record, fields_of
from sitbone.clock import Anchor, Placement, Slept, spread_sleeps
from sitbone.errors import DamagedData, SitboneError, StoreBusy

BUSY_TIMEOUT_S = 10.0
MOST_SLEEPS = 5000  # between two syncs
# How far each source of a clock pair is trusted: a session is placed by the best that it has.
_TRUST = {"header": 0, "kept": 1, "between": 2, "record": 3, "host": 3}
ANOTHER_CLOCK_MS = 86_400_000
COPY_PAGES = 2000  # between two calls of a backup's progress

# Step n brings a database from version n to n + 1. Steps are never edited once released: add another.
MIGRATIONS = (
    """
    CREATE TABLE cushion (
        id INTEGER PRIMARY KEY,
        hardware TEXT NOT NULL,                  -- 12 hex digits
        era INTEGER NOT NULL,                    -- counts the times its log began anew (flash erased)
        simulated INTEGER NOT NULL DEFAULT 0,
        UNIQUE (hardware, era)
    );
    CREATE TABLE record (
        cushion INTEGER NOT NULL REFERENCES cushion (id),
        seq INTEGER NOT NULL,
        session INTEGER NOT NULL,
        mono_ms INTEGER NOT NULL,                -- when it was written, ms since the session's boot
        ago_ms INTEGER NOT NULL,                 -- how long before that it happened
        unix_ms INTEGER,                         -- derived: when it happened, UTC
        kind INTEGER NOT NULL,
        payload BLOB NOT NULL,
        UNIQUE (cushion, seq)
    );
    CREATE INDEX record_by_session ON record (cushion, session, mono_ms);
    CREATE INDEX record_by_kind ON record (kind, unix_ms);
    CREATE TABLE clock_pair (
        cushion INTEGER NOT NULL REFERENCES cushion (id),
        session INTEGER NOT NULL,
        mono_ms INTEGER NOT NULL,
        unix_ms INTEGER NOT NULL,
        source TEXT NOT NULL,                    -- header, record or host: the weakest first
        utc_offset_min INTEGER,                  -- of the host, where a host took it
        UNIQUE (cushion, session, mono_ms, source)
    );
    CREATE TABLE sync (
        id INTEGER PRIMARY KEY,
        cushion INTEGER NOT NULL REFERENCES cushion (id),
        unix_ms INTEGER NOT NULL,
        result TEXT NOT NULL                     -- JSON, as `sitbone sync --json` printed it
    );
    CREATE TABLE setting_change (
        id INTEGER PRIMARY KEY,
        cushion INTEGER NOT NULL REFERENCES cushion (id),
        unix_ms INTEGER NOT NULL,
        version INTEGER NOT NULL,                -- the cushion's settings version after it
        name TEXT NOT NULL,
        asked INTEGER NOT NULL,
        in_force INTEGER NOT NULL,
        reason TEXT NOT NULL
    );
    """,
    """
    -- What tells its log from an erased one, NULL while not known.
    ALTER TABLE cushion ADD COLUMN log INTEGER;
    -- By which the cushions know this store.
    CREATE TABLE host (id TEXT NOT NULL);
    """,
    """
    -- Read and written by diary_store.py. What is edited or removed stays, as `earlier` and `removed_ms`.
    CREATE TABLE pain (
        id INTEGER PRIMARY KEY,
        day TEXT NOT NULL,                       -- the local date, where the person was
        unix_ms INTEGER NOT NULL,                -- when it was felt
        entered_ms INTEGER NOT NULL,
        moment TEXT NOT NULL,                    -- morning, sitting or other
        pain INTEGER NOT NULL,
        side TEXT NOT NULL,                      -- left, right or both
        onset_min INTEGER,                       -- minutes of sitting until it began
        sleep INTEGER,                           -- 0 bad to 10 good
        stress INTEGER,                          -- 0 to 10
        flare TEXT,                              -- start, end
        note TEXT NOT NULL,
        earlier TEXT NOT NULL DEFAULT '[]',
        removed_ms INTEGER
    );
    CREATE TABLE red_flag (
        id INTEGER PRIMARY KEY,
        day TEXT NOT NULL,
        entered_ms INTEGER NOT NULL,
        what TEXT NOT NULL,
        note TEXT NOT NULL,
        cleared_ms INTEGER,
        cleared_note TEXT
    );
    CREATE TABLE rehab (
        id INTEGER PRIMARY KEY,
        day TEXT NOT NULL,
        entered_ms INTEGER NOT NULL,
        stage TEXT NOT NULL,                     -- isometric, heavy-slow or energy-storage
        exercise TEXT NOT NULL,
        side TEXT NOT NULL,
        sets INTEGER,
        reps INTEGER,
        load_kg REAL,
        hold_s INTEGER,
        pain_during INTEGER,
        pain_next INTEGER,
        left_kg REAL,                            -- strength, as measured
        right_kg REAL,
        note TEXT NOT NULL,
        removed_ms INTEGER
    );
    -- What was done to the limits by tuning, and by whom: applied, undone, resumed.
    CREATE TABLE tuning (
        id INTEGER PRIMARY KEY,
        day TEXT NOT NULL,
        unix_ms INTEGER NOT NULL,
        cushion TEXT NOT NULL,
        what TEXT NOT NULL,
        side TEXT NOT NULL,
        was_s INTEGER,
        now_s INTEGER,
        used_until TEXT,
        proposal TEXT NOT NULL                   -- JSON
    );
    """,
    """
    -- Derived by analysis/days.py, never the truth: what a day was, gone as soon as a record from a day before its end
    -- on is added or placed anew. A day is known by its bounds, which another time zone moves.
    CREATE TABLE day_fact (
        end_ms INTEGER NOT NULL,
        start_ms INTEGER NOT NULL,
        version INTEGER NOT NULL,                -- of the code that made it
        facts TEXT NOT NULL,                     -- JSON
        PRIMARY KEY (end_ms, start_ms)
    ) WITHOUT ROWID;
    CREATE TRIGGER day_fact_added AFTER INSERT ON record WHEN NEW.unix_ms IS NOT NULL
    BEGIN DELETE FROM day_fact WHERE end_ms > NEW.unix_ms - 86400000; END;
    CREATE TRIGGER day_fact_placed AFTER UPDATE OF unix_ms ON record WHEN OLD.unix_ms IS NOT NEW.unix_ms
    BEGIN DELETE FROM day_fact WHERE end_ms
        > min(coalesce(OLD.unix_ms, NEW.unix_ms), coalesce(NEW.unix_ms, OLD.unix_ms)) - 86400000; END;
    """,
)


class LogRestarted(Exception):
    """The cushion gave another record under a number that is stored already: its log was erased and began anew."""


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


class Store:
    """The open database. Use it in a ``with``; raises DamagedData or SitboneError with a line for the user."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._db = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")  # what is acknowledged to a cushion is on the disk
            self._db.execute("PRAGMA foreign_keys = ON")
            self._migrate()
        except sqlite3.DatabaseError as error:
            raise _told(error, path) from None

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the database; nothing else is to be called afterwards."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing. IMMEDIATE, so that two syncs at once wait for each other instead of failing half-way."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.DatabaseError as error:
            raise _told(error, self.path) from None
        try:
            yield self._db
        except BaseException as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            if isinstance(error, sqlite3.DatabaseError):
                raise _told(error, self.path) from None
            raise
        self._db.execute("COMMIT")

    def _migrate(self) -> None:
        if self._version() > len(MIGRATIONS):
            self._db.close()
            raise SitboneError(f"{self.path} was written by a newer sitbone; update sitbone to use it")
        if self._version() == len(MIGRATIONS):
            return  # opening a store waits for nobody who is writing to it
        with self.transaction() as db:
            # Read again: another process may have migrated between the first look and this lock.
            for number in range(self._version(), len(MIGRATIONS)):
                for statement in MIGRATIONS[number].split(";\n"):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {number + 1}")

    def _version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    def _all(self, sql: str, *values: Any) -> list[Any]:
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise _told(error, self.path) from None

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """What a query finds, for those who have tables of their own here; it waits for no writer."""
        return self._all(sql, *values)

    # --- cushions

    def cushion(self, hardware: str, log: int = 0) -> int:
        """The store's number of the cushion with this id (12 hex digits); made if need be. Each log of it, as `log`
        tells it from others, has an era of its own; without `log` it is the latest."""
        rows = self._all("SELECT id, era, log FROM cushion WHERE hardware = ? ORDER BY era DESC", hardware)
        known = [row for row in rows if not log or row[2] == log]
        if known:
            return int(known[0][0])
        if rows and rows[0][2] is None:
            with self.transaction() as db:
                db.execute("UPDATE cushion SET log = ? WHERE id = ?", (log, rows[0][0]))
            return int(rows[0][0])
        return self._new_cushion(hardware, rows[0][1] + 1 if rows else 0, log)

    def new_era(self, cushion: int) -> int:
        """Begins a new numbering for a cushion whose log was erased; returns the store's new number of it."""
        hardware, era, log = self._all("SELECT hardware, era, log FROM cushion WHERE id = ?", cushion)[0]
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

    def host_id(self) -> str:
        """By which the cushions know this store; drawn when first asked for."""
        with self.transaction() as db:
            row = db.execute("SELECT id FROM host").fetchone()
            if row is None:
                row = (secrets.token_hex(4),)
                db.execute("INSERT INTO host (id) VALUES (?)", row)
        return str(row[0])

    def last_seq(self, cushion: int) -> int | None:
        """The highest record number stored of a cushion: a sync's cursor."""
        found = self._all("SELECT max(seq) FROM record WHERE cushion = ?", cushion)[0][0]
        return None if found is None else int(found)

    def first_seq(self, cushion: int) -> int | None:
        """The lowest record number stored of a cushion."""
        found = self._all("SELECT min(seq) FROM record WHERE cushion = ?", cushion)[0][0]
        return None if found is None else int(found)

    def any_simulated(self) -> bool:
        """Whether any of the stored data came from a simulated sitter."""
        return bool(self._all("SELECT 1 FROM cushion WHERE simulated = 1 LIMIT 1"))

    # --- writing

    def add_blocks(self, cushion: int, blocks: Iterable[Block]) -> tuple[int, int]:
        """Keeps the blocks' records, in one transaction; returns how many were new and how many were stored already.

        Raises LogRestarted, with nothing kept, when a stored number comes back with another content.
        """
        blocks = [block for block in blocks if block.records]
        sessions = {block.session for block in blocks}
        with self.transaction() as db:
            before = {session: self.placement(cushion, session) for session in sessions}
            for block in blocks:
                _insert_pairs(db, cushion, block)
            after = {session: self.placement(cushion, session) for session in sessions}
            new = sum(
                _insert(db, cushion, record, after[block.session]) for block in blocks for record in block.records
            )
            for session in sessions:
                self._place(cushion, session, before[session], after[session])
            for session in sorted(sessions):
                self._correct_sleeps(db, cushion, session)
        return new, sum(len(block.records) for block in blocks) - new

    def add_clock_pair(self, cushion: int, session: int, anchor: Anchor, utc_offset_min: int) -> None:
        """Keeps a (device time, host time) pair that a host took, and places the session's records anew by it."""
        with self.transaction() as db:
            before = self.placement(cushion, session)
            _insert_pair(db, cushion, session, anchor, "host", utc_offset_min)
            self._place(cushion, session, before, self.placement(cushion, session))
            self._correct_sleeps(db, cushion, session)

    def _correct_sleeps(self, db: sqlite3.Connection, cushion: int, session: int) -> None:
        """Places the sessions between the last two that a host has told the time: what the sleep clock was wrong by at
        the end is spread over the sleeps between them, by their length."""
        chain = self._sessions_on_kept_time(cushion, session)
        if chain is None:
            return
        for number, start_ms in zip(range(session - len(chain) + 2, session), spread_sleeps(chain), strict=True):
            before = self.placement(cushion, number)
            db.execute(
                "DELETE FROM clock_pair WHERE cushion = ? AND session = ? AND source = 'between'", (cushion, number)
            )
            _insert_pair(db, cushion, number, Anchor(0, start_ms), "between", None)
            self._place(cushion, number, before, self.placement(cushion, number))

    def _sessions_on_kept_time(self, cushion: int, session: int) -> list[Slept] | None:
        """From a session with a host's time over those on kept time to ``session``, which has a host's time too; None
        when there is no such run."""
        chain: list[Slept] = []
        for number in range(session, max(0, session - MOST_SLEEPS), -1):
            pairs = self._all(
                "SELECT mono_ms, unix_ms, source FROM clock_pair WHERE cushion = ? AND session = ?", cushion, number
            )
            told = sorted(Anchor(*row[:2]) for row in pairs if row[2] in ("host", "record"))
            kept = sorted(Anchor(*row[:2]) for row in pairs if row[2] == "kept")
            end_ms = self._all("SELECT max(mono_ms) FROM record WHERE cushion = ? AND session = ?", cushion, number)[0][
                0
            ]
            if end_ms is None:
                return None
            chain.append(Slept(end_ms, kept[0] if kept else None, tuple(told)))
            if told and number != session:
                return chain[::-1] if len(chain) > 2 else None
            if not kept or bool(told) != (number == session):
                return None
        return None

    def _place(self, cushion: int, session: int, before: Placement, after: Placement) -> None:
        """Computes ``unix_ms`` anew where other anchors change it, and only there: a session may be months long."""
        if after.anchors == before.anchors:
            return
        same_until_ms = after.same_until(before)
        self._db.create_function("place_ms", 1, after.unix_ms, deterministic=True)
        try:
            self._db.execute(
                "UPDATE record SET unix_ms = place_ms(mono_ms - ago_ms)"
                " WHERE cushion = ? AND session = ? AND mono_ms >= ?",
                (cushion, session, -1 if same_until_ms is None else same_until_ms),
            )
        except sqlite3.OperationalError as error:
            if "user-defined function" in str(
                error
            ):  # SQLite's word for Ctrl-C within place_ms: nothing else fails there
                raise KeyboardInterrupt from error
            raise

    def add_sync(self, cushion: int, unix_ms: int, result: dict[str, Any]) -> None:
        """Notes a finished sync."""
        with self.transaction() as db:
            db.execute(
                "INSERT INTO sync (cushion, unix_ms, result) VALUES (?, ?, ?)", (cushion, unix_ms, json.dumps(result))
            )

    def add_setting_changes(
        self, cushion: int, unix_ms: int, version: int, changes: dict[str, tuple[int, int]], reason: str
    ) -> None:
        """Notes settings sent from this host: ``changes`` maps each name to (asked, in force)."""
        rows = [(cushion, unix_ms, version, name, *pair, reason) for name, pair in changes.items()]
        with self.transaction() as db:
            db.executemany(
                "INSERT INTO setting_change (cushion, unix_ms, version, name, asked, in_force, reason)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                rows,
            )

    # --- derived days

    def changes_seen(self) -> int:
        """A number that another program's write to the database changes."""
        return int(self._all("PRAGMA data_version")[0][0])

    def day_facts(self, version: int, from_ms: int, to_ms: int) -> dict[tuple[int, int], str]:
        """What is kept of the days that end in (from_ms, to_ms]: their facts by (start_ms, end_ms)."""
        rows = self._all(
            "SELECT start_ms, end_ms, facts FROM day_fact WHERE version = ? AND end_ms > ? AND end_ms <= ?",
            version,
            from_ms,
            to_ms,
        )
        return {(start_ms, end_ms): facts for start_ms, end_ms, facts in rows}

    def keep_day_facts(self, version: int, facts: dict[tuple[int, int], str], seen: int) -> bool:
        """Keeps what was derived of days, unless somebody else wrote since `changes_seen` gave ``seen`` or is writing
        now: then it is derived again another time."""
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

    def placement(self, cushion: int, session: int) -> Placement:
        """Where one session lies on UTC. What a host told counts; else the device's own clock as it was kept through
        the sleep before the session, corrected where that can be; else block headers: that clock, in whole seconds.
        A kept clock that is a day or more from what a host told was set by somebody else: it holds until that host."""
        rows = self._all(
            "SELECT mono_ms, unix_ms, source FROM clock_pair WHERE cushion = ? AND session = ?"
            " ORDER BY mono_ms, source = 'host', source = 'record'",
            cushion,
            session,
        )
        best = max((_TRUST[row[2]] for row in rows), default=0)
        trusted = [Anchor(mono_ms, unix_ms) for mono_ms, unix_ms, source in rows if _TRUST[source] == best]
        kept = [Anchor(mono_ms, unix_ms) for mono_ms, unix_ms, source in rows if source == "kept"]
        if kept and _is_another_clock(kept[0], trusted[0]):
            trusted.insert(0, kept[0])
        return Placement(trusted)

    def read(
        self, kinds: Iterable[int] | None = None, from_ms: int | None = None, to_ms: int | None = None
    ) -> list[Stored]:
        """Placed records that happened in [from_ms, to_ms) (UTC ms), by time; all kinds but epochs unless told."""
        if kinds is None:
            kinds = [kind for kind in range(256) if kind != records.EPOCH]
        listed = ",".join(str(int(kind)) for kind in kinds)
        rows = self._all(
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
        return int(self._all("SELECT count(*) FROM record")[0][0])

    def back_up(self, path: Path, progress: Callable[[int, int], None] | None = None) -> None:
        """Copies the whole store, as it is at one moment, to another file; what was there is replaced."""
        with closing(sqlite3.connect(path)) as copy:
            copy_all(self._db, copy, progress)

    def restore(self, path: Path, progress: Callable[[int, int], None] | None = None) -> None:
        """Replaces all that is stored by a backup's content, in one transaction. Raises DamagedData for one that isn't
        whole, with nothing changed."""
        check_backup(path)
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as backup:
            try:
                copy_all(backup, self._db, progress)
                self._db.execute("PRAGMA journal_mode = WAL")
            except sqlite3.DatabaseError as error:
                raise _told(error, self.path) from None
        self._migrate()

    def unplaced(self) -> list[Stored]:
        """Records of sessions whose wall-clock time is unknown, epochs left out, as they were written."""
        kinds = ",".join(str(kind) for kind in range(256) if kind != records.EPOCH)  # so listed, their index is used
        rows = self._all(
            "SELECT cushion, seq, session, mono_ms - ago_ms, unix_ms, kind, payload FROM record"
            f" WHERE unix_ms IS NULL AND kind IN ({kinds}) ORDER BY cushion, seq"
        )
        return [Stored(*row) for row in rows]

    def session_end_ms(self, cushion: int, session: int) -> int:
        """When the last stored record of a session was written, device ms since its boot."""
        sql = "SELECT max(mono_ms) FROM record WHERE cushion = ? AND session = ?"
        return int(self._all(sql, cushion, session)[0][0])

    def session_ends(self) -> list[tuple[int, int, int]]:
        """(cushion, session, device ms of its last record), in the order of the sessions."""
        return self._all(
            "SELECT cushion, session, max(mono_ms) FROM record GROUP BY cushion, session ORDER BY cushion, session"
        )

    def all_of(self, kind: int) -> list[tuple[int, int, int, int | None, bytes]]:
        """(cushion, session, device ms, UTC ms or None, payload) of every record of a kind, oldest first."""
        sql = "SELECT cushion, session, mono_ms, unix_ms, payload FROM record WHERE kind = ? ORDER BY cushion, seq"
        return self._all(sql, kind)

    def hardware_id(self, cushion: int) -> str:
        """The cushion's own id (12 hex digits)."""
        return str(self._all("SELECT hardware FROM cushion WHERE id = ?", cushion)[0][0])

    def latest_cushion(self) -> int | None:
        """The cushion that the last sync was with, or else the one with the newest numbering; None without any."""
        rows = self._all("SELECT cushion FROM sync ORDER BY id DESC LIMIT 1")
        rows = rows or self._all("SELECT id FROM cushion ORDER BY id DESC LIMIT 1")
        return int(rows[0][0]) if rows else None

    def payloads(self, kind: int, from_ms: int, to_ms: int) -> list[tuple[int, bytes]]:
        """Time (UTC ms) and payload of one kind's records in [from_ms, to_ms), by time: the quick way to many."""
        return self._all(
            "SELECT unix_ms, payload FROM record WHERE kind = ? AND unix_ms >= ? AND unix_ms < ? ORDER BY unix_ms",
            kind,
            from_ms,
            to_ms,
        )

    def epochs(self, from_ms: int, to_ms: int) -> list[tuple[int, int, bytes]]:
        """Time (UTC ms), cushion and payload of the epochs in [from_ms, to_ms), by time: a year has a million."""
        return self._all(
            "SELECT unix_ms, cushion, payload FROM record WHERE kind = ? AND unix_ms >= ? AND unix_ms < ?"
            " ORDER BY unix_ms",
            records.EPOCH,
            from_ms,
            to_ms,
        )

    def reach_ms(self) -> tuple[int, int] | None:
        """When the first and the last placed record happened, UTC ms; None without any."""
        # Each kind's ends are in the index; DISTINCT would read all of it.
        rows = self._all(
            "WITH RECURSIVE kinds (kind) AS (SELECT min(kind) FROM record UNION ALL"
            " SELECT (SELECT min(kind) FROM record WHERE kind > kinds.kind) FROM kinds WHERE kind IS NOT NULL)"
            " SELECT (SELECT min(unix_ms) FROM record WHERE kind = kinds.kind AND unix_ms IS NOT NULL),"
            " (SELECT max(unix_ms) FROM record WHERE kind = kinds.kind AND unix_ms IS NOT NULL) FROM kinds"
        )
        placed = [int(at_ms) for row in rows for at_ms in row if at_ms is not None]
        return (min(placed), max(placed)) if placed else None

    def told_offsets(self) -> list[tuple[int, int]]:
        """(UTC ms, local time minus UTC in minutes) of each sync's computer, by time: see `days.Zone`."""
        return self._all(
            "SELECT unix_ms, utc_offset_min FROM clock_pair"
            " WHERE source = 'host' AND utc_offset_min IS NOT NULL ORDER BY unix_ms"
        )

    def gaps(self, cushion: int, first: int, last: int) -> list[list[int]]:
        """The runs ``[first, last]`` of record numbers in first..last that are not stored."""
        rows = self._all(
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


def _is_another_clock(kept: Anchor, told: Anchor) -> bool:
    """Whether no sleep clock's drift can explain the difference between two anchors of a session."""
    return abs((told.unix_ms - kept.unix_ms) - (told.mono_ms - kept.mono_ms)) >= ANOTHER_CLOCK_MS


def _is_simulated(hardware: str) -> bool:
    """A virtual cushion's id has the bit of a locally administered address, which no chip's own id has."""
    return bool(int(hardware[:2], 16) & 0x02)


def check_backup(path: Path) -> None:
    """Raises DamagedData when a file is no whole store, SitboneError when it isn't there or from a newer sitbone."""
    if not path.is_file():
        raise SitboneError(f"{path} isn't there; check the path")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as backup:
            found = backup.execute("PRAGMA integrity_check(1)").fetchone()[0]
            version = int(backup.execute("PRAGMA user_version").fetchone()[0])
            backup.execute("SELECT count(*) FROM record").fetchone()
    except sqlite3.DatabaseError as error:
        raise DamagedData(f"{path} is no backup of sitbone, or damaged ({error}); take another") from None
    if found != "ok":
        raise DamagedData(f"{path} is damaged ({found}); take another backup")
    if version > len(MIGRATIONS):
        raise SitboneError(f"{path} was written by a newer sitbone; update sitbone to use it")


def copy_all(
    source: sqlite3.Connection, target: sqlite3.Connection, progress: Callable[[int, int], None] | None
) -> None:
    """One database into another, whole or not at all."""

    def tell(_: int, remaining: int, total: int) -> None:
        if progress is not None:
            progress(total - remaining, total)

    source.backup(target, pages=COPY_PAGES, progress=tell)


def _bound(unix_ms: int | None, sign: int) -> int:
    return sign * (1 << 62) if unix_ms is None else unix_ms


def _told(error: sqlite3.DatabaseError, path: Path) -> SitboneError:
    """A database error as the user is told it."""
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy("another sitbone is writing to your data for long; wait for it to end, then try again")
    if isinstance(error, sqlite3.OperationalError):
        return SitboneError(f"cannot use {path} ({error}); check its folder, its rights and the free space")
    return DamagedData(f"{path} is damaged ({error}); move it away and sync again, or restore a backup")


def _insert_pairs(db: sqlite3.Connection, cushion: int, block: Block) -> None:
    """Keeps what a block says about the time."""
    for record in block.records:
        if record.kind == records.CLOCK:
            fields = fields_of(record.kind, record.payload)
            unix_ms = int(fields["unix_s"]) * 1000 + int(fields["unix_ms"])
            source = "kept" if fields["source"] == records.CLOCK_KEPT else "record"
            _insert_pair(db, cushion, record.session, Anchor(record.mono_ms, unix_ms), source, None)
    if block.unix_s:
        _insert_header_pair(db, cushion, block)


def _insert(db: sqlite3.Connection, cushion: int, record: Record, placement: Placement) -> bool:
    """Keeps one record; False when this very record is stored already."""
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


def _demand_same(db: sqlite3.Connection, cushion: int, record: Record) -> None:
    kept = db.execute(
        "SELECT session, mono_ms, kind, payload FROM record WHERE cushion = ? AND seq = ?", (cushion, record.seq)
    ).fetchone()
    if kept != (record.session, record.mono_ms, record.kind, record.payload):
        raise LogRestarted


def _insert_header_pair(db: sqlite3.Connection, cushion: int, block: Block) -> None:
    """One header a session is enough: it only places what nothing else does."""
    has = db.execute("SELECT 1 FROM clock_pair WHERE cushion = ? AND session = ?", (cushion, block.session)).fetchone()
    if not has:
        _insert_pair(db, cushion, block.session, Anchor(block.base_ms, block.unix_s * 1000), "header", None)


def _insert_pair(
    db: sqlite3.Connection, cushion: int, session: int, anchor: Anchor, source: str, utc_offset_min: int | None
) -> None:
    db.execute(
        "INSERT INTO clock_pair (cushion, session, mono_ms, unix_ms, source, utc_offset_min) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (cushion, session, anchor.mono_ms, anchor.unix_ms, source, utc_offset_min),
    )
