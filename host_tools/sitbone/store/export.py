"""Everything stored, for other programs: one row per record, as CSV, JSON Lines or Parquet."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from cushion.core import records
from cushion.core.field_names import NAMED_FIELDS
from sitbone.errors import SitboneError
from sitbone.files import whole
from sitbone.store.blocks import fields_of, kind_name, named
from sitbone.store.store import Store, Stored

FORMATS = ("csv", "jsonl", "parquet")
COMMON = ("cushion", "era", "seq", "session", "t_ms", "at", "kind")
PROGRESS_ROWS = 2000
BATCH_ROWS = 50_000

# The diary's tables in the store: its name, the time of an entry, its fields.
REHAB = "day stage exercise side sets reps load_kg hold_s pain_during pain_next left_kg right_kg"
REHAB += " left_reps right_reps run_km note"
DIARY = (
    ("pain", "unix_ms", ("day", "moment", "pain", "side", "onset_min", "sleep", "stress", "flare", "note")),
    ("red_flag", "entered_ms", ("day", "what", "note", "cleared_note")),
    ("rehab", "entered_ms", tuple(REHAB.split())),
)
DIARY_TEXTS = {"day", "moment", "flare", "note", "what", "cleared_note", "stage", "exercise"}
DIARY_REALS = {"load_kg", "left_kg", "right_kg", "run_km"}

Progress = Callable[[int, int], None]  # (done, of all), in records
Row = dict[str, Any]


def export(store: Store, form: str, path: Path, progress: Progress | None = None) -> int:
    """Writes every record, and then the diary, to ``path``, which appears only once it is complete; returns how many
    rows there were.

    ``at`` is when it happened, in UTC, empty where the time is unknown; ``t_ms`` the same in ms since the session
    began. Raises SitboneError where Parquet can't be written.
    """
    write = {"csv": _write_csv, "jsonl": _write_jsonl, "parquet": _write_parquet}[form]
    with whole(path) as part:
        return write(_counted(store, progress), part)


def field_names() -> list[str]:
    """All fields that a record or an entry of the diary can have, in the order of the kinds."""
    names = [name for kind in records.KINDS for name in records.names_of(kind)]
    return list(dict.fromkeys([*names, *(name for _, _, fields in DIARY for name in fields)]))


def _counted(store: Store, progress: Progress | None) -> Iterator[Row]:
    total = store.count()
    for done, (hardware, era, record) in enumerate(store.everything(), 1):
        yield _row(hardware, era, record)
        if progress is not None and done % PROGRESS_ROWS == 0:
            progress(done, total)
    yield from _diary(store)


def _diary(store: Store) -> Iterator[Row]:
    """What the person entered and did not remove. ``seq`` is the entry's number."""
    for kind, time, fields in DIARY:
        removed = "" if kind == "red_flag" else " WHERE removed_ms IS NULL"
        rows = store.rows(f"SELECT id, {time}, {', '.join(fields)} FROM {kind}{removed} ORDER BY {time}, id")
        for number, at_ms, *values in rows:
            common = (None, None, number, None, None, _iso(at_ms), kind)
            filled = {name: value for name, value in zip(fields, values, strict=True) if value is not None}
            yield dict(zip(COMMON, common, strict=True)) | filled


def _iso(at_ms: int | None) -> str | None:
    return None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")


def _row(hardware: str, era: int, record: Stored) -> Row:
    at, kind = _iso(record.unix_ms), kind_name(record.kind)
    common = (hardware, era, record.seq, record.session, record.at_mono_ms, at, kind)
    return dict(zip(COMMON, common, strict=True)) | named(fields_of(record.kind, record.payload))


def _write_csv(rows: Iterable[Row], path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*COMMON, *field_names()], restval="")
        writer.writeheader()
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def _write_jsonl(rows: Iterable[Row], path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    return count


def _write_parquet(rows: Iterable[Row], path: Path) -> int:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise SitboneError("Parquet needs pyarrow; run pip install 'sitbone[parquet]', or choose csv") from None
    schema = pa.schema([(name, _parquet_type(pa, name)) for name in (*COMMON, *field_names())])
    left, count = iter(rows), 0
    with pq.ParquetWriter(path, schema) as writer:
        while batch := list(islice(left, BATCH_ROWS)):
            count += len(batch)
            for row in batch:
                row["at"] = row["at"] and datetime.fromisoformat(row["at"])
                row.update((name, str(row[name])) for name in _texts() & row.keys())
            writer.write_table(pa.Table.from_pylist(batch, schema))
    return count


def _texts() -> set[str]:
    """Fields that hold text, and numbers that have names."""
    texts = {records.names_of(kind)[-1] for kind, (_, form) in records.KINDS.items() if form.endswith("s")}
    return texts | set(NAMED_FIELDS) | DIARY_TEXTS


def _parquet_type(pa: Any, name: str) -> Any:
    if name == "at":
        return pa.timestamp("ms", "UTC")
    if name in DIARY_REALS:
        return pa.float64()
    return pa.string() if name in {"cushion", "kind", *_texts()} else pa.int64()
