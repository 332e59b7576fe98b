"""A trace, lived through by the firmware on the virtual cushion, against the same trace replayed in CPython.

The cushion runs bytecode, as users install it. Names are changed in it: this shows that it decides as the source does.
"""

import json
from typing import Any

import pytest

from sitbone.board.firmware_files import can_compile
from sitbone.board.install import install
from sitbone.replay.trace import read_trace
from sitbone.replay.trace_replay import replay_trace
from sitbone.virtual import EmptySeat, TraceSeat, VirtualCushion
from tests.end_to_end.conftest import json_lines, live_until, write_trace


@pytest.fixture
def flash(tmp_path):
    path = tmp_path / "compiled.img"
    bring = lambda port: install(port, compile_it=can_compile())  # noqa: E731
    with VirtualCushion(EmptySeat(), flash=path, install=bring):
        pass
    return path


@pytest.fixture(params=["a morning", pytest.param("chair_day", marks=pytest.mark.slow)])
def trace_path(request, tmp_path):
    if request.param == "chair_day":
        return request.getfixturevalue("shared_data") / "chair_day.csv.gz"
    return write_trace(
        tmp_path / "morning.csv",
        (20, 0, 0, 0),
        (1400, 700, 400, 300),  # asked for, at three levels
        (150, 0, 0, 0),  # a verified break
        (900, 500, 500, 300),
        (20, 700, 120, 300),  # a shift to the left
        (1300, 500, 500, 300),
        (40, 0, 0, 200),  # leans forward: a partial off-load
        (200, 500, 500, 300),
        (60, 0, 0, 0),
    )


def test_firmware_and_replay_agree_on_every_bout_prompt_and_shift(trace_path, flash, sitbone):
    trace = read_trace(trace_path)
    expected = replay_trace(trace)
    with VirtualCushion(TraceSeat(trace), flash=flash, speed=None) as cushion:
        live_until(cushion, int(trace.t_ms[-1] - trace.t_ms[0]))
        synced = json.loads(sitbone("sync", "--port", cushion.port, "--json").stdout)
    assert synced["damaged"] == 0
    assert synced["lost"] == []
    events = json_lines(sitbone("events", "--from", "2000-01-01", "--json").stdout)
    session = events[-1]["session"]
    shown = [event for event in events if event["session"] == session]

    def of(kind, *fields):
        return [tuple(event[field] for field in fields) for event in shown if event["kind"] == kind]

    starts, ends = of("sat", "t_ms"), of("stood", "t_ms")
    assert list(zip(starts, ends, strict=True)) == [
        ((bout["start_ms"],), (min(bout["end_ms"], end[0]),)) for bout, end in zip(expected["bouts"], ends, strict=True)
    ]
    assert of("shift", "t_ms", "side") == [(shift["end_ms"], shift["side"]) for shift in expected["shifts"]]
    levels = [(t_ms, prompt["cause"]) for prompt in expected["prompts"] for t_ms in prompt["levels_ms"]]
    assert of("prompt", "t_ms", "cause") == levels
    assert of("outcome", "outcome") == [(prompt["outcome"],) for prompt in expected["prompts"]]


def test_every_prompt_of_the_morning_is_felt(tmp_path, flash):
    trace = read_trace(write_trace(tmp_path / "sit.csv", (1700, 700, 400, 300), (10, 0, 0, 0)))
    journal: list[dict[str, Any]] = []
    with VirtualCushion(TraceSeat(trace), flash=flash, speed=None, journal=journal.append) as cushion:
        live_until(cushion, 1_710_000)
    (prompt,) = replay_trace(trace)["prompts"]
    pulses = [entry["t_ms"] for entry in journal if entry["kind"] == "motor" and entry["on"]]
    left = [entry for entry in journal if entry["kind"] == "motor" and entry["side"] == "left"]
    lengths = [off["t_ms"] - on["t_ms"] for on, off in zip(left[::2], left[1::2], strict=True)]
    assert prompt["levels_ms"] == [pulses[0], pulses[0] + 120_000, pulses[0] + 300_000]
    assert lengths == [200] * 2 + [300] * 3 + [500] * 3
    right = [entry["t_ms"] for entry in journal if entry["kind"] == "motor" and entry["side"] == "right"]
    assert 0 <= min(right) - prompt["levels_ms"][2] <= 1, "the right side may be vibrated at level 3 only"
