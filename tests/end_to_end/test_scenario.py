"""One scenario through the real firmware on the virtual cushion and through the core in CPython: the same decisions."""

import pytest

from sitbone.lab.truth import perform
from sitbone.replay.trace_replay import replay_trace
from sitbone.virtual import TraceSeat, VirtualCushion
from tests.end_to_end.conftest import json_lines, live_until

MINUTES = 45


@pytest.mark.slow
def test_the_cushion_decides_as_the_replay_does(flash, sitbone, tmp_path):
    trace, truth = perform("perching", 2, MINUTES / 60)
    expected = replay_trace(trace)
    assert len(truth.sits) > 2
    assert expected["shifts"]
    with VirtualCushion(TraceSeat(trace), flash=flash, speed=None) as cushion:
        live_until(cushion, int(trace.t_ms[-1]))
        sitbone("sync", "--port", cushion.port)
    events = [line for line in _events(sitbone) if line["t_ms"] <= trace.t_ms[-1]]
    stood = [(e["t_ms"] - e["ago_ms"], e["bout_ms"]) for e in events if e["kind"] == "stood"]
    closed = [bout for bout in expected["bouts"] if not bout.get("open")]
    assert [length for _, length in stood] == [bout["end_ms"] - bout["start_ms"] for bout in closed]
    shifts = [(e["side"], e["shift_ms"], e["lowest_u"]) for e in events if e["kind"] == "shift"]
    assert shifts == [(s["side"], s["end_ms"] - s["start_ms"], s["lowest_u"]) for s in expected["shifts"]]
    prompts = [e for e in events if e["kind"] == "prompt" and e["level"] == 1]
    assert len(prompts) == len(expected["prompts"])


def _events(sitbone):
    out = sitbone("events", "--json", "--from", "2000-01-01").stdout
    return json_lines(out)
