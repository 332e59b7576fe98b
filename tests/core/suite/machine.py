"""The decision machine alone, fed with what was seen: what counts, what is unknown, buttons, rests, what it logs.

Steps may be long here, so that an edge is tried to the millisecond.
"""

from cushion.core import records
from cushion.core.decisions import Decisions, Seen
from cushion.core.dose import Side
from cushion.core.events import Events
from cushion.core.records import (
    DOUBLE_PRESS,
    GAP_SENSORS,
    GAP_TIME,
    LONG_PRESS,
    SHORT_PRESS,
    SIDE_LEFT,
    SIDE_RIGHT,
    TRIPLE_PRESS,
)
from cushion.core.settings import Settings

UNKNOWN, VACANT, OCCUPIED, OBJECT = 0, 1, 2, 3


class Machine:
    """``log`` holds all that was recorded, as (kind, field, …)."""

    def __init__(self, **settings):
        self.settings = Settings()
        for name in settings:
            assert self.settings.change(name, settings[name], 0) == settings[name]
        self.events = Events()
        self.decisions = Decisions(self.settings, self.events)
        self.prompter = self.decisions.prompter
        self.sitting = self.decisions.sitting
        self.seen = Seen()
        self.log = []

    def see(self, dt_ms, left=800, right=800, presence=600, **more):
        seen = self.seen
        seen.u[0], seen.u[1], seen.presence_permille = left, right, presence
        seen.unknown, seen.local_minute = more.get("unknown", 0), -1
        seen.stirred, seen.shifted = more.get("stirred", False), more.get("shifted", False)
        seen.leaving, seen.low_battery = more.get("leaving", False), more.get("low_battery", False)
        self.decisions.step(dt_ms, seen)
        return self.drain()

    def lose(self, dt_ms, why=GAP_TIME):
        return self.see(dt_ms, unknown=why)

    def leave(self, dt_ms):
        return self.see(dt_ms, 0, 0, 0)

    def swap(self):
        """Whoever was here has left, and a thing has come, within 10 ms."""
        return self.leave(10)

    def press(self, gesture):
        accepted = self.decisions.press(gesture)
        self.drain()
        return accepted

    def drain(self):
        events = self.events
        for row in range(events.count):
            kind = events.kind(row)
            self.log.append((kind,) + tuple(events.values(row, records.count_of(kind))))
        events.clear()
        return self

    def dose(self, left_cs, right_cs=0):
        self.decisions.left.dose.cs, self.decisions.right.dose.cs = left_cs, right_cs
        return self

    def doses(self):
        return self.decisions.left.dose.cs, self.decisions.right.dose.cs

    def of(self, kind):
        return [row[1:] for row in self.log if row[0] == kind]


def seated(**settings):
    """Has sat for 60 s, and stirred like a body."""
    return Machine(**settings).see(3000).see(57000, stirred=True)


def test_a_new_machine_knows_nothing():
    decisions = Machine().decisions
    assert (decisions.now_s, decisions.turned, decisions.unknown_ms) == (0, False, 0)
    assert (decisions.state(), decisions.seated_s()) == (UNKNOWN, 0)
    for side, mask in ((decisions.left, 1), (decisions.right, 2)):
        assert (side.mask, side.u, side.limit_s, side.dose.cs) == (mask, -1, 1200, 0)
    assert Side(SIDE_LEFT).limit_s == 0  # until there are settings


def test_what_was_not_looked_at_shows_nothing():
    seen = Seen()
    assert (seen.unknown, seen.u, seen.presence_permille, seen.local_minute) == (0, [-1, -1], 0, -1)
    assert (seen.stirred, seen.leaving, seen.shifted, seen.low_battery) == (False, False, False, False)


def test_the_clock_counts_whole_seconds_and_keeps_the_rest():
    machine, seconds = Machine(), []
    for dt_ms in (999, 1, 1999, 1, 2500, 500):
        seconds.append(machine.see(dt_ms).decisions.now_s)
    assert seconds == [0, 1, 2, 3, 5, 6]
    assert machine.lose(600000).decisions.now_s == 606
    machine.decisions.rest(10500)
    machine.decisions.pass_unseen(10500)
    assert machine.decisions.now_s == 627


