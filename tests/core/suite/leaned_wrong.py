"""The calibration's leans: wires that don't lie where they should, and leans that are none."""

from capturing import BONES_AND_THIGHS
from leaner import leaned

from cushion.core.records import FROZEN, MISSING, OK

WEAK = {"left": (125, 75, 105, 95), "right": (75, 125, 95, 105)}
TOO_LITTLE = "a lean moved too little load; lean over until the other sitting bone is nearly free, and start again"


def test_swapped_wires_are_named():
    lies = "{} lies under the {}"
    left, right, thigh, other = BONES_AND_THIGHS
    for wires, said in (
        ((1, 0, 2, 3), (lies.format(right, left), lies.format(left, right))),
        ((0, 1, 3, 2), (lies.format(other, thigh), lies.format(thigh, other))),
        ((2, 1, 0, 3), (lies.format(thigh, left), lies.format(left, thigh))),
        ((3, 2, 1, 0), (lies.format(other, left), lies.format(thigh, right))),
        ((1, 0, 3, 2), (lies.format(right, left), lies.format(other, thigh))),
    ):
        taking = leaned(wires=wires)
        assert taking.state == "refused" and taking.result is None
        assert taking.why.startswith("the sensors are swapped: "), (wires, taking.why)
        assert taking.why.endswith("; correct the wires, or turn the cushion, and start again")
        assert all(part in taking.why for part in said), (wires, taking.why)


def test_a_lean_that_moves_too_little_is_refused():
    assert leaned(loads=WEAK).why == TOO_LITTLE
    assert leaned(loads={"left": (100, 100, 100, 100)}).why == TOO_LITTLE
    assert leaned(loads={"left": (150, 40, 110, 90), "right": (70, 130, 90, 110)}).why == TOO_LITTLE


def test_leans_onto_the_desk_are_refused():
    lost = {"left": (100, 10, 60, 50), "right": (10, 100, 50, 60)}
    why = leaned(loads=lost).why
    assert why.startswith("your load changed by ") and why.endswith(
        " % while you leaned; keep feet flat and hands in your lap, and start again"
    )


def test_a_faulty_sensor_ends_it_and_a_missing_reading_does_not():
    taking = leaned(off=(12, 1, FROZEN))
    assert (taking.state, taking.why) == ("refused", "the sensor of the right sitting bone is faulty; check its wiring")
    assert leaned(off=(12, 1, MISSING)).state == "done"
    assert leaned(off=(12, 1, OK)).state == "done"


def test_nobody_is_no_lean():
    nobody = {"upright": (100, 3, 100, 100)}
    assert leaned(loads=nobody).why == "there is no load under the right sitting bone; sit upright and start again"


def test_two_zones_show_their_sides_too():
    swapped = leaned(present=(True, True, False, False), wires=(1, 0, 2, 3))
    assert swapped.why.startswith("the sensors are swapped: ")


def test_bent_sensors_show_their_places_too():
    for exponent in (0.5, 1.5):
        assert leaned((exponent,) * 4, wires=(3, 2, 1, 0)).why.startswith("the sensors are swapped: ")
