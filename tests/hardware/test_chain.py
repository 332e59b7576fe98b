"""Person, foam, sensor, divider, ADC, firmware: is the load that is reported the load that is there?

1,000 drawn bodies, foams and sensors (chain.py), each calibrated with the firmware's own leans. Left out: creep, the
ADC's own errors, foam that stiffens, shear. Nothing here was measured on a cushion.
"""

from itertools import pairwise
from random import Random

import pytest

from cushion.drivers.profiles import PROFILES
from hardware.analog import stack
from hardware.case.sizes import BODIES
from tests.hardware.chain import UPRIGHT, Cushion, Foam, Person, Sensors, beyond, leaning

WITHIN = 0.15
LEANS = [leaning(part) for part in (-0.5, -0.25, 0.25, 0.5)] + [leaning(forward=0.2)]
# What of a bone's own pressure is left on the base: test_seat.py's finite elements, rounded.
PASSED_ON = {40.0: 0.2, 60.0: 0.14}


def worst(cushion: Cushion, spread_permille: int | None = None) -> float:
    """By how much a side's reported load differs from its load in any lean, at most, as a part of it."""
    told = [cushion.loads(lean, spread_permille) for lean in LEANS]
    return max(
        abs(u / load - 1)
        for lean, both in zip(LEANS, told, strict=True)
        for u, load in zip(both, lean[:2], strict=True)
    )


def cushions(count: int, foam_mm: float) -> list[Cushion]:
    draw = Random(17)
    found = []
    for _ in range(count):
        person = Person(draw, foam_mm, PASSED_ON[foam_mm], stack.force_n)
        found.append(Cushion(person, Sensors(draw, PROFILES["devkit-b"])))
    return found


@pytest.fixture(scope="module")
def thousand():
    return cushions(1000, 40.0)


@pytest.mark.slow
class TestThousand:
    """On 40 mm of foam, as the guide says."""

    def test_the_leans_are_accepted(self, thousand):
        assert sum(bool(cushion.refused) for cushion in thousand) < 10

    def test_both_sides_loads_are_within_15_percent(self, thousand):
        errors = [worst(cushion) for cushion in thousand if not cushion.refused]
        assert max(errors) < WITHIN

    def test_without_taking_the_foams_spread_out_they_are_not(self, thousand):
        errors = [worst(cushion, 0) for cushion in thousand if not cushion.refused]
        assert sum(error > WITHIN for error in errors) > 40
        assert max(errors) > 0.2

    def test_revision_a_fails_this(self):
        """Its puck of 25 mm lay 10 mm below the skin and carried the whole peak, beyond its sensor's 10 N, without bias
        resistors: nothing that a calibration could take out."""
        draw = Random(17)
        profile = PROFILES["devkit"]
        found = [worst(Cushion(Person(draw, 10.0, 1.0, revision_a_n), Sensors(draw, profile))) for _ in range(200)]
        assert sum(error > WITHIN for error in found) > 40


def revision_a_n(kpa: float) -> float:
    return 1.3 * kpa * 1e-3 * stack.puck_mm2(stack.OLD_PUCK_MM)


class TestSpread:
    """Oracle: Boussinesq's half-space under a half-plane. Half of the load reaches below its edge, none goes lost."""

    def test_below_the_edge_it_is_half(self):
        assert beyond(0, 40) == 0.5

    def test_it_falls_with_the_distance_and_grows_with_the_foam(self):
        assert all(near > far for near, far in pairwise(beyond(mm, 40) for mm in (10, 30, 60, 120)))
        assert beyond(60, 40) < beyond(60, 60) < beyond(60, 80)
        assert beyond(60, 40) == pytest.approx(0.040, abs=0.001)
        assert beyond(60, 80) == pytest.approx(0.142, abs=0.001)

    def test_nothing_goes_lost(self):
        assert sum(Foam(60.0, BODIES[0]).on_base((4.0, 1.0, 2.0, 3.0))) == pytest.approx(10)

    def test_upright_is_one(self):
        (cushion,) = cushions(1, 40.0)
        assert cushion.loads(UPRIGHT) == pytest.approx(UPRIGHT[:2], abs=0.02)
