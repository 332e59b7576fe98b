"""The chip's modules behave, and refuse, as the ESP32's do."""

import calendar

import pytest

from sitbone.virtual import Seat

REFUSALS = {
    "ADC(5)": "ValueError",  # on no converter
    "ADC(21)": "ValueError",
    "network.WLAN(network.STA_IF).active(True) and ADC(25).read_uv()": "OSError",  # ADC2 is the radio's then
    "I2C(2)": "ValueError",
    "I2C(0, scl=34, sda=21)": "ValueError",
    "I2C(0, scl=22, sda=21).readfrom(0x48, 2)": "OSError",  # nothing is wired there
    "ADC(36, atten=4)": "ValueError",
    "Pin(34, Pin.OUT)": "ValueError",
    "Pin(39, Pin.IN, Pin.PULL_UP)": "ValueError",
    "Pin(35, Pin.IN, Pin.PULL_DOWN)": "ValueError",
    "Pin(6)": "ValueError",  # the flash's
    "Pin(24)": "ValueError",
    "Pin(40)": "ValueError",
    "Pin(-1)": "ValueError",
    "PWM(34)": "ValueError",
    "PWM(26, freq=0)": "ValueError",
    "PWM(26, freq=41000000)": "ValueError",
    "PWM(26, duty_u16=65536)": "ValueError",
    "PWM(26, duty_u16=-1)": "ValueError",
    "WDT(timeout=999)": "ValueError",
    "WDT(1)": "ValueError",
    "Timer(4)": "ValueError",
    "RTC().memory(bytes(2049))": "ValueError",
    "esp32.wake_on_ext0(5, 0)": "ValueError",
    "esp32.wake_on_ext1((32, 19), False)": "ValueError",
    "machine.freq(123)": "ValueError",
    "time.ticks_add(0, 1 << 29)": "OverflowError",
    "machine.UART": "AttributeError",
    "ADC(36)": "fine",
    "ADC(25).read_uv()": "fine",
    "ADC(36).read_uv()": "fine",
    "ADC(Pin(32), atten=ADC.ATTN_11DB)": "fine",
    "Pin(26, Pin.OUT, value=1)": "fine",
    "PWM(26, freq=200, duty_u16=0)": "fine",
    "PWM(27, freq=200, duty_u16=65535).deinit()": "fine",
    "Pin(32, Pin.IN, Pin.PULL_UP)": "fine",
    "Pin(39, Pin.IN)": "fine",
    "Timer(3)": "fine",
    "RTC().memory(bytes(2048))": "fine",
    "esp32.wake_on_ext0(32, 0)": "fine",
    "esp32.wake_on_ext0(Pin(39), True)": "fine",
    "esp32.wake_on_ext1((32, 33), False)": "fine",
}


def test_chip_refuses_what_the_esp32_refuses(run_firmware):
    main = f"""
import esp32, machine, network, time
from machine import ADC, I2C, PWM, Pin, RTC, Timer, WDT
for source in {list(REFUSALS)!r}:
    network.WLAN(network.STA_IF).active(False)
    try:
        eval(source)
        say(source, "=> fine")
    except Exception as error:
        say(source, "=>", type(error).__name__)
"""
    said = dict(line.split(" => ") for line in run_firmware(main, 1).said())
    assert said == REFUSALS


def test_strapping_pins_are_warned_about_once(run_firmware):
    main = "from machine import Pin\nfor gpio in (12, 12, 13, 2):\n    Pin(gpio, Pin.OUT)"
    warned = [entry["what"].split()[1] for entry in run_firmware(main, 1).happened("warning")]
    assert warned == ["12", "2"]


