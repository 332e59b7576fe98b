"""The episode machine alone, to the millisecond: what a step begins, raises, ends and remembers."""

from cushion.core import records
from cushion.core.events import Events
from cushion.core.prompting import WHY_NAMES, Prompter, Responses, Situation

BREAK, PARTIAL, SHIFT, MISSED, SNOOZED, SUPPRESSED = 1, 2, 3, 4, 5, 6
QUIET, MUTED, LOW_BATTERY, HOUR, DAY = 1, 2, 8, 64, 128
LONG_MS = 1 << 29


class Asked:
    """A prompter whose situation is: settled, and the left side due. `step` changes that for one step."""

    def __init__(self):
        self.events = Events()
        self.prompter = Prompter(self.events)
        self.now_s = 0

    def step(self, dt_ms, **situation):
        now = Situation()
        now.due_sides, now.settled = 1, True
        for name in situation:
            assert hasattr(now, name)
            setattr(now, name, situation[name])
        self.events.clear()
        self.prompter.step(dt_ms, self.now_s, now)
        self.now_s += dt_ms // 1000
        return self

    def buzz(self):
        """(level, side, cause) of the vibration that the step asked for."""
        prompter = self.prompter
        return (prompter.vibrate_level, prompter.side, prompter.cause) if prompter.vibrate_level else None

    def rows(self, kind):
        events = self.events
        count = records.count_of(kind)
        return [tuple(events.values(row, count)) for row in range(events.count) if events.kind(row) == kind]

    def outcome(self):
        """(outcome, level, response) of the episode that the step ended; ``ended`` says the same."""
        rows = self.rows(records.OUTCOME)
        assert [row[1] for row in rows] == ([self.prompter.ended] if self.prompter.ended else [])
        assert self.prompter.active or rows or not self.prompter.cancel
        return rows[0][1:4] if rows else None

    def suppressed(self):
        return self.rows(records.SUPPRESSED)


def asked():
    """Level 1 came in this step."""
    one = Asked().step(1000)
    assert one.buzz() == (1, 1, 1)
    return one


def test_a_new_prompter_is_armed_and_waits_for_nothing():
    prompter = Prompter(Events())
    assert prompter.snapshot() == [0, 1, 0, LONG_MS, 0] and prompter.responses.snapshot() == [0, 0]
    assert (prompter.active, prompter.level, prompter.side, prompter.cause) == (False, 0, 0, 0)
    assert (prompter.vibrate_level, prompter.cancel, prompter.ended, prompter.asks_to_stand) == (0, False, 0, False)
    assert (prompter.age_ms, prompter.relief_ms, prompter.logged_blocked) == (0, 0, 0)


def test_a_new_situation_asks_for_nothing():
    new = Situation()
    assert (new.due_sides, new.time_due, new.settled, new.offload_ms, new.away_ms) == (0, False, False, 0, 0)
    assert (new.perched, new.verified, new.recovered, new.shift_reached, new.blocked) == (False,) * 4 + (0,)


def test_reasons_have_the_names_of_their_bits():
    assert len(WHY_NAMES) == 8 and WHY_NAMES[0] == "quiet hours" and WHY_NAMES[7] == "16 prompts a day"


def test_levels_come_and_go_to_the_millisecond():
    one = asked()
    assert one.step(119999).buzz() is None
    assert one.step(1).buzz() == (2, 1, 1)
    assert one.step(1).buzz() is None
    assert one.step(179998).buzz() is None
    assert one.step(1).buzz() == (3, 3, 1)
    assert one.step(119999).outcome() is None
    assert one.step(1).outcome() == (MISSED, 3, 0)


def test_a_late_step_raises_by_one_level_and_misses_at_last():
    one = asked().step(310000)
    assert one.buzz() == (2, 1, 1)
    assert one.step(1000).buzz() == (3, 3, 1)
    assert one.step(200000).outcome() == (MISSED, 3, 0)


