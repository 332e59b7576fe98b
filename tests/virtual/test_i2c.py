"""The parts on the virtual I2C bus answer as their data sheets say, and fail as parts and buses do.

Oracles: register maps and defaults of TI SBAS444 (ADS1115) and SLOS854 (DRV2605L), written out here by hand.
"""

from pathlib import Path

import numpy as np
import pytest

from sitbone.virtual import Seat

pytestmark = pytest.mark.usefixtures("micropython")

FIRMWARE = Path(__file__).parents[2] / "firmware"

BUS = """
import time
from machine import I2C, Pin
bus = I2C(0, scl=Pin(22), sda=Pin(21), freq=400000)
supply, enable = Pin(25, Pin.OUT, value=1), Pin(26, Pin.OUT, value=0)
def get(address, register, count):
    return bus.readfrom_mem(address, register, count).hex()
def put(address, register, *values):
    bus.writeto_mem(address, register, bytes(values))
def attempt(function, *arguments):
    try:
        return function(*arguments)
    except OSError as error:
        return "OSError %d" % error.args[0]
"""


class Pressed(Seat):
    """600, 1200, 0 and 3000 mV on the four inputs."""

    def zones_mv(self, t_ms):
        return np.tile([600.0, 1200.0, 0.0, 3000.0], (len(t_ms), 1))


def on_bus(run_firmware, main, seconds=2, **kw):
    return run_firmware(BUS + main, seconds, seat=Pressed(), board="firebeetle", **kw)


def test_ads1115_registers_and_conversions(run_firmware):
    main = """
say([hex(address) for address in bus.scan()])
say([get(0x48, register, 2) for register in range(4)])
def convert(high, low=0xE3):
    put(0x48, 1, high, low)
    busy = get(0x48, 1, 2)
    time.sleep_us(1163)
    return busy, get(0x48, 1, 2), get(0x48, 0, 2)
say(convert(0xC3))            # AIN0, +-4.096 V: 600 mV is 4800 steps of 125 uV
say(convert(0xF3))            # AIN3
say(convert(0xC5))            # +-2.048 V
say(convert(0x83))            # AIN0 - AIN1: negative
put(0x48, 1, 0xC3, 0x03)      # 8 a second: not done after two milliseconds
time.sleep_us(2000)
say(get(0x48, 1, 2), bus.readfrom(0x48, 2).hex())
time.sleep_ms(125)
supply.value(0)
say(convert(0xC3)[2])
put(0x48, 3, 0x12, 0x34)
say(get(0x48, 3, 2))
"""
    assert on_bus(run_firmware, main).said() == [
        "['0x48', '0x5a']",
        "['0000', '8583', '8000', '7fff']",
        "('43e3', 'c3e3', '12c0')",
        "('73e3', 'f3e3', '5dc0')",
        "('45e3', 'c5e3', '2580')",
        "('03e3', '83e3', 'ed40')",
        "4303 4303",
        "0000",
        "1234",
    ]


def test_drv2605l_plays_only_enabled_and_awake(run_firmware):
    main = """
say(get(0x5A, 0, 2))          # EN low: acknowledged, not read
enable.value(1)
say(get(0x5A, 0, 2), get(0x5A, 0x16, 8))
put(0x5A, 0x1D, 0xA8)
put(0x5A, 0x02, 128)
time.sleep_ms(100)            # still in standby
put(0x5A, 0x01, 0x05)
time.sleep_ms(100)
enable.value(0)
time.sleep_ms(100)
put(0x5A, 0x02, 255)          # no write is possible
enable.value(1)               # ... and the registers are as they were: it goes on
time.sleep_ms(100)
put(0x5A, 0x01, 0x45)
time.sleep_ms(100)
put(0x5A, 0x01, 0x80)
say(get(0x5A, 0, 3))
"""
    run = on_bus(run_firmware, main)
    assert run.said() == ["0000", "e040 3e8c0c6c3693f5a0", "e04000"]
    played = [(m["t_ms"], m["side"], m["on"], m["strength"]) for m in run.happened("motor")]
    assert played == [
        (100, "both", True, 0.502),
        (200, "both", False, 0.0),
        (300, "both", True, 0.502),
        (400, "both", False, 0.0),
    ]


def test_a_drv2605l_left_running_runs_on_until_its_enable_pin_falls(run_firmware):
    main = """
import machine
if machine.reset_cause() == machine.PWRON_RESET:
    enable.value(1)
    put(0x5A, 0x1D, 0xA8)
    put(0x5A, 0x02, 255)
    put(0x5A, 0x01, 0x05)
    time.sleep_ms(100)
    machine.reset()
"""
    motor = on_bus(run_firmware, main).happened("motor")
    assert [(m["t_ms"], m["on"]) for m in motor] == [(0, True), (200, False)]  # the reset takes 100 ms


def test_nobody_and_silent_parts_and_a_stuck_bus(cushion):
    main = """
say(attempt(get, 0x49, 0, 2))
for second in range(10):
    said = attempt(get, 0x48, 1, 2), attempt(get, 0x5A, 1, 1), attempt(bus.scan)
    time.sleep(1)
    say(second, said)
import machine
machine.deepsleep()
"""
    steps = [
        (1200, "ads1115", True),
        (2200, "ads1115", False),
        (3200, "drv2605l", True),
        (4200, "bus", True),
        (5200, "bus", False),
    ]
    with cushion(BUS + main, board="firebeetle", speed=5, duration_s=11) as chip:
        for at_ms, part, broken in steps:
            while chip.now_ms < at_ms:
                chip.poll()
            chip.break_part(part, broken)
        chip.run()
    first, *rest = chip.run_record.said()
    assert first == "OSError 19"
    answers = "\n".join(rest)
    assert "('OSError 19', '00', [90])" in answers
    assert "('8583', 'OSError 19', [72])" in answers
    assert "('OSError 116', 'OSError 116', 'OSError 116')" in answers
    assert rest[-1].endswith("('8583', 'OSError 19', [72])")


def test_the_drivers_read_and_play_through_it(run_firmware):
    main = """
from cushion.drivers.ads1115 import Ads1115, Input
from cushion.drivers.drv2605l import Drv2605l
converter = Ads1115(bus)
say([Input(converter, channel).read_uv() for channel in range(4)])
motor = Drv2605l(bus, enable)
say(motor.is_there(), enable.value())
motor.duty_u16(39321)
time.sleep_ms(200)
motor.duty_u16(0)
say(enable.value(), motor.is_there())
"""
    names = ("cushion/drivers/ads1115", "cushion/drivers/drv2605l", "cushion/core/const")
    sources = {name: (FIRMWARE / f"{name}.py").read_text() for name in names}
    run = on_bus(run_firmware, main, others=sources)
    assert run.said() == ["[600000, 1200000, 0, 3000000]", "True 0", "0 True"]
    motor = run.happened("motor")
    assert [m["on"] for m in motor] == [True, False]
    assert motor[0]["strength"] == pytest.approx(0.6, abs=0.005)
    assert motor[-1]["t_ms"] - motor[0]["t_ms"] in (200, 201)
