"""What the person's own data suggests beyond the rules: associations, with n and interval, that can only hold a rise
back.

A logistic fit of "a worse morning" against one measure of the day before, its slope shrunken towards none by a normal
prior of one log-odds per standard deviation, so that a few days can't say much. The interval is from resampled days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

LEAST_DAYS, LEAST_EACH = 21, 4
RESAMPLED = 300
LOOKS = 3  # measures in a proposal: each may look clear by chance, so the interval is wider (Bonferroni)
INTERVAL = (5 / LOOKS, 100 - 5 / LOOKS)
PRIOR_SD = 1.0
FREE = 1e-3  # holds an intercept where a resampled row has no worse morning at all


@dataclass(frozen=True, slots=True)
class Association:
    """Odds of a worse morning for a day one standard deviation (``step``, in ``unit``) higher in ``what``."""

    what: str
    unit: str
    step: float
    odds: float
    low: float
    high: float
    days: int
    worse: int

    @property
    def tightens(self) -> bool:
        """Whether it is clear enough to hold a rise back. Nothing here ever raises a limit."""
        return self.low > 1

    def text(self) -> str:
        """One line for the person."""
        return (
            f"{self.what}: {self.step:.0f} {self.unit} more went with {self.odds:.1f} times the odds of a worse morning"
            f" (90 % interval, corrected for {LOOKS} looks:"
            f" {self.low:.1f} to {self.high:.1f}; n = {self.days} days, {self.worse} worse);"
            " an association, not a cause"
        )


def associate(
    what: str, unit: str, values: Sequence[float], worse: Sequence[bool], seed: int = 1
) -> Association | None:
    """The association over days; None where there are too few to say anything."""
    x, y = np.array(values, dtype=float), np.array(worse, dtype=float)
    if len(x) < LEAST_DAYS or min(y.sum(), len(y) - y.sum()) < LEAST_EACH or x.std() == 0:
        return None
    z = (x - x.mean()) / x.std()
    rng = np.random.default_rng(seed)
    picks = rng.integers(0, len(z), (RESAMPLED, len(z)))
    slope, slopes = _slopes(z[None], y[None])[0], _slopes(z[picks], y[picks])
    low, high = np.percentile(slopes, INTERVAL)
    odds, least, most = (float(np.exp(value)) for value in (slope, low, high))
    return Association(what, unit, float(x.std()), odds, least, most, days=len(z), worse=int(y.sum()))


def _slopes(z: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The slope of each row's penalised logistic fit, by Newton's method; the intercepts are all but free."""
    intercepts, slopes = np.zeros(len(z)), np.zeros(len(z))
    for _ in range(25):
        p = 1 / (1 + np.exp(-np.clip(intercepts[:, None] + slopes[:, None] * z, -30, 30)))
        w = np.maximum(p * (1 - p), 1e-9)
        by_intercept = (y - p).sum(axis=1) - FREE * intercepts
        by_slope = ((y - p) * z).sum(axis=1) - slopes / PRIOR_SD**2
        first, mixed = w.sum(axis=1) + FREE, (w * z).sum(axis=1)
        second = (w * z * z).sum(axis=1) + 1 / PRIOR_SD**2
        whole = first * second - mixed * mixed
        moves = (second * by_intercept - mixed * by_slope) / whole, (first * by_slope - mixed * by_intercept) / whole
        intercepts, slopes = intercepts + moves[0], slopes + moves[1]
        if max(np.abs(moves[0]).max(), np.abs(moves[1]).max()) < 1e-8:
            break
    return slopes
