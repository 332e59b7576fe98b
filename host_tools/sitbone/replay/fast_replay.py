"""Replays epochs under many settings at once, deciding exactly as the firmware's core does (epochs.PlainReplay).

The machine is `compiled/`: with `sitbone[fast]` a year under 200 settings takes seconds, without it the same lines run
interpreted. The tests hold both to the same decisions.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count
from typing import Any

import numpy as np

from cushion.core import dose, records
from cushion.core.calibration import MAX_U
from cushion.core.settings import Settings
from sitbone.replay.compiled import jit
from sitbone.replay.compiled.epoch import Columns, Values
from sitbone.replay.compiled.prompting import Prompter
from sitbone.replay.compiled.replay import replay
from sitbone.replay.compiled.shifts import Shift, mark_shifts
from sitbone.replay.compiled.sitting import Seat
from sitbone.replay.compiled.tally import Tally
from sitbone.replay.epochs import Decision, Epochs

PARAMS = Values._fields


@dataclass(frozen=True)
class Outlook:
    """What one setting would have decided over the epochs; times in seconds, doses at their highest."""

    episodes: int
    outcomes: dict[str, int]
    held_back: int
    answered: int
    over_s: tuple[int, int]
    highest_s: tuple[float, float]

    @property
    def breaks(self) -> int:
        return self.outcomes["break"]

    @property
    def missed(self) -> int:
        return self.outcomes["missed"]


def replay_many(epochs: Epochs, settings: Sequence[Settings], workers: int | None = None) -> list[Outlook]:
    """What each of these settings would have decided. Settings are shared out over threads where numba frees them."""
    columns, log = _columns(epochs), _log(0)
    with ThreadPoolExecutor(workers or (cpu_count() or 1) if jit.numba is not None else 1) as pool:
        return [_outlook(tally) for tally in pool.map(lambda one: _tally(columns, one, log), settings)]


def decisions(epochs: Epochs, settings: Settings, most: int = 100_000) -> list[Decision]:
    """Each decision of one setting, as `PlainReplay.run` yields them."""
    log = _log(most)
    tally = _tally(_columns(epochs), settings, log)
    return [(at, kind, what, side) for at, kind, what, side in log[: int(tally.logged)].tolist()]


def _log(rows: int) -> Any:
    return np.zeros((rows, 4), dtype=np.int64)


def _tally(columns: Columns, settings: Settings, log: Any) -> Tally:
    """Replays one setting; the first decisions are in `log` then."""
    values = Values(*(settings.get(name) for name in PARAMS))
    tally: Tally = jit.record(Tally())
    replay(columns, values, jit.record(Seat()), jit.record(Prompter()), tally, log)
    return tally


def _columns(epochs: Epochs) -> Columns:
    """What all settings share: the epochs, the weights of their loads, and the shifts in them."""
    weights = np.array([dose.weight_permille(u) for u in range(MAX_U + 1)], dtype=np.int64)
    columns = Columns(
        gap_s=_column(epochs.gap_s),
        seconds=_column(epochs.seconds),
        left_u=_column(epochs.left_u),
        right_u=_column(epochs.right_u),
        left_weight=_column(weights[np.clip(epochs.left_u, 0, MAX_U)]),
        right_weight=_column(weights[np.clip(epochs.right_u, 0, MAX_U)]),
        state=_column(epochs.state),
        minute=_column(epochs.minute),
        shifted=_column(np.zeros(len(epochs))),
    )
    for side_u in (columns.left_u, columns.right_u):
        mark_shifts(columns.gap_s, columns.seconds, side_u, columns.state, jit.record(Shift()), columns.shifted)
    return columns


def _column(values: np.ndarray[Any, Any]) -> jit.Column:
    if jit.numba is None:
        return values.astype(np.int64).tolist()
    return np.ascontiguousarray(values, dtype=np.int64)


def _outlook(tally: Tally) -> Outlook:
    outcomes = [int(count) for count in tally.outcomes]
    return Outlook(
        episodes=int(tally.episodes),
        outcomes={name: outcomes[index] for index, name in enumerate(records.OUTCOMES) if index},
        held_back=int(tally.held_back),
        answered=int(tally.answered),
        over_s=(int(tally.left_over_s), int(tally.right_over_s)),
        highest_s=(int(tally.left_highest_cs) / 100, int(tally.right_highest_cs) / 100),
    )
