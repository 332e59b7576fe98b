"""The person's right to have it gone: deletes a span or everything, from the database file and its log of writes."""

from pathlib import Path

from sitbone.errors import StoreBusy
from sitbone.store.store import Store

# Each table's own column of time, and the day that an entry is about where it has one.
DIARY = ("pain", "red_flag", "rehab", "rehab_plan", "affected_side", "visa_h", "tuning")
BY_TIME = ("setting_change", "sync")


def forget(store: Store, from_ms: int | None, to_ms: int | None, days: tuple[str, str]) -> int:
    """Deletes what happened in [from_ms, to_ms), UTC, and the diary's entries of ``days``, first to last; with None for
    both bounds everything, whenever it was. Returns how many records and entries that were.

    A cushion's log still has its records; a sync doesn't bring them again. Raises StoreBusy where another program
    keeps the deleted bytes alive; they go once it has ended and this is called again.
    """
    whole = from_ms is None and to_ms is None
    low, high = from_ms if from_ms is not None else -(1 << 62), to_ms if to_ms is not None else 1 << 62
    placed = "1" if whole else f"unix_ms >= {low} AND unix_ms < {high}"
    store.rows("PRAGMA secure_delete = ON")
    with store.transaction() as db:
        db.execute(
            "INSERT OR REPLACE INTO forgotten (cushion, last_seq) SELECT cushion, max(last_seq) FROM"
            f" (SELECT cushion, max(seq) AS last_seq FROM record WHERE {placed} GROUP BY cushion"
            " UNION ALL SELECT cushion, last_seq FROM forgotten) GROUP BY cushion"
        )
        gone = db.execute(f"DELETE FROM record WHERE {placed}").rowcount
        for table in DIARY:
            gone += db.execute(
                f"DELETE FROM {table} WHERE ? OR day BETWEEN ? AND ?",
                (whole, *days),
            ).rowcount
        for table in BY_TIME:
            db.execute(f"DELETE FROM {table} WHERE {placed}")
        for table in ("clock_pair", "cushion_name") if whole else ():
            db.execute(f"DELETE FROM {table}")
        db.execute("DELETE FROM day_fact")
    store.rows("VACUUM")
    if store.rows("PRAGMA wal_checkpoint(TRUNCATE)")[0][0]:
        raise StoreBusy("deleted, but another program still reads the store; close it, then run this again")
    return gone


def copies(path: Path) -> list[Path]:
    """The store's older copies beside it, which `restore` and `rescue` keep: they hold what was deleted."""
    found = [*path.parent.glob(f"{path.stem}-before-*"), *path.parent.glob(f"{path.stem}-damaged-*")]
    return sorted(found)
