"""A day in figures: how long the person sat, how often they got up, which prompts came and how they ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from math import exp
from typing import Any

from cushion.core import records
from cushion.core.dose import MAX_WEIGHT_U, weight_permille
from cushion.core.records import STATE_OBJECT, STATE_OCCUPIED
from sitbone.analysis.epochs import EpochTable
from sitbone.analysis.ribbon import SLACK_MS, UNKNOWN_STATE, ribbon
from sitbone.analysis.spans import Span, total_s
from sitbone.analysis.thresholds import Thresholds
from sitbone.analysis.timeline import Mark, Prompt, Timeline
from sitbone.dates import Zone
from sitbone.diary.entries import SIDES

MOST_RISE_CS = weight_permille(MAX_WEIGHT_U) // 10  # of a dose per second
SLOW_TAU_S = 6.5 * 3600  # recovery of tendon creep after exercise, by analogy


@dataclass(slots=True)
class Day:
    """A day of the person, [start_ms, end_ms) in UTC ms. ``bouts`` are cut at its bounds; doses and times in seconds.

    ``recorded_s`` is the time covered by records, ``valid_s`` the part with every sensor in order, and ``unknown_s``
    the time that the cushion knows it missed. ``away_s``: the seat was detected as empty; time neither seated nor away
    is unknown. For each side: the highest dose (``dose_max_s``), the dose gathered in all (``load_s``, which stops
    growing where the cushion's count does, at three limits) and the seated time at or over the limit of that time
    (``over_s``). ``left_share`` is the left side's share of the load while both were known, each relative to the
    person's own neutral sit; None without any.
    """

    day: date
    start_ms: int
    end_ms: int
    bouts: list[Span] = field(default_factory=list)
    breaks_all: int = 0
    breaks_verified: int = 0
    prompts: list[Prompt] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    dose_max_s: dict[str, float] = field(default_factory=lambda: dict.fromkeys(SIDES, 0.0))
    load_s: dict[str, float] = field(default_factory=lambda: dict.fromkeys(SIDES, 0.0))
    over_s: dict[str, float] = field(default_factory=lambda: dict.fromkeys(SIDES, 0.0))
    left_share: float | None = None
    recorded_s: float = 0.0
    valid_s: float = 0.0
    unknown_s: float = 0.0
    away_s: float = 0.0
    has_data: bool = False

    @property
    def seated_s(self) -> float:
        return total_s(self.bouts)

    @property
    def missing_s(self) -> float:
        """Time of the day about which nothing is known, including the future."""
        return (self.end_ms - self.start_ms) / 1000 - self.seated_s - self.away_s

    @property
    def episodes(self) -> int:
        """How many prompts there were; levels 2 and 3 only repeat a prompt."""
        return len(self.prompts)

    @property
    def outcomes(self) -> dict[str, int]:
        """How many prompts ended in which way, by name."""
        return dict(sorted(Counter(prompt.outcome for prompt in self.prompts if prompt.outcome).items()))

    @property
    def longest_s(self) -> float:
        return max((bout.seconds for bout in self.bouts), default=0.0)

    @property
    def left_dose_max_s(self) -> float:
        return self.dose_max_s["left"]

    @property
    def right_dose_max_s(self) -> float:
        return self.dose_max_s["right"]

    @property
    def slow_dose_s(self) -> float:
        """The day's sitting that remains at the end of its last sit, if it fades over 6.5 hours (by analogy)."""
        sits = [(bout.end_ms / 1000, bout.seconds) for bout in self.bouts]
        return slow_dose(sits, sits[-1][0]) if sits else 0.0

    @property
    def valid_share(self) -> float | None:
        """Share of the day's recorded or missed time with every sensor in order; None without any."""
        whole = self.recorded_s + self.unknown_s
        return round(self.valid_s / whole, 4) if whole else None

    def as_json(self, zone: Zone) -> dict[str, Any]:
        """The day as `sitbone history --json` prints it, with times in the time zone of that day."""
        vibrations = [vibration for prompt in self.prompts for vibration in prompt.levels]
        return {
            "date": self.day.isoformat(),
            "seated_s": round(self.seated_s, 1),
            "bouts": [{"start": zone.iso(bout.start_ms), "end": zone.iso(bout.end_ms)} for bout in self.bouts],
            "longest_s": round(self.longest_s, 1),
            "breaks": {"verified": self.breaks_verified, "all": self.breaks_all},
            "prompts": [{"at": zone.iso(at_ms), "side": side, "level": level} for at_ms, side, level in vibrations],
            "outcomes": self.outcomes,
            "dose_max_s": {side: round(self.dose_max_s[side], 1) for side in SIDES},
            "valid_share": self.valid_share,
        }


def slow_dose(loads: Sequence[tuple[float, float]], at_s: float) -> float:
    """The dose that remains of sits, each (end, seconds), at a moment: it fades with the slow time constant.
    Reported, never acted on."""
    return float(sum(length * exp(-(at_s - end) / SLOW_TAU_S) for end, length in loads if end <= at_s))


def day_of(timeline: Timeline, day: date, start_ms: int, end_ms: int) -> Day:
    """The figures of [start_ms, end_ms), a day or a part of one; `timeline` covers it."""
    timeline = timeline.within(start_ms, end_ms)
    found = Day(day, start_ms, end_ms, has_data=bool(timeline.times_ms))
    parts = ribbon(timeline, start_ms, end_ms)
    found.bouts, found.away_s = parts.sitting, total_s(parts.away)
    found.has_data |= bool(found.bouts)
    # A night between two days is not a break of either.
    breaks = [item for item in timeline.breaks if start_ms <= item.start_ms and item.end_ms < end_ms]
    found.breaks_all, found.breaks_verified = len(breaks), sum(item.verified for item in breaks)
    found.prompts, found.marks = timeline.prompts, timeline.marks
    found.unknown_s = total_s(span for span in timeline.unknown if start_ms <= span.end_ms < end_ms)
    for index, side in enumerate(SIDES, 1):
        found.dose_max_s[side] = max((dose[index] for dose in timeline.doses), default=0.0)
    _add_epochs(found, timeline.epochs.between(start_ms, end_ms), timeline.thresholds)
    return found


def _add_epochs(day: Day, epochs: EpochTable, thresholds: Thresholds) -> None:
    """Doses and sensor health, from the regular records."""
    if not len(epochs):
        return
    day.has_data = True
    for seconds, bad_zones, state in epochs.rows("seconds", "bad_zones", "state"):
        day.recorded_s += seconds
        day.valid_s += 0 if bad_zones or state == UNKNOWN_STATE else seconds
    day.left_share = _left_share(epochs)
    for side in SIDES:
        cs = epochs.fields[f"{side}_dose_cs"]
        persons_cs = (dose for dose, state in zip(cs, epochs.fields["state"], strict=True) if state != STATE_OBJECT)
        day.dose_max_s[side] = max(day.dose_max_s[side], max(persons_cs, default=0) / 100)
    for cushion in sorted(set(epochs.cushion)):
        _add_doses(day, epochs.of(cushion), cushion, thresholds)


def _add_doses(day: Day, epochs: EpochTable, cushion: int, thresholds: Thresholds) -> None:
    """What one cushion counted: the time over the limit, and all that was gathered."""
    within_ms = [end_ms - 1 for end_ms in epochs.end_ms]
    for side in SIDES:
        limits_s = thresholds.of(cushion, f"{side}_dose_limit_s", within_ms)
        rows = zip(limits_s, epochs.rows("state", f"{side}_dose_cs", "seconds"), strict=True)
        over_s = (s for limit_s, (state, cs, s) in rows if state == STATE_OCCUPIED and cs >= limit_s * 100)
        day.over_s[side] += float(sum(over_s))
        day.load_s[side] += _gathered_s(epochs, side)


def _gathered_s(epochs: EpochTable, side: str) -> float:
    """All rises of a dose from epoch to epoch while seated; a jump across a gap doesn't count."""
    rises_cs = 0
    rows = zip(epochs.end_ms, epochs.fields[f"{side}_dose_cs"], epochs.fields["state"], strict=True)
    for (before_ms, before_cs, _), (end_ms, cs, state) in pairwise(rows):
        since_ms = end_ms - before_ms
        if state == STATE_OCCUPIED and since_ms <= 60_000 + SLACK_MS:
            rises_cs += min(max(cs - before_cs, 0), MOST_RISE_CS * since_ms // 1000)
    return rises_cs / 100


def _left_share(epochs: EpochTable) -> float | None:
    left = right = 0
    for left_u, right_u, state, seconds in epochs.rows("left_u", "right_u", "state", "seconds"):
        if state == STATE_OCCUPIED and left_u != records.UNKNOWN_U and right_u != records.UNKNOWN_U:
            left += left_u * seconds
            right += right_u * seconds
    return left / (left + right) if left + right else None
