"""What asks for a break, and what holds a prompt back now: each gate at both sides of its edge.

All of it through the engine's own step, from voltages on. The numbers are those of core/README.md: limits of 1200 s of
dose and 1800 s of sitting, and so on; what a test expects was worked out by hand.
"""

from sitter import Sitter, due

from cushion.core import records
from cushion.core.records import CAUSE_DOSE, CAUSE_TIME, SIDE_BOTH, SIDE_LEFT, SIDE_RIGHT, STATE_UNKNOWN

QUIET, MUTED, VEHICLE, LOW_BATTERY, OBJECT = 1, 2, 4, 8, 16
SHORT, TRIPLE = 1, 3
PROMPT_AT_100 = [(100, 1, SIDE_LEFT, CAUSE_DOSE)]


def test_the_loads_are_those_that_were_asked_for():
    sitter = Sitter()
    for u in (60, 99, 100, 299, 300, 699, 700, 1000, 2500):
        sitter.sit(1, u, u - 1, u, stirs=False)
        assert [zone.u for zone in sitter.engine.sensing.zones] == [u, u - 1, u, u]
        assert (sitter.decisions.left.u, sitter.decisions.right.u) == (u, u - 1)


# What asks for a break.


def test_a_dose_at_its_limit_asks_on_its_side():
    sitter = due().sit(99)
    assert sitter.prompts() == []
    assert sitter.sit(1).of(records.PROMPT) == [
        (100, 1, 1, SIDE_LEFT, CAUSE_DOSE, 120000, 10000, 100, 1200, 1200, 1800)
    ]
    assert Sitter(0, 1100).sit(100).prompts() == [(100, 1, SIDE_RIGHT, CAUSE_DOSE)]
    assert Sitter(1100, 1100).sit(100).prompts() == [(100, 1, SIDE_BOTH, CAUSE_DOSE)]
    assert Sitter(1099.99, 1100).sit(100).prompts() == [(100, 1, SIDE_RIGHT, CAUSE_DOSE)]


def test_seated_time_at_its_limit_asks_on_both_sides():
    assert Sitter(seated_s=1700).sit(99).prompts() == []
    assert Sitter(seated_s=1700).sit(100).prompts() == [(100, 1, SIDE_BOTH, CAUSE_TIME)]
    assert Sitter(1100, seated_s=1700).sit(100).prompts() == PROMPT_AT_100  # dose goes before time


def test_each_limit_is_the_one_that_was_set():
    assert Sitter(200, left_dose_limit_s=300).sit(100).prompts() == PROMPT_AT_100
    assert Sitter(0, 200, right_dose_limit_s=300).sit(100).prompts() == [(100, 1, SIDE_RIGHT, CAUSE_DOSE)]
    assert Sitter(seated_s=500, seated_limit_s=600).sit(100).prompts() == [(100, 1, SIDE_BOTH, CAUSE_TIME)]


def test_a_side_nobody_can_see_is_not_asked_for():
    sitter = Sitter(1500).sit(100, left=-1)
    assert sitter.prompts() == []
    assert sitter.sit(1).prompts() == [(101, 1, SIDE_LEFT, CAUSE_DOSE)]


# What holds it back.


def test_settling():
    assert Sitter(1500, settling_s=60).sit(59).prompts() == []
    assert Sitter(1500, settling_s=60).sit(60).prompts() == [(60, 1, SIDE_LEFT, CAUSE_DOSE)]
    sitter = Sitter(1500, settling_s=60).sit(60).stand(10)
    assert sitter.wait(59).sit(1).press(SHORT).suppressed() == []  # the second bout settles, too


def test_what_never_stirred_is_nobody_yet():
    assert Sitter(1500).sit(100, stirs=False).prompts() == []
    # Slots of ten seconds from the 31st on: two with a movement are a bump, three within two minutes a body.
    assert Sitter(1500).sit(41).sit(200, stirs=False).prompts() == []
    assert Sitter(1500).sit(60).prompts() == [(60, 1, SIDE_LEFT, CAUSE_DOSE)]


