"""Everything stored, for other programs: one row per record, as CSV, JSON Lines or Parquet."""

import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from cushion.core import records
from cushion.core.field_names import NAMED_FIELDS
from sitbone.errors import SitboneError
from sitbone.store.blocks import fields_of, kind_name, named
from sitbone.store.store import Store, Stored

FORMATS = ("csv", "jsonl", "parquet")
COMMON = ("cushion", "era", "seq", "session", "t_ms", "at", "kind")
PROGRESS_ROWS = 2000
BATCH_ROWS = 50_000

Progress = Callable[[int, int], None]  # (done, of all), in records
Row = dict[str, Any]


def export(store: Store, form: str, path: Path, progress: Progress | None = None) -> int:
    """Writes every record to ``path``, which appears only once it is complete; returns how many there were.

    ``at`` is when it happened, in UTC, empty where the time is unknown; ``t_ms`` the same in ms since the session
    began. Raises SitboneError where Parquet can't be written.
    """
    write = {"csv": _write_csv, "jsonl": _write_jsonl, "parquet": _write_parquet}[form]
    part = path.with_name(path.name + ".part")
    try:
        count = write(_counted(store, progress), part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return count


def field_names() -> list[str]:
    """All fields that a record can have, in the order of the kinds."""
    names = [name for kind in records.KINDS for name in records.names_of(kind)]
    return list(dict.fromkeys(names))


def _counted(store: Store, progress: Progress | None) -> Iterator[Row]:
    total = store.count()
    for done, (hardware, era, record) in enumerate(store.everything(), 1):
        yield _row(hardware, era, record)
        if progress is not None and done % PROGRESS_ROWS == 0:
            progress(done, total)


def _row(hardware: str, era: int, record: Stored) -> Row:
    at = None
    if record.unix_ms is not None:
        at = datetime.fromtimestamp(record.unix_ms / 1000, UTC).isoformat(timespec="milliseconds")
    common = (hardware, era, record.seq, record.session, record.at_mono_ms, at, kind_name(record.kind))
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
    return texts | set(NAMED_FIELDS)


def _parquet_type(pa: Any, name: str) -> Any:
    if name == "at":
        return pa.timestamp("ms", "UTC")
    return pa.string() if name in {"cushion", "kind", *_texts()} else pa.int64()
