"""The first hour's parts: where it goes on, which sensor a hand presses, and the first limit."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from sitbone import cli
from sitbone.board.first_hour.numbers import first_limits, why
from sitbone.board.first_hour.progress import NAMES, Progress
from sitbone.board.first_hour.sensors import PATIENCE, press_each, pressed
from sitbone.errors import Refused

REST = (200, 300, 250, 220)


def test_it_goes_on_where_it_was_left(tmp_path: Path) -> None:
    progress = Progress(tmp_path)
    for name in NAMES:
        following = progress.following()
        assert following is not None
        assert following.name == name
        progress.finish(name)
        progress = Progress(tmp_path)
    assert progress.following() is None
    progress.go_back("seated")
    assert Progress(tmp_path).done == ["board", "firmware", "sensors", "empty"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"done": 3}', '{"done": ["unheard-of"]}'])
def test_a_file_that_says_nothing_begins_anew(tmp_path: Path, text: str) -> None:
    (tmp_path / "first_hour.json").write_text(text)
    progress = Progress(tmp_path)
    assert progress.done == []
    progress.finish("board")
    assert Progress(tmp_path).done == ["board"]


@pytest.mark.parametrize(
    ("pa", "zone"),
    [
        ((3200, 300, 250, 220), 0),
        ((3199, 300, 250, 220), None),  # a touch
        ((200, 9000, 4500, 220), 1),  # the board bends under its neighbour
        ((200, 9000, 4700, 220), None),  # two hands
        ((200, 300, 250, 40_000), 3),
        (REST, None),
    ],
)
def test_the_zone_that_stands_out(pa: Sequence[int], zone: int | None) -> None:
    assert pressed(REST, pa) == zone


def hand(*zones: int | None) -> Iterator[Sequence[int]]:
    """Rest, then each zone pressed for three readings and let go for two; from then on nothing."""
    yield REST
    for zone in zones:
        for _ in range(3):
            yield [9000 if at == zone else rest for at, rest in enumerate(REST)]
        yield REST
        yield REST
    while True:
        yield REST


def test_each_sensor_in_its_place_answers() -> None:
    said: list[str] = []
    readings = hand(0, 1, 2, 3)
    press_each(lambda: next(readings), said.append, lambda _: None)
    assert said == [
        "Press hard on the sensor of the left sitting bone, with your hand.",
        "The left sitting bone answers. Let go.",
        "Press hard on the sensor of the right sitting bone, with your hand.",
        "The right sitting bone answers. Let go.",
        "Press hard on the sensor of the left thigh, with your hand.",
        "The left thigh answers. Let go.",
        "Press hard on the sensor of the right thigh, with your hand.",
        "The right thigh answers. Let go.",
    ]


def test_swapped_wires_and_a_dead_one_are_named() -> None:
    readings = hand(0, 3)
    with pytest.raises(
        Refused, match="you pressed the right sitting bone, and the right thigh answered; swap their wires"
    ):
        press_each(lambda: next(readings), print, lambda _: None)
    waits: list[float] = []
    readings = hand(0)
    with pytest.raises(
        Refused, match="the sensor of the right sitting bone did not answer within a minute; check its plug"
    ):
        press_each(lambda: next(readings), print, waits.append)
    assert len(waits) >= PATIENCE


@pytest.mark.parametrize(
    ("can_sit_min", "limit_s", "says"),
    [
        (15, 720, "first limit: 12.0 min (four fifths of the 15 min, so that it asks before it hurts)"),
        (
            25,
            1200,
            "first limit: 20.0 min (that is where everybody begins; it may grow from your own days, by at most a",
        ),
        (60, 1200, "first limit: 20.0 min (that is where everybody begins"),
        (4, 300, "first limit: 5.0 min (the lowest limit there is; stand up before it where that is too long for you)"),
    ],
)
def test_the_first_limit_follows_from_what_one_can_sit(can_sit_min: int, limit_s: int, says: str) -> None:
    limits = first_limits("left", can_sit_min)
    assert limits == {"left_dose_limit_s": limit_s}
    assert why(limits, can_sit_min).startswith(says)
    assert set(first_limits("both", can_sit_min).values()) == {limit_s}


def test_without_a_board_it_says_so_and_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SITBONE_HOME", str(tmp_path))
    monkeypatch.setattr("sitbone.board.device.find", list)
    monkeypatch.setattr("sitbone.board.serial_line.usb_ports", list)
    assert cli.run(["setup"]) == 3
    shown = capsys.readouterr()
    assert "1 of 9: Find the board" in shown.out
    assert shown.err.splitlines() == [
        "What is done stays. To go on with this step: sitbone setup",
        "sitbone: no board is connected; plug it in, with a cable that carries data, then try again",
    ]
    monkeypatch.setattr("sitbone.board.serial_line.usb_ports", lambda: ["/dev/ttyUSB0", "/dev/ttyUSB1"])
    assert cli.run(["setup"]) == 2
    assert (
        "there are several ports (/dev/ttyUSB0, /dev/ttyUSB1); name the board's with --port" in capsys.readouterr().err
    )
    assert cli.run(["setup", "--from", "leaning"]) == 2
    assert "no step is called leaning; choose from board, firmware, sensors" in capsys.readouterr().err
