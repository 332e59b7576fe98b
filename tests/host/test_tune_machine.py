"""No order of tuning, setting, importing, undoing, syncing, restarts and clock tricks raises a limit too fast.

Invariant 2 twice: held by the firmware's own settings, and by the host alone before a cushion that obeys anything.
"""

import json
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cushion.core import records
from cushion.core.settings import DOSE_LIMITS, Settings
from sitbone.dates import unix_ms
from sitbone.diary.diary_store import DiaryStore
from sitbone.diary.entries import new_pain
from sitbone.errors import SitboneError
from sitbone.settings.changes import change
from sitbone.settings.changes import undo as undo_last
from sitbone.settings.params import BY_NAME, PARAMS
from sitbone.settings.spec import exported, parsed
from sitbone.store.blocks import read_block
from sitbone.store.store import Store
from sitbone.tuning import proposal
from tests.host.logs import CUSHION_ID, LogWriter

START = datetime(2026, 3, 2, 8).astimezone()
DAY_S = 86400
EPOCH_S, SIT_S = 250, 1250
VALUES = st.integers(BY_NAME[DOSE_LIMITS[0]].low, BY_NAME[DOSE_LIMITS[0]].high)


class Cushion:
    """The firmware's settings and log behind the host's calls. ``obeys``: it keeps whatever a host sends."""

    def __init__(self, obeys: bool) -> None:
        self.obeys, self.settings, self.age_s, self.log = obeys, Settings(), 0, LogWriter()

    def call(self, name: str, *args: Any) -> dict[str, Any]:
        if name == "status":
            return {"cushion": CUSHION_ID.hex()}
        if name == "settings_show":
            return {"values": self.settings.as_dict()}
        assert name == "settings_set"
        applied = {}
        self.settings.version += 1
        self.log.add(records.CHANGES, self.settings.version, args[2], len(args[0]))
        for index, param in enumerate(PARAMS):
            if param.name in args[0]:
                was, wish = self.settings.get(param.name), args[0][param.name]
                if self.obeys:
                    setattr(self.settings, param.name, wish)
                else:
                    self.settings.change(param.name, wish, self.age_s)
                applied[param.name] = self.settings.get(param.name)
                self.log.add(records.SETTING, index, was, applied[param.name], _reason(args[1], param.name))
        return {"version": self.settings.version, "applied": applied, "clamped": {}}

    def live_a_day(self) -> None:
        self.log.add(records.SAT, 0)
        for second in range(EPOCH_S, SIT_S + 1, EPOCH_S):
            self.log.now_ms += EPOCH_S * 1000
            zones = (5000, 5000, 3000, 3000)
            self.log.add(records.EPOCH, *zones, 900, 900, second * 100, second * 100, second, 2, 0, EPOCH_S)
        self.log.add(records.STOOD, 0, SIT_S * 1000, 0, 0, 0)
        self.log.now_ms += (DAY_S - SIT_S) * 1000
        self.log.add(records.BUTTON, 1)
        self.age_s += DAY_S


def _reason(reason: str | dict[str, str], name: str) -> str:
    return reason if isinstance(reason, str) else reason[name]


class Life(RuleBasedStateMachine):
    """A person, a cushion and a computer."""

    obeys = False

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.store = Store(Path(self.folder.name) / "sitbone.sqlite")
        self.cushion = Cushion(self.obeys)
        self.cushion.log.clock(unix_ms(START))
        self.ahead = timedelta()
        self.held = {name: [(-8 * DAY_S, BY_NAME[name].default)] for name in DOSE_LIMITS}
        for _ in range(14):
            self.live(0, 0)
        self.sync()

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @property
    def true_now(self) -> datetime:
        return START + timedelta(seconds=self.cushion.age_s)

    @property
    def now(self) -> datetime:
        """As the computer has it."""
        return self.true_now + self.ahead

    @rule(morning=st.integers(0, 10), sitting=st.integers(0, 10))
    def live(self, morning: int, sitting: int) -> None:
        self.cushion.live_a_day()
        diary = DiaryStore(self.store)
        diary.add("pain", new_pain(sitting, self.now - timedelta(hours=12), self.now, "sitting"))
        diary.add("pain", new_pain(morning, self.now, self.now, "morning"))

    @rule(days=st.integers(1, 8))
    def live_calmly(self, days: int) -> None:
        for _ in range(days):
            self.live(0, 0)

    @rule()
    def sync(self) -> None:
        blocks = [read_block(data) for data in self.cushion.log.data()]
        self.store.add_blocks(self.store.cushion(CUSHION_ID.hex()), blocks)

    @rule()
    def apply(self) -> None:
        self._change(lambda: proposal.apply(self.cushion, self.store, self.now))

    @rule(name=st.sampled_from(DOSE_LIMITS), value=VALUES)
    def set(self, name: str, value: int) -> None:
        self._change(lambda: change(self.cushion, self.store, {name: value}, "by hand", self.now))

    @rule(value=VALUES)
    def import_file(self, value: int) -> None:
        values = json.loads(exported(Settings().as_dict())) | dict.fromkeys(DOSE_LIMITS, value)
        asked = parsed(json.dumps(values), "hostile.json")
        self._change(lambda: change(self.cushion, self.store, asked, "import", self.now))

    @rule()
    def undo(self) -> None:
        def undo() -> None:
            with suppress(SitboneError):  # nothing to undo, or the log here is behind
                undo_last(self.cushion, self.store, self.now)

        self._change(undo)

    @rule()
    def restart(self) -> None:
        self.cushion.log.restart()
        self.cushion.log.clock(unix_ms(self.true_now))

    @rule(days=st.integers(-30, 400))
    def the_computers_clock_jumps(self, days: int) -> None:
        self.ahead = timedelta(days=days)

    def _change(self, step: Any) -> None:
        if self.obeys:
            self.sync()  # the host alone can hold only by what it knows
        step()
        for name in DOSE_LIMITS:
            self.held[name].append((self.cushion.age_s, self.cushion.settings.get(name)))

    @invariant()
    def no_limit_is_over_a_tenth_above_the_lowest_of_its_last_week(self) -> None:
        for name in DOSE_LIMITS if hasattr(self, "held") else ():
            since_s = self.cushion.age_s - 7 * DAY_S
            before = [value for at_s, value in self.held[name] if at_s <= since_s][-1:]
            week = [value for at_s, value in self.held[name] if at_s > since_s]
            value = self.cushion.settings.get(name)
            assert value <= min([*before, *week]) * 1100 // 1000
            assert BY_NAME[name].low <= value <= BY_NAME[name].high


class LifeWithAnObedientCushion(Life):
    """The host alone."""

    obeys = True


FEW = settings(max_examples=12, stateful_step_count=14, deadline=None)
TestLife = Life.TestCase
TestLife.settings = FEW
TestLifeWithAnObedientCushion = pytest.mark.slow(LifeWithAnObedientCushion.TestCase)
TestLifeWithAnObedientCushion.settings = FEW
