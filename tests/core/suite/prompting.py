"""The episode machine: levels, outcomes, limits, snooze and habituation, against the model's table."""

from support import digest_of

from cushion.core import records
from cushion.core.events import Events
from cushion.core.pauses import Pauses, Rate, is_quiet
from cushion.core.prompting import (
    MUTED,
    QUIET,
    Prompter,
    Responses,
    Situation,
)
from cushion.core.records import OUTCOME_BREAK as BREAK
from cushion.core.records import OUTCOME_MISSED as MISSED
from cushion.core.records import OUTCOME_PARTIAL as PARTIAL
from cushion.core.records import OUTCOME_SHIFT as SHIFT
from cushion.core.records import OUTCOME_SNOOZED as SNOOZED
from cushion.core.records import OUTCOME_SUPPRESSED as SUPPRESSED


class Person:
    """A seat, seen from the prompter: each call of `sit` lets seconds pass and notes what was asked for when."""

    def __init__(self):
        self.events = Events()
        self.prompter = Prompter(self.events)
        self.now = Situation()
        self.now.settled = True
        self.now.due_sides = 1
        self.second = 0
        self.buzzes = []
        self.cancels = []
        self.outcomes = []

    def sit(self, seconds):
        for _ in range(seconds):
            self.second += 1
            self.prompter.step(1000, self.second, self.now)
            if self.prompter.vibrate_level:
                self.buzzes.append((self.second, self.prompter.vibrate_level, self.prompter.side))
            if self.prompter.cancel:
                self.cancels.append(self.second)
            if self.prompter.ended:
                self.outcomes.append((self.second, self.prompter.ended))
            self.now.verified = self.now.shift_reached = False
        return self

    def off(self, seconds, verified_s=0):
        for _ in range(seconds):
            self.now.offload_ms += 1000
            self.now.verified = verified_s > 0 and self.now.offload_ms == verified_s * 1000
            self.sit(1)
        self.now.offload_ms = 0
        return self


def test_three_levels_then_missed_and_never_again_before_ten_minutes():
    person = Person().sit(420 + 600)
    assert person.buzzes == [(1, 1, 1), (121, 2, 1), (301, 3, 3)]
    assert person.outcomes == [(421, MISSED)]
    person.sit(1)
    assert person.buzzes[-1] == (1021, 1, 1)


def test_after_a_missed_one_only_level_1():
    person = Person().sit(2000)
    assert [buzz[1] for buzz in person.buzzes] == [1, 2, 3, 1]


def test_a_break_ends_it_and_re_arms_below_half():
    person = Person().sit(10).off(120, verified_s=120)
    assert person.outcomes == [(130, BREAK)] and person.cancels == [13]
    person.now.recovered, person.now.due_sides = True, 0
    person.sit(1)
    person.now.recovered, person.now.due_sides = False, 2
    person.sit(400)
    assert [buzz[1:] for buzz in person.buzzes[1:]] == [(1, 2), (2, 2), (3, 3)]


def test_a_break_that_leaves_the_dose_high_does_not_re_arm():
    person = Person().sit(10).off(120, verified_s=120).sit(599)
    assert len(person.buzzes) == 1
    assert person.sit(400).buzzes[1:] == [(730, 1, 1)]


def test_a_break_nobody_asked_for_re_arms_too():
    person = Person().sit(500)
    person.now.due_sides = 0
    person.off(120, verified_s=120)
    person.now.recovered = True
    person.sit(1)
    person.now.recovered, person.now.due_sides = False, 1
    assert [buzz[1] for buzz in person.sit(125).buzzes[3:]] == [1, 2]


def test_partial_is_thirty_seconds_or_more():
    assert Person().sit(5).off(30).sit(2).outcomes == [(36, PARTIAL)]
    person = Person().sit(5).off(29).sit(420)
    assert person.outcomes == [(421, MISSED)] and len(person.buzzes) == 3


def test_a_shift_alone_is_told_as_such():
    person = Person().sit(50)
    person.now.shift_reached = True
    assert person.sit(400).outcomes == [(421, SHIFT)]


def test_leaning_forward_for_long_is_partial():
    assert Person().sit(5).off(700).outcomes == [(605, PARTIAL)]


def test_nobody_is_asked_while_off_the_seat_or_settling():
    person = Person()
    person.now.settled = False
    assert person.sit(100).buzzes == []
    person.now.settled = True
    assert person.off(100).buzzes == []


def perching(seconds):
    person = Person()
    person.now.due_sides, person.now.time_due, person.now.perched = 1, True, True
    for _ in range(seconds):
        person.now.offload_ms += 1000
        person.sit(1)
    return person


def test_relieved_on_the_seat_past_the_time_limit_asks_to_stand_after_thirty_seconds():
    person = perching(1000)
    assert person.buzzes == [(30, 1, 3)] and person.prompter.cause == 2
    assert person.outcomes == [(450, MISSED)]


def test_only_leaving_the_seat_answers_it():
    person = perching(100)
    person.now.offload_ms = 0
    person.sit(5).off(40)
    assert person.cancels == [] and person.prompter.active
    for _ in range(31):
        person.now.away_ms = person.now.offload_ms = person.now.away_ms + 1000
        person.sit(1)
    person.now.away_ms = person.now.offload_ms = 0
    assert person.sit(1).outcomes == [(177, PARTIAL)] and person.cancels == [148]


def test_who_has_left_is_not_asked_to_stand():
    person = Person()
    person.now.time_due = True
    assert person.off(100).buzzes == []


def test_no_escalation_while_off_loaded():
    assert Person().sit(110).off(20).sit(1).buzzes == [(1, 1, 1), (131, 2, 1)]


