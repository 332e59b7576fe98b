"""Never still: 22 movements a minute, half of them large, now and then up for two seconds."""

import numpy as np

from .scripted import Scripted


class Fidgeter(Scripted):
    fidgets_per_min = 22.0
    fidget_size = 0.12

    def fidget(self, t_ms: int) -> None:
        if self.rng.random() < 0.01:
            self._add_target(t_ms, np.zeros(4))
            self.plan_seated(t_ms + self.rng.uniform(800, 2500), self._load)
        else:
            self._load(t_ms)
