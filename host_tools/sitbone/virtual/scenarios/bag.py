"""A bag of 7 kg is left on the seat between sits, for 15 to 25 minutes."""

import numpy as np

from .scripted import Scripted


class Bag(Scripted):
    mass_kg = 75.0

    def leave(self, t_ms: int) -> None:
        self.stand_up(t_ms)
        self.plan(t_ms + self.rng.uniform(20_000, 60_000), self._put)

    def _put(self, t_ms: int) -> None:
        self.tell(t_ms, "bag", on=True)
        self._loaded_from_ms.append(t_ms)
        self._still_breath, self.breath = self.breath, 0.0
        self._add_target(t_ms, np.array([1.6, 1.4, 1.3, 1.2]) * self.rng.lognormal(0.0, 0.3, 4))
        self.plan(t_ms + self.rng.uniform(900_000, 1_500_000), self._take)

    def _take(self, t_ms: int) -> None:
        self.tell(t_ms, "bag", on=False)
        self._add_target(t_ms, np.zeros(4))
        self.breath = self._still_breath
        self.plan(t_ms + self.drawn_ms((15.0, 200.0)), self.sit_down)
