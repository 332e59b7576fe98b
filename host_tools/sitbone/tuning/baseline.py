"""A side's usual morning, and the flares that stand out from it."""

from __future__ import annotations

from datetime import date, timedelta
from statistics import median_low

from sitbone.diary.entries import SideDiary

BAD_SITTING = 5  # above it: a reduction
FLARE_RISE = 2
FLARE_DAYS = 14  # a flare that lasts longer counts again
BASELINE_DAYS = 14
BASELINE_LEAST = 5  # mornings, for a rise
BASELINE_FIRST = 3  # mornings, to recognise a bad one


class Baseline:
    """The usual morning: the median of the calm mornings in the 14 days before, frozen while a flare lasts.

    A flare begins with a morning 2 over the baseline, pain over 5 while sitting, or a mark; it ends with a morning that
    is back at the baseline. ``at[m]`` is the baseline of morning m, None while there are too few mornings; ``began[m]``
    is when the flare around m began.
    """

    def __init__(self, diary: SideDiary) -> None:
        self.at: dict[date, int | None] = {}
        self.known: dict[date, int] = {}
        self.began: dict[date, date] = {}
        since: date | None = None
        calm: list[tuple[date, int]] = []
        flare = False
        for day in sorted(diary.mornings):
            pain = diary.mornings[day].pain
            first = day - timedelta(days=BASELINE_DAYS)
            recent = [value for at, value in calm if at >= first] if not flare else []
            recent = recent if len(recent) >= BASELINE_LEAST else [value for _, value in calm]
            base = median_low(recent) if len(recent) >= BASELINE_FIRST else None
            self.at[day], self.known[day] = base, len(recent)
            before = diary.sittings.get(day - timedelta(days=1))
            bad = (base is not None and pain >= base + FLARE_RISE) or day in diary.flares
            bad = bad or (before is not None and before.pain > BAD_SITTING)
            flare = bad or (flare and base is not None and pain > base)
            since = (since or day) if flare else None
            if since is not None:
                self.began[day] = since
            if not flare:
                calm = [*calm[1 - BASELINE_DAYS :], (day, pain)]
        self.flare = flare

    def first_of(self, morning: date) -> date:
        """The first morning of the flare that this one lies in; of a long one, of its last two weeks."""
        return max(self.began.get(morning, morning), morning - timedelta(days=FLARE_DAYS - 1))
