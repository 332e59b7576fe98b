"""Virtual time: exact as fast as possible, real at speed 1, sane while a host talks."""

import time

import pytest
import serial

CONSOLE = """
import asyncio, sys, time
ticks = 0
async def count():
    global ticks
    while True:
        ticks += 1
        await asyncio.sleep_ms(250)
async def main():
    asyncio.create_task(count())
    reader = asyncio.StreamReader(sys.stdin.buffer)
    while True:
        await reader.read(1)
        print(ticks, time.ticks_ms())
asyncio.run(main())
"""


@pytest.mark.slow
def test_a_day_at_4_hz_counts_exactly(run_firmware):
    main = """
import asyncio, time
count = 0
wrong = 0
async def sample():
    global count, wrong
    expected = time.ticks_ms()
    while True:
        count += 1
        wrong += time.ticks_ms() != expected
        expected = time.ticks_add(expected, 250)
        await asyncio.sleep_ms(250)
async def main():
    task = asyncio.create_task(sample())
    await asyncio.sleep(24 * 3600)
    say(count, wrong, time.ticks_ms(), time.time())
asyncio.run(main())
"""
    assert run_firmware(main, 24 * 3600 + 1).said() == [f"{24 * 3600 * 4} 0 86400000 86400"]


@pytest.mark.slow
def test_two_tick_wraps_lose_no_hour(run_firmware):
    main = """
import asyncio, time
async def main():
    hours = total = 0
    before = time.ticks_ms()
    while hours < 26 * 24:
        await asyncio.sleep(3600)
        hours += 1
        now = time.ticks_ms()
        total += time.ticks_diff(now, before)
        before = now
    say(total, time.time())
asyncio.run(main())
"""
    assert run_firmware(main, 26 * 86_400 + 1).said() == [f"{26 * 86_400_000} {26 * 86_400}"]


def test_a_spinning_firmware_gets_its_time_too(run_firmware):
    main = """
import time
start = time.ticks_ms()
while time.ticks_diff(time.ticks_ms(), start) < 300:
    pass
say("done")
"""
    assert run_firmware(main, 5).said() == ["done"]


def _ask(port: serial.Serial) -> tuple[int, int]:
    port.write(b"?")
    count, ticks_ms = port.readline().split()
    return int(count), int(ticks_ms)


@pytest.mark.parametrize("speed", [1.0, 100.0, None])
def test_time_is_real_while_a_host_talks_and_flies_when_it_is_silent(cushion, speed):
    with cushion(CONSOLE, speed=speed) as chip, serial.Serial(chip.port, timeout=5, exclusive=True) as port:
        _ask(port)  # from here on the chip knows that somebody talks
        _, first_ms = _ask(port)
        began_s = time.monotonic()
        for _ in range(8):
            time.sleep(0.1)
            _, last_ms = _ask(port)
        real_ms = (time.monotonic() - began_s) * 1000
        assert last_ms - first_ms == pytest.approx(real_ms, abs=60)
        if speed != 1.0:
            time.sleep(1)
            count, later_ms = _ask(port)
            assert later_ms - last_ms > 10_000
            assert count == pytest.approx(later_ms / 250, abs=2)


def test_speed_holds_the_pace(run_firmware):
    began_s = time.monotonic()
    run = run_firmware("import time\ntime.sleep(100)\nsay('done')", 120, speed=100)
    assert run.said() == ["done"]
    assert time.monotonic() - began_s > 1.0


def test_hurrying_ends_at_its_moment_in_real_time(cushion):
    """However long whoever looks is held up: what is done next is done there, not wherever the world has flown to."""
    main = "import time\nwhile True:\n    time.sleep_ms(250)"
    with cushion(main) as chip:
        for until_ms in (600_000, 4_200_000):
            began_s = time.monotonic()
            chip.hurry_until(until_ms)
            while chip.now_ms < until_ms:
                chip.poll()
            time.sleep(0.5)
            assert chip.now_ms - until_ms <= (time.monotonic() - began_s) * 1000, "no faster than real time"