def test_a_due_time_keeps_both_sides_and_its_cause():
    one = Asked().step(1000, due_sides=0, time_due=True)
    assert one.buzz() == (1, 3, 2)
    assert one.step(120000, due_sides=0, time_due=True).buzz() == (2, 3, 2)
    assert Asked().step(1000, due_sides=2, time_due=True).buzz() == (1, 2, 1)
    assert Asked().step(1000, due_sides=0).buzz() is None
    assert asked().step(120000, due_sides=0).buzz() is None
    assert asked().step(120000, due_sides=2).buzz() == (2, 1, 1)  # the side that was asked is asked again


def test_the_next_may_come_ten_minutes_after_the_end_to_the_millisecond():
    one = asked().step(500, blocked=QUIET)
    assert one.outcome() == (SUPPRESSED, 1, 0) and one.prompter.cancel
    assert one.step(599999).buzz() is None and one.prompter.wait_left_ms() == 1
    assert one.step(1).buzz() == (1, 1, 1)
    assert one.step(130000).buzz() is None  # gently
    assert one.step(290000).outcome() == (MISSED, 1, 0)


def test_fifteen_minutes_to_the_millisecond_for_the_habituated():
    one = Asked()
    for _ in range(19):
        one.prompter.responses.take(MISSED, 0)
    one.step(1000).step(420000)
    assert one.prompter.wait_left_ms() == 900000
    assert one.step(899999).buzz() is None and one.step(1).buzz() == (1, 1, 1)


def test_relief_cancels_at_three_seconds_and_once():
    one = asked()
    assert not one.step(2999, offload_ms=2999).prompter.cancel
    assert one.step(1, offload_ms=3000).prompter.cancel
    assert not one.step(1000, offload_ms=4000).prompter.cancel
    assert asked().step(9000, offload_ms=4000).prompter.cancel  # late
    assert one.step(1000).step(5000, offload_ms=5000).prompter.cancel  # a second relief does, too


def test_the_response_is_the_time_until_the_last_relief_began():
    one = asked().step(10000).step(3000, offload_ms=3000).step(117000, offload_ms=120000, verified=True)
    assert one.outcome() == (BREAK, 1, 10000)
    assert asked().step(120000, offload_ms=120000, verified=True).outcome() == (BREAK, 1, 0)  # no step saw it begin
    assert asked().step(3000, offload_ms=3500).step(117000, verified=True).outcome() == (BREAK, 1, 1)
    one = asked().step(10000).step(5000, offload_ms=5000).step(405000)
    assert one.outcome() == (MISSED, 1, 0)  # that relief was no answer
    one = asked().step(5000, offload_ms=5000).step(5000).step(5000, offload_ms=5000).step(30000, offload_ms=35000)
    assert one.step(1).outcome() == (PARTIAL, 1, 10000)


def test_thirty_seconds_of_relief_are_partial_to_the_millisecond():
    assert asked().step(29999, offload_ms=29999).step(1).outcome() is None
    assert asked().step(30000, offload_ms=30000).step(1).outcome() == (PARTIAL, 1, 1)
    assert asked().step(599999, offload_ms=599999).outcome() is None
    for relief_ms in (600000, 600001):
        assert asked().step(relief_ms, offload_ms=relief_ms).outcome() == (PARTIAL, 1, 1)


def test_a_shift_counts_for_its_own_episode():
    one = asked().step(1000, shift_reached=True).step(419000)
    assert one.outcome() == (SHIFT, 1, 0)
    assert one.step(600000).buzz() == (1, 1, 1)
    assert one.step(420000).outcome() == (MISSED, 1, 0)


