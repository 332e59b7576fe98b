"""The sensor sheet under its foam: what it does to the skin, to the sensor's force, and to the load that is reported.

Oracles: the FSR 402's own sheet (0.1 to 10 N); published seat pressures, of which the ranges below are round figures;
`cushion.core.calibration`, the code that runs on the chip. The finite-element model is hardware/analog/foam.py: linear,
its moduli assumed, so it is asked for ratios only.
"""

from itertools import product
from random import Random

import pytest

from cushion.core.calibration import Calibration, conductance_ns, ns_of_ohm
from cushion.drivers.profiles import PROFILES
from hardware.analog import foam, stack
from hardware.circuit.circuit import BIAS_OHM

PROFILE = PROFILES["devkit-b"]
SKIN_WITHIN = 1.05
LOAD_WITHIN = 0.15
FOAM_KPA, TISSUE_KPA = (30.0, 100.0), (15.0, 50.0)
MODULI = list(product(FOAM_KPA, TISSUE_KPA))
FOAM_MM = (40.0, 60.0, 80.0)

# On foam, a seat carries 4 to 8 kPa on average, from a light to a heavy person, and 2 to 3 times that under a sitting
# bone; on a firm seat peaks of 41 kPa were reported. A thigh carries about half the average.
KG, MEAN_KPA = (45.0, 140.0), (4.0, 8.0)
PEAK_OVER_MEAN = (2.0, 3.2)
FIRM_PEAK_KPA = 41.0
LEANS = (0.5, 0.75, 1.25, 1.5)  # of what a zone carries in the calibrated sit


@pytest.fixture(scope="module")
def passed_on() -> dict[float, float]:
    """Foam's thickness -> how much of the bone's own pressure at the skin is left on the base under it."""
    found = {mm: foam.loads(stack.under_foam(60.0, mm, puck=False)) for mm in FOAM_MM}
    return {mm: loads.base_mean_kpa / loads.skin_mean_kpa for mm, loads in found.items()}


class TestSkin:
    @pytest.mark.parametrize(("foam_kpa", "tissue_kpa"), MODULI)
    def test_the_puck_below_the_foam_is_not_felt(self, foam_kpa, tissue_kpa):
        plain = foam.loads(stack.under_foam(foam_kpa, puck=False), tissue_kpa)
        sheet = foam.loads(stack.under_foam(foam_kpa), tissue_kpa)
        assert sheet.skin_peak_kpa < SKIN_WITHIN * plain.skin_peak_kpa

    def test_revision_a_fails_this(self):
        plain = foam.loads(stack.revision_a(FOAM_KPA[0], puck=False), TISSUE_KPA[1])
        with_puck = foam.loads(stack.revision_a(FOAM_KPA[0]), TISSUE_KPA[1])
        assert with_puck.skin_peak_kpa > 1.1 * plain.skin_peak_kpa

    @pytest.mark.parametrize("layers", [stack.under_foam(60.0), stack.revision_a(60.0)], ids=["sheet", "revision A"])
    def test_the_model_loses_no_load(self, layers):
        """Oracle: equilibrium. What presses on top comes out below."""
        assert foam.loads(layers).base_n == pytest.approx(1.0, abs=0.05)