def test_mute():
    sitter = due().press(TRIPLE).sit(150)
    assert sitter.prompts() == [] and sitter.suppressed() == [(100, CAUSE_DOSE, SIDE_LEFT, MUTED)]
    assert sitter.press(TRIPLE).sit(59).prompts() == []  # nothing vibrates in the first minute after it
    assert sitter.sit(1).prompts() == [(210, 1, SIDE_LEFT, CAUSE_DOSE)]


def test_a_mute_ends_by_itself():
    sitter = due(mute_s=600).sit(50).press(TRIPLE).sit(659)
    assert sitter.prompts() == []
    assert sitter.sit(1).prompts() == [(710, 1, SIDE_LEFT, CAUSE_DOSE)]


def test_quiet_hours():
    assert due().sit(99).sit(1, minute=1319).prompts() == PROMPT_AT_100
    sitter = due().sit(99).sit(1, minute=1320).sit(1, minute=0).sit(1, minute=419)
    assert sitter.prompts() == [] and sitter.suppressed() == [(100, CAUSE_DOSE, SIDE_LEFT, QUIET)]
    assert sitter.sit(1, minute=420).prompts() == [(103, 1, SIDE_LEFT, CAUSE_DOSE)]
    sitter = due(quiet_from_min=600, quiet_to_min=601).sit(99).sit(1, minute=600)
    assert sitter.prompts() == []
    assert sitter.sit(1, minute=601).prompts() == [(101, 1, SIDE_LEFT, CAUSE_DOSE)]


def test_no_quiet_hours_while_the_clock_is_unknown():
    assert due().sit(99).sit(1, minute=-1).prompts() == PROMPT_AT_100


def test_vehicle_mode():
    sitter = due(vehicle_mode=1).sit(150)
    assert sitter.prompts() == [] and sitter.suppressed() == [(100, CAUSE_DOSE, SIDE_LEFT, VEHICLE)]


def test_a_low_battery():
    sitter = due().sit(99).wait(1)
    assert sitter.prompts() == [] and sitter.suppressed() == [(100, CAUSE_DOSE, SIDE_LEFT, LOW_BATTERY)]
    assert sitter.sit(1).prompts() == [(101, 1, SIDE_LEFT, CAUSE_DOSE)]


def test_an_object():
    # Second 60 stirs, the last of a slot; the person leaves in second 62, and within a second the thing lies there.
    sitter = Sitter(1500).wait(61).stand(1).wait(607, stirs=False)
    sitter.sit(21, stirs=False, low_battery=True)
    assert sitter.prompts() == [] and sitter.of(records.OBJECT) == [(660, 1, 600000)]


def test_who_sat_and_is_still_for_ten_minutes_is_neither_person_nor_thing_until_a_stir():
    # Second 61 stirs back, in the slot that ends with second 70.
    sitter = Sitter(1500).wait(61).wait(609, stirs=False)
    assert sitter.of(records.OBJECT) == [] and sitter.of(records.STOOD) == [(670, 1000, 669000, 216900, 66900, 1)]
    assert sitter.decisions.state() == STATE_UNKNOWN
    doses = sitter.decisions.left.dose.cs
    assert sitter.sit(300, stirs=False).prompts() == [] and sitter.decisions.left.dose.cs == doses
    # Seconds 980, 981 and 1000 stir, in three slots: a bout that begins with the first of them.
    assert sitter.sit(29).prompts() == [] and len(sitter.of(records.SAT)) == 1
    assert sitter.sit(1).prompts() == [(1000, 1, SIDE_LEFT, CAUSE_DOSE)]
    assert sitter.of(records.SAT)[1:] == [(1000, 30000)] and sitter.of(records.BREAK) == []


