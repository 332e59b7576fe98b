"""Mishaps as traces, from outside the project: what the sensors alone decide. Each expectation is what happened."""

import functools

import numpy as np
import pytest

from sitbone.lab.evaluate import Decided, f1, transitions
from sitbone.lab.truth import truth_of
from sitbone.replay.trace import Trace, read_trace
from sitbone.replay.trace_replay import calibration_from, replay_trace
from tests.conftest import ROOT

CASES = ROOT.parent / "shared" / "cases"
MINUTE_MS = 60_000


@functools.cache
def the_case(name):
    path = CASES / f"{name}.csv.gz"
    if not path.is_file():
        pytest.skip(f"{path} isn't here")
    return read_trace(path)


@functools.cache
def replayed(name):
    trace = the_case(name)
    return replay_trace(trace, calibration=calibration_from(trace))


def minutes(spans):
    return [(round(span["start_ms"] / MINUTE_MS, 1), round(span["end_ms"] / MINUTE_MS, 1)) for span in spans]


@pytest.mark.parametrize(
    ("name", "bouts"),
    [
        ("break-119s", [(1.5, 7.0), (11.0, 36.0), (38.0, 58.0)]),
        ("break-120s", [(1.5, 7.0), (11.0, 36.0), (38.0, 58.0)]),
        ("gaps", [(1.5, 7.0), (11.0, 26.1), (26.2, 31.1), (32.2, 37.1), (97.2, 112.2)]),
        ("hover-at-threshold", [(1.5, 7.0)]),
        ("residual-15-percent", [(1.5, 7.0), (11.0, 71.0), (101.0, 111.0)]),
        ("all-zones-drift-up", [(1.5, 7.0), (131.0, 156.0), (186.0, 201.0)]),
        ("plug-falls-off", [(1.5, 7.0), (11.0, 26.0)]),
    ],
)
def test_sits(name, bouts):
    found = replayed(name)
    assert minutes(found["bouts"]) == bouts
    assert found["objects"] == []
    assert {fault["quality"] for fault in found["faults"]} <= {"drifting"}


@pytest.mark.parametrize(
    ("name", "verified"),
    [
        ("break-119s", [True, False]),
        ("break-120s", [True, True]),
        ("gaps", [True]),
        ("residual-15-percent", [True, True]),
        ("all-zones-drift-up", [True, True]),
    ],
)
def test_breaks(name, verified):
    assert [span["verified"] for span in replayed(name)["breaks"]] == verified


@pytest.mark.parametrize(
    ("name", "zones"), [("all-zones-drift-up", [0, 1]), ("cushion-moved-silent", [0, 1]), ("residual-15-percent", [])]
)
def test_a_calibration_that_does_not_fit_is_said_so(name, zones):
    """The tare is used up; an hour at a quarter of the references."""
    assert [fault["zone"] for fault in replayed(name)["faults"]] == zones


def test_a_cushion_that_moved_asks_by_time():
    assert replayed("cushion-moved-silent")["prompts"][0]["t_ms"] == 41 * MINUTE_MS


def test_holes():
    assert minutes(replayed("gaps")["unknown"]) == [(26.1, 26.2), (31.1, 32.2), (37.1, 97.2)]


def leaves_at_once(trace):
    """(of how many leaves) one reading shows a sitter's load on the seat and the very next one nothing on any zone."""
    here = trace.mv.max(axis=1) >= 300
    ends = np.flatnonzero(here[:-1] & (trace.occupied[:-1] == 1) & (trace.occupied[1:] == 0))
    return sum(not trace.mv[end + 1].any() for end in ends), len(ends)


def test_without_a_bias_a_plug_that_falls_off_looks_like_somebody_who_stands_up_quickly(shared_data):
    """Why a board without bias resistors believes it: three in four leaves of a recorded day look so."""
    at_once, leaves = leaves_at_once(read_trace(shared_data / "chair_day.csv.gz"))
    assert (at_once, leaves) == (12, 16)


def with_bias(trace, off_from_ms=None):
    """The same loads on sensors with a bias resistor; from `off_from_ms` on the plug is out."""
    siemens = trace.mv / (3300 * (3300 - trace.mv)) + 1 / 47000
    mv = np.round(3300 * 3300 * siemens / (1 + 3300 * siemens), 1)
    if off_from_ms is not None:
        mv[trace.t_ms - trace.t_ms[0] >= off_from_ms] = 0
    return Trace(trace.t_ms, mv, trace.zones, trace.occupied, "devkit-b")


def test_with_a_bias_a_plug_that_falls_off_is_told_within_two_seconds_and_is_no_break():
    twin = with_bias(the_case("plug-falls-off"), 26 * MINUTE_MS)
    found = replay_trace(twin, calibration=calibration_from(twin))
    assert [fault["zone"] for fault in found["faults"]] == [0, 1, 2, 3]
    assert {(fault["quality"], fault["on"]) for fault in found["faults"]} == {("unplugged", True)}
    assert all(0 <= fault["t_ms"] - 26 * MINUTE_MS <= 2000 for fault in found["faults"])
    assert [span["verified"] for span in found["breaks"]] == [True]  # the one before
    assert minutes(found["bouts"]) == [(1.5, 7.0), (11.0, 26.1)]


@pytest.mark.parametrize("calibrated", [False, True])
def test_a_recorded_day_with_bias_resistors(shared_data, calibrated):
    day = with_bias(read_trace(shared_data / "chair_day.csv.gz"))
    found = replay_trace(day, calibration=calibration_from(day) if calibrated else None)
    bouts = [(bout["start_ms"], bout["end_ms"]) for bout in found["bouts"]]
    assert f1(*transitions(truth_of(day), Decided(bouts, [], []))) == 1.0
    assert found["unknown"] == []
    assert {fault["quality"] for fault in found["faults"]} <= {"drifting"}  # a thigh that carries half for an hour
