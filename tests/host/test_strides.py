"""Striding over an unchanging seat against stepping through it second by second: the same machine, to the last bit."""

import os
import random

from cushion.core.decisions import Decisions, Seen
from cushion.core.events import Events
from sitbone.replay.strides import DAY_S, longest_stride_s, quiet_stride_s
from sitbone.settings.params import BY_NAME
from sitbone.settings.spec import in_force
from tests.shares import some_or_all

LIVES = int(os.environ.get("SITBONE_EXAMPLES", "60")) // 4
NAMES = (
    "left_dose_limit_s",
    "right_dose_limit_s",
    "seated_limit_s",
    "recovery_tau_s",
    "verified_break_s",
    "settling_s",
)


def some_settings(rng):
    """Any values in range, short ones more often, so that much is decided."""
    values = {}
    for name in NAMES:
        param = BY_NAME[name]
        if rng.random() < 0.7:
            values[name] = rng.randint(param.low, rng.choice([param.high, (param.low + param.high) // 2]))
    values["vehicle_mode"] = int(rng.random() < 0.05)
    if rng.random() < 0.5:
        values |= {"quiet_from_min": rng.randint(0, 1439), "quiet_to_min": rng.randint(0, 1439)}
    return in_force(values)


def stretches(rng, count):
    """(seconds, left u, right u, presence, stirred, unknown, shifted, gesture) as people sit, and as they don't."""
    for _ in range(count):
        seconds = rng.choice([1, 3, 10, 60, 200, 1500, 4000]) * rng.randint(1, 3)
        u, presence, stirred, unknown = [rng.randint(300, 1500), rng.randint(300, 1500)], 900, rng.random() < 0.9, 0
        kind = rng.random()
        if kind < 0.25:
            u, presence = [rng.choice([0, 0, 150]), 0], rng.choice([0, 0, 90, 120])
        elif kind < 0.35:
            u = [rng.randint(0, 450), rng.randint(0, 450)]
        elif kind < 0.42:
            u[rng.randint(0, 1)] = rng.choice([-1, 0, 200])
        elif kind < 0.46:
            unknown = rng.choice([1, 2])
        yield seconds, u, presence, stirred, unknown, rng.random() < 0.1, rng.choice([0] * 12 + [1, 1, 2, 3])


class Walker:
    """Lives a list of stretches, by strides or by single seconds, and writes down all that is decided and when."""

    def __init__(self, settings, strides):
        self.events = Events()
        self.decisions = Decisions(settings, self.events)
        self.seen = Seen()
        self.strides = strides
        self.steps = 0
        self.found = []

    def live(self, seconds, u, presence, stirred, unknown, shifted, gesture):
        decisions, seen, changed = self.decisions, self.seen, True
        if gesture:
            decisions.press(gesture)
            self.drain()
        seen.u[:], seen.presence_permille, seen.stirred, seen.unknown = u, presence, stirred, unknown
        seen.shifted = shifted
        while seconds:
            stride_s = 1
            if self.strides:
                stride_s = quiet_stride_s(decisions.settings, decisions.now_s % DAY_S, seconds)
                stride_s = longest_stride_s(decisions, seen, stride_s, changed)
            seen.local_minute = (decisions.now_s + stride_s) % DAY_S // 60
            decisions.step(stride_s * 1000, seen)
            self.steps += 1
            self.drain()
            seen.shifted = changed = False
            seconds -= stride_s

    def drain(self):
        rows = [(self.events.kind(row), *self.events.values(row, 12)) for row in range(self.events.count)]
        self.found += [(self.decisions.now_s, row) for row in rows]
        assert not self.events.lost
        self.events.clear()

    def state(self):
        """All that a later step looks at."""
        decisions = self.decisions
        parts = (decisions.prompter, decisions.sitting, decisions.sitting.occupancy, decisions.stillness)
        plain = [{k: v for k, v in vars(part).items() if isinstance(v, int)} for part in parts]
        doses = [vars(side.dose) | {"u": side.u} for side in decisions.sides]
        timers = [decisions.sitting.break_timer.off_ms, decisions.offload.run_ms, decisions.unknown_ms]
        return decisions.snapshot(), plain, doses, timers


@some_or_all
def test_striding_is_stepping(share):
    rng = random.Random(1)
    strode = stepped = 0
    for _ in range(int(LIVES * share)):
        settings = some_settings(rng)
        walkers = [Walker(settings, strides) for strides in (True, False)]
        for stretch in stretches(rng, 40):
            for walker in walkers:
                walker.live(*stretch)
            assert walkers[0].found == walkers[1].found
            assert walkers[0].state() == walkers[1].state()
        strode, stepped = strode + walkers[0].steps, stepped + walkers[1].steps
    assert strode * 8 < stepped, (strode, stepped)


def test_a_quiet_edge_ends_a_stride_one_second_before():
    settings = in_force({"quiet_from_min": 10, "quiet_to_min": 20})
    assert quiet_stride_s(settings, 0, 9999) == 599
    assert quiet_stride_s(settings, 599, 9999) == 1
    assert quiet_stride_s(settings, 600, 9999) == 599
    assert quiet_stride_s(settings, 1200, 99999) == DAY_S - 601
