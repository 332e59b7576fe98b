"""What re-arms a prompt, relieves, raises and ends it: each at both sides of its edge.

All of it through the engine's own step, from voltages on. The numbers are those of core/README.md: off-loaded for 3 s,
a break of 120 s and half a limit, levels after 120 s and 300 s, and so on; what a test expects was worked out by hand.
"""

from sitter import Sitter, prompted

from cushion.core import records
from cushion.core.records import CAUSE_DOSE, CAUSE_TIME, SIDE_BOTH, SIDE_LEFT

BREAK, PARTIAL, SHIFT, MISSED, SNOOZED, SUPPRESSED = 1, 2, 3, 4, 5, 6
QUIET, MUTED, VEHICLE, LOW_BATTERY, OBJECT, UNKNOWN = 1, 2, 4, 8, 16, 32
SHORT, DOUBLE, TRIPLE = 1, 2, 3


# What lets it come again in full.


def after_a_break(away_s, left_s, right_s=0):
    """Prompted, which the battery ended, and up for so long; the doses are put where they are to be at its end."""
    sitter = prompted(recovery_tau_s=300).wait(1).stand(away_s - 1)
    # A second off it takes a 300th: of 602 s that is 2 s.
    return sitter.dose(left_s * 301 / 300, right_s * 301 / 300).stand(1).dose(1500).sit(85)


def test_a_verified_break_and_half_the_limit_re_arm():
    """Sat down again in second 221; the third slot with a movement ends with second 301."""
    for away_s, left_s, right_s, is_armed in (
        (120, 600, 0, True), (119, 600, 0, False), (120, 600.01, 0, False), (120, 1188, 0, False),
        (120, 0, 600, True), (120, 0, 600.01, False),
    ):  # fmt: skip
        again = [(301, 1, SIDE_LEFT, CAUSE_DOSE)] if is_armed else []
        assert after_a_break(away_s, left_s, right_s).prompts()[1:] == again, (away_s, left_s, right_s)


def test_half_the_limit_may_come_later_than_the_break():
    sitter = prompted(recovery_tau_s=300).stand(120).dose(900).stand(10).dose(602).stand(1).dose(1500).sit(90)
    assert sitter.outcomes() == [(220, BREAK, 1, 1, 0)]
    assert [second for second, _, _, _ in sitter.prompts()] == [100, 321]


def test_what_was_re_armed_rises_again():
    sitter = after_a_break(120, 600).sit(160)
    assert sitter.buzzes[1:] == [(301, 1, SIDE_LEFT), (421, 2, SIDE_LEFT)]


def test_without_a_break_it_comes_back_gently():
    sitter = prompted().wait(1).skip(599).sit(421)
    assert sitter.prompts()[1:] == [(701, 1, SIDE_LEFT, CAUSE_DOSE)]
    assert sitter.outcomes()[1:] == [(1121, MISSED, 1, 0, 0)]


# What relieves it.


def test_three_seconds_off_cancel_it():
    assert prompted().sit(2, 299, 299).sit(1).cancels == []
    assert prompted().sit(3, 299, 299).cancels == [103]
    assert prompted().sit(1, 299, 299).sit(2, 399, 399).cancels == [103]
    assert prompted().sit(9, 299, 300).cancels == []  # one side carries on
    assert prompted().stand(60).cancels == [103]


def test_a_shift_of_fifteen_seconds_is_one():
    for seconds, outcome in ((14, MISSED), (15, SHIFT)):
        sitter = prompted().sit(seconds, left=500).sit(420 - seconds)
        assert sitter.outcomes() == [(520, outcome, 3, 0, 0)]


# What raises it.


def test_the_second_level_after_two_minutes_the_third_after_five_on_both_sides():
    sitter = prompted().sit(419)
    assert sitter.buzzes == [(100, 1, SIDE_LEFT), (220, 2, SIDE_LEFT), (400, 3, SIDE_BOTH)]
    assert sitter.prompts() == [(s, level, side, CAUSE_DOSE) for s, level, side in sitter.buzzes]
    assert sitter.outcomes() == []


def test_no_level_while_off_loaded():
    sitter = prompted().dose(1500).sit(110).sit(20, 350, 299).sit(20, 299, 299)
    assert sitter.buzzes[1:] == [(220, 2, SIDE_LEFT)]
    sitter = prompted().dose(1500).sit(110).sit(20, 299, 299)
    assert sitter.buzzes[1:] == []
    assert sitter.sit(1).buzzes[1:] == [(231, 2, SIDE_LEFT)]


