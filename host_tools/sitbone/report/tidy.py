"""The data as tables for people who analyse: one row per thing, SI units, words, local and UTC times, a dictionary."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cushion import VERSION
from cushion.core import records
from sitbone.analysis.history import history
from sitbone.analysis.timeline import Timeline, gather
from sitbone.dates import Zone, local
from sitbone.diary.diary_store import DiaryStore
from sitbone.errors import SitboneError
from sitbone.files import whole
from sitbone.settings.limits import setting_changes
from sitbone.settings.params import BY_NAME
from sitbone.store.blocks import name_of
from sitbone.store.store import Store, zone_of

FORMATS = ("csv", "parquet")
Row = dict[str, Any]
Field = tuple[str, str, str]  # name, frictionless type, what it is

AT = (
    ("at_utc", "datetime", "when, UTC"),
    ("at_local", "string", "when, local time with its offset from UTC"),
)
SPAN = (
    ("start_utc", "datetime", "begin, UTC"),
    ("end_utc", "datetime", "end, UTC"),
    ("start_local", "string", "begin, local time with its offset from UTC"),
    ("end_local", "string", "end, local time with its offset from UTC"),
    ("duration_s", "number", "length, s"),
)
CUSHION = ("cushion", "string", "what you call the cushion, or its id")
SIDE = ("side", "string", "left, right or both")
NOTE = ("note", "string", "your own words")
DAY = ("date", "date", "the local day")
TABLES: dict[str, tuple[str, tuple[Field, ...]]] = {
    "days": (
        "Each day with data, over all cushions",
        (
            DAY,
            ("seated_s", "number", "time seated, s"),
            ("sits", "integer", "sits"),
            ("longest_s", "number", "longest sit, s"),
            ("breaks", "integer", "breaks between two sits of the day"),
            ("breaks_verified", "integer", "those of them that were long enough to count"),
            ("prompts", "integer", "prompts"),
            ("dose_left_max_s", "number", "highest dose on the left, s at the usual load"),
            ("dose_right_max_s", "number", "highest dose on the right, s at the usual load"),
            ("over_left_s", "number", "time seated at or over the left limit, s"),
            ("over_right_s", "number", "time seated at or over the right limit, s"),
            ("recorded_s", "number", "time covered by records, s"),
            ("valid_share", "number", "share of it with every sensor in order, 0 to 1"),
        ),
    ),
    "sits": ("Each sit on one cushion", (CUSHION, *SPAN)),
    "breaks": (
        "Each empty seat between two sits on one cushion",
        (CUSHION, *SPAN, ("verified", "boolean", "long enough to count as a break")),
    ),
    "prompts": (
        "Each prompt",
        (
            CUSHION,
            *AT,
            SIDE,
            ("cause", "string", "dose or time: which limit was reached"),
            ("level", "integer", "highest level of vibration, 1 to 3"),
            ("outcome", "string", "how it ended; empty where that was not seen"),
            ("response_s", "number", "until relief began, s"),
            ("stood_s", "number", "until you stood up, s"),
        ),
    ),
    "pain": (
        "The diary's ratings",
        (
            DAY,
            *AT,
            ("moment", "string", "morning, sitting or other"),
            SIDE,
            ("pain", "integer", "pain, 0 to 10"),
            ("onset_s", "integer", "time seated until it began, s"),
            ("sleep", "integer", "sleep, 0 bad to 10 good"),
            ("stress", "integer", "stress, 0 to 10"),
            ("flare", "string", "start or end of a flare"),
            NOTE,
        ),
    ),
    "exercises": (
        "The exercise log",
        (
            DAY,
            ("stage", "string", "isometric, heavy-slow or energy-storage"),
            ("exercise", "string", "its name"),
            SIDE,
            ("sets", "integer", "sets"),
            ("reps", "integer", "repetitions per set"),
            ("load_kg", "number", "load, kg"),
            ("hold_s", "integer", "time each repetition was held, s"),
            ("run_m", "number", "distance run, m"),
            ("left_kg", "number", "measured strength of the left leg, kg"),
            ("right_kg", "number", "measured strength of the right leg, kg"),
            ("left_reps", "integer", "measured endurance of the left leg: repetitions until tired"),
            ("right_reps", "integer", "measured endurance of the right leg"),
            ("pain_during", "integer", "pain during it, 0 to 10"),
            ("pain_next", "integer", "pain on the next morning, 0 to 10"),
            NOTE,
        ),
    ),
    "settings": (
        "Each change of a setting",
        (
            CUSHION,
            *AT,
            ("name", "string", "the setting"),
            ("unit", "string", "its unit"),
            ("before", "integer", "value before"),
            ("after", "integer", "value after"),
            ("reason", "string", "why"),
            ("change", "integer", "number of the change; settings changed together share it; 0 in old logs"),
        ),
    ),
    "epochs": (
        "Each epoch of a cushion: what it saw from the one before until then",
        (
            CUSHION,
            *AT,
            ("duration_s", "number", "length, s"),
            ("state", "string", "vacant, occupied, object or unknown"),
            ("left_u_permille", "integer", "mean load on the left, thousandths of the usual; empty where unknown"),
            ("right_u_permille", "integer", "mean load on the right, thousandths of the usual; empty where unknown"),
            ("dose_left_s", "number", "dose on the left at its end, s at the usual load"),
            ("dose_right_s", "number", "dose on the right at its end, s at the usual load"),
        ),
    ),
}
PANDAS = """# Reads the tables: pip install pandas{extra}
import pandas as pd

