"""Load before and after a calibration: a wedge that takes a quarter away is seen, chance is not."""

import json
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cushion.core import records
from sitbone import cli
from sitbone.analysis.recovery.loads import recalibrations
from sitbone.dates import unix_ms
from sitbone.store.blocks import read_block
from sitbone.store.store import Store
from tests.host.logs import CUSHION_ID, LogWriter

FIRST = datetime(2026, 9, 1).astimezone()
GUIDED, AUTOTARE, LEANS = (records.CALIBRATION_SOURCES.index(name) for name in ("guided", "autotare", "leans"))
Pressure = Callable[[int], tuple[int, int]]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("SITBONE_HOME", str(tmp_path))
    with Store(tmp_path / "sitbone.sqlite") as kept:
        yield kept


def keep(store: Store, days: int, pa: Pressure, calibrated: dict[int, tuple[int, int, int]]) -> None:
    """An hour's sit on each day, and calibrations before some of them: left and right reference (Pa), source."""
    log = LogWriter()
    log.clock(unix_ms(FIRST))
    begun_ms = log.now_ms
    for day in range(days):
        log.now_ms = begun_ms + day * 86_400_000 + 8 * 3_600_000
        if day in calibrated:
            left, right, source = calibrated[day]
            log.add(records.CALIBRATION, 0, 0, 0, 0, left, right, 3000, 3000, source)
        log.now_ms += 3_600_000
        for _ in range(360):
            log.now_ms += 10_000
            log.add(records.EPOCH, *pa(day), 3000, 3000, 900, 900, 0, 0, 0, records.STATE_OCCUPIED, 0, 10)
        log.now_ms += 600_000
        log.add(records.EPOCH, 0, 0, 0, 0, 0, 0, 0, 0, 0, records.STATE_VACANT, 0, 250)
    store.add_blocks(store.cushion(CUSHION_ID.hex()), [read_block(data) for data in log.data()])


def test_a_wedge_that_takes_a_quarter_off_one_side_is_seen(store: Store) -> None:
    noise = random.Random(4)

    def pa(day: int) -> tuple[int, int]:
        left_pa = 4500 if day >= 10 else 6000
        return round(left_pa * noise.uniform(0.95, 1.05)), round(5000 * noise.uniform(0.95, 1.05))

    keep(store, 20, pa, {10: (4400, 4900, GUIDED)})
    (found,) = recalibrations(store)
    assert (found.at_ms, found.days) == (unix_ms(FIRST + timedelta(days=10, hours=8)), (10, 10))
    left, right = found.sides["left"], found.sides["right"]
    assert left.ref_kpa == 4.4
    assert left.change_percent == pytest.approx(-25, abs=2)
    assert -30 < (left.low_percent or 0) < -25 < (left.high_percent or 0) < -20
    assert left.is_clear
    assert right.change_percent == pytest.approx(0, abs=3)
    assert not right.is_clear


def test_what_sensors_alone_may_differ_by_is_not_called_clear(store: Store) -> None:
    keep(store, 20, lambda day: (5500, 5500) if day < 10 else (5060, 4400), {10: (5000, 4400, GUIDED)})
    (found,) = recalibrations(store)
    # Each day is like the next, so that the interval is that of a point: -8 % is within the sensors' 10, -20 % is not.
    assert [round(found.sides[side].high_percent or 0) for side in ("left", "right")] == [-8, -20]
    assert [found.sides[side].is_clear for side in ("left", "right")] == [False, True]


def test_one_calibration_with_its_leans_is_one_and_an_autotare_none(store: Store) -> None:
    keep(
        store,
        12,
        lambda day: (5000, 5000),
        {3: (5000, 5000, GUIDED), 5: (5000, 5000, AUTOTARE), 8: (4000, 4000, LEANS)},
    )
    assert [item.days for item in recalibrations(store)] == [(3, 5), (5, 4)]


def test_days_without_a_calibration_give_none(store: Store) -> None:
    keep(store, 3, lambda day: (5000, 5000), {})
    assert recalibrations(store) == []


def test_as_it_is_typed(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["loads"]) == 0
    assert capsys.readouterr().out == "no calibration in the log yet; run sitbone calibrate, then sitbone sync\n"
    keep(
        store,
        5,
        lambda day: (6000, 5000) if day < 3 else (4500, 5000),
        {3: (4500, 5000, GUIDED), 4: (4500, 5000, GUIDED)},
    )
    assert cli.run(["loads"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[:6] == [
        "2026-09-04 08:00: 3 days before, 1 after",
        "  left: neutral sit 4.5 kPa; too few days before or after it to compare",
        "  right: neutral sit 5.0 kPa; too few days before or after it to compare",
        "2026-09-05 08:00: 1 day before, 1 after",
        "  left: neutral sit 4.5 kPa; too few days before or after it to compare",
        "  right: neutral sit 5.0 kPa; too few days before or after it to compare",
    ]
    assert cli.run(["loads", "--json"]) == 0
    first = json.loads(capsys.readouterr().out)["calibrations"][0]
    assert first["at"].startswith("2026-09-04T08:00")
    assert first["sides"]["left"]["before_kpa"] == 6.0