def test_no_level_once_a_short_relief_took_enough_off():
    assert prompted().sit(119).dose(1198.99).sit(2).buzzes[1:] == [(221, 2, SIDE_LEFT)]
    assert prompted().sit(119).dose(1190).sit(2).buzzes[1:] == []
    assert prompted(seated_limit_s=600).dose(0).sit(401).buzzes[1:] == []


def test_time_alone_raises_it_too():
    sitter = Sitter(seated_s=1700).sit(220)
    assert sitter.prompts() == [(100, 1, SIDE_BOTH, CAUSE_TIME), (220, 2, SIDE_BOTH, CAUSE_TIME)]


def test_who_is_to_stand_up_is_asked_once_and_only_leaving_answers():
    sitter = Sitter(0, 0, 1700).sit(520, 250, 250)
    assert sitter.buzzes == [(100, 1, SIDE_BOTH)] and sitter.cancels == []
    assert sitter.outcomes() == [(520, MISSED, 1, 0, 0)]
    sitter = Sitter(0, 0, 1700).sit(110, 250, 250).stand(4)
    assert sitter.cancels == []
    assert sitter.stand(1).cancels == [115]  # the seat is known to be empty, since second 111
    assert sitter.stand(115).outcomes() == [(230, BREAK, 1, 10000, 0)]


# What ends it.


def test_a_verified_break_ends_it():
    sitter = prompted().sit(10).stand(119)
    assert sitter.outcomes() == []
    assert sitter.stand(1).outcomes() == [(230, BREAK, 1, 10000, 0)]


def test_a_break_is_as_long_as_was_set_and_bears_blips():
    assert prompted(verified_break_s=60).stand(59).outcomes() == []
    assert prompted(verified_break_s=60).stand(60).outcomes() == [(160, BREAK, 1, 1, 0)]
    assert prompted().stand(60).sit(2).stand(60).outcomes() == [(222, BREAK, 1, 1, 0)]


def test_off_loaded_for_thirty_seconds_ends_it_in_part():
    assert prompted().sit(9).sit(30, 299, 299).sit(1).outcomes() == [(140, PARTIAL, 1, 9000, 0)]
    assert prompted().sit(9).sit(29, 299, 299).sit(1).outcomes() == []
    assert prompted().sit(9).stand(40).sit(3).outcomes() == [(152, PARTIAL, 1, 9000, 0)]


def test_off_loaded_for_ten_minutes_ends_it_in_part():
    sitter = prompted(seated_limit_s=3600).sit(599, 250, 250)
    assert sitter.outcomes() == []
    assert sitter.sit(1, 250, 250).outcomes() == [(700, PARTIAL, 1, 1, 0)]


def test_seven_minutes_without_any_answer():
    assert prompted().sit(419).outcomes() == []
    assert prompted().sit(420).outcomes() == [(520, MISSED, 3, 0, 0)]


def test_a_snooze_ends_it():
    sitter = prompted().sit(10).press(SHORT).sit(1)
    assert sitter.outcomes() == [(111, SNOOZED, 1, 0, 0)]
    assert sitter.skip(597).sit(1).buzzes[1:] == []
    assert sitter.sit(1).buzzes[1:] == [(710, 1, SIDE_LEFT)]


def test_what_holds_a_prompt_back_ends_it_and_stops_the_motors():
    for why, how in (
        (QUIET, lambda sitter: sitter.sit(1, minute=0)),
        (MUTED, lambda sitter: sitter.press(TRIPLE).sit(1)),
        (LOW_BATTERY, lambda sitter: sitter.wait(1)),
        (UNKNOWN, lambda sitter: sitter.decide(5001)),
        (VEHICLE, lambda sitter: (sitter.engine.settings.change("vehicle_mode", 1, 0), sitter.sit(1))),
    ):  # fmt: skip
        sitter = prompted().sit(10)
        how(sitter)
        assert sitter.outcomes() == [(sitter.second, SUPPRESSED, 1, 0, why)]
        assert sitter.cancels == [sitter.second]


def test_an_object_ends_it():
    """Who left a light thing behind has been relieved for ten minutes before it is known to be one."""
    sitter = prompted().sit(1).sit(10, 299, 299).stand(1).sit(620, 299, 299, stirs=False)
    assert sitter.outcomes() == [(701, PARTIAL, 1, 1000, 0)] and sitter.of(records.OBJECT) == [(710, 1, 600000)]
    assert sitter.of(records.SHIFT) == []


def test_the_mark_of_pain_changes_nothing():
    sitter = prompted().press(DOUBLE).sit(121)
    assert sitter.buzzes[1:] == [(220, 2, SIDE_LEFT)] and sitter.outcomes() == []
    assert sitter.of(records.SYMPTOM) == [(101, 120000, 10000, 100, 2)]
