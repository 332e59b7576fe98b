"""Pads as MicroPython and IDF leave them: RTC routing, holds, pulls, floating; the ESP32-S3's pins; native USB.

Oracle: machine_pin.c, sleep_modes.c (ext0_wakeup_prepare, ext1_wakeup_prepare), soc_caps.h, by hand.
"""

import time

import pytest

pytestmark = pytest.mark.usefixtures("micropython")

SENSOR = "import esp32, machine, time\nfrom machine import Pin\n"
S3_REFUSALS = {
    "ADC(1)": "fine",
    "ADC(10)": "fine",
    "ADC(21)": "ValueError",
    "ADC(34)": "ValueError",
    "Pin(22)": "ValueError",
    "Pin(33)": "ValueError",  # the PSRAM's
    "Pin(48, Pin.OUT)": "fine",
    "Pin(49)": "ValueError",
    "Pin(44, Pin.IN, Pin.PULL_UP)": "fine",
    "PWM(7, freq=200, duty_u16=0)": "fine",
    "esp32.wake_on_ext0(21, 0)": "fine",
    "esp32.wake_on_ext0(43, 0)": "ValueError",
    "esp32.wake_on_ext1((3,), True)": "fine",
    "esp32.wake_on_ext1((3, 44), True)": "ValueError",
}


def test_an_s3_has_pins_of_its_own(run_firmware):
    main = f"""{SENSOR}
from machine import ADC, PWM
for source in {list(S3_REFUSALS)!r}:
    try:
        eval(source)
        say(source, "=> fine")
    except Exception as error:
        say(source, "=>", type(error).__name__)
esp32.wake_on_ext0(None, 0)
esp32.wake_on_ext1(None, 0)
"""
    said = dict(line.split(" => ") for line in run_firmware(main, 1, board="xiao-s3").said())
    assert said == S3_REFUSALS


def test_an_open_pin_without_a_pull_reads_either_level(run_firmware):
    main = f"""{SENSOR}
pin = Pin(18, Pin.IN)
say(sorted({{pin.value() for _ in range(50)}}))
for pull in (Pin.PULL_UP, Pin.PULL_DOWN):
    pin.init(Pin.IN, pull)
    say({{pin.value() for _ in range(50)}})
"""
    assert run_firmware(main, 1).said() == ["[0, 1]", "{1}", "{0}"]


def test_the_pad_of_ext0_is_the_rtcs_after_either_sleep(run_firmware):
    main = (
        SENSOR
        + """
button = Pin(32)
if machine.reset_cause() == machine.PWRON_RESET:
    button.init(Pin.IN, Pin.PULL_UP)
    say("before", button.value())
esp32.wake_on_ext0(button, 0)
say("at start", button.value())
button.init(pull=Pin.PULL_UP)
say("pull alone", button.value())
button.init(Pin.IN, Pin.PULL_UP)
say("given back", button.value())
machine.lightsleep(1000)
say("light", button.value())
button.init(Pin.IN, Pin.PULL_UP)
say("given back", button.value())
if machine.reset_cause() == machine.PWRON_RESET:
    machine.deepsleep(1000)
esp32.wake_on_ext0(None, 0)
"""
    )
    round_trip = ["pull alone {}", "given back 1", "light 0", "given back 1"]
    expected = ["before 1", "at start 1", *round_trip, "at start 0", *round_trip]
    levels = iter((1, 0))
    assert run_firmware(main, 60).said() == [line.format(next(levels)) if "{}" in line else line for line in expected]


def test_the_pad_of_ext1_is_held_until_somebody_says_otherwise(run_firmware):
    main = (
        SENSOR
        + """
pin = Pin(4, Pin.IN, Pin.PULL_UP)
say("mode", pin.value())
pin.init(hold=False)
say("hold", pin.value())
pin.init(Pin.IN, hold=False)
say("both", pin.value())
if machine.reset_cause() == machine.PWRON_RESET:
    esp32.wake_on_ext1((pin,), esp32.WAKEUP_ALL_LOW)
    machine.deepsleep(1000)
"""
    )
    # After the sleep: routed and held; then held only; then free.
    assert run_firmware(main, 60).said() == ["mode 1", "hold 1", "both 1", "mode 0", "hold 1", "both 1"]


@pytest.mark.parametrize(("board", "wakes"), [("devkit", "4"), ("s3-devkit", "2")])
def test_the_digital_pull_up_of_an_s3_is_off_in_sleep(run_firmware, board, wakes):
    """On a classic ESP32 the RTC's pull-up is the one that was set: only the timer ends the sleep."""
    gpio = {"devkit": 32, "s3-devkit": 18}[board]
    main = f"""{SENSOR}
esp32.wake_on_ext0(Pin({gpio}, Pin.IN, Pin.PULL_UP), 0)
machine.lightsleep(5000)
say(machine.wake_reason())
esp32.wake_on_ext0(None, 0)
esp32.wake_on_ext1(None, 0)
"""
    assert run_firmware(main, 60, board=board).said() == [wakes]


@pytest.mark.parametrize(("board", "woken"), [("devkit", "4"), ("s3-devkit", "3")])
def test_low_means_all_on_the_classic_chip_and_any_on_an_s3(run_firmware, board, woken):
    """One of two pins is low: ESP_EXT1_WAKEUP_ALL_LOW, ESP_EXT1_WAKEUP_ANY_LOW."""
    high, low = {"devkit": (14, 13), "s3-devkit": (1, 2)}[board]
    main = f"""{SENSOR}
esp32.wake_on_ext1((Pin({high}, Pin.OUT, value=1), Pin({low}, Pin.OUT, value=0)), False)
machine.lightsleep(5000)
say(machine.wake_reason())
esp32.wake_on_ext0(None, 0)
esp32.wake_on_ext1(None, 0)
"""
    assert run_firmware(main, 60, board=board).said() == [woken]


def test_the_port_of_native_usb_goes_with_cable_reset_and_light_sleep(cushion):
    main = """
import machine, time
time.sleep(20)
machine.lightsleep(1000)
time.sleep(20)
machine.deepsleep(10)
"""
    with cushion(main, speed=20, board="xiao-s3") as chip:
        record = chip.run_record
        assert chip.has_port
        _until(lambda: chip.now_ms > 22_000)
        assert not chip.has_port, "light sleep leaves it"
        _until(lambda: [entry for entry in record.happened("reset") if entry["cause"] == "deepsleep"])
        _until(lambda: chip.has_port)
        chip.set_usb(False)
        _until(lambda: not chip.has_port)


def _until(condition, timeout_s: float = 20.0) -> None:
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline_s, "did not happen"
        time.sleep(0.01)
