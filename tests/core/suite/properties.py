"""Random lives of the engine, the same on every interpreter: the invariants hold in each second, and the bits agree.

The host's `tests/core/test_invariants.py` runs many more of them in CPython.
"""

from support import mix

from cushion.core import records
from cushion.core.calibration import Calibration
from cushion.core.engine import Engine
from cushion.core.records import DOUBLE_PRESS
from cushion.core.sensing import NO_READING
from cushion.core.settings import SPEC, Settings

SUPPLY_MV = 3300


class Life:
    """One seeded random life: sits, leans, faults, gaps, buttons, settings; `live` checks each second."""

    def __init__(self, seed):
        self.state = seed % 65537
        self.engine = Engine(Settings(), Calibration(), SUPPLY_MV, (3300,) * 4)
        self.levels = [0, 0, 0, 0]
        self.digest = 17
        self.minute = -1
        self.vibrations = []

    def draw(self, below):
        self.state = (self.state * 75 + 74) % 65537
        return self.state * below // 65537

    def live(self, spells):
        for _ in range(spells):
            self.spell()
        return self.digest

    def spell(self):
        self.change_something()
        what = self.draw(12)
        if what < 4:
            target = (0, 0, 0, 0)
        elif what < 10:
            target = (self.draw(15000), self.draw(15000), self.draw(7000), self.draw(7000))
        else:
            target = (self.draw(33001), NO_READING, self.draw(33001), NO_READING)
        seconds = 1 + self.draw(40) * self.draw(30)
        step_ms = (1000, 1000, 1000, 5000)[self.draw(4)]
        for second in range(seconds):
            for zone in range(4):
                wobble = (second * 7 + zone * 13) % 23 * 20
                self.levels[zone] = target[zone] + wobble if target[zone] > 500 else target[zone]
            self.second(step_ms)

    def change_something(self):
        what = self.draw(20)
        if what == 0:
            self.second(5001 + self.draw(9) * 100000)
        elif what == 1:
            self.press(1 + self.draw(4))
        elif what == 2:
            self.minute = self.draw(1440)
        elif what == 3:
            name, _, low, high, _ = SPEC[self.draw(len(SPEC))]
            self.engine.settings.change(name, low - 50 + self.draw(high - low + 100), 0)
            self.engine.decisions.settings_changed()
            assert low <= self.engine.settings.get(name) <= high

    def press(self, gesture):
        decisions = self.engine.decisions
        verified, seated_s = decisions.sitting.verified, decisions.seated_s()
        decisions.press(gesture)
        assert decisions.sitting.verified == verified and decisions.seated_s() == seated_s
        self.drain()

    def second(self, dt_ms):
        engine, settings = self.engine, self.engine.settings
        decisions = engine.decisions
        left, right = decisions.left, decisions.right
        was_left_cs, was_right_cs = left.dose.cs, right.dose.cs
        was_seated_s = decisions.seated_s()
        for _ in range(4):
            engine.sample(self.levels)
        engine.decide(dt_ms, self.minute)
        if decisions.sitting.has_thing:  # who left it there is at rest, whatever it shows
            assert 0 <= left.dose.cs <= was_left_cs
            assert 0 <= right.dose.cs <= was_right_cs
        else:
            check_dose(dt_ms, left.dose.cs, was_left_cs, left.u, settings.left_dose_limit_s)
            check_dose(dt_ms, right.dose.cs, was_right_cs, right.u, settings.right_dose_limit_s)
        if dt_ms > 5000:
            assert decisions.seated_s() == was_seated_s
        if decisions.seated_s() + 6 < was_seated_s:
            assert not decisions.sitting.is_seated(), "seated time went back while somebody sat"
        prompter = decisions.prompter
        if prompter.vibrate_level:
            assert 1 <= prompter.vibrate_level <= 3
            assert decisions.sitting.is_seated() and decisions.state() == 2, "a prompt to nobody"
            assert dt_ms <= 5000
            self.vibrations.append((decisions.now_s, prompter.vibrate_level, prompter.side))
        self.drain()

    def drain(self):
        events = self.engine.events
        assert events.lost == 0
        for row in range(events.count):
            if events.kind(row) != records.EPOCH:
                self.digest = mix(mix(self.digest, events.kind(row)), events.values(row, 2)[1])
        events.clear()
        self.digest = mix(mix(self.digest, self.engine.decisions.left.dose.cs), self.engine.decisions.right.dose.cs)


class HurtingLife(Life):
    """The same life of somebody who presses "it hurts now" every other second."""

    def second(self, dt_ms):
        if self.engine.decisions.now_s % 2:
            assert self.engine.decisions.press(DOUBLE_PRESS)
            self.engine.events.clear()
        Life.second(self, dt_ms)


def vibrations_of(life, spells):
    """(s, level, side) of each vibration of a life."""
    life.live(spells)
    return life.vibrations


def check_dose(dt_ms, cs, was_cs, u, limit_s):
    """Invariants 4 and 5 for one side and second."""
    assert 0 <= cs <= 3 * limit_s * 100
    if u < 0 or dt_ms > 5000:
        assert cs == was_cs, "what was not seen changed a dose"
    elif u >= 300:
        assert cs >= was_cs, "a loaded side's dose fell"
    else:
        assert cs <= was_cs, "a relieved side's dose rose"


def test_lives_keep_the_invariants():
    for seed in (1, 22):
        Life(seed).live(6)


def test_pain_changes_no_vibration():
    vibrations = vibrations_of(Life(7), 12)
    assert vibrations and vibrations == vibrations_of(HurtingLife(7), 12)


def test_no_setting_leaves_its_range_whatever_is_asked_for():
    settings = Settings()
    for name, _, low, high, _ in SPEC:
        for value in (-(1 << 29), -1, 0, 1, 999, 1 << 29):
            settings.change(name, value, 0)
            assert low <= settings.get(name) <= high
    assert settings.left_dose_limit_s <= 2700 and settings.seated_limit_s <= 3600


def digest():
    value = 17
    for seed in (4, 55):
        value = mix(value, Life(seed).live(6))
    return value
