"""One person's tables, from a store or from a folder that `sitbone export --tidy` wrote."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sitbone.errors import SitboneError
from sitbone.home import STORE_NAME
from sitbone.report.tidy import TABLES, Field, rows_of
from sitbone.store.store import Store

Rows = dict[str, list[dict[str, Any]]]
NUMBERS: dict[str, Callable[[str], float]] = {"number": float, "integer": lambda text: round(float(text))}


def read_person(path: Path) -> tuple[Rows, str]:
    """The rows of every table, as `tidy.rows_of` gives them, and what they come from: a store or an export.

    Raises SitboneError where the path holds neither a store nor an export.
    """
    store = path / STORE_NAME if path.is_dir() else path
    if (path / "datapackage.json").is_file():
        return _read_export(path), "export"
    if store.is_file():
        with Store(store) as opened:
            return rows_of(opened), "store"
    raise SitboneError(f"{path} is neither a store nor a folder of sitbone export --tidy; check the path")


def _read_export(folder: Path) -> Rows:
    try:
        package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        paths = {resource["name"]: folder / resource["path"] for resource in package["resources"]}
        # A table that an older sitbone didn't write is empty.
        return {name: _read_table(paths[name], fields) if name in paths else [] for name, (_, fields) in TABLES.items()}
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise SitboneError(f"{folder} can't be read ({error}); write it again with sitbone export --tidy") from None


def _read_table(path: Path, fields: tuple[Field, ...]) -> list[dict[str, Any]]:
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        return [{name: _text(value) for name, value in row.items()} for row in pq.read_table(path).to_pylist()]
    with path.open(encoding="utf-8", newline="") as file:
        return [{name: _value(row.get(name), kind) for name, kind, _ in fields} for row in csv.DictReader(file)]


def _text(value: Any) -> Any:
    """Moments and dates as the text that they are in rows."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def _value(text: str | None, kind: str) -> Any:
    if kind == "string":
        return text or ""
    if not text:
        return None
    if kind == "boolean":
        return text == "true"
    return NUMBERS[kind](text) if kind in NUMBERS else text
