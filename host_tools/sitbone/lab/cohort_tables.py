"""The tables of many lived days, in the columns of `sitbone export --tidy`: whole columns at once, as a study of a
thousand people has millions of rows. Local time is UTC."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sitbone.cohort import schema
from sitbone.lab.lived_days import LivedDay, Prompted

DAY_MS = 86_400_000
FAILED_SHARE = 0.4
BEYOND_S = 1800.0  # of records before the first and after the last sit
Columns = dict[str, Any]


class LoggedDay(NamedTuple):
    """``epoch_day``: where its records were placed; ``failed``: one sensor was out of order."""

    epoch_day: int
    lived: LivedDay
    failed: bool


def tables_of(days: list[LoggedDay], cushion: str) -> dict[str, Any]:
    """days, sits, breaks, prompts and epochs as `pyarrow.Table` of the lake's schema."""
    found = {"days": _days(days), "sits": _spans(days, "sits"), "breaks": _spans(days, "breaks")}
    found |= {"prompts": _prompts(days), "epochs": _epochs(days)}
    return {name: _table(name, columns, cushion) for name, columns in found.items()}


def _days(days: list[LoggedDay]) -> Columns:
    figures = np.array([day.lived.figures for day in days]).reshape(-1, len(LivedDay.FIGURES))
    columns: Columns = dict(zip(LivedDay.FIGURES, figures.T, strict=True))
    columns["recorded_s"] = columns["recorded_s"] + BEYOND_S
    columns["valid_share"] = np.array([FAILED_SHARE if day.failed else 1.0 for day in days])
    columns["epoch_day"] = np.array([day.epoch_day for day in days], dtype=np.int64)
    return columns | {"date": columns["epoch_day"].astype("datetime64[D]")}


def _spans(days: list[LoggedDay], name: str) -> Columns:
    days_of_rows, rows = _stacked(days, name, 3 if name == "breaks" else 2)
    columns = _moments("start", days_of_rows, rows[:, 0]) | _moments("end", days_of_rows, rows[:, 1])
    columns |= {"duration_s": (rows[:, 1] - rows[:, 0]).astype(float), "epoch_day": days_of_rows}
    return columns | ({"verified": rows[:, 2].astype(bool)} if name == "breaks" else {})


def _prompts(days: list[LoggedDay]) -> Columns:
    prompts = [(day.epoch_day, prompt) for day in days for prompt in day.lived.prompts]
    numbers = np.array([number for number, _ in prompts], dtype=np.int64)
    columns = _moments("at", numbers, np.array([prompt.at_s for _, prompt in prompts], dtype=np.int64))
    names = [name for name in vars(Prompted(0, "", "")) if name != "at_s"]
    return columns | {name: [getattr(prompt, name) for _, prompt in prompts] for name in names} | {"epoch_day": numbers}


def _epochs(days: list[LoggedDay]) -> Columns:
    numbers, rows = _stacked(days, "epochs", 6)
    columns = _moments("at", numbers, rows[:, 0])
    failed = np.repeat([day.failed for day in days], [len(day.lived.epochs) for day in days]).astype(bool)
    columns |= {"duration_s": rows[:, 1].astype(float), "state": ["occupied"] * len(rows)}
    columns |= {"left_u_permille": pa.array(rows[:, 2].astype(np.int64), mask=failed)}
    columns |= {"right_u_permille": rows[:, 3].astype(np.int64), "dose_left_s": rows[:, 4], "dose_right_s": rows[:, 5]}
    return columns | {"epoch_day": numbers}


def _stacked(days: list[LoggedDay], name: str, width: int) -> tuple[Any, Any]:
    """Each row's day, and the rows of all days under each other."""
    parts = [day.lived.array(name) for day in days]
    numbers = np.repeat(np.array([day.epoch_day for day in days], dtype=np.int64), [len(part) for part in parts])
    return numbers, np.concatenate([np.empty((0, width)), *parts])


def _moments(name: str, epoch_days: Any, seconds: Any) -> Columns:
    at = pa.array(epoch_days * DAY_MS + seconds.astype(np.int64) * 1000, pa.timestamp("ms", "UTC"))
    return {f"{name}_utc": at, f"{name}_local": pc.strftime(at, "%Y-%m-%dT%H:%M:%S+00:00")}


def _table(name: str, columns: Columns, cushion: str) -> Any:
    columns = columns | {"cushion": [cushion] * len(columns["epoch_day"])}
    fields = schema.schema_of(name)
    return pa.table([pa.array(columns[field.name]).cast(field.type) for field in fields], schema=fields)