# Unknown time.


def test_unknown_time_closes_the_bout_and_is_logged_when_it_ends():
    machine = Machine().see(3000).see(57000)
    assert machine.lose(600000, GAP_TIME).log == [
        (records.SAT, 3000),
        (records.STOOD, 600000, 60000, 6000, 6000, 1),
    ]
    assert machine.decisions.turned and machine.decisions.state() == UNKNOWN
    assert machine.lose(1500, GAP_SENSORS).decisions.turned is False
    assert (machine.decisions.left.u, machine.decisions.right.u) == (-1, -1)
    assert machine.decisions.unknown_ms == 601500
    machine.log.clear()
    assert machine.see(700).log == [(records.UNKNOWN, 700, 601500, GAP_TIME)]
    assert machine.decisions.unknown_ms == 0 and machine.see(700).of(records.UNKNOWN) == [(700, 601500, GAP_TIME)]


def test_unknown_time_is_neither_load_nor_rest_nor_sitting():
    machine = seated().dose(50000, 60000).lose(4000)
    assert machine.doses() == (50000, 60000) and machine.decisions.seated_s() == 60


def test_a_count_of_unknown_time_stays_small():
    machine = Machine().lose(1 << 28).lose((1 << 28) - 1)
    assert machine.decisions.unknown_ms == (1 << 29) - 1
    assert machine.lose(1000).decisions.unknown_ms == 1 << 29


def test_unknown_time_ends_an_off_load():
    machine = seated().see(20000, 299, 299)
    assert machine.decisions.offload.run_ms == 20000
    machine.lose(6000)
    assert machine.decisions.offload.run_ms == 0
    machine.see(3000, 350, 350)
    assert machine.decisions.offload.run_ms == 0 and machine.of(records.OFFLOAD) == []


def test_of_unknown_time_pauses_count_all_and_waits_five_seconds():
    machine = seated().dose(200000).see(1000).see(1000, low_battery=True)
    assert machine.prompter.wait_left_ms() == 600000
    machine.press(TRIPLE_PRESS)
    machine.press(SHORT_PRESS)
    assert machine.prompter.wait_left_ms() == 600000
    machine.lose(400000)
    assert (machine.decisions.pauses.mute_ms, machine.decisions.pauses.snooze_ms) == (3200000, 200000)
    assert machine.prompter.wait_left_ms() == 595000
    assert machine.lose(4000).prompter.wait_left_ms() == 591000


def test_who_comes_and_goes_turns_the_state():
    machine, turned = Machine(), []
    for dt_ms, presence in ((2999, 600), (1, 600), (1000, 600), (4999, 0), (1, 0), (1000, 0)):
        turned.append(machine.see(dt_ms, presence, presence, presence).decisions.turned)
    assert turned == [False, True, False, False, True, False]


# Doses, seated time, objects, off-loads.


def test_each_side_counts_its_own_load():
    machine = seated().dose(0, 0).see(1000, 500, 700)
    assert machine.doses() == (50, 100)
    assert machine.dose(60000, 60000).see(1000, -1, 150).doses() == (
        60000,
        59503,
    )  # half of a 60th, and of what is left
    assert machine.dose(60000, 60000).see(1000, 150, -1).doses() == (59503, 60000)


