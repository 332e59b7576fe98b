"""The model's invariants 1 to 6 over random lives, in CPython. `SITBONE_EXAMPLES` says how many; `make evaluate`
takes 10,000.

A sample of the same lives runs on all interpreters in `suite/properties.py`, with equal digests.
"""

import importlib
import os
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cushion.core.dose import Dose
from cushion.core.occupancy import BreakTimer
from cushion.core.settings import Settings, check, from_state
from cushion.drivers.limiter import DAY_MS, EPISODE_MS, HOUR_MS, PULSE_MS, Limiter
from sitbone.settings.params import BY_NAME, PARAMS
from tests.core.interpreters import SUITE

EXAMPLES = int(os.environ.get("SITBONE_EXAMPLES", "60"))
many = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


def _suite():
    sys.path.insert(0, str(SUITE))
    try:
        return importlib.import_module("properties")
    finally:
        sys.path.remove(str(SUITE))


suite = _suite()
DAY_S = 86_400
LIMITS_MS = ((600_000, EPISODE_MS), (3_600_000, HOUR_MS), (86_400_000, DAY_MS))


@many
@given(st.integers(0, 65_536), st.integers(1, 5))
def test_a_random_life(seed, spells):
    """Invariants 4 to 6: doses, gaps, breaks and buttons; checked after each second inside."""
    suite.Life(seed).live(spells)


@pytest.mark.parametrize("param", PARAMS, ids=lambda param: param.name)
def test_1_every_default_is_in_its_own_range(param):
    assert param.low <= param.default <= param.high


@many
@given(st.sampled_from(PARAMS), st.integers(-(2**31), 2**31), st.booleans())
def test_1_every_parameter_is_clamped(param, value, from_file):
    if from_file:
        state = Settings().to_state()
        state["values"] = state["values"] | {param.name: value}
        got, problems = from_state(state)
        assert bool(problems) == bool(check(param.name, value))
    else:
        got = Settings()
        got.change(param.name, value, 0)
    assert param.low <= got.get(param.name) <= param.high


@many
@given(
    st.lists(st.tuples(st.integers(0, 3 * DAY_S), st.integers(300, 3000)), min_size=1, max_size=30),
    st.integers(300, 2700),
)
def test_2_a_dose_limit_rises_by_a_tenth_a_week_at_most(wishes, start_s):
    got, now_s, history = Settings(), 1_000_000_000, []
    got.change("left_dose_limit_s", start_s, now_s)
    for after_s, wish_s in wishes:
        now_s += after_s
        got.change("left_dose_limit_s", wish_s, now_s)
        history.append((now_s, got.get("left_dose_limit_s")))
        week = [limit for t, limit in history if now_s - t < 7 * DAY_S]
        assert got.get("left_dose_limit_s") <= max(min(week) * 1.1, 300) + 1
        assert got.get("left_dose_limit_s") <= BY_NAME["left_dose_limit_s"].high


@many
@given(
    st.lists(
        st.tuples(st.integers(0, 3_000_000), st.integers(1, 1500), st.integers(1, 1100), st.booleans()),
        min_size=40,
        max_size=200,
    ),
)
def test_3_the_motors_never_run_longer_than_their_limits(asks):
    """Oracle: what was granted, summed over every window that begins at a grant. A reset hands the state on."""
    limits, granted, now_ms = Limiter(), [], 0
    for wait_ms, on_ms, pulse_ms, reset in asks:
        now_ms += wait_ms
        limits.advance(wait_ms)
        if reset:
            state, limits = limits.to_bytes(), Limiter()
            limits.restore(state, 0)
        if limits.grant(on_ms, pulse_ms):
            assert pulse_ms <= PULSE_MS
            granted.append((now_ms, on_ms))
    for window_ms, most_ms in LIMITS_MS:
        for start_ms, _ in granted:
            assert sum(on_ms for t_ms, on_ms in granted if start_ms <= t_ms < start_ms + window_ms) <= most_ms


@many
@given(st.lists(st.tuples(st.integers(1, 5000), st.integers(0, 4000)), max_size=60), st.integers(300, 2700))
def test_4_a_dose_moves_only_its_way_and_stays_in_its_range(steps, limit_s):
    dose = Dose()
    for dt_ms, u in steps:
        before = dose.cs
        dose.step(dt_ms, u, limit_s, 60)
        assert 0 <= dose.cs <= 3 * limit_s * 100
        assert dose.cs >= before if u >= 300 else dose.cs <= before


@many
@given(st.lists(st.tuples(st.integers(1, 5000), st.booleans()), max_size=200), st.integers(60, 300))
def test_6_a_break_needs_that_much_off_loaded_time(steps, need_s):
    """Oracle: off-loaded time since the last load that lasted over 5 s, summed here again."""
    timer, off_ms, blip_ms = BreakTimer(), 0, 0
    for dt_ms, off in steps:
        timer.step(dt_ms, off, need_s * 1000)
        off_ms, blip_ms = (off_ms + dt_ms, 0) if off else (off_ms, blip_ms + dt_ms)
        if blip_ms > 5000:
            off_ms = 0
        assert not timer.verified or off_ms >= need_s * 1000


@many
@given(st.integers(0, 65_536), st.integers(1, 4))
def test_6_pain_changes_no_vibration(seed, spells):
    """The same life without and with a symptom mark every other second vibrates alike, in time, level and side."""
    calm = suite.vibrations_of(suite.Life(seed), spells)
    assert suite.vibrations_of(suite.HurtingLife(seed), spells) == calm
