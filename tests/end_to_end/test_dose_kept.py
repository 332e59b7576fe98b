"""No reset forgives a dose: what a loss of power takes is in the log's last epoch."""

import shutil

import pytest

from sitbone.replay.trace import read_trace
from sitbone.virtual import TraceSeat
from tests.end_to_end.conftest import live_until, until, write_trace
from tests.end_to_end.test_safety import living, resets_of, run, status


@pytest.fixture
def seat(tmp_path):
    """Somebody sits for 40 minutes, on both sides alike."""
    return TraceSeat(read_trace(write_trace(tmp_path / "sit.csv", (20, 0, 0, 0), (2400, 900, 900, 600))))


def sat_for(cushion):
    """Doses and seated time, s, of a cushion that answers after its restart."""
    answer = status(cushion)
    return answer["dose_s"]["left"], answer["dose_s"]["right"], answer["seated_s"], answer["reset"]


@pytest.mark.parametrize("how", ["power cut", "brown-out"])
def test_a_loss_of_power_in_the_middle_of_a_sit_keeps_its_dose(flash, seat, how):
    with living(flash, seat) as cushion:
        live_until(cushion, 600_000)
        left_s, right_s, seated_s, _ = sat_for(cushion)
        assert min(left_s, right_s, seated_s) > 300
        resets = resets_of(cushion)
        if how == "power cut":
            cushion.power_cut()
            cushion.power_on()
        else:
            cushion.brown_out()
            until(lambda: resets_of(cushion) > resets)
        live_until(cushion, cushion.now_ms + 5000)
        left_after_s, right_after_s, seated_after_s, reset = sat_for(cushion)
    assert reset == "power-on"
    assert left_s - 11 <= left_after_s <= left_s + 60
    assert right_s - 11 <= right_after_s <= right_s + 60
    assert seated_s - 11 <= seated_after_s <= seated_s + 60


def test_opening_and_closing_the_port_may_reset_the_board_each_time(flash, seat):
    """Eight resets and more within a sit: doses and seated time stay within a minute of what they are without."""
    undisturbed = flash.with_name("undisturbed.img")
    shutil.copy(flash, undisturbed)
    with living(undisturbed, seat) as cushion:
        live_until(cushion, 900_000)
        expected = sat_for(cushion)[:3]
    with living(flash, TraceSeat(read_trace(flash.with_name("sit.csv"))), port_resets=True) as cushion:
        for at_ms in (300_000, 500_000, 700_000, 880_000):
            live_until(cushion, at_ms)
            status(cushion)
        live_until(cushion, 900_000)
        found = sat_for(cushion)
        assert resets_of(cushion) >= 8
    assert found[3] == "power-on"
    for value_s, want_s in zip(found[:3], expected, strict=True):
        assert abs(value_s - want_s) <= 60


def test_a_supply_that_dips_at_each_start_leads_to_safe_mode(flash):
    with living(flash) as cushion:
        status(cushion)
        for _ in range(4):
            resets = resets_of(cushion)
            cushion.brown_out()
            until(lambda before=resets: resets_of(cushion) > before)
            live_until(cushion, cushion.now_ms + 1500)
        assert "three starts failed" in status(cushion)["safe_mode"]
        assert run(cushion, "print(6 * 7)") == b"42"