def test_seated_time_counts_while_somebody_sits():
    machine = Machine().see(2999)
    assert machine.decisions.seated_s() == 0
    machine.see(1)
    assert machine.sitting.seated_ms == 3000 and machine.decisions.seated_s() == 3
    assert machine.see(1999).decisions.seated_s() == 4
    assert machine.see(1).decisions.seated_s() == 5
    machine.leave(5000)
    seated_ms = machine.sitting.seated_ms
    assert abs(seated_ms - 5000 * 115 // 120) <= 5
    assert machine.see(1000, 500, 500, 0).sitting.seated_ms == seated_ms  # a load, but nobody


def test_a_thing_takes_back_what_it_was_taken_for():
    """Somebody sat for a minute; what lies there now hasn't stirred since."""
    machine = seated().swap().see(599989)
    assert machine.decisions.state() == OCCUPIED and machine.doses() == (65997, 65997)
    assert machine.sitting.seated_ms == 659999
    machine.see(1)
    assert machine.log[1:] == [(records.STOOD, 600000, 60000, 5999, 5999, 0), (records.OBJECT, 1, 600000)]
    assert machine.decisions.state() == OBJECT and machine.decisions.turned
    assert machine.doses() == (0, 0) and machine.sitting.seated_ms == 0 and machine.sitting.away_ms == 600000
    assert machine.see(5000).sitting.away_ms == 605000 and machine.doses() == (0, 0)


def test_a_person_in_its_place_is_seen_by_the_third_stir_and_has_sat_since_the_first():
    machine = seated().swap().see(599990)
    machine.see(30000, stirred=True)
    assert machine.decisions.state() == OCCUPIED and machine.decisions.turned
    assert machine.log[3:] == [(records.OBJECT, 0, 0), (records.BREAK, 30000, 600000, 1), (records.SAT, 30000)]
    assert machine.sitting.bout_ms == machine.sitting.seated_ms == 30000
    assert machine.see(1000).decisions.seated_s() == 31


def test_a_thing_that_was_taken_away_is_none():
    machine = seated().swap().see(599990).leave(4999)
    assert machine.decisions.state() == OBJECT
    assert machine.leave(1).decisions.state() == VACANT and machine.of(records.OBJECT) == [(1, 600000), (0, 0)]
    assert len(machine.of(records.STOOD)) == 1


def test_an_off_load_of_fifteen_seconds_is_logged_by_who_sits():
    for off_ms, presence, rows in (
        (14999, 80, []),
        (15000, 80, [(500, 15000)]),
        (40000, 80, [(500, 40000)]),
        (40000, 79, []),
    ):
        machine = seated().see(off_ms, 299, 200, 100).see(500, 400, 100, presence)
        assert machine.of(records.OFFLOAD) == rows, (off_ms, presence)
    assert seated().leave(20000).see(500, 400, 400, 300).of(records.OFFLOAD) == []


# What a prompt looks at.


def prompts(machine):
    return [(row[1], row[2], row[3]) for row in machine.of(records.PROMPT)]


def test_a_limit_is_reached_to_the_centisecond():
    assert prompts(seated().dose(119998).see(10)) == []
    assert prompts(seated().dose(119999).see(10)) == [(1, SIDE_LEFT, 1)]
    assert prompts(seated().dose(0, 119999).see(10)) == [(1, SIDE_RIGHT, 1)]
    assert prompts(seated(right_dose_limit_s=300).dose(0, 29999).see(10)) == [(1, SIDE_RIGHT, 1)]


def test_a_side_that_is_up_is_due_while_its_dose_says_so():
    assert prompts(seated().dose(130000).see(10, 0, 800)) == [(1, SIDE_LEFT, 1)]
    assert prompts(seated().dose(130000).see(10, -1, 800)) == []


def test_seated_time_is_reached_to_the_millisecond():
    machine = seated(seated_limit_s=600).see(539999, stirred=True).dose(0)
    assert prompts(machine) == [] and prompts(machine.see(1)) == [(1, 3, 2)]


def test_settling_takes_its_time_to_the_millisecond():
    machine = Machine(settling_s=60).see(3000).dose(150000)
    machine.decisions.stillness.is_alive = True  # which takes a minute by itself
    machine.see(56999)
    assert prompts(machine) == [] and prompts(machine.see(1)) == [(1, SIDE_LEFT, 1)]


def test_who_is_getting_up_is_not_asked():
    machine = seated().dose(150000).see(1000, leaving=True)
    assert prompts(machine) == [] and prompts(machine.see(1000)) == [(1, SIDE_LEFT, 1)]


def test_a_break_is_verified_to_the_millisecond():
    machine = seated().leave(119999)
    assert not machine.sitting.verified
    machine.leave(1)
    assert machine.decisions.seated_s() == 0 and machine.sitting.verified
    assert seated(verified_break_s=60).leave(60000).sitting.verified


def test_half_of_both_limits_re_arms_to_the_centisecond():
    for left_cs, right_cs, is_armed in ((60000, 0, True), (60001, 0, False), (0, 15000, True), (0, 15001, False)):
        machine = seated(right_dose_limit_s=300, recovery_tau_s=300).dose(130000).see(10).see(10, low_battery=True)
        assert not machine.prompter.armed
        machine.leave(120000).dose(left_cs, right_cs).see(10, 300, 300)
        assert machine.prompter.armed == is_armed, (left_cs, right_cs)


def test_a_shift_that_was_seen_is_the_outcome():
    for shifted, outcome in ((False, 4), (True, 3)):
        machine = seated().dose(200000).see(10).see(10, shifted=shifted).see(420000)
        assert machine.of(records.OUTCOME) == [(1, outcome, 1, 0, 0)]


def test_unknown_time_ends_an_episode_and_says_so():
    machine = seated().dose(200000).see(10).lose(10)
    assert machine.of(records.OUTCOME) == [(1, 6, 1, 0, 32)]


def test_who_has_not_stirred_for_three_minutes_is_not_asked():
    assert prompts(seated().see(179999, low_battery=True).dose(200000).see(1)) == []
    assert prompts(seated().see(179998, low_battery=True).dose(200000).see(1)) == [(1, SIDE_LEFT, 1)]


def test_nobody_is_asked_in_the_first_two_minutes_after_ten_away():
    for away_ms, least_ms in ((599999, 60000), (600000, 125000)):
        machine = seated().leave(5000).leave(away_ms - 5000).see(3000).see(57000 - 1, stirred=True)
        machine.dose(200000).see(1, stirred=True)
        assert (prompts(machine) != []) == (least_ms == 60000), away_ms
        machine.see(64999, stirred=True)
        assert (prompts(machine) != []) == (least_ms == 60000), away_ms
        assert prompts(machine.see(1, stirred=True)) == [(1, SIDE_LEFT, 1)]


def test_a_thing_ends_an_episode_and_says_so():
    """Relieved since the prompt, and still for ten minutes since the last stir, 20 ms before it."""
    machine = seated().dose(200000).see(10)
    assert machine.prompter.active
    machine.swap().see(599000, 250, 250, 400)
    assert machine.of(records.OUTCOME) == []
    assert machine.see(980, 250, 250, 400).of(records.OUTCOME) == [(1, 6, 1, 1, 16)]


# The button.


def test_a_short_press_snoozes():
    machine = seated(snooze_s=300)
    assert machine.press(SHORT_PRESS) is True and machine.prompter.wait_left_ms() == 300000
    assert machine.press(SHORT_PRESS) is False
    assert machine.log[1:] == [
        (records.BUTTON, 1),
        (records.SNOOZE, 300, 1),
        (records.BUTTON, 1),
        (records.SNOOZE, 300, 0),
    ]


def test_a_double_press_marks_pain():
    machine = seated().dose(123, 456)
    assert machine.press(DOUBLE_PRESS) is True
    assert machine.log[1:] == [(records.BUTTON, 2), (records.SYMPTOM, 123, 456, 60, OCCUPIED)]


def test_a_triple_press_mutes_and_unmutes():
    machine = seated(mute_s=600)
    assert machine.press(TRIPLE_PRESS) is True and machine.decisions.pauses.mute_ms == 600000
    assert machine.press(TRIPLE_PRESS) is True and machine.decisions.pauses.mute_ms == 0
    assert machine.log[1:] == [
        (records.BUTTON, 3),
        (records.MUTE, 600, 1),
        (records.BUTTON, 3),
        (records.MUTE, 600, 0),
    ]


def test_other_presses_are_logged_only():
    machine = seated()
    assert machine.press(LONG_PRESS) is True and machine.press(0) is True
    assert machine.log[1:] == [(records.BUTTON, 4), (records.BUTTON, 0)]
    assert machine.decisions.pauses.mute_ms == machine.decisions.pauses.snooze_ms == 0


def test_a_verified_break_ends_the_row_of_snoozes():
    machine = seated()
    machine.decisions.pauses.in_row = 2
    assert machine.leave(119999).decisions.pauses.in_row == 2
    assert machine.leave(1).decisions.pauses.in_row == 0


# Sleep and restart.


def test_a_sleep_on_an_empty_seat_is_rest_and_part_of_the_break():
    machine = seated().leave(130000).dose(120000, 60000)
    machine.decisions.pauses.in_row = 2
    machine.press(TRIPLE_PRESS)
    machine.decisions.rest(120000)
    left_cs, right_cs = machine.doses()  # e^-2 of them
    assert abs(left_cs - 16240) < 20 and abs(right_cs - 8120) < 10
    assert machine.sitting.away_ms == 250000 and machine.decisions.pauses.in_row == 0
    assert machine.decisions.pauses.mute_ms == 3480000 and machine.decisions.state() == VACANT
    machine.log.clear()
    assert not machine.leave(119000).sitting.verified and not machine.leave(1000).sitting.verified  # it was before
    assert machine.see(1000).see(2000).log == [(records.BREAK, 3000, 370000, 1), (records.SAT, 3000)]


def test_a_sleep_verifies_the_break_it_is_part_of():
    machine = seated().leave(10000)
    machine.decisions.rest(3600000)
    assert machine.decisions.seated_s() == 0
    assert machine.see(3000).of(records.BREAK) == [(3000, 3610000, 1)]


def test_a_sleep_lets_waits_pass():
    machine = seated().dose(130000).see(10).see(10, low_battery=True)
    machine.decisions.rest(599999)
    assert machine.prompter.wait_left_ms() == 1
    machine.decisions.rest(1)
    assert machine.prompter.wait_left_ms() == 0
    machine.decisions.rest(1 << 30)
    assert machine.sitting.away_ms == 1 << 29 and machine.decisions.now_s == 60 + 600 + (1 << 29) // 1000


def test_time_that_nobody_saw_proves_no_break():
    machine = seated().leave(130000).dose(120000, 60000)
    machine.press(SHORT_PRESS)
    machine.decisions.pass_unseen(300000)
    assert machine.doses() == (120000, 60000) and machine.sitting.away_ms == 0
    assert machine.decisions.pauses.snooze_ms == 300000 and machine.prompter.wait_left_ms() == 300000
    assert machine.leave(10000).see(3000).of(records.BREAK) == []


# now, doses; seated, away, was it verified, is the last sit known, is a thing on the seat; snooze, mute, in a row;
# episode, armed, break seen, since its end, wait, responses and how many; six snoozes a day, three prompts an hour,
# 16 a day.
STATE = [5000, 100000, 20000, 1234567, 300000, 1, 0, 0, 12000, 99000, 2, 17, 0, 1, 4321, 600000, 5, 3]
STATE += [1, 10, 20, 30, 40, 50, 60] + [2, 100, 200, 300] + [3] + list(range(1000, 1016))


def test_what_outlives_a_restart():
    machine = Machine()
    machine.decisions.restore(iter(STATE))
    assert machine.decisions.snapshot() == STATE
    assert machine.doses() == (100000, 20000) and machine.decisions.now_s == 5000
    assert (machine.sitting.seated_ms, machine.sitting.away_ms) == (1234567, 300000)
    pauses, prompter = machine.decisions.pauses, machine.prompter
    assert (pauses.snooze_ms, pauses.mute_ms, pauses.in_row) == (12000, 99000, 2)
    assert (prompter.episode, prompter.armed, prompter.break_seen) == (17, False, True)
    assert prompter.wait_left_ms() == 595679
    assert pauses.a_day.free_at_s() == 20 + 86400
    assert prompter.hour.free_at_s() == 300 + 3600 and prompter.day.free_at_s() == 1003 + 86400
    assert machine.see(3000).of(records.BREAK) == []  # the last sit isn't known


def test_a_restart_under_lower_limits_caps_the_doses():
    machine = Machine(left_dose_limit_s=300, right_dose_limit_s=310)
    machine.decisions.restore(iter(STATE[:2] + [99000] + STATE[3:]))
    assert machine.doses() == (90000, 93000)


def test_a_lowered_limit_is_in_force_once_it_is_said():
    machine = seated().dose(100000, 100000)
    machine.settings.change("left_dose_limit_s", 300, 0)
    machine.settings.change("right_dose_limit_s", 310, 0)
    machine.decisions.settings_changed()
    assert machine.doses() == (90000, 93000)
    assert (machine.decisions.left.limit_s, machine.decisions.right.limit_s) == (300, 310)


# A thing, in its own words (things.py has its stories).


def thing():
    """Still for ten minutes since the last stir."""
    machine = seated().dose(0).swap().see(599990)
    assert machine.decisions.state() == OBJECT
    return machine


def test_whoever_left_a_thing_there_rests():
    machine = thing().dose(60000, 60000).see(1000)
    assert machine.doses() == (59009, 59009)  # 59500 / 60 of each


def test_what_sits_down_where_something_lay_is_judged_from_then_on():
    """Something light lies on the right for 300 s; a thing comes on top of it, a sit two seconds later."""
    machine = Machine(recovery_tau_s=300).dose(60000)
    for dt_ms, u in ((1000, 120), (299000, 120), (1000, 800), (1000, 800), (1000, 800)):
        machine.see(dt_ms, 0, u, u)
    assert machine.log == [(records.SAT, 3000)]
    assert machine.see(596999, 0).decisions.state() == OCCUPIED
    assert machine.see(1, 0).decisions.state() == OBJECT and machine.of(records.OBJECT) == [(1, 600000)]
    # The left side, never loaded, rested for 302 s until the sit was known, and for the thing's 600: e^(-902/300).
    assert abs(machine.doses()[0] - 2967) <= 6


def test_a_light_thing_that_somebody_sits_down_on_ends_with_one_sit():
    machine = seated().leave(5000).see(1000, 50, 50, 120).see(599000, 50, 50, 120)
    assert machine.decisions.state() == OBJECT
    machine.log.clear()
    assert machine.see(1000).see(2000).log == [
        (records.BREAK, 3000, 605000, 1), (records.SAT, 3000), (records.OBJECT, 0, 0)
    ]  # fmt: skip
    assert machine.see(1000).sitting.bout_ms == 4000


def test_a_thing_that_was_taken_away_or_sank_is_none_after_a_restart():
    taken, sunk = thing().leave(5000), thing().see(300000, 100, 100, 81)
    for _ in range(60):
        sunk.see(1000, 100, 100, 61)
    assert sunk.sitting.occupancy.lost
    for machine in (taken, sunk):
        assert machine.of(records.OBJECT) == [(1, 600000), (0, 0)]
        again = Machine()
        again.decisions.restore(iter(machine.decisions.snapshot()))
        assert again.decisions.state() == UNKNOWN


def test_a_thing_ends_the_row_of_snoozes():
    machine = seated()
    machine.decisions.pauses.in_row = 2
    assert machine.swap().see(599990).decisions.pauses.in_row == 0


def test_a_thing_that_is_out_of_sight_is_none():
    machine = thing()
    assert [row[0] for row in machine.of(records.OBJECT)] == [1]
    assert [row[0] for row in machine.lose(6000).of(records.OBJECT)] == [1, 0]
    assert machine.decisions.state() == UNKNOWN and machine.decisions.stillness.still_ms == 0
