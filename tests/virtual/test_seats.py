"""What the chip reads from traces and from simulated people."""

from itertools import pairwise

import numpy as np
import pytest

from cushion.core.calibration import ZONES
from cushion.drivers.profiles import PROFILES
from sitbone.replay.trace import Trace
from sitbone.virtual import SITTERS, SitterSeat, TraceSeat
from sitbone.virtual.sitters.sensor import ZoneSensor

READ_ALL = """
import asyncio, time
from machine import ADC, Pin
Pin(25, Pin.OUT, value=1)
zones = [ADC(pin, atten=ADC.ATTN_11DB) for pin in (36, 39, 34, 35)]
def read():
    return [zone.read_uv() for zone in zones]
"""


def _trace(t_ms, mv, zones=ZONES):
    full = np.zeros((len(t_ms), 4))
    for column, zone in enumerate(zones):
        full[:, ZONES.index(zone)] = np.asarray(mv)[:, column]
    return Trace(np.array(t_ms, dtype=np.int64), full, tuple(zones))


def test_the_tests_wire_the_pins_of_the_profile():
    profile = PROFILES["devkit"]
    assert profile["adc_pins"] == (36, 39, 34, 35)
    assert profile["sensor_supply"] == 25


def test_a_trace_passes_through_exactly_and_is_empty_around(run_firmware):
    rng = np.random.default_rng(5)
    t_ms = np.cumsum(rng.integers(1, 900, 400)) + 1000
    mv = np.round(rng.uniform(0, 3300, (400, 4)), 1)  # 0.1 mV is what the link carries
    until_ms = int(t_ms[-1]) + 200
    main = (
        READ_ALL
        + f"""
lines = []
while time.ticks_ms() < {until_ms}:
    lines.append("%d %r" % (time.ticks_ms(), read()))
    time.sleep_ms(97)
with open("/out.txt", "w") as file:
    file.write("\\n".join(lines))
"""
    )
    run = run_firmware(main, until_ms / 1000 + 0.2, seat=TraceSeat(_trace(t_ms, mv)), speed=None)
    expected = []
    for now_ms in range(0, until_ms, 97):
        row = np.searchsorted(t_ms, now_ms, side="right") - 1
        seated = row >= 0 and now_ms <= t_ms[-1]
        values = [round(v * 1000) for v in mv[row]] if seated else [0] * 4
        expected.append(f"{now_ms} {values}")
    # After the trace's end time is real, and a wait may take a millisecond more.
    inside = sum(now_ms <= t_ms[-1] for now_ms in range(0, until_ms, 97))
    said = run.said()
    assert said[:inside] == expected[:inside]
    assert [line.split(" ", 1)[1] for line in said[inside:]] == ["[0, 0, 0, 0]"] * len(said[inside:])


def test_without_supply_the_dividers_read_nothing(run_firmware):
    seat = TraceSeat(_trace([0, 60_000], [[1000, 900], [1000, 900]], zones=("left_it", "right_it")))
    main = READ_ALL + "say(read())\nPin(25, Pin.OUT).off()\nsay(read())\nPin(25).on()\nsay(read())"
    on = "[1000000, 900000, 0, 0]"  # zones that the trace lacks read 0
    assert run_firmware(main, 3, seat=seat).said() == [on, "[0, 0, 0, 0]", on]


def test_a_hole_in_the_trace_is_a_jump_of_the_clock_without_a_bite(run_firmware):
    seat = TraceSeat(_trace([0, 1000, 2000, 62_000, 63_000], [[100], [200], [300], [400], [500]], zones=("left_it",)))
    main = (
        READ_ALL
        + """
from machine import WDT
dog = WDT(timeout=3000)
for _ in range(6):
    say(time.ticks_ms(), read()[0])
    time.sleep_ms(500)
    dog.feed()
"""
    )
    run = run_firmware(main, 63, seat=seat)
    assert run.said() == ["0 100000", "500 100000", "1000 200000", "1500 200000", "2000 300000", "62000 400000"]
    assert [e["cause"] for e in run.happened("reset")] == []


