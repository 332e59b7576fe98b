"""The battery variant's power path in SPICE, swept over what USB, cables, chargers and packs can be.

What must hold is written down in `powerpath.problems`: no current into the pack but the charger's, 3V3 driven by the
module alone, the firmware's USB flag right, none through a pack the wrong way round, no charge too cold or hot, nothing
while switched off. Each guard is proven by a mistake that breaks it.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

from hardware.analog import powerpath, spice
from hardware.analog.powerpath import Case, problems, run
from hardware.circuit import battery
from tests.hardware.tools import need_ngspice

USUAL = Case(5.0, 3.3, 0.02, 0.1, 3.7)
WEAK = Case(4.4, 3.3, 0.4, 0.5, 3.7)
TURNED = Case(5.25, 3.3, 0.02, 0.1, -4.2)
HOT = USUAL._replace(ntc="hot")
FROST = USUAL._replace(ntc="frost")
OFF = USUAL._replace(switched_on=False)


def found(case: Case, **mistake) -> list[str]:
    return problems(case, *run(case, **mistake))


def wire(ref: str, one: str, two: str) -> dict:
    return {"without": {ref}, "extra": [f"Rwire {one} {two} 10m"]}


# what was done wrong -> (where it shows, the mistake, what is said)
MISTAKES: dict[str, tuple[Case, dict, str]] = {
    "R28 and R29 swapped": (WEAK, {"values": {"R28": 6800, "R29": 3900}}, "flag"),
    "R28 and R29 ten times as large": (USUAL, {"values": {"R28": 39e3, "R29": 68e3}}, "flag"),
    "Q7 a wire": (TURNED, wire("Q7", "pack_fused", "path"), "pads saw"),
    "Q7 turned round": (
        TURNED,
        {
            "without": {"Q7"},
            "extra": ["Mwrong path path_gate pack_fused pack_fused pmos", "Dwrong path pack_fused body"],
        },
        "reversed pack",
    ),
    "Q5 a wire": (OFF, wire("Q5", "path", "bat"), "switched off"),
    "Q6 missing": (USUAL, {"without": {"Q6"}}, "3V3 is 0.00"),
    "R24 missing": (HOT, {"without": {"R24"}}, "charge at hot"),
    "R25 missing": (USUAL, {"without": {"R25"}}, "isn't charged"),
    "U4 missing": (HOT, {"without": {"U4"}}, "charge at hot"),
    "R30 of 10 kohm": (HOT, {"values": {"R30": 10e3}}, "charge at hot"),
    "R30 of 100 kohm": (FROST, {"values": {"R30": 100e3}}, "charge at frost"),
    "a diode from USB to the pack, like revision A's path": (
        USUAL,
        {"extra": ["Dwrong usb_5v bat schottky"]},
        "beside the charger",
    ),
    "a second regulator": (
        USUAL,
        {"extra": ["Vwrong second 0 3.35", "Rwrong second 3v3 0.05"]},
        "something else drives",
    ),
}


class TestSweep:
    @pytest.mark.slow
    def test_everything_holds_in_every_corner(self):
        need_ngspice()
        cases = powerpath.sweep()
        assert len(cases) > 200
        with ThreadPoolExecutor(2) as pool:
            wrong = {case: said for case, said in zip(cases, pool.map(found, cases), strict=True) if said}
        assert not wrong

    @pytest.mark.parametrize("case", [USUAL, WEAK, TURNED, HOT, FROST, OFF])
    def test_it_holds_where_the_mistakes_show(self, case):
        need_ngspice()
        assert not found(case)

    @pytest.mark.parametrize("name", MISTAKES)
    def test_a_mistake_is_seen(self, name):
        need_ngspice()
        case, mistake, said = MISTAKES[name]
        assert any(said in problem for problem in found(case, **mistake))

    def test_a_second_pack_turned_round_while_usb_is_in_meets_an_open_path(self):
        """Without a pack its NTC is missing, which reads as cold. The pack's plug carries both."""
        need_ngspice()
        case = Case(5.25, 3.3, 0.02, 0.1, 4.2, turned=True)
        phases, lowest_v = run(case)
        assert not problems(case, phases, lowest_v)
        assert lowest_v > -0.1
        rows = {row.ref: row.pins for row in battery.circuit()}
        assert set(rows["J2"].values()) == {"PACK", "NTC", "GND"}

    def test_a_full_pack_is_not_overcharged(self):
        need_ngspice()
        phases, _ = run(USUAL._replace(cell_v=4.2))
        assert all(phase.pack_a < 5e-3 for phase in phases.values())


def test_the_temperatures_between_which_the_pack_is_charged():
    """By the resistors and the NTC's table. Oracle: Murata's table of the 10 kohm NCP15XH103, B 3380, from memory."""
    ohms = {row.ref: spice.element(row, {}, {})[0].split()[-1] for row in battery.circuit() if row.symbol == "R"}
    top, r31, r32, r33 = (float(ohms[ref]) for ref in ("R30", "R31", "R32", "R33"))
    all_ohm = r31 + r32 + r33
    cold_part, hot_part = (r32 + r33) / all_ohm, r33 / all_ohm
    cold_ohm, hot_ohm = (top * part / (1 - part) for part in (cold_part, hot_part))
    at_0, at_5, at_40, at_45 = 27219, 22021, 5834, 4917
    assert at_5 < cold_ohm < at_0
    assert at_45 < hot_ohm < at_40