def test_calendar_counts_from_2000_as_cpython_does_from_1970(run_firmware):
    moments = [(2000, 1, 1, 0, 0, 0), (2024, 2, 29, 23, 59, 59), (2026, 12, 31, 12, 0, 1), (2100, 3, 1, 0, 0, 0)]
    main = f"""
import time
say(time.gmtime(0))
for when in {moments!r}:
    seconds = time.mktime(when + (0, 0))
    say(seconds, time.gmtime(seconds))
"""
    first, *rest = run_firmware(main, 1).said()
    assert first == "(2000, 1, 1, 0, 0, 0, 5, 1)"
    for when, line in zip(moments, rest, strict=True):
        seconds, text = line.split(" ", 1)
        assert int(seconds) == calendar.timegm((*when, 0, 0, 0)) - calendar.timegm((2000, 1, 1, 0, 0, 0))
        assert text.startswith("(" + ", ".join(map(str, when)) + ", ")


def test_ticks_wrap_at_2_to_the_30(run_firmware):
    main = """
import time
top = (1 << 30) - 1
say(time.ticks_diff(5, top), time.ticks_diff(top, 5), time.ticks_add(top, 7), time.ticks_add(0, -1) == top)
"""
    assert run_firmware(main, 1).said() == ["6 -6 6 True"]


def test_asyncio_keeps_the_chips_time(run_firmware):
    main = """
import asyncio, time
order = []
async def later(ms, name):
    await asyncio.sleep_ms(ms)
    order.append((name, time.ticks_ms()))
async def main():
    start = time.ticks_ms()
    tasks = [asyncio.create_task(later(ms, ms)) for ms in (300, 100, 200, 100)]
    for task in tasks:
        await task
    say([(name, at - start) for name, at in order])
    try:
        await asyncio.wait_for_ms(later(3600000, "never"), 250)
    except asyncio.TimeoutError:
        say("timeout", time.ticks_ms() - start)
    event, lock = asyncio.Event(), asyncio.Lock()
    async def setter():
        async with lock:
            await asyncio.sleep_ms(50)
            event.set()
    asyncio.create_task(setter())
    await event.wait()
    say("event", time.ticks_ms() - start, await asyncio.gather(later(1, "x"), later(2, "y")))
    endless = asyncio.create_task(later(3600000, "never"))
    await asyncio.sleep(0)
    endless.cancel()
    try:
        await endless
    except asyncio.CancelledError:
        say("cancelled", time.ticks_ms() - start)
asyncio.run(main())
"""
    assert run_firmware(main, 10).said() == [
        "[(100, 100), (100, 100), (200, 200), (300, 300)]",
        "timeout 550",
        "event 600 [None, None]",
        "cancelled 602",
    ]


class Presser(Seat):
    """Somebody who presses the button for 80 ms at 1234 ms and again at 3000 ms."""

    def presses_ms(self, start_ms, end_ms):
        edges = [(1234, True), (1314, False), (3000, True), (3080, False)]
        return [edge for edge in edges if start_ms <= edge[0] < end_ms]


def test_edges_and_timers_come_at_their_millisecond(run_firmware):
    main = """
import asyncio, time
from machine import Pin, Timer
flag = asyncio.ThreadSafeFlag()
seen = []
def edge(pin):
    seen.append((pin.value(), time.ticks_ms()))
    flag.set()
button = Pin(32, Pin.IN, Pin.PULL_UP)
button.irq(edge, Pin.IRQ_FALLING | Pin.IRQ_RISING)
shots = []
once = Timer(0)
once.init(mode=Timer.ONE_SHOT, period=40, callback=lambda t: shots.append(time.ticks_ms()))
often = Timer(1)
often.init(mode=Timer.PERIODIC, period=700, callback=lambda t: shots.append(time.ticks_ms()))
async def main():
    await flag.wait()
    say("flag", time.ticks_ms())
    await asyncio.sleep(3)
    often.deinit()
    await asyncio.sleep(3)
    say(seen, shots)
asyncio.run(main())
"""
    run = run_firmware(main, 10, seat=Presser())
    flag, rest = run.said()
    assert flag == "flag 1234"
    assert rest == ("[(0, 1234), (1, 1314), (0, 3000), (1, 3080)] [40, 700, 1400, 2100, 2800, 3500, 4200]")
    assert [(entry["t_ms"], entry["down"]) for entry in run.happened("button")] == [
        (1234, True),
        (1314, False),
        (3000, True),
        (3080, False),
    ]