days = pd.read_{format}("days.{format}")
sits = pd.read_{format}("sits.{format}")
sits["start_utc"] = pd.to_datetime(sits["start_utc"], utc=True)
print(days["seated_s"].sum() / 3600, "hours seated")
print(sits["start_utc"].min(), "first sit")
print(sits.groupby("cushion")["duration_s"].mean())
"""
R_CSV = """# Reads the tables with base R.
days <- read.csv("days.csv")
sits <- read.csv("sits.csv")
sits$start_utc <- as.POSIXct(sits$start_utc, format = "%Y-%m-%dT%H:%M:%OSZ", tz = "UTC")
cat(sum(days$seated_s) / 3600, "hours seated\\n")
if (nrow(sits) > 0) {
  cat(format(min(sits$start_utc)), "first sit\\n")
  print(aggregate(duration_s ~ cushion, data = sits, FUN = mean))
}
"""


def export_tidy(store: Store, folder: Path, form: str) -> dict[str, int]:
    """Writes the tables, `datapackage.json` and two programs that read them; returns each table's number of rows."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = rows_of(store)
    for name, (_, fields) in TABLES.items():
        with whole(folder / f"{name}.{form}") as part:
            WRITERS[form](rows[name], fields, part)
    texts = {"read_with_pandas.py": PANDAS.format(format=form, extra=" pyarrow" if form == "parquet" else "")}
    if form == "csv":
        texts["read_with_r.R"] = R_CSV
    texts["datapackage.json"] = (
        json.dumps(package(form, TABLES, "sitbone", "Sitting, prompts and pain"), indent=2) + "\n"
    )
    for name, text in texts.items():
        with whole(folder / name) as part:
            part.write_text(text, encoding="utf-8")
    return {name: len(found) for name, found in rows.items()}


def rows_of(store: Store) -> dict[str, list[Row]]:
    """The rows of every table, as in `TABLES`; moments and dates are text in ISO 8601. A row may hold more fields."""
    return {name: list(make(store)) for name, make in _tables(store).items()}


def _tables(store: Store) -> dict[str, Callable[[Store], Iterator[Row]]]:
    zone, reach = zone_of(store), store.reach_ms()
    timeline = None if reach is None else gather(store, reach[0], reach[1] + 1)
    labels = {number: store.label(number) for number in store.cushions()}
    return {
        "days": lambda store: iter(()) if reach is None else _days(store, zone, reach),
        "sits": lambda _: _spans(timeline and timeline.own_bouts, labels, zone),
        "breaks": lambda _: _spans(timeline and timeline.own_breaks, labels, zone),
        "prompts": lambda _: _prompts(timeline, labels, zone),
        "pain": _pain,
        "exercises": _exercises,
        "settings": lambda store: _settings(store, labels, zone),
        "epochs": lambda _: _epochs(timeline, labels, zone),
    }


def _days(store: Store, zone: Zone, reach: tuple[int, int]) -> Iterator[Row]:
    for day in history(store, zone.local(reach[0]), zone.local(reach[1] + 1)):
        yield {
            "date": day.day.isoformat(),
            "seated_s": day.seated_s,
            "sits": len(day.bouts),
            "longest_s": day.longest_s,
            "breaks": day.breaks_all,
            "breaks_verified": day.breaks_verified,
            "prompts": day.episodes,
            "dose_left_max_s": day.left_dose_max_s,
            "dose_right_max_s": day.right_dose_max_s,
            "over_left_s": day.over_s["left"],
            "over_right_s": day.over_s["right"],
            "recorded_s": day.recorded_s,
            "valid_share": day.valid_share,
        }


def _spans(groups: Any, labels: dict[int, str], zone: Zone) -> Iterator[Row]:
    for cushion, spans in (groups or {}).items():
        for span in spans:
            yield {
                "cushion": labels[cushion],
                "start_utc": _utc(span.start_ms),
                "end_utc": _utc(span.end_ms),
                "start_local": zone.iso(span.start_ms),
                "end_local": zone.iso(span.end_ms),
                "duration_s": (span.end_ms - span.start_ms) / 1000,
                "verified": getattr(span, "verified", None),
            }


