"""Undo takes back a whole change, and repeated it goes further back: whoever changed what in between, on which cushion.

Oracle: a list of what was in force before each change, kept by the test beside the cushion.
"""

from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from cushion.core import records
from cushion.core.settings import DOSE_LIMITS, Settings
from sitbone.dates import unix_ms
from sitbone.errors import SitboneError
from sitbone.settings.changes import change, undo
from sitbone.settings.limits import highest
from sitbone.settings.params import BY_NAME, PARAMS
from sitbone.settings.person import most_over_boards
from sitbone.store.blocks import read_block
from sitbone.store.store import Store
from tests.host.logs import LogWriter

START = datetime(2026, 3, 2, 8).astimezone()
DAY_S = 86400
OTHER_ID = "246f28000002"


class Cushion:
    """The firmware's settings, and its log as firmware/cushion/app.py writes it."""

    def __init__(self, hardware: str) -> None:
        self.hardware, self.settings, self.age_s, self.log = hardware, Settings(), 0, LogWriter()

    def call(self, name: str, *args: Any) -> dict[str, Any]:
        if name == "status":
            return {"cushion": self.hardware}
        if name == "settings_show":
            return {"values": self.settings.as_dict()}
        assert name == "settings_set"
        values, reason, undoes = args
        self.settings.version += 1
        self.log.add(records.CHANGES, self.settings.version, undoes, len(values))
        for index, param in enumerate(PARAMS):
            if param.name in values:
                was = self.settings.get(param.name)
                now = self.settings.change(param.name, values[param.name], self.age_s)
                why = reason if isinstance(reason, str) else reason[param.name]
                self.log.add(records.SETTING, index, was, now, why)
        applied = {key: self.settings.get(key) for key in values}
        return {"version": self.settings.version, "applied": applied, "clamped": {}}

    def wait(self, seconds: int) -> None:
        self.age_s += seconds
        self.log.now_ms += seconds * 1000
        self.log.add(records.BUTTON, 1)


def synced(store: Store, *cushions: Cushion) -> None:
    for cushion in cushions:
        blocks = [read_block(data) for data in cushion.log.data()]
        store.add_blocks(store.cushion(cushion.hardware), blocks)


def a_cushion(hardware: str = "246f28000001") -> Cushion:
    cushion = Cushion(hardware)
    cushion.log.clock(unix_ms(START))
    cushion.wait(30 * DAY_S)
    return cushion


def limits(cushion: Cushion) -> tuple[int, int]:
    values = cushion.settings.as_dict()
    return values[DOSE_LIMITS[0]], values[DOSE_LIMITS[1]]


def test_both_sides_of_a_proposal_are_undone_together_and_stay_so(store: Store) -> None:
    cushion, now = a_cushion(), START + timedelta(days=30)
    synced(store, cushion)
    change(cushion, store, {"mute_s": 1800}, "a talk", now)
    cushion.wait(60)
    reasons = {DOSE_LIMITS[0]: "tune: calm week", DOSE_LIMITS[1]: "tune: calm mornings"}
    change(cushion, store, dict.fromkeys(DOSE_LIMITS, 1320), reasons, now)
    assert limits(cushion) == (1320, 1320)
    synced(store, cushion)
    answer = undo(cushion, store, now)
    assert limits(cushion) == (1200, 1200)
    assert answer["undone"]["before"] == dict.fromkeys(DOSE_LIMITS, 1200)
    synced(store, cushion)
    assert undo(cushion, store, now)["applied"] == {"mute_s": 3600}
    assert limits(cushion) == (1200, 1200)
    synced(store, cushion)
    with pytest.raises(SitboneError, match="there is no change to undo"):
        undo(cushion, store, now)


def test_what_a_week_forbids_to_give_back_at_once_is_said(store: Store) -> None:
    cushion, now = a_cushion(), START + timedelta(days=30)
    change(cushion, store, {DOSE_LIMITS[0]: 900, DOSE_LIMITS[1]: 1140}, "pain", now)
    synced(store, cushion)
    answer = undo(cushion, store, now)
    assert answer["applied"] == {DOSE_LIMITS[0]: 990, DOSE_LIMITS[1]: 1200}
    assert answer["clamped"] == {DOSE_LIMITS[0]: 1200}
    assert answer["undone"]["before"] == {DOSE_LIMITS[0]: 1200, DOSE_LIMITS[1]: 1200}


