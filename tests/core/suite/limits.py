"""How fast a dose limit may rise. The oracle: the lowest value that was in force in the seven days before."""

from support import digest_of

from cushion.core.settings import RAISE_WINDOW_S, Settings, from_state

NAME = "left_dose_limit_s"
DAY_S = 86400


def test_a_limit_rises_by_a_tenth_and_then_not_for_a_week():
    settings = Settings()
    assert settings.change(NAME, 2700, 100) == 1320
    assert settings.change(NAME, 2700, 100 + RAISE_WINDOW_S - 1) == 1320
    assert settings.raise_wait_s(NAME, 100 + RAISE_WINDOW_S - 1) == 1
    assert settings.change(NAME, 2700, 100 + RAISE_WINDOW_S) == 1452


def test_a_late_rise_and_an_early_one_are_not_both_had_in_a_day():
    settings = Settings()
    assert settings.change(NAME, 1201, 0) == 1201
    assert settings.change(NAME, 2700, RAISE_WINDOW_S - 1) == 1320
    assert settings.change(NAME, 2700, RAISE_WINDOW_S + 1) == 1320
    assert settings.change(NAME, 2700, 2 * RAISE_WINDOW_S) == 1452


def test_taking_back_a_reduction_is_a_rise():
    settings = Settings()
    assert settings.change(NAME, 900, DAY_S) == 900
    assert settings.change(NAME, 1200, 2 * DAY_S) == 990
    assert settings.change(NAME, 900, 2 * DAY_S) == 900


def test_a_lost_count_of_the_age_begins_the_week_anew():
    settings = Settings()
    settings.change(NAME, 1320, 30 * DAY_S)
    assert settings.change(NAME, 2700, 5) == 1320
    assert settings.change(NAME, 2700, 5 + RAISE_WINDOW_S) == 1452


def test_the_state_of_before_keeps_its_base_and_loses_its_wall_clock_time():
    state = Settings().to_state()
    del state["rises"]
    state["values"][NAME] = 1300
    state["raise_base"] = {NAME: [1200, 1790000000]}
    settings, problems = from_state(state)
    assert problems == []
    assert settings.highest(NAME, 10) == 1320
    assert settings.change(NAME, 2700, RAISE_WINDOW_S) == 1430


def test_a_base_that_was_lost_holds_what_is_in_force():
    state = Settings().to_state()
    state["values"][NAME] = 2000
    state["rises"] = {NAME: "nonsense"}
    settings, _ = from_state(state)
    assert settings.change(NAME, 2700, 10) == 2200


def walk(steps, seed, see):
    """Random wishes at random times; `see(age, value in force)` is called after each."""
    settings, age_s = Settings(), 0
    for _ in range(steps):
        seed = (seed * 1103 + 12345) % 900001
        age_s += seed % 7 * (seed % 40000)
        wish = 300 + seed % 2600
        if seed % 11 == 0:
            settings, _ = from_state(settings.to_state())
        see(age_s, settings.change(NAME, wish, age_s))


class Held:
    """What was in force, and since when."""

    def __init__(self):
        self.ages = [0]
        self.values = [1200]

    def see(self, age_s, value):
        self.ages.append(age_s)
        self.values.append(value)
        # Backwards to the value that was in force when the seven days began.
        at = len(self.ages) - 1
        lowest = value
        while at > 0 and self.ages[at] > age_s - RAISE_WINDOW_S:
            at -= 1
            lowest = min(lowest, self.values[at])
        assert value <= lowest * 1100 // 1000


def test_no_order_of_changes_rises_by_more_than_a_tenth_in_seven_days():
    for seed in range(1, 40):
        walk(120, seed, Held().see)


def digest():
    values = []
    for seed in range(1, 4):
        walk(60, seed, lambda age_s, value: values.append(value))
    return digest_of(values)
