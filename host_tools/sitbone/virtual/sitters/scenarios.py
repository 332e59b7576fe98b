"""The cases that detection must cope with: one table of simulated people, `sitbone virtual --sitter NAME`.

Each is somebody's three hours: sits of half a minute to twenty minutes, breaks of eight seconds to six minutes,
postures and small movements in between. What a row leaves out is as in `Person`: an adult of 75 kg on an office foam
at 22 °C.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sitbone.virtual.sitters.body import Foam
from sitbone.virtual.sitters.sensor import BENCH_EXPONENTS
from sitbone.virtual.sitters.sitter import SITTERS, Fault, Person


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


class Fidgeter(Scripted):
    """Never still: 22 movements a minute, half of them large, now and then up for two seconds."""

    fidgets_per_min = 22.0
    fidget_size = 0.12

    def fidget(self, t_ms: int) -> None:
        if self.rng.random() < 0.01:
            self._add_target(t_ms, np.zeros(4))
            self.plan_seated(t_ms + self.rng.uniform(800, 2500), self._load)
        else:
            self._load(t_ms)


class Bag(Scripted):
    """A bag of 7 kg is left on the seat between sits, for 15 to 25 minutes."""

    def leave(self, t_ms: int) -> None:
        self.stand_up(t_ms)
        self.plan(t_ms + self.rng.uniform(20_000, 60_000), self._put)

    def _put(self, t_ms: int) -> None:
        self.log(t_ms, "bag", on=True)
        self._loaded_from_ms.append(t_ms)
        self._still_breath, self.breath = self.breath, 0.0
        self._add_target(t_ms, np.array([1.6, 1.4, 1.3, 1.2]) * self.rng.lognormal(0.0, 0.3, 4))
        self.plan(t_ms + self.rng.uniform(900_000, 1_500_000), self._take)

    def _take(self, t_ms: int) -> None:
        self.log(t_ms, "bag", on=False)
        self._add_target(t_ms, np.zeros(4))
        self.breath = self._still_breath
        self.plan(t_ms + self.drawn_ms((15.0, 200.0)), self.sit_down)


def _case(text: str, **differs: Any) -> type[Scripted]:
    """A person who differs from `Scripted` in these attributes."""
    return type("Case", (Scripted,), {"__doc__": text, **differs})


_COLD = Foam(fast_s=0.6, slow_s=90.0, slow_share=0.12)
_HOT = Foam(fast_s=0.15, slow_s=20.0, slow_share=0.08)
_CREEPING = Foam(fast_s=0.3, slow_s=180.0, slow_share=0.15)
_MEMORY = Foam(fast_s=0.8, slow_s=25.0, slow_share=0.33)
_FORWARD = {"off both sitting bones": 0.7, "leaning forward": 0.3}
_PERCHED = {"perched left": 0.5, "perched right": 0.5}
_FEET_UP = {"feet up": 0.8, "leaning back": 0.2}
_WITHOUT_THIGHS = {"leaning left": 0.3, "leaning right": 0.3, "leaning back": 0.2, "leaning forward": 0.2}

SCENARIOS: dict[str, type[Scripted]] = {
    "adult": _case("An adult of 75 kg, nothing special."),
    "forward": _case("Leans forward off both sitting bones, again and again.", shift_every_min=1.5, postures=_FORWARD),
    "perching": _case(
        "Perches on one side, the other sitting bone off the cushion.",
        shift_every_min=2.0,
        shift_s=(20.0, 300.0),
        postures=_PERCHED,
    ),
    "feet-up": _case(
        "Puts the feet up: thighs off the cushion.", shift_every_min=1.5, shift_s=(60.0, 600.0), postures=_FEET_UP
    ),
    "child": _case("A child of 22 kg.", mass_kg=22.0, fidgets_per_min=10.0),
    "light": _case("A person of 45 kg.", mass_kg=45.0),
    "heavy": _case("A person of 140 kg.", mass_kg=140.0),
    "slow-foam": _case("Memory foam: a third of the load arrives over a minute.", foam=_MEMORY),
    "creep": _case(
        "Sits for up to an hour on sensors and foam that creep by 15 % and more.", sit_s=(900.0, 3600.0), foam=_CREEPING
    ),
    "fidgeter": Fidgeter,
    "still": _case(
        "Hardly moves: two small movements a minute.",
        fidgets_per_min=2.0,
        shift_every_min=15.0,
        sit_s=(120.0, 2400.0),
    ),
    "cold": _case("10 °C: stiff foam, insensitive sensors.", temperature_c=10.0, foam=_COLD),
    "hot": _case("40 °C: soft foam, sensitive sensors.", temperature_c=40.0, foam=_HOT),
    "two-zones": _case("A cushion without thigh zones.", missing_zones=(2, 3), postures=_WITHOUT_THIGHS),
    "dead-zone": _case("The left sitting bone's sensor is dead from the start.", fault=Fault(0, "open")),
    "stuck-high": _case("The right thigh's sensor is stuck near full scale from the start.", fault=Fault(3, "high")),
    "stuck-later": _case(
        "The right sitting bone's sensor gets stuck after half an hour.", fault=Fault(1, "stuck", 1_800_000)
    ),
    "wire-off": _case("The left sitting bone's wire comes off after half an hour.", fault=Fault(0, "open", 1_800_000)),
    "bag": Bag,
}
SITTERS.update(SCENARIOS)
# Not a scenario: detection without the leans of a calibration does not have to cope with it.
SITTERS["bent-sensors"] = _case("An adult on sensors as bent as any on a bench.", exponents=BENCH_EXPONENTS)