def test_a_change_that_the_log_lacks_is_not_undone_blindly(store: Store) -> None:
    cushion, now = a_cushion(), START + timedelta(days=30)
    change(cushion, store, {"mute_s": 1800}, "a talk", now)
    synced(store, cushion)
    cushion.call("settings_set", {"mute_s": 900}, "another computer", 0)
    with pytest.raises(SitboneError, match="mute_s was changed since the last sync; run sitbone sync first"):
        undo(cushion, store, now)


def test_a_change_written_twice_after_a_power_cut_is_one_change(store: Store) -> None:
    cushion, now = a_cushion(), START + timedelta(days=30)
    cushion.call("settings_set", {"mute_s": 1800, "snooze_s": 600}, "a talk", 0)
    log = cushion.log
    log.restart()
    log.clock(unix_ms(now))
    log.add(records.CHANGES, 1, 0, 2)
    for name, was in (("snooze_s", BY_NAME["snooze_s"].default), ("mute_s", 3600)):
        log.add(records.SETTING, list(BY_NAME).index(name), was, cushion.settings.get(name), "a talk")
    synced(store, cushion)
    undo(cushion, store, now)
    values = cushion.settings.as_dict()
    assert (values["mute_s"], values["snooze_s"]) == (3600, BY_NAME["snooze_s"].default)


VALUES = st.integers(BY_NAME[DOSE_LIMITS[0]].low, BY_NAME[DOSE_LIMITS[0]].high)


class Undoing(RuleBasedStateMachine):
    """A person changes limits from two computers on two cushions, and undoes; the other cushion must not move."""

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.store = Store(Path(self.folder.name) / "sitbone.sqlite")
        self.cushion, self.other = a_cushion(), a_cushion(OTHER_ID)
        self.before: list[dict[str, int]] = []

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @property
    def now(self) -> datetime:
        return START + timedelta(seconds=self.cushion.age_s)

    @rule(left=VALUES, right=VALUES)
    def both(self, left: int, right: int) -> None:
        asked = dict(zip(DOSE_LIMITS, (left, right), strict=True))
        self._changed(lambda: change(self.cushion, self.store, asked, dict.fromkeys(DOSE_LIMITS, "tune"), self.now))

    @rule(name=st.sampled_from(DOSE_LIMITS), value=VALUES)
    def one(self, name: str, value: int) -> None:
        self._changed(lambda: change(self.cushion, self.store, {name: value}, "by hand", self.now))

    @rule(value=st.integers(600, 3600))
    def another_computer(self, value: int) -> None:
        self._changed(lambda: self.cushion.call("settings_set", {"mute_s": value}, "by hand", 0))

    @rule(value=st.integers(-720, 720))
    def a_sync_from_another_zone(self, value: int) -> None:
        self.cushion.call("settings_set", {"utc_offset_min": value}, "clock set", 0)

    @rule(value=VALUES)
    def the_other_cushion(self, value: int) -> None:
        self.other.call("settings_set", {DOSE_LIMITS[0]: value}, "by hand", 0)

    @rule(seconds=st.integers(1, 9 * DAY_S))
    def time_passes(self, seconds: int) -> None:
        self.cushion.wait(seconds)
        self.other.wait(seconds)

    @rule()
    def undo(self) -> None:
        synced(self.store, self.cushion, self.other)
        other = limits(self.other)
        if not self.before:
            with pytest.raises(SitboneError, match="no change to undo"):
                undo(self.cushion, self.store, self.now)
            return
        wanted = self.before.pop()
        values = self.cushion.settings.as_dict()
        by_host = highest(self.store, self.store.cushion(self.cushion.hardware), values, self.now)
        by_cushion = {name: self.cushion.settings.highest(name, self.cushion.age_s) for name in DOSE_LIMITS}
        answer = undo(self.cushion, self.store, self.now)
        for name, value in wanted.items():
            most = self._most(name, values[name], by_host, by_cushion) if name in DOSE_LIMITS else value
            assert self.cushion.settings.get(name) == min(value, most)
            assert (name in answer["clamped"]) == (value > most)
        assert answer["undone"]["before"] == wanted
        assert limits(self.other) == other

    def _most(self, name: str, current: int, by_host: dict[str, int], by_cushion: dict[str, int]) -> int:
        over_boards = max(current, most_over_boards(self.store, name, unix_ms(self.now)))
        return min(by_host[name], by_cushion[name], over_boards)

    def _changed(self, step: Any) -> None:
        synced(self.store, self.cushion, self.other)
        before = self.cushion.settings.as_dict()
        step()
        after = self.cushion.settings.as_dict()
        if differing := {name: before[name] for name in before if before[name] != after[name]}:
            self.before.append(differing)


TestUndoing = Undoing.TestCase
TestUndoing.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
