"""Places device time on UTC, piecewise: pure arithmetic over the anchors of one session.

A cushion's clock drifts by percent in deep sleep and may be set wrongly, so no single offset holds. Each anchor says
"at this device time it was that time"; between two anchors that can both be right the difference is spread evenly,
between two that can't the earlier one holds until the later begins.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

DRIFT_PERMILLE = 30  # an RC-timed sleep clock is off by percent
STEP_MS = 60_000  # a person's or a host's clock may be corrected by so much without being another clock


@dataclass(frozen=True, slots=True, order=True)
class Anchor:
    """At ``mono_ms`` of the session (ms since its boot) it was ``unix_ms`` (ms since 1970, UTC)."""

    mono_ms: int
    unix_ms: int


def agree(earlier: Anchor, later: Anchor) -> bool:
    """Whether one drifting clock can have been at both anchors."""
    mono, unix = later.mono_ms - earlier.mono_ms, later.unix_ms - earlier.unix_ms
    return unix >= 0 and abs(unix - mono) * 1000 <= DRIFT_PERMILLE * mono + STEP_MS * 1000


class Placement:
    """One session's device time on UTC. Of two anchors at the same device time the one given last counts."""

    def __init__(self, anchors: Iterable[Anchor]) -> None:
        by_mono = {anchor.mono_ms: anchor for anchor in anchors}
        self.anchors = tuple(by_mono[mono] for mono in sorted(by_mono))
        self._monos = [anchor.mono_ms for anchor in self.anchors]

    def unix_ms(self, mono_ms: int) -> int | None:
        """UTC of a device time in ms since 1970; None when the session has no anchor at all."""
        if not self.anchors:
            return None
        index = max(0, bisect_right(self._monos, mono_ms) - 1)
        earlier = self.anchors[index]
        since_ms = mono_ms - earlier.mono_ms
        if since_ms > 0 and index + 1 < len(self.anchors) and agree(earlier, self.anchors[index + 1]):
            later = self.anchors[index + 1]
            since_ms = since_ms * (later.unix_ms - earlier.unix_ms) // (later.mono_ms - earlier.mono_ms)
        return earlier.unix_ms + since_ms

    def same_until(self, other: "Placement") -> int | None:
        """Device time (ms) before which both placements are equal; None when they are equal nowhere."""
        same = None
        for mine, theirs in zip(self.anchors, other.anchors, strict=False):
            if mine != theirs:
                break
            same = mine.mono_ms
        return same
