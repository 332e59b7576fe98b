"""Replay against what is known of the recordings (the recorder's `occupied` column), and against hand-made traces."""

import itertools

import numpy as np
import pytest

from sitbone.replay.trace import read_trace
from sitbone.replay.trace_replay import levels_at, replay_trace, sample_times_ms
from tests.end_to_end.conftest import write_trace

EDGE_MS = 5000
SHORTEST_SIT_MS = 3000


def runs(trace):
    """(occupied, start_ms, end_ms, start known, end known) of each stretch of equal `occupied`."""
    known = np.isfinite(trace.occupied)
    value = np.where(known, trace.occupied, -1)
    cuts = np.flatnonzero(np.diff(value)) + 1
    starts, ends = np.r_[0, cuts], np.r_[cuts, len(value)] - 1
    for index, (start, end) in enumerate(zip(starts, ends, strict=True)):
        before = index > 0 and value[starts[index - 1]] == 0
        after = index + 1 < len(starts) and value[starts[index + 1]] == 0
        yield value[start], int(trace.t_ms[start]), int(trace.t_ms[end]), before, after


def true_sits(trace):
    return [run[1:] for run in runs(trace) if run[0] == 1 and run[2] - run[1] >= SHORTEST_SIT_MS]


@pytest.fixture(scope="module")
def chair_day(shared_data):
    return read_trace(shared_data / "chair_day.csv.gz")


@pytest.fixture(scope="module")
def office_week(shared_data):
    """Semi-synthetic: real seated runs laid along real sitting and standing times."""
    return read_trace(shared_data / "office_week_semisynthetic.csv.gz")


@pytest.mark.parametrize(
    ("recording", "sits"), [("chair_day", 22), pytest.param("office_week", 135, marks=pytest.mark.slow)]
)
def test_finds_every_sit_and_no_other(recording, sits, request):
    trace = request.getfixturevalue(recording)
    truth, found = true_sits(trace), replay_trace(trace)["bouts"]
    assert len(truth) == len(found) == sits
    for (start_ms, end_ms, start_known, end_known), bout in zip(truth, found, strict=True):
        assert not start_known or abs(bout["start_ms"] - start_ms) <= EDGE_MS
        assert not end_known or abs(bout["end_ms"] - end_ms) <= EDGE_MS


def test_the_touch_is_no_sit_and_the_short_gap_is_a_gap(chair_day):
    found = replay_trace(chair_day)
    assert not [bout for bout in found["bouts"] if bout["start_ms"] <= 513_000 <= bout["end_ms"]]
    (gap,) = [gap for gap in found["breaks"] if 4_405_000 < gap["start_ms"] < 4_409_000]
    assert abs(gap["end_ms"] - gap["start_ms"] - 6500) <= 1500


@pytest.mark.slow
def test_each_prompt_of_the_week_is_due_and_meets_somebody(office_week):
    found = replay_trace(office_week)
    occupied = office_week.occupied
    assert len(found["prompts"]) > 20
    for prompt in found["prompts"]:
        row = np.searchsorted(office_week.t_ms, prompt["t_ms"], side="right") - 1
        assert occupied[row] == 1, f"a prompt on an empty seat at {prompt['t_ms']} ms"
        if prompt["cause"] == "dose":
            assert max(prompt["dose_s"].values()) >= 1200
        else:
            assert prompt["seated_s"] >= 1800
        assert prompt["outcome"] in {"break", "partial", "shift", "missed", "suppressed"}
    starts = [prompt["t_ms"] for prompt in found["prompts"]]
    assert all(later - earlier >= 600_000 for earlier, later in itertools.pairwise(starts))
    assert all(starts[i + 3] - starts[i] >= 3_600_000 for i in range(len(starts) - 3))


def test_a_gap_in_the_trace_is_unknown_and_no_break(tmp_path):
    path = write_trace(tmp_path / "gap.csv", (300, 600, 600, 300), (300, 600, 600, 300))
    lines = path.read_text().splitlines()
    path.write_text("\n".join(lines[:1201] + lines[1301:]) + "\n")  # 25 s are missing
    found = replay_trace(read_trace(path))
    (unknown,) = found["unknown"]  # to the second of the decision before the gap
    assert 25_250 <= unknown["end_ms"] - unknown["start_ms"] <= 26_250
    assert len(found["bouts"]) == 2
    assert found["breaks"] == []
    assert found["dose"]["left"]["max_s"] <= 575 * 1.05


def test_samples_lie_on_a_quarter_second_grid_and_at_the_end_of_a_gap():
    t_ms = np.array([1000, 1500, 2000, 9100, 9600])
    assert sample_times_ms(t_ms).tolist() == [250, 500, 750, 1000, 8100, 8250, 8500, 8750]


def test_a_row_holds_until_the_next_and_the_dead_zone_is_nothing(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("t_ms,left_it_mv\n0,200\n1000,700.5\n1700,149\n")
    assert levels_at(read_trace(path), np.array([0, 999, 1000, 1699, 1700]))[:, 0].tolist() == [
        2000,
        2000,
        7005,
        7005,
        0,
    ]