def test_no_escalation_once_a_short_relief_took_enough_off():
    person = Person().sit(100)
    person.now.due_sides = 0
    person.off(20).sit(301)
    assert [buzz[1] for buzz in person.buzzes] == [1]
    assert person.outcomes == [(421, MISSED)]


def test_blocked_is_told_once_and_not_counted():
    person = Person()
    person.now.blocked = MUTED
    person.sit(3000)
    assert person.buzzes == [] and person.events.count == 1
    assert person.events.kind(0) == records.SUPPRESSED and person.events.values(0, 3) == [1, 1, MUTED]
    person.now.blocked = 0
    assert person.sit(1).buzzes == [(3001, 1, 1)]


def test_blocked_in_the_middle_ends_it_as_suppressed():
    person = Person().sit(10)
    person.now.blocked = QUIET
    person.sit(1)
    assert person.outcomes == [(11, SUPPRESSED)] and person.cancels == [11]


def test_three_an_hour():
    person = Person().sit(3600)
    starts = [second for second, level, _ in person.buzzes if level == 1]
    assert len(starts) == 3
    assert [second for second, level, _ in person.sit(3600).buzzes if level == 1][3] >= starts[0] + 3600


def test_sixteen_a_day():
    person = Person().sit(86400)
    assert len([1 for _, level, _ in person.buzzes if level == 1]) == 16


def test_snooze_ends_it_and_comes_back_gently():
    person = Person().sit(10)
    person.prompter.snooze(600000)
    assert person.events.values(0, 2) == [1, SNOOZED]
    assert [buzz[:2] for buzz in person.sit(1000).buzzes] == [(1, 1), (610, 1)]


def test_habituated_after_twenty_with_fewer_than_six_breaks():
    responses = Responses()
    for index in range(20):
        assert not responses.habituated()
        responses.take(BREAK if index < 5 else MISSED, 1000)
    assert responses.habituated()
    responses.take(MISSED, 0)
    responses.take(BREAK, 1000)
    assert responses.habituated()
    for _ in range(5):
        responses.take(BREAK, 1000)
    assert not responses.habituated()


def test_the_habituated_wait_longer():
    person = Person()
    for _ in range(20):
        person.prompter.responses.take(MISSED, 0)
    person.sit(421)
    assert person.prompter.wait_left_ms() == 900_000
    assert Person().sit(421).prompter.wait_left_ms() == 600_000


def test_two_snoozes_in_a_row_and_six_a_day():
    pauses, taken = Pauses(), []
    for second in range(0, 86400, 700):
        pauses.step(700000)
        taken.append(pauses.snooze(second, 600))
        if second % 2100 == 0:
            pauses.in_row = 0
    assert taken[:4] == [True, True, True, False]
    assert sum(taken) == 6


def test_mute_expires_by_itself():
    pauses = Pauses()
    assert pauses.toggle_mute(3600)
    pauses.step(3599999)
    assert pauses.mute_ms
    pauses.step(1)
    assert not pauses.mute_ms


def test_quiet_hours_over_midnight_and_only_when_the_clock_is_known():
    assert [is_quiet(minute, 1320, 420) for minute in (-1, 0, 419, 420, 1319, 1320)] == [
        False, True, True, False, False, True,
    ]  # fmt: skip
    assert [is_quiet(minute, 1320, 420) for minute in (1, 200, 900, 1321, 1439)] == [True, True, False, True, True]
    assert [is_quiet(minute, 60, 120) for minute in (0, 59, 60, 119, 120, 121)] == [
        False,
        False,
        True,
        True,
        False,
        False,
    ]
    assert not any(is_quiet(minute, 100, 100) for minute in (-1, 0, 99, 100, 101))


def test_a_rate_frees_itself_when_the_window_has_passed():
    rate = Rate(2, 100)
    for now_s, allowed in ((0, True), (10, True), (20, False), (99, False), (100, True), (101, False), (110, True)):
        assert rate.allows(now_s) == allowed, now_s
        if allowed:
            rate.note(now_s)


def test_a_rate_keeps_its_times_in_a_ring():
    rate, states = Rate(2, 100), []
    for now_s in (5, 7, 9):
        states.append(rate.snapshot())
        rate.note(now_s)
    assert states == [[0, -100, -100], [1, 5, -100], [0, 5, 7]] and rate.snapshot() == [1, 9, 7]


def test_a_mute_is_on_until_it_is_toggled_or_over():
    pauses = Pauses()
    assert pauses.toggle_mute(1) is True and pauses.toggle_mute(1) is False and pauses.mute_ms == 0
    pauses.mute_ms = 1  # its last millisecond
    assert pauses.toggle_mute(600) is False


def test_a_minute_without_vibration_follows_a_mute_that_outlived_a_restart():
    pauses = Pauses()
    pauses.restore(iter([0, 1000, 0]))
    pauses.step(1000)
    assert (pauses.mute_ms, pauses.after_mute_ms) == (0, 60000)


def test_a_row_of_snoozes_that_is_too_long_is_refused():
    pauses = Pauses()
    pauses.in_row = 3
    assert pauses.snooze(0, 600) is False


def digest():
    values, state, person = [], 5, Person()
    for _ in range(1500):
        state = (state * 75 + 74) % 65537
        person.now.due_sides = state % 4
        person.now.blocked = MUTED if state % 29 == 0 else 0
        person.now.recovered = state % 5 == 0
        if state % 7 == 0:
            person.off(state % 150, verified_s=120)
        person.sit(state % 90)
        person.events.clear()
    for second, level, side in person.buzzes:
        values += [second, level, side]
    for second, outcome in person.outcomes:
        values += [second, outcome]
    return digest_of(values)
