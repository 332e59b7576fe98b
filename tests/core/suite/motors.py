"""Vibration patterns and the limiter below them. The limiter's oracle is a plain list of what was granted when."""

from support import digest_of

from cushion.core import patterns
from cushion.drivers import limiter
from cushion.drivers.limiter import Limiter

LEVELS = (patterns.LEVEL_1, patterns.LEVEL_2, patterns.LEVEL_3)


def times(pattern, habituated=False):
    return patterns.times_of(pattern, habituated)


def test_levels_are_the_models():
    assert [times(level)[0] for level in LEVELS] == [200, 300, 500]
    assert [(len(times(level)) + 1) // 2 for level in LEVELS] == [2, 3, 3]
    assert [patterns.PATTERNS[level][0] for level in LEVELS] == [60, 80, 80]


def test_both_rhythms_vibrate_equally_long_and_differ():
    for level in LEVELS:
        assert patterns.on_ms(times(level)) == patterns.on_ms(times(level, True))
        assert times(level) != times(level, True)


def test_a_whole_episode_fits_its_budget_and_no_pulse_is_long():
    for habituated in (False, True):
        late_ms = 20 * sum((len(times(level, habituated)) + 1) // 2 for level in LEVELS)  # drivers/haptics.py counts it
        assert sum(patterns.on_ms(times(level, habituated)) for level in LEVELS) + late_ms <= limiter.EPISODE_MS
        for pattern in patterns.PATTERNS:
            assert patterns.longest_on_ms(times(pattern, habituated)) <= limiter.PULSE_MS


def test_a_long_pulse_is_refused():
    assert not Limiter().grant(1001, 1001)


def most_in(granted, window_ms):
    """The most on-time in any window of that length: the oracle."""
    return max(sum(on for t, on in granted if start <= t < start + window_ms) for start, _ in granted)


def hammer(every_ms, on_ms, for_ms):
    limits, granted, now_ms = Limiter(), [], 0
    while now_ms < for_ms:
        if limits.grant(on_ms, on_ms):
            granted.append((now_ms, on_ms))
        limits.advance(every_ms)
        now_ms += every_ms
    return granted


def test_no_window_ever_holds_more_than_its_limit_however_often_it_is_asked():
    for every_ms, on_ms in ((7000, 400), (61000, 1000), (250000, 900), (600001, 500)):
        granted = hammer(every_ms, on_ms, 30 * 3600 * 1000)
        assert most_in(granted, 600000) <= limiter.EPISODE_MS
        assert most_in(granted, 3600000) <= limiter.HOUR_MS
        assert most_in(granted, 86400000) <= limiter.DAY_MS


def test_the_day_comes_back():
    granted = hammer(600000, 1000, 60 * 3600 * 1000)
    assert sum(1 for t, _ in granted if t > 30 * 3600 * 1000) > 20


def test_time_that_nobody_counted_gives_nothing_back():
    limits = Limiter()
    assert sum(limits.grant(500, 500) for _ in range(1000)) == limiter.EPISODE_MS // 500


def test_three_full_prompts_an_hour_are_never_refused():
    limits = Limiter()
    for minute in range(1, 61):
        if minute in (1, 21, 41):
            assert limits.grant(400, 200)
        elif minute in (3, 23, 43):
            assert limits.grant(900, 300)
        elif minute in (6, 26, 46):
            assert limits.grant(1500, 500)
        limits.advance(60000)


def digest():
    return digest_of([value for pair in hammer(61000, 700, 10 * 3600 * 1000) for value in pair])
