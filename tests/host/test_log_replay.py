"""The replay of recorded epochs. What it should decide is written down: sits of known loads, and a model in floats."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cushion.core import records
from cushion.core.settings import Settings
from sitbone import cli
from sitbone.replay.log_reading import PRESS, Epoch, Log, Moment
from sitbone.replay.recording import record
from sitbone.replay.walk import Episode, Stretch
from sitbone.replay.weeks import Weeks, recorded_weeks
from sitbone.settings.params import PARAMS
from sitbone.settings.spec import in_force
from sitbone.store.store import Store
from tests.host.logs import CUSHION_ID, T0_MS, LogWriter

LEFT, RIGHT, BOTH = 1, 2, 3
DOSE, TIME = 1, 2
BREAK, PARTIAL, SHIFT, MISSED, SNOOZED, SUPPRESSED = 1, 2, 3, 4, 5, 6


class Diarist:
    """Writes the log of somebody who sits as instructed: epochs of ten seconds, doses by the model's own formulas."""

    def __init__(self) -> None:
        self.log = LogWriter()
        self.dose_cs = [0.0, 0.0]
        self.seated_s = 0
        self.log.add(records.BOOT, 1, 0, 0, 3, 0, 0)
        self.log.clock(T0_MS)

    @property
    def now_s(self) -> float:
        return self.log.now_ms / 1000

    def sit(self, minutes: float, left_u: int = 1000, right_u: int = 1000) -> "Diarist":
        self.log.add(records.SAT, 0)
        length_s = round(minutes * 60)
        for _ in range(length_s // 10):
            self.log.now_ms += 10_000
            self.seated_s += 10
            self._load(10, left_u, right_u)
            self._epoch(left_u, right_u, 10, 2)
        self.log.now_ms += 5000  # it takes five seconds to be sure
        self._load(5, 0, 0)
        self.log.add(records.STOOD, 5000, length_s * 1000, 0, 0, 0)
        return self

    def away(self, seconds: int) -> "Diarist":
        self.log.now_ms += (seconds - 5) * 1000
        self._load(seconds - 5, 0, 0)
        if seconds >= 120:
            self.seated_s = 0
        self._epoch(0, 0, seconds - 5, 1)
        return self

    def _load(self, seconds: int, *loads: int) -> None:
        for side, u in enumerate(loads):
            if u >= 300:
                self.dose_cs[side] += min(1, (u - 300) / 400) * seconds * 100
            elif u >= 0:
                self.dose_cs[side] *= 2.718281828 ** (-(300 - u) / 300 * seconds / 60)

    def _epoch(self, left_u: int, right_u: int, seconds: int, state: int) -> None:
        loads = [records.UNKNOWN_U if u < 0 else u for u in (left_u, right_u)]
        doses = [round(cs) for cs in self.dose_cs]
        self.log.add(records.EPOCH, 5000, 5000, 3000, 3000, *loads, *doses, self.seated_s, state, 0, seconds)

    def weeks(self, store: Store) -> Weeks:
        from sitbone.store.blocks import read_block

        store.add_blocks(store.cushion(CUSHION_ID.hex()), [read_block(data) for data in self.log.data()])
        return recorded_weeks(store, None, None)


def rows(episodes: list[Episode]) -> list[tuple[int, int, int, int, int | None]]:
    """(second of the log, side, cause, level, outcome) of each."""
    return [(item.at_s - T0_MS // 1000, item.side, item.cause, item.level, item.outcome) for item in episodes]


def near(found: list[tuple[int, int, int, int, int | None]], *expected: tuple[int, int, int, int, int | None]) -> bool:
    same = [item[1:] for item in found] == [item[1:] for item in expected]
    return same and all(abs(one[0] - other[0]) <= 3 for one, other in zip(found, expected, strict=True))


@pytest.fixture
def diarist() -> Diarist:
    return Diarist()


def test_the_dose_prompts_after_twenty_minutes_and_a_break_answers(store: Store, diarist: Diarist) -> None:
    """1200 s at reference load; then away for 200 s, verified after 120."""
    weeks = diarist.sit(22).away(200).weeks(store)
    (followed,) = [recording.followed for recording in weeks.recordings]
    assert near(rows(followed.episodes), (1200, BOTH, DOSE, 2, BREAK))


def test_another_limit_prompts_at_another_time_on_its_side(store: Store, diarist: Diarist) -> None:
    weeks = diarist.sit(22, 1000, 600).away(200).weeks(store)
    settings = in_force({"left_dose_limit_s": 600, "right_dose_limit_s": 2700})
    (replayed,) = weeks.replays(settings)
    assert near(rows(replayed.episodes), (600, LEFT, DOSE, 3, MISSED))


def test_half_load_prompts_by_seated_time(store: Store, diarist: Diarist) -> None:
    """u = 0.5 gives a weight of a half: after 1800 s the dose is 900 s, and seated time asks."""
    weeks = diarist.sit(31, 500, 500).away(200).weeks(store)
    assert near(rows(weeks.recordings[0].followed.episodes), (1800, BOTH, TIME, 1, BREAK))


def test_nobody_is_asked_while_the_log_says_muted(store: Store, diarist: Diarist) -> None:
    diarist.log.add(records.BUTTON, 3)
    followed = diarist.sit(22).away(200).weeks(store).recordings[0].followed
    assert followed.episodes == []
    assert [bits for _, bits in followed.held_back] == [2], "muted"


def test_a_snooze_in_the_log_is_kept_under_any_settings(store: Store) -> None:
    """The button 100 s after the prompt of 600 s; the next prompt comes ten minutes later, gently."""
    log = Diarist()
    log.log.add(records.SAT, 0)
    for second in range(0, 1500, 10):
        log.log.now_ms += 10_000
        log.seated_s += 10
        log._load(10, 1000, 1000)
        log._epoch(1000, 1000, 10, 2)
        if second == 690:
            log.log.add(records.BUTTON, 1)
    log.log.add(records.STOOD, 0, 1_500_000, 0, 0, 0)
    settings = in_force({"left_dose_limit_s": 600, "right_dose_limit_s": 600})
    (replayed,) = log.weeks(store).replays(settings)
    assert near(rows(replayed.episodes), (600, BOTH, DOSE, 1, SNOOZED), (1300, BOTH, DOSE, 1, None))


def test_a_change_of_settings_takes_effect_where_the_log_has_it(store: Store, diarist: Diarist) -> None:
    diarist.sit(9).away(200)
    for name in ("left_dose_limit_s", "right_dose_limit_s"):
        index = [param.name for param in PARAMS].index(name)
        diarist.log.add(records.SETTING, index, 1200, 600, "shorter")
    begin_s = round(diarist.now_s)
    followed = diarist.sit(12).away(200).weeks(store).recordings[0].followed
    assert near(rows(followed.episodes), (begin_s + 581, BOTH, DOSE, 2, BREAK))  # 19 s were left of the first sit


def test_an_unknown_side_is_never_due(store: Store, diarist: Diarist) -> None:
    followed = diarist.sit(22, -1, 1000).away(200).weeks(store).recordings[0].followed
    assert near(rows(followed.episodes), (1200, RIGHT, DOSE, 2, BREAK))


def test_power_on_forgets_the_dose_and_a_crash_keeps_it(tmp_path: Path) -> None:
    """15 min, a restart, 10 min: 25 min together, or 15 and 10 apart."""
    for cause, expected in ((1, []), (3, [(DOSE, BREAK)])):
        diarist = Diarist().sit(15)
        diarist.log.restart()
        diarist.log.add(records.BOOT, cause, 0, 0, 3, 0, 1)
        diarist.log.clock(T0_MS + 15 * 60_000 + 10_000, source=2)
        if cause == 1:
            diarist.dose_cs = [0.0, 0.0]
        diarist.sit(10).away(200)
        with Store(tmp_path / f"{cause}.sqlite") as store:
            followed = diarist.weeks(store).recordings[0].followed
        assert [(item.cause, item.outcome) for item in followed.episodes] == expected, cause


def test_against_the_log_each_difference_has_its_reason(store: Store, diarist: Diarist) -> None:
    """The log has the prompt that the replay finds, and one of another day's that nothing explains."""
    diarist.sit(22)
    diarist.log.add(records.PROMPT, 7, 1, 1, 1, 0, 0, 0, 1200, 1200, 1800)
    weeks = diarist.away(200).weeks(store)
    found = weeks.against_log(store).as_json()
    assert (found["episodes"], found["found"], found["share"]) == (1, 0, 0.0)
    (difference,) = found["differences"]
    assert difference["logged"] == {"side": "left", "level": 1, "cause": "dose", "outcome": None}
    assert difference["replayed"] == {"side": "both", "level": 2, "cause": "dose", "outcome": "break"}
    assert "earlier" in difference["why"]


def test_the_commands(store: Store, diarist: Diarist, capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    diarist.sit(22).away(200).weeks(store)
    store.close()
    monkeypatch.setenv("SITBONE_HOME", str(store.path.parent))
    day = datetime.fromtimestamp(T0_MS / 1000, UTC).astimezone().date().isoformat()
    assert cli.run(["replay", "--from", day, "--against-log"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("the log holds no prompts of these days\n")
    assert "log: no prompt; replay: level 2, both, by dose, break: only the replay prompts" in out
    assert cli.run(["replay", "--from", day, "--json"]) == 0
    assert '"outcome": "break"' in capsys.readouterr().out
    for wrong in (["replay"], ["replay", "x.csv", "--from", day], ["replay", "x.csv", "--against-log"]):
        assert cli.run(wrong) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1


def test_epochs_that_overlap_are_replayed_without_their_overlap() -> None:
    """No cushion writes them; a damaged or hostile log may."""
    epochs = [Epoch(end_s, 10, 900, 900, 100 * end_s, 100 * end_s, 10, 2) for end_s in (1010, 1010, 1005, 1020)]
    log = Log(1, 990, 2000, Settings().as_dict(), epochs, moments=[Moment(1010, PRESS, 2)])
    log.sits, log.last_s = [(1000, 1020)], 1020
    stretches = [item for item in record(log, []).items if isinstance(item, Stretch)]
    assert sum(item.seconds for item in stretches) == 20
    assert all(item.seconds > 0 for item in stretches)
