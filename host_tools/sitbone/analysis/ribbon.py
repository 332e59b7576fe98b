"""A stretch of time as spans for drawing: sitting, away and unknown cover all of it; faulty lies over them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cushion.core import records
from sitbone.analysis.epochs import EpochTable
from sitbone.analysis.spans import Span, clipped, merged, without
from sitbone.analysis.timeline import LONGEST_EPOCH_MS, Timeline

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
    states = epochs.fields["state"]
    things = _runs(epochs, (state == records.STATE_OBJECT for state in states))  # older firmware counted them as sits
    sitting = without(merged(clipped(timeline.bouts, start_ms, end_ms)), merged(things))
    seen = _runs(epochs, (state != UNKNOWN_STATE for state in states))
    seen += [Span(item.start_ms, item.end_ms) for item in timeline.breaks]
    known = without(merged(clipped([*seen, *timeline.slept], start_ms, end_ms)), merged(timeline.unknown))
    away = without(known, sitting)
    unknown = without([Span(start_ms, end_ms)], merged([*sitting, *away]))
    bad = (zones != 0 for zones in epochs.fields["bad_zones"])
    faulty = merged(clipped(_runs(epochs, bad), start_ms, end_ms))
    return Ribbon(sitting, away, unknown, faulty)


def _runs(epochs: EpochTable, chosen: Iterable[bool]) -> list[Span]:
    """The stretches covered by the chosen epochs, consecutive ones merged."""
    found: list[Span] = []
    before_ms = until_ms = None
    start_ms = 0
    for end_ms, seconds, is_chosen in zip(epochs.end_ms, epochs.fields["seconds"], chosen, strict=True):
        begin_ms = end_ms - 1000 * seconds
        if before_ms is not None and seconds >= FULL_SECONDS and end_ms - before_ms <= LONGEST_EPOCH_MS:
            begin_ms = min(begin_ms, before_ms)
        before_ms = end_ms
        if not is_chosen:
            continue
        if until_ms is None or begin_ms > until_ms + SLACK_MS:
            if until_ms is not None:
                found.append(Span(start_ms, until_ms))
            start_ms, until_ms = begin_ms, end_ms
        until_ms = max(until_ms, end_ms)
    return found if until_ms is None else [*found, Span(start_ms, until_ms)]