def test_who_sits_relieved_is_asked_to_stand_after_thirty_seconds():
    perched = {"perched": True, "time_due": True}
    assert Asked().step(1000, offload_ms=29999, **perched).buzz() is None
    one = Asked().step(1000, offload_ms=30000, **perched)
    assert one.buzz() == (1, 3, 2) and one.prompter.asks_to_stand
    assert one.step(200000, offload_ms=230000, **perched).buzz() is None
    assert not one.step(3000, offload_ms=5000, away_ms=2999).prompter.cancel
    assert one.step(1, offload_ms=5001, away_ms=3000).prompter.cancel
    assert Asked().step(1000, offload_ms=30000, time_due=True).buzz() is None
    assert Asked().step(1000, offload_ms=30000, perched=True).buzz() is None
    assert not asked().prompter.asks_to_stand


# What re-arms.


def after_a_break(**situation):
    """Prompted, gone for a verified break, after which the situation was that for a second."""
    one = asked().step(120000, offload_ms=120000, verified=True)
    assert one.outcome() == (BREAK, 1, 0)
    return one.step(1000, due_sides=0, **situation)


def test_a_verified_break_re_arms_once_the_doses_have_recovered():
    one = after_a_break(recovered=True)
    assert one.prompter.armed and not one.prompter.break_seen
    assert one.step(1000).buzz() == (1, 1, 1) and one.step(120000).buzz() == (2, 1, 1)
    one = after_a_break()
    assert not one.prompter.armed and one.prompter.break_seen
    assert one.step(1000).buzz() is None
    assert one.step(1000, due_sides=0, recovered=True).prompter.armed


def test_recovery_without_a_break_re_arms_nothing():
    one = asked().step(1000, blocked=MUTED).step(1000, due_sides=0, recovered=True)
    assert not one.prompter.armed and one.step(1000).buzz() is None


def test_a_break_nobody_asked_for_re_arms():
    one = asked().step(1000, blocked=MUTED).step(1000, due_sides=0, verified=True, recovered=True)
    assert one.prompter.armed and one.step(1000).buzz() == (1, 1, 1)


def test_an_episode_forgets_the_break_before_it():
    one = after_a_break().step(599000)
    assert one.buzz() == (1, 1, 1) and not one.prompter.break_seen
    one.step(1000, blocked=MUTED)
    assert not one.step(1000, due_sides=0, recovered=True).prompter.armed


def test_a_running_episode_is_not_re_armed():
    one = after_a_break().step(599000)
    one.prompter.break_seen = True
    assert not one.step(1000, recovered=True).prompter.armed


# What is suppressed.


def test_each_set_of_reasons_is_logged_once_while_the_prompt_stays_due():
    one = Asked()
    assert one.step(1000, blocked=MUTED, due_sides=3).suppressed() == [(1, 3, MUTED)]
    assert one.step(1000, blocked=MUTED).suppressed() == []
    assert one.step(1000, blocked=QUIET).suppressed() == [(1, 1, QUIET)]
    assert one.step(1000, blocked=QUIET, due_sides=0).suppressed() == [] and one.prompter.logged_blocked == 0
    assert one.step(1000, blocked=QUIET, due_sides=0, time_due=True).suppressed() == [(2, 3, QUIET)]


def test_an_episode_in_between_has_it_logged_again():
    one = Asked().step(1000, blocked=MUTED).step(1000)
    assert one.buzz() == (1, 1, 1) and one.prompter.logged_blocked == 0
    one.step(1000, blocked=MUTED)
    assert one.step(600000, blocked=MUTED).suppressed() == [(1, 1, MUTED)]


def test_nothing_is_suppressed_that_would_not_have_come():
    for situation in ({"settled": False}, {"offload_ms": 1}, {"due_sides": 0}):
        assert Asked().step(1000, blocked=MUTED, **situation).suppressed() == []
    assert asked().step(1000, blocked=QUIET).step(599999, blocked=MUTED).suppressed() == []


