"""Quiet hours keep to the clock on the wall over the night in which summer time ends, without a host."""

from datetime import UTC, datetime

import pytest

from sitbone import cli
from sitbone.board.device import Cushion
from sitbone.dates import next_offset, utc_offset_min
from sitbone.errors import Refused
from tests.end_to_end.conftest import live_until
from tests.end_to_end.test_safety import living

ENDS = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)  # in Berlin: 03:00 becomes 02:00
BEFORE_S = 60


@pytest.fixture
def berlin(zone_of):
    zone_of("Europe/Berlin")


@pytest.fixture
def nowhere(zone_of):
    zone_of("UTC")


def test_the_next_change_is_that_of_the_law(berlin):
    for moment, begins, offset_min in (
        (datetime(2026, 7, 1, tzinfo=UTC), ENDS, 60),
        (datetime(2026, 10, 25, 0, 59, tzinfo=UTC), ENDS, 60),
        (ENDS, datetime(2027, 3, 28, 1, 0, tzinfo=UTC), 120),
    ):
        assert next_offset(moment.astimezone()) == (int(begins.timestamp()), offset_min)


def test_where_the_clocks_never_change_there_is_none(nowhere):
    assert next_offset(ENDS) is None


def offset_of(device):
    return device.call("settings_show")["values"]["utc_offset_min"]


def test_the_offset_changes_at_its_time_and_outlives_a_restart(flash):
    at_s = int(ENDS.timestamp())
    with living(flash) as cushion, Cushion(cushion.port) as device:
        assert device.call("clock", (at_s - 3600) * 1000, 120)["next_offset"] == [0, 0]
        assert device.call("next_offset", at_s, 60) == {"next_offset": [at_s, 60]}
        with pytest.raises(Refused, match="utc_offset_min = 900 is out of range"):
            device.call("next_offset", at_s, 900)
    with living(flash) as cushion:
        with Cushion(cushion.port) as device:
            known = device.call("clock", (at_s - BEFORE_S) * 1000, 120)["next_offset"]
            assert (known, offset_of(device)) == ([at_s, 60], 120)
        live_until(cushion, cushion.now_ms + (BEFORE_S + 15) * 1000)
        with Cushion(cushion.port) as device:
            assert offset_of(device) == 60
            assert device.call("clock", (at_s + 30) * 1000, 60)["next_offset"] == [0, 0]


def test_another_zone_forgets_the_change_of_the_one_before(flash):
    at_s = int(ENDS.timestamp())
    with living(flash) as cushion, Cushion(cushion.port) as device:
        device.call("clock", (at_s - 3600) * 1000, 120)
        device.call("next_offset", at_s, 60)
        assert device.call("clock", (at_s - 1800) * 1000, 540)["next_offset"] == [0, 0]


def test_a_sync_brings_the_next_change(flash, berlin, monkeypatch, tmp_path):
    monkeypatch.setenv("SITBONE_HOME", str(tmp_path / "home"))
    with living(flash) as cushion:
        assert cli.run(["sync", "--port", cushion.port]) == 0
        now = datetime.now(tz=UTC).astimezone()
        with Cushion(cushion.port) as device:
            offset_min = utc_offset_min(now)
            known = device.call("clock", int(now.timestamp() * 1000), offset_min)["next_offset"]
    begins = datetime.fromtimestamp(known[0], tz=UTC)
    assert (begins.month, begins.hour, begins.minute, begins.weekday()) in ((3, 1, 0, 6), (10, 1, 0, 6))
    assert begins.day >= 25
    assert known[1] == 180 - offset_min
