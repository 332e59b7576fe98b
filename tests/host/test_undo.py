"""Undo takes back a whole change, and repeated it goes further back: whoever changed what in between, on which cushion.

Oracle: a list of what was in force before each change, kept by the test beside the cushion.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from cushion.core import records
from cushion.core.settings import DOSE_LIMITS, Settings
from sitbone.cli.render import undone_lines
from sitbone.dates import unix_ms
from sitbone.errors import SitboneError
from sitbone.settings.changes import change, undo
from sitbone.settings.params import BY_NAME, PARAMS
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


def test_apply_undo_undo_redo(store: Store) -> None:
    cushion, now = a_cushion(), START + timedelta(days=30)
    change(cushion, store, {"mute_s": 1800}, "a talk", now)
    change(cushion, store, dict.fromkeys(DOSE_LIMITS, 1320), "tune: calm week", now)
    for _ in range(2):
        synced(store, cushion)
        undo(cushion, store, now)
    assert (limits(cushion), cushion.settings.get("mute_s")) == ((1200, 1200), 3600)
    change(cushion, store, dict.fromkeys(DOSE_LIMITS, 1320), "tune: calm week", now)
    assert limits(cushion) == (1320, 1320)
    synced(store, cushion)
    undo(cushion, store, now)
    assert limits(cushion) == (1200, 1200)
    synced(store, cushion)
    with pytest.raises(SitboneError, match="there is no change to undo"):
        undo(cushion, store, now)


def test_the_sides_of_an_old_change_without_a_number_belong_together(store: Store) -> None:
    """Firmware before changes had numbers wrote both sides a moment apart, perhaps in another second."""
    cushion, now = a_cushion(), START + timedelta(days=30)
    log = cushion.log
    log.now_ms += 60_999 - log.now_ms % 1000
    for name in DOSE_LIMITS:
        index = list(BY_NAME).index(name)
        log.add(records.SETTING, index, 1200, cushion.settings.change(name, 1320, cushion.age_s), "tune: calm")
        log.now_ms += 20
    synced(store, cushion)
    assert undo(cushion, store, now)["applied"] == dict.fromkeys(DOSE_LIMITS, 1200)


VALUES = st.integers(BY_NAME[DOSE_LIMITS[0]].low, BY_NAME[DOSE_LIMITS[0]].high)
HOSTS = st.sampled_from(("desk", "laptop"))
WEEK_S = 7 * DAY_S


class Undoing(RuleBasedStateMachine):
    """A person changes limits from two computers on two cushions, undoes and does it again.

    What a week's rise allows is the test's own count: what was in force, when, on which cushion.
    """

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.stores = {name: Store(Path(self.folder.name) / f"{name}.sqlite") for name in ("desk", "laptop")}
        self.cushion, self.other = a_cushion(), a_cushion(OTHER_ID)
        self.before: list[dict[str, int]] = []
        self.undone: dict[str, int] = {}
        self.was: list[tuple[int, Cushion, str, int]] = []  # in force from an age on, on a cushion

    def teardown(self) -> None:
        for store in self.stores.values():
            store.close()
        self.folder.cleanup()

    @property
    def now(self) -> datetime:
        return START + timedelta(seconds=self.cushion.age_s)

    @rule(left=VALUES, right=VALUES, host=HOSTS)
    def both(self, left: int, right: int, host: str) -> None:
        asked = dict(zip(DOSE_LIMITS, (left, right), strict=True))
        self._change(host, asked, dict.fromkeys(DOSE_LIMITS, "tune"))

    @rule(name=st.sampled_from(DOSE_LIMITS), value=VALUES, host=HOSTS)
    def one(self, name: str, value: int, host: str) -> None:
        self._change(host, {name: value}, "by hand")

    @rule(value=st.integers(600, 3600))
    def a_program_without_a_store(self, value: int) -> None:
        with self._noted(self.cushion):
            self.cushion.call("settings_set", {"mute_s": value}, "by hand", 0)

    @rule(value=st.integers(-720, 720))
    def a_sync_from_another_zone(self, value: int) -> None:
        self.cushion.call("settings_set", {"utc_offset_min": value}, "clock set", 0)

    @rule(value=VALUES, host=HOSTS)
    def the_other_cushion(self, value: int, host: str) -> None:
        store, mine = self._synced(host), limits(self.cushion)
        with self._noted(self.other):
            change(self.other, store, {DOSE_LIMITS[0]: value}, "by hand", self.now)
        assert limits(self.cushion) == mine

    @rule(seconds=st.integers(1, 9 * DAY_S))
    def time_passes(self, seconds: int) -> None:
        self.cushion.wait(seconds)
        self.other.wait(seconds)

    @rule(host=HOSTS)
    def redo(self, host: str) -> None:
        """What the last undo took away is asked for again; that is a change like any other."""
        if self.undone:
            self._change(host, self.undone, "again after all")

    @rule(host=HOSTS)
    def undo(self, host: str) -> None:
        store, other = self._synced(host), limits(self.other)
        if not self.before:
            with pytest.raises(SitboneError, match="no change to undo"):
                undo(self.cushion, store, self.now)
            return
        wanted, values = self.before.pop(), self.cushion.settings.as_dict()
        most = {name: self._most(name, values[name]) for name in wanted}
        exact = [name for name in wanted if values[name] >= wanted[name] or not self._rose_in_a_week(name)]
        with self._noted(self.cushion, is_undo=True):
            answer = undo(self.cushion, store, self.now)
        self.undone = {name: values[name] for name in wanted}
        assert answer["undone"]["before"] == wanted
        assert limits(self.other) == other
        lines = dict(line.split(" = ", 1) for line in undone_lines(answer))
        for name, value in wanted.items():
            now_s = self.cushion.settings.get(name)
            assert min(values[name], value) <= now_s <= min(value, most[name])
            assert now_s == min(value, most[name]) or name not in exact
            told = f"{now_s}; before the change it was {value}, but a limit may rise by at most 10 % in 7 days"
            assert lines[name] == (str(now_s) if now_s == value else told)
            assert answer["clamped"].get(name, now_s) == value

    def _most(self, name: str, now_s: int) -> int:
        """What a week's rise allows at most: a tenth above the lowest that the person had on any cushion."""
        if name not in DOSE_LIMITS:
            return 1 << 31
        of_person = [(at_s, value) for at_s, _, key, value in self.was if key == name]
        of_cushion = [(0, 1200), *self._steps(name)]
        return max(now_s, min(self._lowest_of_a_week(steps) for steps in (of_person, of_cushion) if steps) * 11 // 10)

    def _lowest_of_a_week(self, steps: list[tuple[int, int]]) -> int:
        ends = [at_s for at_s, _ in steps[1:]] + [self.cushion.age_s]
        recent = self.cushion.age_s - WEEK_S
        return min(value for (_, value), end_s in zip(steps, ends, strict=True) if end_s >= recent)

    def _rose_in_a_week(self, name: str) -> bool:
        """Then the cushion may allow less: whatever it allowed a week ago, it counts from before all rises since."""
        steps = [(0, 1200), *self._steps(name)]
        rises = [at_s for (_, was), (at_s, now_s) in pairwise(steps) if now_s > was]
        return bool(rises) and rises[-1] > self.cushion.age_s - WEEK_S

    def _steps(self, name: str) -> list[tuple[int, int]]:
        return [(at_s, value) for at_s, owner, key, value in self.was if (key, owner) == (name, self.cushion)]

    def _synced(self, host: str) -> Store:
        synced(self.stores[host], self.cushion, self.other)
        return self.stores[host]

    def _change(self, host: str, asked: dict[str, int], reason: str | dict[str, str]) -> None:
        store = self._synced(host)
        with self._noted(self.cushion):
            change(self.cushion, store, asked, reason, self.now)

    @contextmanager
    def _noted(self, cushion: Cushion, is_undo: bool = False) -> Iterator[None]:
        """Keeps what a change did, and what was before it; no two at the same moment."""
        before = cushion.settings.as_dict()
        yield
        after = cushion.settings.as_dict()
        differing = [name for name in before if before[name] != after[name]]
        self.was += [(cushion.age_s, cushion, name, after[name]) for name in differing]
        if differing and cushion is self.cushion and not is_undo:
            self.before.append({name: before[name] for name in differing})
        self.time_passes(1)


TestUndoing = Undoing.TestCase
TestUndoing.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