class TestForce:
    def test_the_puck_gathers_as_much_as_the_figures_say(self):
        for foam_kpa, tissue_kpa in (MODULI[0], MODULI[-1]):
            plain = foam.loads(stack.under_foam(foam_kpa, puck=False), tissue_kpa)
            sheet = foam.loads(stack.under_foam(foam_kpa), tissue_kpa)
            assert sheet.base_mean_kpa / plain.base_mean_kpa == pytest.approx(stack.PUCK_GATHERS, rel=0.1)

    @pytest.mark.parametrize("kg", [45, 70, 100, 140])
    @pytest.mark.parametrize("foam_mm", FOAM_MM)
    def test_the_sensor_is_in_its_range_from_a_light_thigh_to_a_heavy_sitting_bone(self, kg, foam_mm, passed_on):
        low_n, high_n = stack.RANGE_N
        assert low_n < stack.force_n(mean_kpa(kg) / 2 * LEANS[0])
        peak_kpa = mean_kpa(kg) * PEAK_OVER_MEAN[1]
        assert stack.force_n(on_base_kpa(mean_kpa(kg), peak_kpa, passed_on[foam_mm]) * LEANS[-1]) < high_n

    def test_also_at_the_highest_peak_reported_on_a_firm_seat(self, passed_on):
        assert stack.force_n(on_base_kpa(mean_kpa(140), FIRM_PEAK_KPA, passed_on[40.0])) < stack.RANGE_N[1]

    def test_revision_a_fails_this(self):
        assert FIRM_PEAK_KPA * 1e-3 * stack.puck_mm2(stack.OLD_PUCK_MM) > 2 * stack.RANGE_N[1]


def mean_kpa(kg: float) -> float:
    share = (kg - KG[0]) / (KG[1] - KG[0])
    return MEAN_KPA[0] + share * (MEAN_KPA[1] - MEAN_KPA[0])


def on_base_kpa(mean: float, peak: float, passed_on: float) -> float:
    """The seat's average passes through the foam; of what the bone adds, only a part."""
    return mean + passed_on * (peak - mean)


class Zone:
    """A drawn sensor with its resistors, and the firmware's calibration of it."""

    def __init__(self, draw: Random):
        self.gain = draw.uniform(0.75, 1.25)
        self.exponent = draw.uniform(0.85, 0.95)
        self.bias_ohm = BIAS_OHM * draw.uniform(0.99, 1.01)
        self.divider_ohm = PROFILE["divider_ohm"] * draw.uniform(0.999, 1.001)
        self.calibration = Calibration()
        self.calibration.tare_ns[0] = self.firmware_ns(0.0)

    def volts(self, newton: float) -> float:
        siemens = self.gain * newton**self.exponent / stack.OHM_AT_1_N + 1 / self.bias_ohm
        ratio = siemens * self.divider_ohm
        return float(PROFILE["supply_mv"] / 1000 * ratio / (1 + ratio))

    def firmware_ns(self, newton: float) -> int:
        """By the ADC's whole millivolts."""
        g_ns = conductance_ns(
            round(self.volts(newton) * 1000) * 10, PROFILE["supply_mv"], ns_of_ohm(PROFILE["divider_ohm"])
        )
        return g_ns - ns_of_ohm(PROFILE["bias_ohm"])

    def pressure_pa(self, newton: float) -> int:
        return self.calibration.pressure_pa(0, self.firmware_ns(newton))


def test_load_relative_to_the_persons_own_sit_over_a_thousand_bodies_foams_and_sensors(passed_on):
    """Person, foam, sensor, divider, ADC, firmware. Left out: creep, the ADC's own errors, and foam that stiffens."""
    draw = Random(17)
    worst = 0.0
    for _ in range(1000):
        mean = mean_kpa(draw.uniform(*KG)) * draw.uniform(0.8, 1.2)
        peak = mean * draw.uniform(*PEAK_OVER_MEAN)
        reference_n = stack.force_n(on_base_kpa(mean, peak, passed_on[draw.choice(FOAM_MM)]))
        zone = Zone(draw)
        reference_pa = zone.pressure_pa(reference_n)
        for lean in LEANS:
            found = zone.pressure_pa(lean * reference_n) / reference_pa
            worst = max(worst, abs(found / lean - 1))
    assert 0.05 < worst < LOAD_WITHIN


def test_a_zone_calibrated_with_its_wire_off_would_be_seen():
    zone = Zone(Random(1))
    zone.calibration.tare_ns[0] = -ns_of_ohm(PROFILE["bias_ohm"])
    assert abs(zone.pressure_pa(1.0) / zone.pressure_pa(2.0) * 2 - 1) > LOAD_WITHIN
