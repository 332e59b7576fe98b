"""The diary's tables in the store: pain, red flags, exercises, and what tuning did. Rows in, rows out."""

from __future__ import annotations

import json
from typing import Any

from sitbone.errors import SitboneError
from sitbone.store.store import Store

Row = dict[str, Any]
PAIN = ("day", "unix_ms", "entered_ms", "moment", "pain", "side", "onset_min", "sleep", "stress", "flare", "note")
REHAB: tuple[str, ...] = (
    "day",
    "entered_ms",
    "stage",
    "exercise",
    "side",
    "sets",
    "reps",
    "load_kg",
    "hold_s",
    "pain_during",
)
REHAB += ("pain_next", "left_kg", "right_kg", "left_reps", "right_reps", "run_km", "note")
PLAN = ("day", "entered_ms", "stage", "sets", "reps", "hold_s", "per_week", "agreed_with")
AFFECTED = ("day", "entered_ms", "side")
VISA_H = ("day", "entered_ms", "total")
FLAG = ("day", "entered_ms", "what", "note")
TUNING = ("day", "unix_ms", "cushion", "what", "side", "was_s", "now_s", "used_until", "proposal")


class DiaryStore:
    """The diary's tables in an open store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, table: str, row: Row) -> int:
        """Keeps a new row of a table: ``pain``, ``red_flag``, ``rehab``, ``rehab_plan``, ``affected_side``, ``visa_h``
        or ``tuning``. Returns its number."""
        names = ", ".join(row)
        marks = ", ".join("?" * len(row))
        with self._store.transaction() as db:
            done = db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))
        assert done.lastrowid is not None
        return done.lastrowid

    def pains(self) -> list[Row]:
        """All pain entries that were not removed, by day and time."""
        return self._rows("pain", PAIN, "removed_ms IS NULL ORDER BY day, unix_ms, id")

    def rehab(self) -> list[Row]:
        """All exercises that were not removed, by day."""
        return self._rows("rehab", REHAB, "removed_ms IS NULL ORDER BY day, id")

    def plans(self) -> list[Row]:
        """What was prescribed for each stage, the newest last."""
        return self._rows("rehab_plan", PLAN, "1 ORDER BY id")

    def affected(self) -> Row | None:
        """The day on which the person said which side hurts, and the side: left, right or both."""
        return next(iter(self._rows("affected_side", AFFECTED, "1 ORDER BY id DESC LIMIT 1")), None)

    def scores(self) -> list[Row]:
        """VISA-H totals by day: of two of one day, the one entered last."""
        return list({row["day"]: row for row in self._rows("visa_h", VISA_H, "1 ORDER BY day, id")}.values())

    def usual_side(self) -> str:
        """Which side an entry is about that doesn't say."""
        row = self.affected()
        return "both" if row is None else str(row["side"])

    def exercise(self, number: int) -> Row:
        """One exercise. Raises SitboneError when there is none."""
        return self._one("rehab", REHAB, number)

    def flags(self) -> list[Row]:
        """All red flags, including cleared ones, by day."""
        return self._rows("red_flag", (*FLAG, "cleared_ms", "cleared_note"), "1 ORDER BY day, id")

    def open_flags(self) -> list[Row]:
        """The red flags that are still open, by day."""
        return [row for row in self.flags() if row["cleared_ms"] is None]

    def tunings(self) -> list[Row]:
        """What tuning did, in the order it did it."""
        return self._rows("tuning", TUNING, "1 ORDER BY id")

    def rules(self) -> dict[tuple[str, int, int], str]:
        """The full rules behind each applied proposal, by setting, was and now: the cushion's log keeps only their
        first words."""
        return {
            (f"{row['side']}_dose_limit_s", row["was_s"], row["now_s"]): json.loads(row["proposal"]).get("rule", "")
            for row in self.tunings()
            if row["what"] == "applied"
        }

    def edit(self, table: str, number: int, changes: Row, now_ms: int) -> Row:
        """Changes a ``pain`` or ``rehab`` entry; the earlier version stays with it. Raises SitboneError when there is
        none."""
        before = self._one(table, PAIN if table == "pain" else REHAB, number)
        after = before | changes
        with self._store.transaction() as db:
            (earlier,) = db.execute(f"SELECT earlier FROM {table} WHERE id = ?", (number,)).fetchone()
            kept = json.dumps([*json.loads(earlier), before | {"until_ms": now_ms}])
            names = ", ".join(f"{name} = ?" for name in changes)
            db.execute(f"UPDATE {table} SET {names}, earlier = ? WHERE id = ?", (*changes.values(), kept, number))
        return after

    def remove(self, table: str, number: int, now_ms: int) -> Row:
        """Removes an entry from use. Raises SitboneError when there is none."""
        row = self._one(table, PAIN if table == "pain" else REHAB, number)
        with self._store.transaction() as db:
            db.execute(f"UPDATE {table} SET removed_ms = ? WHERE id = ?", (now_ms, number))
        return row

    def put_back(self, table: str, number: int) -> None:
        """Restores a removed ``pain`` or ``rehab`` entry."""
        with self._store.transaction() as db:
            db.execute(f"UPDATE {table} SET removed_ms = NULL WHERE id = ?", (number,))

    def clear_flags(self, note: str, now_ms: int) -> int:
        """Clears every open red flag; returns how many."""
        with self._store.transaction() as db:
            done = db.execute(
                "UPDATE red_flag SET cleared_ms = ?, cleared_note = ? WHERE cleared_ms IS NULL", (now_ms, note)
            )
        return done.rowcount

    def _one(self, table: str, names: tuple[str, ...], number: int) -> Row:
        rows = self._rows(table, names, f"removed_ms IS NULL AND id = {int(number)}")
        if not rows:
            command = "pain" if table == "pain" else "rehab"
            raise SitboneError(f"there is no entry {number}; see sitbone {command} list")
        return rows[0]

    def _rows(self, table: str, names: tuple[str, ...], where: str) -> list[Row]:
        found = self._store.rows(f"SELECT id, {', '.join(names)} FROM {table} WHERE {where}")
        return [dict(zip(("id", *names), row, strict=True)) for row in found]
