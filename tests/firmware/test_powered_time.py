"""The count of powered time, on a real littlefs; and settings under everything a host or a power cut may do to them."""

import json

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cushion.core.settings import DOSE_LIMITS, RAISE_WINDOW_S, Settings, from_state
from tests.firmware.on_unix import on_unix

NAME = DOSE_LIMITS[0]


def test_the_count_goes_on_over_restarts_and_loses_at_most_an_hour():
    out = on_unix(
        """
        from cushion.storage.powered_time import PoweredTime
        device = flash.fresh()
        age = PoweredTime()
        for second in range(0, 9000, 100):
            age.keep(second)
        print(age.seconds(9000))
        flash.power_cut(device)
        print(PoweredTime().seconds(5))
        device.refuses = True
        age = PoweredTime()
        age.keep(7200)
        print(age.seconds(7200))
        age.slept(1000)
        print(age.seconds(7200))
        """.replace("\n        ", "\n")
    )
    assert out.split() == ["9000", "7205", "14400", "15350"]


class Cushion(RuleBasedStateMachine):
    """Wishes, imports, undos, a clock set to anything, power cuts that lose up to an hour of the count, sleep."""

    @initialize()
    def begin(self):
        self.settings, self.age_s, self.saved_s = Settings(), 0, 0
        self.truth_s = 0
        self.held = [(0, self.settings.get(NAME))]

    @rule(value=st.integers(-5000, 10**6))
    def wish(self, value):
        self.held.append((self.truth_s, self.settings.change(NAME, value, self.age_s)))

    @rule(back=st.integers(1, 5))
    def undo(self, back):
        self.wish(self.held[-min(back, len(self.held))][1])

    @rule(factor=st.sampled_from([1099, 1100, 1101, 900, 800]))
    def tune(self, factor):
        self.wish(self.settings.get(NAME) * factor // 1000)

    @rule(seconds=st.sampled_from([1, 3600, 86400, RAISE_WINDOW_S - 1, RAISE_WINDOW_S]) | st.integers(0, 10**6))
    def live(self, seconds):
        self.age_s += seconds
        self.truth_s += seconds
        if self.age_s - self.saved_s >= 3600:
            self.saved_s = self.age_s

    @rule(off_s=st.integers(0, 10**6))
    def cut_the_power(self, off_s):
        self.settings, problems = from_state(json.loads(json.dumps(self.settings.to_state())))
        assert problems == []
        self.age_s = self.saved_s
        self.truth_s += off_s

    @rule()
    def lose_the_count(self):
        self.age_s = self.saved_s = 0

    @invariant()
    def rises_by_a_tenth_in_seven_days_at_most(self):
        now_s = self.truth_s
        recent = [value for at_s, value in self.held if at_s > now_s - RAISE_WINDOW_S]
        before = [value for at_s, value in self.held if at_s <= now_s - RAISE_WINDOW_S][-1:]
        value = self.settings.get(NAME)
        assert value <= min(before + recent + [value]) * 1100 // 1000
        assert 300 <= value <= 2700


TestCushion = Cushion.TestCase
TestCushion.settings = hypothesis_settings(max_examples=150, stateful_step_count=40, deadline=None)
