"""Replays a person's recorded days, on all cushions, under some settings, and sums them up by day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from cushion.core import records
from cushion.core.settings import Settings
from sitbone.analysis.timeline import gather
from sitbone.dates import Zone, unix_ms
from sitbone.replay.against_log import Comparison, compare
from sitbone.replay.findings import Findings
from sitbone.replay.log_reading import read_log
from sitbone.replay.recording import Recording, record
from sitbone.replay.walk import Replayed
from sitbone.store.store import Store, zone_of

LEAD_MS = 26 * 3_600_000  # before a range: the limits of a day, waits and doses reach into it


@dataclass(frozen=True)
class Outlook:
    """What one setting decided on a day, or on several; ``over_s``: seconds seated over each side's limit."""

    prompts: int
    breaks: int
    missed: int
    over_s: tuple[int, int]


@dataclass
class Weeks:
    """The recordings of [from_ms, to_ms), of all cushions; ``days``: those on which somebody sat."""

    from_ms: int
    to_ms: int
    zone: Zone
    recordings: list[Recording]
    days: list[date]

    def replays(self, settings: Settings) -> list[Replayed]:
        """Each recording under these settings."""
        return [recording.replay(settings) for recording in self.recordings]

    def outlooks(self, settings: Settings) -> dict[date, Outlook]:
        """Each day under these settings."""
        return by_day(self, self.replays(settings))

    def document(self, settings: Settings | None) -> list[dict[str, Any]]:
        """What `sitbone replay` prints for each cushion, under these settings or those of the time.

        ``t_ms`` counts from the start of the range; prompts also have their time of day. Weight shifts and faults are
        decided by sensing, so they are not found again.
        """
        documents = []
        for recording in self.recordings:
            findings = Findings()

            def hear(at_s: int, kind: int, fields: dict[str, int], findings: Findings = findings) -> None:
                findings.take(at_s * 1000 - self.from_ms, kind, fields)

            replayed = recording.replay(settings, hear)
            findings.close(recording.log.last_s * 1000 - self.from_ms)
            highest = [max((tally.highest_cs[side] for tally in replayed.tallies), default=0) for side in (0, 1)]
            for prompt in findings.prompts:
                prompt["at"] = self.zone.iso(self.from_ms + prompt["t_ms"])
            documents.append(findings.as_json(highest))
        return documents

    def against_log(self, store: Store) -> Comparison:
        """Compares what the replay decided with what the log says was decided."""
        return compare(self.recordings, gather(store, self.from_ms, self.to_ms), self.zone)


LONGEST_MS = 50 * 366 * 86_400_000  # the decision machine counts seconds in 31 bits


def recorded_weeks(store: Store, start: datetime | None, end: datetime | None) -> Weeks:
    """What the store holds of [start, end); None: of all that there is on that side."""
    zone, (first_ms, last_ms) = zone_of(store), store.reach_ms() or (0, 0)
    from_ms = first_ms if start is None else max(first_ms, unix_ms(start))
    to_ms = last_ms + 1 if end is None else min(last_ms + 1, unix_ms(end))
    to_ms = min(to_ms, from_ms + LONGEST_MS)
    edges_s = [edge_ms // 1000 for edge_ms in _day_edges(zone, from_ms, to_ms)]
    recordings = []
    for cushion in store.cushions():
        log = read_log(store, cushion, from_ms, to_ms, LEAD_MS)
        if log.epochs:
            recordings.append(record(log, edges_s))
    seated_s = {
        epoch.end_s
        for recording in recordings
        for epoch in recording.log.epochs
        if epoch.state == records.STATE_OCCUPIED and epoch.end_s * 1000 > from_ms
    }
    days = sorted({zone.day(at_s * 1000 - 1) for at_s in _thinned(seated_s)})
    return Weeks(from_ms, to_ms, zone, recordings, days)


def by_day(weeks: Weeks, replays: Sequence[Replayed]) -> dict[date, Outlook]:
    """The figures of each day with somebody on the seat, over all cushions."""
    found = {day: Outlook(0, 0, 0, (0, 0)) for day in weeks.days}
    for recording, replayed in zip(weeks.recordings, replays, strict=True):
        for day in weeks.days:
            tally = replayed.tallies[bisect_right(recording.edges_s, weeks.zone.begin_ms(day) // 1000)]
            found[day] = _sum(found[day], Outlook(0, 0, 0, (tally.over_s[0], tally.over_s[1])))
        for episode in replayed.episodes:
            day = weeks.zone.day(episode.at_s * 1000)
            broke, missed = (int(episode.outcome == kind) for kind in (records.OUTCOME_BREAK, records.OUTCOME_MISSED))
            if day in found:
                found[day] = _sum(found[day], Outlook(1, broke, missed, (0, 0)))
    return found


def total(outlooks: Sequence[Outlook]) -> Outlook:
    """All days together."""
    result = Outlook(0, 0, 0, (0, 0))
    for outlook in outlooks:
        result = _sum(result, outlook)
    return result


def _sum(one: Outlook, other: Outlook) -> Outlook:
    over_s = (one.over_s[0] + other.over_s[0], one.over_s[1] + other.over_s[1])
    return Outlook(one.prompts + other.prompts, one.breaks + other.breaks, one.missed + other.missed, over_s)


def _day_edges(zone: Zone, from_ms: int, to_ms: int) -> list[int]:
    first, last = zone.day(from_ms), zone.day(max(from_ms, to_ms - 1))
    return [zone.begin_ms(first + timedelta(days=index)) for index in range((last - first).days + 2)]


def _thinned(times_s: set[int]) -> list[int]:
    """One moment of each quarter of an hour, which is enough to find the days."""
    slots: dict[int, int] = {}
    for at_s in times_s:
        slots.setdefault(at_s // 900, at_s)
    return list(slots.values())
