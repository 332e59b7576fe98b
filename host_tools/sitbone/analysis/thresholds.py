"""The settings in force at each moment, by the changes in the log."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

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
        self._columns: dict[tuple[int, str], tuple[list[int], list[int]]] = {}

    def of(self, cushion: int, name: str, at_ms: Iterable[int]) -> list[int]:
        """The setting's value at each moment (UTC ms). A setting that never changed has its default."""
        times_ms, values = self._column(cushion, name)
        return [values[bisect_right(times_ms, moment_ms)] for moment_ms in at_ms]

    def at(self, cushion: int, name: str, at_ms: int) -> int:
        """The setting's value at one moment."""
        return self.of(cushion, name, (at_ms,))[0]

    def _column(self, cushion: int, name: str) -> tuple[list[int], list[int]]:
        """When the value changed, and the values: one more than there are changes."""
        if (cushion, name) not in self._columns:
            steps = [step for step in self.steps if (step.cushion, step.name) == (cushion, name)]
            first = steps[0].was if steps else BY_NAME[name].default
            self._columns[cushion, name] = [step.at_ms for step in steps], [first, *(step.now for step in steps)]
        return self._columns[cushion, name]


def _steps(store: Store) -> Iterator[Step]:
    for record, fields in readable(store.all_of(records.SETTING)):
        if record.unix_ms is not None and (setting := setting_of(fields)) is not None:
            yield Step(record.unix_ms, record.cushion, *setting, str(fields["reason"]))
