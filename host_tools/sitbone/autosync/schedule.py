"""When to look at which port. Pure: the time, in seconds of any steady clock, comes from the caller.

One of five things can come of looking at a port:
- DONE: a cushion's records are in the store. It is looked at again soon, because it goes on recording;
- YIELDED, IN_USE: another program has the port. It is tried again soon, which costs that program nothing;
- SILENT: no cushion answers. It may be another board, which opening disturbs: it is tried a few times, then left
  alone until it is plugged in again. A port that the person named is tried for as long as it is there;
- FAILED: a cushion is there, but something went wrong. The wait doubles.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import Enum

AGAIN_S = 30.0
SOON_S = 2.0
SEARCH_S = 1.0  # between two looks at which ports there are
SILENT_S = (3.0, 10.0, 30.0, 120.0)
FAILED_FIRST_S, FAILED_MOST_S = 2.0, 300.0


class Outcome(Enum):
    """What came of looking at a port."""

    DONE = "done"
    YIELDED = "yielded"
    IN_USE = "in use"
    SILENT = "silent"
    FAILED = "failed"


@dataclass
class _Plan:
    due_s: float
    times: int = 0  # in a row that it was silent or failed
    last: Outcome | None = None


@dataclass
class Schedule:
    """``named``: ports that are cushions for sure."""

    named: Collection[str] = ()
    _plans: dict[str, _Plan] = field(default_factory=dict)

    def due(self, now_s: float, present: Collection[str]) -> list[str]:
        """The ports to look at now. A port that went away is new when it comes back."""
        self._plans = {port: plan for port, plan in self._plans.items() if port in present}
        for port in present:
            self._plans.setdefault(port, _Plan(now_s))
        return sorted(port for port, plan in self._plans.items() if plan.due_s <= now_s)

    def ended(self, port: str, outcome: Outcome, now_s: float) -> None:
        """Plans the next look."""
        plan = self._plans[port]
        counts = outcome in (Outcome.SILENT, Outcome.FAILED)
        plan.times = (plan.times + 1 if outcome is plan.last else 1) if counts else 0
        plan.last = outcome
        plan.due_s = now_s + self._wait_s(port, plan, outcome)

    def _wait_s(self, port: str, plan: _Plan, outcome: Outcome) -> float:
        if outcome is Outcome.DONE:
            return AGAIN_S
        if outcome is Outcome.FAILED:
            return min(FAILED_MOST_S, FAILED_FIRST_S * 2.0 ** min(plan.times - 1, 10))
        if outcome is not Outcome.SILENT:
            return SOON_S
        if plan.times <= len(SILENT_S):
            return SILENT_S[plan.times - 1]
        return SILENT_S[-1] if port in self.named else float("inf")