def _prompts(timeline: Timeline | None, labels: dict[int, str], zone: Zone) -> Iterator[Row]:
    for prompt in timeline.prompts if timeline else ():
        about: Row = {
            "cushion": labels[prompt.cushion],
            "at_utc": _utc(prompt.at_ms),
            "at_local": zone.iso(prompt.at_ms),
        }
        about |= {"side": prompt.side, "cause": prompt.cause, "level": prompt.level, "outcome": prompt.outcome}
        yield about | {"response_s": prompt.response_s, "stood_s": prompt.stood_s}


def _pain(store: Store) -> Iterator[Row]:
    for row in DiaryStore(store).pains():
        onset_s = None if row["onset_min"] is None else row["onset_min"] * 60
        at = {"date": row["day"], "at_utc": _utc(row["unix_ms"]), "at_local": local(row["unix_ms"]).isoformat()}
        yield row | at | {"onset_s": onset_s}


def _exercises(store: Store) -> Iterator[Row]:
    for row in DiaryStore(store).rehab():
        yield row | {"date": row["day"], "run_m": None if row["run_km"] is None else row["run_km"] * 1000}


def _settings(store: Store, labels: dict[int, str], zone: Zone) -> Iterator[Row]:
    for item in setting_changes(store):
        placed = item.unix_ms is not None
        yield {
            "cushion": labels[item.cushion],
            "at_utc": _utc(item.unix_ms) if placed else None,
            "at_local": zone.iso(item.unix_ms) if item.unix_ms is not None else None,
            "name": item.name,
            "unit": BY_NAME[item.name].unit,
            "before": item.was,
            "after": item.now,
            "reason": item.reason,
            "change": item.change,
        }


def _epochs(timeline: Timeline | None, labels: dict[int, str], zone: Zone) -> Iterator[Row]:
    if timeline is None:
        return
    epochs = timeline.epochs
    for at_ms, cushion, row in zip(epochs.end_ms, epochs.cushion, epochs.rows(*epochs.fields), strict=True):
        fields = dict(zip(epochs.fields, row, strict=True))
        about: Row = {"cushion": labels[cushion], "at_utc": _utc(at_ms), "at_local": zone.iso(at_ms)}
        about["duration_s"] = fields["seconds"]
        about["state"] = name_of(records.STATES, fields["state"])
        for side in ("left", "right"):
            u = fields[f"{side}_u"]
            about[f"{side}_u_permille"] = None if u == records.UNKNOWN_U else u
            about[f"dose_{side}_s"] = fields[f"{side}_dose_cs"] / 100
        yield about


def _utc(at_ms: int | None) -> str:
    moment = datetime.fromtimestamp((at_ms or 0) / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _write_csv(rows: list[Row], fields: tuple[Field, ...], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [name for name, _, _ in fields], restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows({name: _cell(row.get(name)) for name, _, _ in fields} for row in rows)


def _cell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _write_parquet(rows: list[Row], fields: tuple[Field, ...], path: Path) -> None:
    try:
        import pyarrow.parquet as pq
    except ImportError:
        raise SitboneError("Parquet needs pyarrow; run pip install 'sitbone[parquet]', or choose csv") from None
    pq.write_table(arrow_table(rows, fields), path)


def arrow_schema(fields: tuple[Field, ...]) -> Any:
    """The columns as a `pyarrow.Schema`."""
    import pyarrow as pa

    kinds = {
        "number": pa.float64(),
        "integer": pa.int64(),
        "boolean": pa.bool_(),
        "datetime": pa.timestamp("ms", "UTC"),
        "date": pa.date32(),
    }
    return pa.schema([(name, kinds.get(kind, pa.string())) for name, kind, _ in fields])


def arrow_table(rows: list[Row], fields: tuple[Field, ...]) -> Any:
    """The rows as a `pyarrow.Table` of `arrow_schema`."""
    import pyarrow as pa

    typed = [{name: _typed(row.get(name), kind) for name, kind, _ in fields} for row in rows]
    return pa.Table.from_pylist(typed, arrow_schema(fields))


def _typed(value: Any, kind: str) -> Any:
    if value is None or kind not in ("datetime", "date"):
        return value
    moment = datetime.fromisoformat(value)
    return moment if kind == "datetime" else moment.date()


WRITERS = {"csv": _write_csv, "parquet": _write_parquet}


def package(form: str, tables: dict[str, tuple[str, tuple[Field, ...]]], name: str, title: str) -> Row:
    """The data dictionary of tables in files ``<table>.<form>``, as a frictionless data package."""
    return {
        "name": name,
        "profile": "tabular-data-package" if form == "csv" else "data-package",
        "title": title,
        "description": f"Written by sitbone {VERSION}. Seat load is a proxy, not tendon pressure.",
        "resources": [
            {
                "name": table,
                "title": about,
                "path": f"{table}.{form}",
                "format": form,
                "profile": "tabular-data-resource" if form == "csv" else "data-resource",
                "schema": {
                    "fields": [{"name": field, "type": kind, "description": what} for field, kind, what in fields],
                    "missingValues": [""],
                },
            }
            for table, (about, fields) in tables.items()
        ],
    }
