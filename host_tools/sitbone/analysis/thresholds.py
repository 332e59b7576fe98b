"""The settings in force at each moment, by the changes in the log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from cushion.core import records
from sitbone.settings.params import BY_NAME
from sitbone.settings.spec import setting_of
from sitbone.store.store import Store, readable


@dataclass(frozen=True, slots=True)
class Step:
    """A setting's change: at (UTC ms), from, to, and the reason that was given ("" for none)."""

    at_ms: int
    cushion: int
    name: str
    was: int
    now: int
    reason: str


class Thresholds:
    """Every change whose time is known, of all cushions."""

    def __init__(self, store: Store) -> None:
        self.steps = sorted(_steps(store), key=lambda step: step.at_ms)
        self._columns: dict[tuple[int, str], tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]] = {}

    def of(self, cushion: int, name: str, at_ms: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """The setting's value at moments (UTC ms), int64 of the same shape. A setting that never changed has its
        default."""
        times_ms, values = self._column(cushion, name)
        found: np.ndarray[Any, Any] = values[np.searchsorted(times_ms, at_ms, side="right")]
        return found

    def at(self, cushion: int, name: str, at_ms: int) -> int:
        """The setting's value at one moment."""
        return int(self.of(cushion, name, np.array([at_ms]))[0])

    def _column(self, cushion: int, name: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """When the value changed, and the values: one more than there are changes."""
        if (cushion, name) not in self._columns:
            steps = [step for step in self.steps if (step.cushion, step.name) == (cushion, name)]
            first = steps[0].was if steps else BY_NAME[name].default
            times_ms = np.array([step.at_ms for step in steps], dtype=np.int64)
            self._columns[cushion, name] = times_ms, np.array([first, *(step.now for step in steps)], dtype=np.int64)
        return self._columns[cushion, name]


def _steps(store: Store) -> Iterator[Step]:
    for record, fields in readable(store.all_of(records.SETTING)):
        if record.unix_ms is not None and (setting := setting_of(fields)) is not None:
            yield Step(record.unix_ms, record.cushion, *setting, str(fields["reason"]))
