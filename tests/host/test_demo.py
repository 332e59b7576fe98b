"""What the demo prints about its day."""

from datetime import UTC, datetime

from sitbone.lab.demo import _Narrator


def test_pulses_of_both_motors_are_one_vibration():
    shown: list[str] = []
    narrator = _Narrator(datetime(2026, 9, 21, 8, 30, tzinfo=UTC), shown.append)
    for t_ms in (60_000, 60_500, 61_000, 180_000):
        for side in ("left", "right"):
            narrator.hear({"kind": "motor", "t_ms": t_ms, "side": side, "on": True})
        narrator.hear({"kind": "motor", "t_ms": t_ms + 200, "side": "left", "on": False})
    assert [line.partition("  ")[2] for line in shown] == ["the cushion vibrates, left and right"] * 2
