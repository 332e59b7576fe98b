"""Somebody on an engine's seat, for the suites: loads go in as voltages, what the cushion does is collected.

The 32-bit build never collects its garbage, so a second allocates nothing here but what it logs.
"""

from cushion.core import records
from cushion.core.calibration import Calibration
from cushion.core.engine import Engine
from cushion.core.sensing import NO_READING
from cushion.core.settings import Settings


def level_of(u, bias_ns=0):
    """Volts over the divider, in 100 uV, at `u` permille of 5 kPa: 77 Pa/uS, and 3300 ohm (303030 nS) at 3.3 V."""
    if u < 0:
        return NO_READING
    g_ns = (u * 5 * 1000 + 76) // 77 + bias_ns
    return (33000 * g_ns + g_ns + 303029) // (g_ns + 303030)


class Sitter:
    """Somebody who stirs every 20 s. Between 700 and 1000 permille each second is a second of dose.

    The doses and the seated time to begin with are put there, so that a limit is reached in the second one likes.
    ``skipped``: kinds of records that ``log`` leaves out.
    """

    def __init__(
        self,
        left_s=0,
        right_s=0,
        seated_s=0,
        present=(True,) * 4,
        bias_ohm=0,
        spread_permille=0,
        calibrated=False,
        **settings,
    ):
        settings["creep_permille"] = 0  # so that a load is the same all the time
        values = Settings()
        for name in settings:
            assert values.change(name, settings[name], 0) == settings[name]
        calibration = Calibration()
        calibration.calibrated = calibrated
        self.engine = Engine(values, calibration, 3300, (3300,) * 4, present, 0, bias_ohm, spread_permille)
        self.bias_ns = 10**9 // bias_ohm if bias_ohm else 0
        self.decisions = self.engine.decisions
        self.decisions.sitting.seated_ms = seated_s * 1000
        self.dose(left_s, right_s)
        self.second = 0
        self.log = []
        self.skipped = (records.EPOCH,)
        self.buzzes = []  # (second, level, side), as the motors are to do them
        self.cancels = []

    def dose(self, left_s, right_s=0):
        self.decisions.left.dose.cs, self.decisions.right.dose.cs = round(left_s * 100), round(right_s * 100)
        return self

    def sit(self, seconds, left=800, right=800, thighs=400, stirs=True, ends=None, minute=-1, low_battery=False):
        """`ends`: all loads at the last sample of each second."""
        last = None if ends is None else [level_of(ends)] * 4
        return self.load(seconds, (left, right, thighs, thighs), stirs, last, minute, low_battery)

    def load(self, steps, loads, stirs=True, last=None, minute=-1, low_battery=False, dt_ms=1000):
        """Each zone's own load, for so many steps of `dt_ms`; `last` are the levels of each step's last sample."""
        still = [level_of(u, self.bias_ns) for u in loads]
        stirred = [level_of(u * 1100 // 1000 if u > 0 else u, self.bias_ns) for u in loads]
        for _ in range(steps):
            levels = stirred if stirs and self.second % 20 >= 20 - dt_ms // 1000 else still
            for _ in range(3):
                self.engine.sample(levels)
            self.engine.sample(last or levels)
            self.decide(dt_ms, minute, low_battery)
        return self

    def wait(self, seconds, left=800, right=800, thighs=400, stirs=True):
        """Sits on with a battery that is too low for a prompt."""
        return self.sit(seconds, left, right, thighs, stirs, low_battery=True)

    def stand(self, seconds):
        return self.sit(seconds, 0, 0, 0)

    def blind(self, seconds, low_battery=False):
        for _ in range(seconds):
            self.decide(1000, low_battery=low_battery)
        return self

    def skip(self, seconds):
        """Nobody looks for so long: waits and windows go on."""
        self.second += seconds
        self.decisions.pass_unseen(seconds * 1000)
        return self

    def press(self, gesture):
        assert self.decisions.press(gesture)
        return self

    def decide(self, dt_ms, minute=-1, low_battery=False):
        self.second += dt_ms // 1000
        self.engine.decide(dt_ms, minute, low_battery)
        prompter, events = self.decisions.prompter, self.engine.events
        if prompter.vibrate_level:
            self.buzzes.append((self.second, prompter.vibrate_level, prompter.side))
        if prompter.cancel:
            self.cancels.append(self.second)
        assert events.lost == 0
        for row in range(events.count):
            kind = events.kind(row)
            if kind not in self.skipped:
                self.log.append((self.second, kind, events.values(row, records.count_of(kind))))
        events.clear()
        return self

    def of(self, kind, first=0, last=12):
        """(second, the fields from `first` until `last`) of each record of a kind."""
        return [(second,) + tuple(values[first:last]) for second, found, values in self.log if found == kind]

    def prompts(self):
        """(second, level, side, cause)"""
        return self.of(records.PROMPT, 1, 4)

    def outcomes(self):
        """(second, outcome, level, ms until the relief, why)"""
        return self.of(records.OUTCOME, 1)

    def suppressed(self):
        """(second, cause, side, why)"""
        return self.of(records.SUPPRESSED)


def due(**settings):
    """The left side reaches its limit in second 100."""
    return Sitter(1100, **settings)


def prompted(**settings):
    """Has just felt level 1, in second 100."""
    sitter = due(**settings).sit(100)
    assert sitter.buzzes == [(100, 1, 1)]
    return sitter
