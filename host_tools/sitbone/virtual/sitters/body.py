"""The body on the seat: what a mass presses on the four zones, how postures share it out, how foam passes it on.

Pressures are those under the foam, where the sensors lie. An adult of 75 kg shows 8 kPa under each sitting bone and 4
under each thigh (means of 4 to 8 kPa are published for office chairs, and the recorded chair shows 5 to 20). Contact
area grows with mass, so pressure grows with its power 0.7.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ADULT_KG = 75.0
ADULT_KPA = (8.0, 8.0, 4.0, 4.0)
BREATH_HZ = 0.25

# left and right sitting bone, left and right thigh, as factors on the neutral load
POSTURES: dict[str, tuple[float, float, float, float]] = {
    "neutral": (1.0, 1.0, 1.0, 1.0),
    "leaning left": (1.35, 0.55, 1.2, 0.8),
    "leaning right": (0.55, 1.35, 0.8, 1.2),
    "leaning far left": (1.7, 0.25, 1.25, 0.5),
    "leaning far right": (0.25, 1.7, 0.5, 1.25),
    "leaning back": (0.9, 0.9, 0.7, 0.7),
    "leaning forward": (0.3, 0.3, 1.6, 1.6),
    "off both sitting bones": (0.02, 0.02, 1.5, 1.5),
    "legs crossed": (1.25, 0.85, 0.5, 1.3),
    "perched left": (1.6, 0.04, 0.9, 0.15),
    "perched right": (0.04, 1.6, 0.15, 0.9),
    "feet up": (1.2, 1.2, 0.2, 0.2),
}
RELIEVED = 0.7
"""A side at or below this share of neutral is relieved: the model's weight shift."""


def neutral_kpa(mass_kg: float) -> Array:
    return np.asarray(np.asarray(ADULT_KPA) * (mass_kg / ADULT_KG) ** 0.7)


def relieved_sides(posture: str) -> list[str]:
    return [side for side, share in zip(("left", "right"), POSTURES[posture], strict=False) if share <= RELIEVED]


@dataclass(frozen=True)
class Foam:
    """A movement passes through in ``fast_s``; ``slow_share`` of a load arrives only over ``slow_s`` of sitting."""

    fast_s: float = 0.25
    slow_s: float = 40.0
    slow_share: float = 0.08

    def settled_share(self, seated_s: Array) -> Array:
        return 1 - self.slow_share * np.exp(-np.maximum(seated_s, 0.0) / self.slow_s)
