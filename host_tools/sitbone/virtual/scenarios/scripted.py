"""What all scenarios share: hours of sits and breaks, drawn anew each time."""

from __future__ import annotations

import numpy as np

from ..sitter import Person


class Scripted(Person):
    """Comes after 40 s; sits and breaks are drawn anew each time, log-uniformly."""

    sit_s = (30.0, 1200.0)
    break_s = (8.0, 360.0)

    def arrive(self) -> None:
        self.plan(40_000, self.sit_down)

    def drawn_ms(self, between_s: tuple[float, float]) -> float:
        return float(1000 * np.exp(self.rng.uniform(*np.log(between_s))))

    def sat(self, t_ms: int) -> None:
        self.plan_seated(t_ms + self.drawn_ms(self.sit_s), self.leave)

    def leave(self, t_ms: int) -> None:
        self.stand_for(t_ms, self.drawn_ms(self.break_s))