def test_three_an_hour_and_sixteen_a_day_to_the_second():
    one = Asked()
    for start_s in (0, 1200, 2400):
        one.now_s = start_s
        assert one.step(600000).buzz() and one.step(1000, blocked=QUIET).outcome()
    one.now_s = 3599
    assert one.step(600000).suppressed() == [(1, 1, HOUR)]
    one.now_s = 3600
    assert one.step(1000).buzz()
    one = Asked()
    for index in range(16):
        one.now_s = index * 1200
        assert one.step(600000).buzz() and one.step(1000, blocked=QUIET).outcome()
    one.now_s = 86399
    assert one.step(600000, blocked=LOW_BATTERY).suppressed() == [(1, 1, DAY + LOW_BATTERY)]
    one.now_s = 86400
    assert one.step(1000).buzz()


# Snooze, restart, habit.


def test_a_snooze_ends_an_episode_and_is_as_long_as_it_says():
    one = asked()
    one.events.clear()
    one.prompter.snooze(300000)
    assert one.rows(records.OUTCOME) == [(1, SNOOZED, 1, 0, 0)] and not one.prompter.active
    assert one.step(299999).buzz() is None and one.step(1).buzz() == (1, 1, 1)
    assert one.step(120000).buzz() is None


def test_a_snooze_without_an_episode_ends_none_and_disarms():
    one = Asked().step(1000, due_sides=0, verified=True, recovered=True)
    one.events.clear()
    one.prompter.snooze(300000)
    assert one.events.count == 0
    assert one.step(1000, due_sides=0, time_due=True, recovered=True).buzz() is None  # the break is used up


def test_waits_go_on_unseen_and_stay_small():
    one = asked().step(1000, blocked=QUIET)
    one.prompter.pass_unseen(599000)
    assert one.prompter.wait_left_ms() == 1000
    one.prompter.pass_unseen(LONG_MS - 1)
    assert one.prompter.snapshot()[3] == LONG_MS
    assert Asked().step(1000, due_sides=0).prompter.snapshot()[3] == LONG_MS


def test_episodes_are_numbered_and_the_number_comes_round():
    one = asked()
    assert one.prompter.episode == 1
    one.step(1000, blocked=QUIET).step(600000)
    assert one.prompter.episode == 2
    one = Asked()
    one.prompter.restore(iter([65534, 1, 0, LONG_MS, 0, 0, 0]))
    assert one.step(1000).prompter.episode == 65535
    one.step(1000, blocked=QUIET).step(600000)
    assert one.prompter.episode == 0


def habituated(*outcomes):
    responses = Responses()
    for outcome, response_ms in outcomes:
        responses.take(outcome, response_ms)
    return responses.habituated()


def test_fewer_than_six_breaks_in_twenty_prompts_are_a_habit():
    missed, broke, late = (MISSED, 0), (BREAK, 300000), (BREAK, 300001)
    assert not habituated(*[missed] * 19)
    assert habituated(*[missed] * 20) and habituated(*[late] * 20)
    assert habituated(*([broke] * 5 + [missed] * 15)) and not habituated(*([broke] * 6 + [missed] * 14))
    for breaks in (7, 13, 20):
        assert not habituated(*([missed] * (20 - breaks) + [broke] * breaks)), breaks
    assert habituated(*([broke] * 6 + [missed] * 15))  # the first of them was too long ago
    assert habituated(*([missed] * 20 + [(PARTIAL, 1000), (SHIFT, 1000), (SNOOZED, 1000)] * 7))
    assert not habituated(*([missed] * 19 + [(SUPPRESSED, 0)] * 5))
    assert not habituated(*([broke] * 6 + [missed] * 14 + [(SUPPRESSED, 0)] * 9))


def test_each_end_of_an_episode_is_taken_into_account():
    one = Asked()
    one.prompter.responses.restore(iter([63, 20]))  # the last six led to breaks
    one.step(1000).step(420000)
    assert one.prompter.responses.snapshot() == [126, 20] and one.prompter.wait_left_ms() == 600000
