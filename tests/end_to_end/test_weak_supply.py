"""Power that fails whenever the cushion vibrates: recorded, said, and answered by weaker vibration."""

import pytest

from cushion.core import records
from sitbone import cli
from sitbone.board.device import Cushion
from sitbone.store.blocks import fields_of, read_block, split_blocks
from tests.end_to_end.conftest import until
from tests.end_to_end.test_safety import living, resets_of, run, status

SLOW = 0.1  # of the world's time: a pattern of a second lasts ten on a machine that has little time for it
PLAY = "from cushion.link import calls as c\nprint(c._app.monitor.board.haptics.play(2, 3, 100, False))\n"


def fail_while_it_vibrates(cushion):
    resets = resets_of(cushion)
    assert run(cushion, PLAY) == b"True"
    cushion.brown_out()
    until(lambda: resets_of(cushion) > resets)


def failures_in(cushion):
    with Cushion(cushion.port) as device:
        blocks = split_blocks(list(device.read_log(0)))
    rows = [row for block in blocks for row in read_block(block).records]
    return [fields_of(row.kind, row.payload)["in_a_row"] for row in rows if row.kind == records.POWER_FAILED]


def faults(cushion):
    return [fault for fault in status(cushion)["faults"] if "power" in fault]


def strength(cushion):
    with Cushion(cushion.port) as device:
        return device.call("settings_show")["values"]["strength_percent"]


@pytest.mark.slow
def test_power_that_fails_at_each_vibration_makes_it_weaker(flash, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("SITBONE_HOME", str(tmp_path / "home"))
    with living(flash, speed=SLOW) as cushion:
        fail_while_it_vibrates(cushion)
        assert faults(cushion) == ["power failed at vibration, 1 in a row"]
        assert (strength(cushion), failures_in(cushion)) == (100, [1])
        fail_while_it_vibrates(cushion)
        assert (strength(cushion), failures_in(cushion)) == (80, [1, 2])
        assert faults(cushion) == ["power failed at vibration, 2 in a row"]
        cli.run(["doctor", "--port", cushion.port])
        assert "charge the battery, and check its plug and the USB cable" in capsys.readouterr().out
        cli.run(["sync", "--port", cushion.port])
        capsys.readouterr()
        assert cli.run(["events"]) == 0
        assert "the power failed while it vibrated, 2 times in a row" in capsys.readouterr().out


@pytest.mark.slow
def test_a_vibration_that_ends_ends_the_row(flash):
    with living(flash, speed=SLOW) as cushion:
        fail_while_it_vibrates(cushion)
        assert faults(cushion)
    with living(flash) as cushion:
        assert faults(cushion) == ["power failed at vibration, 1 in a row"]
        assert run(cushion, PLAY) == b"True"
        until(lambda: not faults(cushion))
        resets = resets_of(cushion)
        cushion.brown_out()
        until(lambda: resets_of(cushion) > resets)
        assert not faults(cushion)
        assert (strength(cushion), failures_in(cushion)) == (100, [1])
