"""The second phase of the guided calibration: what a neutral sit gives, and which sits are none."""

from capturing import captured, mine

from cushion.core import capture

RESTLESS = "you moved too much; sit still for three minutes and start again"
NO_LOAD = "there is no load under the {}; sit back, upright, and start again"
UNEVEN = "nearly all the load is under the {}; sit evenly and start again"
TOO_HIGH = "the load is too high for a person; check that the sensors lie flat and start again"


def neutral(loads_pa, step_pa=0, more_pa=(0, 0, 0, 0), calibration=None, seconds=210):
    """Half a minute of next to nothing, then three of these loads in no order: the 90 values below and the 89 above the
    median lie `step_pa` apart; those at the 90th percentile or above are `more_pa` of their zone higher."""

    def level(second, zone):
        if second < 30:
            return second
        rank = (second - 30) * 7 % 180
        return loads_pa[zone] + (rank - 90) * step_pa + (more_pa[zone] if rank >= 162 else 0)

    return captured(capture.SEATED, seconds, level, calibration)


def brief(loads_pa):
    """The last two seconds of a sit."""
    return captured(capture.SEATED, 2, lambda _, zone: loads_pa[zone], left_s=2)


def test_a_neutral_sit_settles_for_half_a_minute_and_gives_medians_of_three_as_references():
    loads_pa = (5000, 6000, 3000, 4000)
    assert neutral(loads_pa, seconds=209).left_s == 1
    taking = neutral(loads_pa, step_pa=1, calibration=mine())
    assert (taking.state, taking.left_s, taking.why) == (capture.DONE, 0, "")
    result = taking.result
    assert (result.ref_pa, result.calibrated) == ([5000, 6000, 3000, 4000], True)
    assert (result.tare_ns, result.gain_pa_per_us) == ([11, 22, 33, 44], [70, 71, 72, 73])
    assert result.auto_tare_ns == [0] * 4


def test_references_are_clamped():
    assert brief((21000, 21000, 300, 0)).result.ref_pa == [20000, 20000, 1500, 1500]


def test_sitting_bones_may_swing_by_two_fifths_of_their_load_and_thighs_by_more():
    # From the 10th to the 90th percentile, rank 18 to 162: 144 · 20 Pa are 40 % of 7200 Pa.
    for more_pa, why in (((0, 0, 9, 9), ""), ((1, 0, 0, 0), RESTLESS), ((0, 1, 0, 0), RESTLESS)):
        assert neutral((7200,) * 4, 20, more_pa).why == why, more_pa


def test_which_loads_are_no_neutral_sit():
    for loads_pa, why in (
        ((750, 750, 0, 0), ""),
        ((749, 750, 0, 0), NO_LOAD.format("left sitting bone")),
        ((750, 749, 0, 0), NO_LOAD.format("right sitting bone")),
        ((400, 300, 0, 0), NO_LOAD.format("right sitting bone")),
        ((300, 400, 0, 0), NO_LOAD.format("left sitting bone")),
        ((0, 0, 9000, 9000), NO_LOAD.format("right sitting bone")),
        ((9000, 700, 0, 0), NO_LOAD.format("right sitting bone")),
        ((3000, 750, 0, 0), ""),
        ((8000, 2000, 0, 0), ""),
        ((2000, 8000, 0, 0), ""),
        ((8001, 2000, 0, 0), UNEVEN.format("left sitting bone")),
        ((2000, 8001, 0, 0), UNEVEN.format("right sitting bone")),
        ((40000, 40000, 40000, 40000), ""),
        ((20000, 20000, 0, 40000), ""),
        ((40001, 30000, 0, 0), TOO_HIGH),
        ((30000, 40001, 0, 0), TOO_HIGH),
        ((20000, 20000, 40001, 0), TOO_HIGH),
        ((20000, 20000, 0, 40001), TOO_HIGH),
        ((300, 50000, 0, 0), NO_LOAD.format("left sitting bone")),
        ((9000, 50000, 0, 0), UNEVEN.format("right sitting bone")),
    ):
        taking = brief(loads_pa)
        assert (taking.why, taking.state) == (why, "refused" if why else "done"), loads_pa