def test_what_has_not_stirred_for_three_minutes_may_be_a_thing_by_now():
    assert Sitter(1500).wait(61).wait(187, stirs=False).sit(1, stirs=False).prompts() == [
        (249, 1, SIDE_LEFT, CAUSE_DOSE)
    ]
    still = Sitter(1500).wait(61).wait(188, stirs=False).sit(100, stirs=False)
    assert still.prompts() == [] and still.sit(90).prompts() == [(380, 1, SIDE_LEFT, CAUSE_DOSE)]


def test_reasons_are_logged_when_they_change():
    sitter = due().press(TRIPLE).sit(99).wait(2).sit(1, minute=0).sit(1)
    assert [why for _, _, _, why in sitter.suppressed()] == [MUTED + LOW_BATTERY, MUTED + QUIET, MUTED]


def test_presence_that_is_unknown():
    assert Sitter(1500).wait(60).blind(4, low_battery=True).blind(1).prompts() == [(65, 1, SIDE_LEFT, CAUSE_DOSE)]
    sitter = Sitter(1500).wait(60).blind(5, low_battery=True).blind(1).sit(33)
    assert sitter.prompts() == []  # a new bout, that has to settle and to stir
    assert sitter.sit(50).prompts() == [(146, 1, SIDE_LEFT, CAUSE_DOSE)]


def test_presence_that_is_not_believed():
    """Nothing but one zone that never moved since the start: a stuck sensor."""
    sitter = Sitter(1500).sit(60, left=2000, right=0, thighs=0, stirs=False)
    assert sitter.prompts() == [] and sitter.of(records.SAT) == []


def test_getting_up():
    assert due().sit(99).sit(1, ends=0).prompts() == []
    assert due().sit(99).sit(1, ends=150).prompts() == []  # even the thighs have lost half
    assert due().sit(99).sit(1, ends=300).prompts() == PROMPT_AT_100  # they have not


def test_off_loaded_now():
    sitter = Sitter(1500).wait(90).sit(1, 299, 299).sit(1, 399, 399)
    assert sitter.prompts() == []
    assert sitter.sit(1, 400, 399).prompts() == [(93, 1, SIDE_LEFT, CAUSE_DOSE)]
    assert Sitter(1500).wait(90).sit(1, 299, 300).prompts() == [(91, 1, SIDE_LEFT, CAUSE_DOSE)]


def test_off_loaded_for_half_a_minute_past_the_time_limit_asks_to_stand_up():
    sitter = Sitter(1500, 0, 1800).wait(60).wait(28, left=299, right=299).sit(1, left=299, right=299)
    assert sitter.prompts() == []
    assert sitter.sit(1, left=299, right=299).prompts() == [(90, 1, SIDE_BOTH, CAUSE_TIME)]
    perched = Sitter(0, 0, 1700).wait(99, left=250, right=250).sit(1, left=250, right=250)
    assert perched.prompts() == [(100, 1, SIDE_BOTH, CAUSE_TIME)]


def test_a_vacant_seat():
    """What is left of a load may be a lean, foam or a thing: nobody is asked, and nobody is gone, until it stirs like
    a body.
    Who left every zone for five seconds is gone."""
    alone = {"right": 0, "thighs": 0, "stirs": False}
    sitter = Sitter(1500).wait(90).wait(4, left=319, **alone).sit(20, left=319, **alone)
    assert sitter.prompts() == [] and sitter.of(records.STOOD) == []
    assert sitter.sit(35, left=520, right=0, thighs=0).prompts() == []
    # Thirty seconds of settling, and three slots in which it stirs, in seconds 121, 140 and 141.
    assert sitter.sit(1, left=520, right=0, thighs=0).prompts() == [(150, 1, SIDE_LEFT, CAUSE_DOSE)]
    sitter = Sitter(1500).wait(90).sit(5, left=0, **alone)
    assert sitter.prompts() == [] and sitter.of(records.STOOD, 0, 2) == [(95, 5000, 90000)]
