"""A stretch of time as spans for drawing: sitting, away and unknown cover all of it; faulty lies over them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cushion.core import records
from sitbone.analysis.spans import Span, clipped, merged, without
from sitbone.analysis.timeline import LONGEST_EPOCH_MS, Array, EpochTable, Timeline

SLACK_MS = 15_000  # two epochs no further apart than this are consecutive
FULL_SECONDS = 255  # an epoch whose count of seconds is full may have been longer
UNKNOWN_STATE = records.STATES.index("unknown")


@dataclass(frozen=True, slots=True)
class Ribbon:
    """Merged spans. ``sitting``, ``away`` and ``unknown`` divide the stretch; during ``faulty`` a sensor was not in
    order, whatever it measured."""

    sitting: list[Span]
    away: list[Span]
    unknown: list[Span]
    faulty: list[Span]

    @property
    def spans(self) -> list[tuple[Span, str]]:
        """All parts by time, each with its kind: sitting, away or unknown."""
        parts = ((self.sitting, "sitting"), (self.away, "away"), (self.unknown, "unknown"))
        return sorted(((span, kind) for spans, kind in parts for span in spans), key=lambda item: item[0].start_ms)


def ribbon(timeline: Timeline, start_ms: int, end_ms: int) -> Ribbon:
    """[start_ms, end_ms), UTC. Time without records is unknown, not empty."""
    timeline = timeline.within(start_ms, end_ms)
    epochs = timeline.epochs
    things = _runs(epochs, epochs.fields["state"] == records.STATE_OBJECT)  # older firmware counted them as sitting
    sitting = without(merged(clipped(timeline.bouts, start_ms, end_ms)), merged(things))
    seen = _runs(epochs, epochs.fields["state"] != UNKNOWN_STATE)
    seen += [Span(item.start_ms, item.end_ms) for item in timeline.breaks]
    known = without(merged(clipped([*seen, *timeline.slept], start_ms, end_ms)), merged(timeline.unknown))
    away = without(known, sitting)
    unknown = without([Span(start_ms, end_ms)], merged([*sitting, *away]))
    faulty = merged(clipped(_runs(epochs, epochs.fields["bad_zones"] != 0), start_ms, end_ms))
    return Ribbon(sitting, away, unknown, faulty)


def _runs(epochs: EpochTable, chosen: Array) -> list[Span]:
    """The stretches covered by the chosen epochs, consecutive ones merged."""
    begin_ms = epochs.end_ms - epochs.fields["seconds"].astype(np.int64) * 1000
    before_ms = np.concatenate([begin_ms[:1], epochs.end_ms[:-1]])
    full = (epochs.fields["seconds"] >= FULL_SECONDS) & (epochs.end_ms - before_ms <= LONGEST_EPOCH_MS)
    begin_ms = np.where(full, np.minimum(begin_ms, before_ms), begin_ms)[chosen]
    end_ms = np.maximum.accumulate(epochs.end_ms[chosen])
    if len(end_ms) == 0:
        return []
    first = np.flatnonzero(np.concatenate([[True], begin_ms[1:] > end_ms[:-1] + SLACK_MS]))
    last = np.concatenate([first[1:] - 1, [len(end_ms) - 1]])
    return [Span(low, high) for low, high in zip(begin_ms[first].tolist(), end_ms[last].tolist(), strict=True)]