def test_after_its_trace_the_world_goes_on_at_real_pace(cushion):
    import time

    seat = TraceSeat(_trace([0, 3_000_000, 3_600_000], [[1], [1], [1]], zones=("left_it",)))
    with cushion("import time\nwhile True:\n    time.sleep_ms(50)", seat=seat, speed=None) as chip:
        deadline_s = time.monotonic() + 10
        while chip.now_ms < seat.end_ms:
            assert time.monotonic() < deadline_s
            time.sleep(0.01)
        first_ms, began_s = chip.now_ms, time.monotonic()
        time.sleep(1)
        passed_ms, real_ms = chip.now_ms - first_ms, (time.monotonic() - began_s) * 1000
    assert passed_ms == pytest.approx(real_ms, abs=450)  # two chunks of 200 ms


@pytest.mark.parametrize(
    ("first_ms", "origin_ms"), [(0, 0), (5_000, 0), (1_750_000_000_000, 1_750_000_000_000), (-9, -9)]
)
def test_a_trace_that_counts_from_elsewhere_starts_at_power_on(first_ms, origin_ms):
    seat = TraceSeat(_trace([first_ms, first_ms + 500], [[1], [2]], zones=("left_it",)))
    assert seat.end_ms == first_ms - origin_ms + 501


def _moves(name: str, seed: int, hours: float = 10) -> list[tuple[int, str]]:
    """When somebody whom nothing disturbs sat down and stood up."""
    seat = SitterSeat(name, seed=seed)
    truths: list[tuple[int, str]] = []
    seat.attach(lambda t_ms, kind, **facts: truths.append((t_ms, kind)))
    seat.presses_ms(0, int(hours * 3_600_000))
    return [(t_ms, kind) for t_ms, kind in truths if kind in ("sat", "stood")]


def _day(name: str, seed: int, hours: float = 10, buzz_every_s: float = 0) -> tuple[np.ndarray, list]:
    seat = SitterSeat(name, seed=seed)
    truths = []
    seat.attach(lambda t_ms, kind, **facts: truths.append((t_ms, kind)))
    readings = []
    presses = []
    for second in range(int(hours * 3600)):
        start_ms = second * 1000
        readings.append(seat.zones_mv(seat.moments_ms(start_ms, start_ms + 1000))[0])
        presses += seat.presses_ms(start_ms, start_ms + 1000)
        if buzz_every_s and second % buzz_every_s == 0:
            seat.motor("left", True, 0.6, start_ms + 500)
    return np.array(readings), truths + [(t_ms, "press") for t_ms, _ in presses]


@pytest.mark.parametrize("name", sorted(SITTERS))
def test_a_seed_makes_the_day(name):
    hours = 0.2
    one, two = _day(name, 11, hours), _day(name, 11, hours)
    assert np.array_equal(one[0], two[0])
    assert one[1] == two[1]
    if name not in ("empty", "office"):  # the office opens later
        assert not np.array_equal(one[0], _day(name, 12, hours)[0])


def test_nobody_loads_an_empty_seat():
    readings, truths = _day("empty", 1, hours=1)
    assert not readings.any()
    assert truths == []


