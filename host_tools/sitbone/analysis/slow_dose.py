"""The slow dose of a day: the sum of its sits when each fades over hours. Reported, never acted on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SLOW_TAU_S = 6.5 * 3600  # recovery of tendon creep after exercise, by analogy


def slow_dose(loads: Sequence[tuple[float, float]], at_s: float) -> float:
    """The dose that remains of sits, each (end, seconds), at a moment: it fades with the slow time constant."""
    return float(sum(length * np.exp(-(at_s - end) / SLOW_TAU_S) for end, length in loads if end <= at_s))
