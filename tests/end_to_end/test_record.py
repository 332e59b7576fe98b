"""`sitbone record` on the virtual cushion: the trace is what lay on the seat, and the firmware goes on sampling."""

import json

import numpy as np

from sitbone.board.device import Cushion
from sitbone.replay.trace import read_trace
from sitbone.virtual import TraceSeat, VirtualCushion
from tests.end_to_end.conftest import write_trace


def test_a_capture_shows_the_seat(flash, sitbone, tmp_path):
    # Long enough for any machine: between two clients' talks this world runs thousands of times as fast as ours.
    seat = read_trace(write_trace(tmp_path / "seat.csv", (40_000, 600, 500, 300)))
    with VirtualCushion(TraceSeat(seat), flash=flash, speed=None) as cushion:
        with Cushion(cushion.port) as device:
            before = device.call("status")
        shown = json.loads(
            sitbone("record", "--port", cushion.port, "--for", "2m", tmp_path / "out.csv", "--json").stdout
        )
        with Cushion(cushion.port) as device:
            after = device.call("status")
    trace = read_trace(tmp_path / "out.csv")
    assert trace.zones == ("left_it", "right_it", "left_thigh", "right_thigh")
    assert (shown["missed"], shown["unread"]) == (0, 0)
    assert 470 <= len(trace.t_ms) <= 481
    # While the host talks the pace is real, and a stall of this machine makes a step late: the grid does not move.
    off_grid_ms = (trace.t_ms - trace.t_ms[0] + 125) % 250 - 125
    assert np.mean(np.abs(off_grid_ms) <= 10) > 0.95
    assert np.mean(np.abs(np.diff(trace.t_ms) - 250) <= 10) > 0.95
    assert abs(int(trace.t_ms[-1] - trace.t_ms[0]) - 250 * (len(trace.t_ms) - 1)) <= 10
    assert abs(np.median(trace.mv[:, 0]) - 602) < 12, "the chip's own noise and curve lie between"
    assert abs(np.median(trace.mv[:, 2]) - 302) < 12
    assert after["steps"] - before["steps"] >= 480
    assert (after["late"], after["crashes"]) == (0, 0)