def test_motors_reach_the_journal_and_run_on_through_a_reset(run_firmware):
    main = """
import machine, time
from machine import PWM, Pin
if machine.reset_cause() == machine.PWRON_RESET:
    left, right = PWM(26, freq=200, duty_u16=0), PWM(Pin(27), freq=200, duty_u16=0)
    time.sleep_ms(100)
    left.duty_u16(32768)
    time.sleep_ms(200)
    left.duty_u16(0)
    right.duty_u16(65535)
    time.sleep_ms(50)
    machine.reset()
time.sleep_ms(30)
Pin(27, Pin.OUT, value=0)
"""
    motor = run_firmware(main, 1).happened("motor")
    assert [(m["t_ms"], m["side"], m["on"], m["strength"]) for m in motor] == [
        (100, "left", True, 0.5),
        (300, "left", False, 0.0),
        (300, "right", True, 1.0),
        (480, "right", False, 0.0),  # the reset takes 100 ms
    ]


def test_deep_sleep_and_a_soft_reset_end_pwm(cushion):
    main = """
import machine, os, time
from machine import PWM, Pin
say("life")
lives = os.stat("/out.txt")[6] // 5
if lives < 5:
    PWM(26, freq=200, duty_u16=65535)
    time.sleep_ms(100)
    machine.deepsleep(100) if lives % 2 else machine.soft_reset()
"""
    with cushion(main, duration_s=2, speed=None) as chip:
        chip.run()
    motor = chip.run_record.happened("motor")
    on, off = [m["t_ms"] for m in motor if m["on"]], [m["t_ms"] for m in motor if not m["on"]]
    assert len(on) == 4
    assert [end - start for start, end in zip(on, off, strict=True)] == [100] * 4


def test_eight_callbacks_wait_for_a_call_into_c_and_a_ninth_is_lost(cushion):
    main = """
import machine, time
from machine import Pin, Timer
edges, fired = [], []
Pin(32, Pin.IN, Pin.PULL_UP).irq(handler=edges.append, trigger=Pin.IRQ_FALLING)
for _ in range(3):
    fired.clear(), edges.clear()
    timer = Timer(0, mode=Timer.ONE_SHOT, period=300, callback=fired.append)
    time.sleep_ms(1000)
    say(len(edges), len(fired))
machine.deepsleep()
"""
    chip = cushion(main, duration_s=5, speed=None)
    for at_ms, edge_count in ((1100, 14), (2100, 18)):  # half of the edges fall
        chip.stall(500, at_ms - 10)
        chip.bounce_button(edge_count, at_ms)
    with chip:
        chip.run()
    assert chip.run_record.said() == ["0 1", "7 1", "8 0"]


def test_pwm_without_a_duty_starts_at_half_as_on_the_chip(run_firmware):
    motor = run_firmware("from machine import PWM\nPWM(26)", 1).happened("motor")
    assert motor[0]["strength"] == pytest.approx(0.5, abs=0.001)


def test_a_callback_that_fails_stops_nothing(run_firmware):
    main = """
import time
from machine import Timer
def bad(timer):
    raise ValueError("on purpose")
Timer(0).init(mode=Timer.PERIODIC, period=100, callback=bad)
time.sleep(1)
say("still here")
"""
    assert run_firmware(main, 2).said() == ["still here"]


def test_chip_modules_leave_the_firmwares_namespace_alone(run_firmware):
    main = """
import os, sys
say(sys.path, sorted(os.listdir("/")), __name__)
try:
    import clock
    say("found", clock)
except ImportError:
    say("no clock")
"""
    assert run_firmware(main, 1).said() == ["['', '.frozen', '/lib'] ['main.py'] __main__", "no clock"]


def test_boot_and_main_share_names_and_an_exception_falls_to_the_repl(run_firmware):
    run = run_firmware("say(answer)\n1/0", 0.2, others={"boot": "answer = 42"})
    assert run.read("/out.txt") == b"42\n"
    assert "ZeroDivisionError" in run.happened("fault")[0]["what"]