def test_readings_agree_with_the_truths():
    readings, truths = _day("office", 4)
    seated = np.zeros(len(readings), dtype=bool)
    for t_ms, kind in truths:
        if kind in ("sat", "stood"):
            seated[t_ms // 1000 + 2 :] = kind == "sat"
    changes = {t_ms // 1000 + d for t_ms, kind in truths if kind in ("sat", "stood") for d in range(-1, 4)}
    settled = np.array([second not in changes for second in range(len(readings))])
    assert (readings[settled & ~seated].sum(axis=1) == 0).all()
    assert (readings[settled & seated].sum(axis=1) > 300).all()


def test_office_sits_like_an_office_worker():
    sits_min, breaks = [], 0
    days = 20
    for seed in range(days):
        truths = _moves("office", seed)
        assert truths[0][1] == "sat"
        assert truths[0][0] == pytest.approx(10 * 60_000, abs=8 * 60_000)  # 08:40, switched on at 08:30
        sits_min += [(b[0] - a[0]) / 60_000 for a, b in pairwise(truths) if a[1] == "sat"]
        breaks += len(truths) // 2
    # The median and 90 % of 75 recorded days: 5.2 and 40 minutes; 28 sits a day.
    assert np.median(sits_min) == pytest.approx(5.2, rel=0.5)
    assert np.quantile(sits_min, 0.9) == pytest.approx(40, rel=0.4)
    assert 10 <= breaks / days <= 40


@pytest.mark.slow
def test_ignores_ignores_and_stands_stands():
    _, truths = _day("ignores", 2, hours=3, buzz_every_s=900)
    assert [kind for _, kind in truths if kind != "shift"] == ["sat"]
    _, truths = _day("stands", 2, hours=3, buzz_every_s=900)
    moves = [(t_ms, kind) for t_ms, kind in truths if kind != "shift"]
    stood = [t_ms for t_ms, kind in moves if kind == "stood"]
    assert len(stood) == 11
    assert all(20_000 <= (t_ms - 500) % 900_000 <= 41_000 for t_ms in stood)
    for (left_ms, _), (back_ms, kind) in zip(moves[1::2], moves[2::2], strict=False):
        assert kind == "sat"
        assert 150_000 <= back_ms - left_ms <= 240_000


def test_office_answers_about_half_of_the_vibrations():
    obeyed = shifted = prompts = 0
    presses = 0
    for seed in range(12):
        seat = SitterSeat("office", seed=seed)
        truths: list[tuple[int, str]] = []
        seat.attach(lambda t_ms, kind, shown=truths, **facts: shown.append((t_ms, kind)))
        asked_ms = None
        for now_ms in range(0, 8 * 3_600_000, 5000):
            presses += len(seat.presses_ms(now_ms, now_ms + 5000))
            sat_ms = [t for t, kind in truths if kind == "sat"][-1:] if truths and truths[-1][1] != "stood" else []
            if sat_ms and now_ms - sat_ms[0] > 600_000 and (asked_ms is None or now_ms - asked_ms > 600_000):
                asked_ms = now_ms
                prompts += 1
                seat.motor("left", True, 0.6, now_ms)
            if asked_ms is not None and now_ms - asked_ms == 155_000:
                answers = {kind for t, kind in truths if asked_ms < t <= now_ms}
                obeyed += "stood" in answers
                shifted += answers == {"shift"}
    assert prompts > 50
    assert 0.3 < obeyed / prompts < 0.75  # 45 % by intention, and those who would have left anyway
    assert shifted > 0
    assert presses > 0


def test_the_sensor_is_the_divider_of_its_nominal_conductance():
    sensor = ZoneSensor(noise_mv=0.0)
    pin_mv = sensor.divider_mv(np.array([0.0, 8.0, 40.0]), np.array([0.0, 0.0, 100_000.0]))
    # By hand: R = 1 / (13 uS * p), V = 3.3 V * 3300 / (3300 + R); at 100 000 s the conductance is 20 % higher.
    for p_kpa, creep, mv in zip((8, 40), (1.0, 1.2), pin_mv[1:], strict=True):
        ohm = 1 / (13e-6 * p_kpa * creep)
        assert mv == pytest.approx(3300 * 3300 / (3300 + ohm))
    reported = sensor.reported_mv(np.array([0.0, 141.0, 143.0, 3290.0]), np.random.default_rng(0))
    assert reported[:2].tolist() == [0.0, 0.0]
    assert reported[2] == pytest.approx(143, abs=0.5)
    assert 3140 <= reported[3] <= 3200  # full
