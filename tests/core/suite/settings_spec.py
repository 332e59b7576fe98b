"""The settings' table, written down from the model, and what is said of values that are none."""

from support import raises

from cushion.core.settings import (
    BY_NAME,
    DOSE_LIMITS,
    SPEC,
    Settings,
    check,
    from_state,
    slept_that_counts_s,
    within,
)

WEEK_S = 604800
# name, least, most, default; the order is the log's
TABLE = (
    ("left_dose_limit_s", 300, 2700, 1200), ("right_dose_limit_s", 300, 2700, 1200),
    ("seated_limit_s", 600, 3600, 1800), ("recovery_tau_s", 30, 300, 60), ("verified_break_s", 60, 300, 120),
    ("settling_s", 20, 60, 30), ("creep_permille", 0, 50, 30), ("snooze_s", 300, 900, 600), ("mute_s", 600, 3600, 3600),
    ("quiet_from_min", 0, 1439, 1320), ("quiet_to_min", 0, 1439, 420), ("utc_offset_min", -720, 840, 0),
    ("strength_percent", 30, 100, 100), ("vehicle_mode", 0, 1, 0), ("epoch_s", 5, 60, 10), ("vibration_side", 0, 3, 0),
)  # fmt: skip


def test_ranges_and_defaults_are_the_models():
    assert [(name, low, high, default) for name, _, low, high, default in SPEC] == list(TABLE)
    assert DOSE_LIMITS == ("left_dose_limit_s", "right_dose_limit_s")
    settings = Settings()
    for name, low, high, default in TABLE:
        assert settings.get(name) == settings.as_dict()[name] == default
        assert BY_NAME[name][0] == name and BY_NAME[name][1]
        assert [within(name, value) for value in (low - 1, low, high, high + 1)] == [low, low, high, high]
        assert check(name, low) == check(name, high) == ""
        assert check(name, low - 1) and check(name, high + 1)
    assert settings.version == 0
    assert settings.raise_base == {"left_dose_limit_s": [1200, 0], "right_dose_limit_s": [1200, 0]}


def test_a_value_that_is_none_is_told_with_what_to_give():
    assert check("snooze_s", 299) == "snooze_s = 299 is out of range; give 300 to 900 s"
    for value in (True, False, 600.0, "600", None):
        assert check("snooze_s", value) == "snooze_s must be a whole number of s"
    told = check("snoze", 600)
    assert told.startswith("unknown setting snoze; known are: left_dose_limit_s, right_dose_limit_s, seated_limit_s, ")
    assert told.endswith(", epoch_s, vibration_side")
    assert check(7, 600).startswith("unknown setting 7; ")


def test_of_a_sleep_five_percent_do_not_count():
    for slept_s, counts_s in ((0, 0), (99, 0), (100, 95), (199, 95), (3600, 3420), (86400, 82080)):
        assert slept_that_counts_s(slept_s) == counts_s


def test_other_settings_change_at_once():
    settings = Settings()
    assert settings.change("snooze_s", 900, 0) == settings.get("snooze_s") == 900
    assert settings.change("snooze_s", 5000, 0) == 900
    assert settings.change("utc_offset_min", -900, 0) == -720


def test_a_limit_rises_by_a_tenth_and_again_after_seven_days():
    settings, name = Settings(), "left_dose_limit_s"
    assert settings.raise_wait_s(name, 0) == WEEK_S and settings.highest(name, 0) == 1320
    assert settings.change(name, 2000, 10) == 1320
    assert settings.raise_base[name] == [1200, 10]
    assert settings.raise_wait_s(name, 10) == WEEK_S and settings.raise_wait_s(name, 11) == WEEK_S - 1
    assert settings.change(name, 2000, 9 + WEEK_S) == 1320
    assert settings.raise_wait_s(name, 9 + WEEK_S) == 1
    assert settings.highest(name, 9 + WEEK_S) == 1320 and settings.highest(name, 10 + WEEK_S) == 1452
    assert settings.change(name, 2000, 10 + WEEK_S) == 1452
    assert settings.raise_base[name] == [1320, 10 + WEEK_S]
    assert settings.get("right_dose_limit_s") == 1200


def test_a_reduction_counts_at_once_and_rises_are_counted_from_the_lowest():
    settings, name = Settings(), "right_dose_limit_s"
    assert settings.change(name, 600, 100) == 600 and settings.raise_base[name] == [600, 100]
    assert settings.change(name, 1200, 200) == 660 and settings.raise_base[name] == [600, 200]
    assert settings.change(name, 630, 300) == 630 and settings.raise_base[name] == [600, 200]
    assert settings.change(name, 600, 400) == 600 and settings.raise_base[name] == [600, 400]
    assert settings.change(name, 100, 500) == 300


def test_an_age_that_was_lost_makes_the_wait_longer():
    settings, name = Settings(), "left_dose_limit_s"
    settings.change(name, 1250, 5000)
    assert settings.raise_wait_s(name, 20) == WEEK_S
    assert settings.change(name, 1400, 20) == 1320 and settings.raise_base[name] == [1200, 20]
    assert settings.change(name, 1260, 30) == 1260 and settings.raise_base[name][1] == 20


def test_a_limit_at_its_end_stays_there():
    settings, name = Settings(), "left_dose_limit_s"
    settings.left_dose_limit_s = 2600
    settings.raise_base[name] = [2600, 0]
    assert settings.highest(name, 5) == 2700 and settings.change(name, 2700, 5) == 2700


def state(**changes):
    whole = {"version": 4, "values": {"snooze_s": 300}, "rises": {}}
    whole.update(changes)
    return whole


def test_a_state_comes_back():
    settings = Settings()
    settings.version = 7
    settings.change("left_dose_limit_s", 900, 50)
    settings.change("epoch_s", 5, 50)
    again, problems = from_state(settings.to_state())
    assert problems == [] and again.to_state() == settings.to_state()
    assert (again.version, again.get("epoch_s"), again.raise_base["left_dose_limit_s"]) == (7, 5, [900, 50])


def test_a_state_is_clamped_and_says_so():
    found, problems = from_state(state(values={"snooze_s": 5, "mute_s": "x", "gone": 1, "epoch_s": 6}))
    assert (found.version, found.snooze_s, found.mute_s, found.epoch_s) == (4, 300, 3600, 6)
    assert len(problems) == 3 and not hasattr(found, "gone")
    assert found.raise_base == {"left_dose_limit_s": [1200, 0], "right_dose_limit_s": [1200, 0]}


def test_a_rise_of_a_state_never_exceeds_its_limit():
    rises = {"left_dose_limit_s": [2000, -5], "right_dose_limit_s": [100, 60]}
    found, _ = from_state(state(values={"left_dose_limit_s": 900}, rises=rises))
    assert found.raise_base == {"left_dose_limit_s": [900, 0], "right_dose_limit_s": [300, 60]}
    for bad in ([1], [1, 2, 3], ["x", 0], [1200, None], 5):
        found, _ = from_state(state(rises={"left_dose_limit_s": bad}))
        assert found.raise_base["left_dose_limit_s"] == [1200, 0], bad


def test_what_is_no_state_is_refused():
    for bad in (None, 5, {}, {"values": {}}, {"version": 1}, state(version="x"), state(values=3), state(rises=3)):
        assert raises(ValueError, lambda bad=bad: from_state(bad)), bad
