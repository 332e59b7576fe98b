"""`sitbone calibrate` and `sitbone live` against the real firmware on the virtual cushion; the figures of `live`."""

import json
import shutil
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from sitbone import cli
from sitbone.board.live import capture, fault_words, figures, gained_words, lines, next_prompt_s, steady
from sitbone.errors import Refused
from sitbone.virtual import SITTERS, SitterSeat, VirtualCushion
from sitbone.virtual.sitters.sitter import Ignores

START = datetime(2026, 9, 21, 7, 0, tzinfo=UTC)


def answer(**changes):
    return {
        "state": "occupied",
        "pa": [6000, 4000, 3000, 2000],
        "quality": ["ok", "ok", "ok", "open"],
        "u": [1000, 500],
        "dose_s": [600, 600],
        "limit_s": [1200, 1200],
        "seated_s": 600,
        "seated_limit_s": 1800,
        "wait_s": 0,
        "calibrated": False,
    } | changes


def test_the_seat_and_its_zones_are_told_in_words():
    assert "seat               empty, seated 10.0 min" in "\n".join(lines(figures(answer(state="vacant")), None))
    assert fault_words("left_it open") == "left sitting bone open"
    assert fault_words("right_thigh missing") == "right thigh missing"


def test_shares_and_the_next_prompt():
    now = figures(answer())
    assert now["left_share"] == 0.6
    assert now["sitting_bone_share"] == pytest.approx(10 / 15, abs=0.001)
    assert now["next_prompt_s"] == 600  # left at full weight; the timer would take 1200 s
    assert next_prompt_s(answer(u=[500, -1])) == 1200  # half weight left, right unknown: both come to 1200 s
    assert next_prompt_s(answer(dose_s=[1200, 0], wait_s=400)) == 400
    assert next_prompt_s(answer(state="vacant")) is None
    empty = figures(answer(state="vacant", pa=[0, 0, 0, 0]))
    assert empty["left_share"] is None
    assert empty["sitting_bone_share"] is None


def test_before_and_after_a_wedge():
    before, after = figures(answer()), figures(answer(pa=[3000, 2000, 5000, 5000]))
    text = "\n".join(lines(after, before))
    assert "33 %, before  67 % (-33 points)" in text
    assert "open" in text
    assert "not calibrated: loads assume a typical seat" in text
    assert "4.0 kPa" not in "\n".join(lines(after, None))


def test_a_mark_is_the_mean_of_seconds_through_which_somebody_sat():
    answers = [figures(answer()), figures(answer(pa=[4000, 6000, 3000, 2000]))]
    assert steady(answers)["pa"] == [5000, 5000, 3000, 2000]
    assert steady(answers)["left_share"] == 0.5
    for nobody in ([], [*answers, figures(answer(state="vacant"))]):
        with pytest.raises(Refused, match="nobody sat for 5 seconds; sit as you normally do"):
            steady(nobody)


def test_a_refused_capture_says_why():
    answers = iter([{"state": "running", "left_s": 2}, {"state": "refused", "left_s": 0, "why": "you moved too much"}])
    with pytest.raises(Refused, match="seated seat: you moved too much"):
        capture(lambda *_: next(answers), "seated", poll_s=0)


def test_the_leans_say_what_to_do_as_it_changes():
    phases = ("upright", "upright", "left", "left", "right", "forward", "fitting")
    steps = [{"state": "running", "left_s": 9, "phase": phase, "why": ""} for phase in phases]
    gained = {"was_permille": 178, "is_permille": 12, "exponent_permille": [500, 1000, 1500, 700]}
    said: list[str] = []
    answers = iter([*steps, {"state": "done", "phase": "fitting", "left_s": 1, "why": "", "gained": gained}])
    assert capture(lambda *_: next(answers), "leans", say=said.append, poll_s=0)["gained"] == gained
    assert said[:4] == ["sit upright", "lean left", "lean right", "lean forward"]
    assert len(said) == 5
    assert said[4].startswith("sit as you like")
    assert gained_words(gained) == (
        "while you leaned, the sum of your load changed by 18 %, now 1 %; exponents 0.50, 1.00, 1.50, 0.70"
    )


def test_a_restart_in_the_middle_is_a_refusal():
    answers = iter([{"state": "running", "left_s": 2}, {"state": "idle", "left_s": 0, "why": ""}])
    with pytest.raises(Refused, match="restarted"):
        capture(lambda *_: next(answers), "empty", poll_s=0)


class SitsStill(Ignores):
    doc = "for these tests: small movements only"
    shift_every_min = 0.0


@pytest.fixture(scope="module")
def port(installed, tmp_path_factory):
    """Thirty seconds of an empty seat, then somebody who stays; sixty times as fast as life."""
    image = tmp_path_factory.mktemp("cushion") / "flash.img"
    shutil.copyfile(installed / "flash.img", image)
    SITTERS["sits still"] = SitsStill
    try:
        seat = SitterSeat("sits still", seed=3, start=START)
    finally:
        del SITTERS["sits still"]
    with VirtualCushion(seat, flash=image, speed=60, start=START) as virtual:
        yield virtual.port


def run(*args):
    done = CliRunner().invoke(cli.cli, list(args), prog_name="sitbone", standalone_mode=False)
    return done.output, done.exception


@pytest.mark.slow
def test_live_then_calibrate(port):
    out, error = run("live", "--port", port, "--json", "--for", "2s", "--every", "0.5")
    assert error is None
    seen = [json.loads(line) for line in out.splitlines()]
    assert len(seen) >= 2
    assert seen[-1]["calibrated"] is False
    out, error = run("live", "--port", port, "--for", "1s")
    assert error is None
    assert "next prompt" in out
    _, error = run("calibrate", "--port", port, "--step", "empty", "--yes")
    assert isinstance(error, Refused)
    assert "on the seat" in str(error) or "moved" in str(error)
    out, error = run("calibrate", "--port", port, "--step", "seated", "--yes", "--json")
    assert error is None
    shown = json.loads(out.splitlines()[-1])
    assert shown["calibrated"]
    assert 2000 < shown["ref_pa"][0] < 20_000
