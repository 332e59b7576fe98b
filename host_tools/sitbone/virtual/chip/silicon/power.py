# Resets, sleeps and what wakes from them.
import json
import struct
from binascii import a2b_base64

import clock
import flash
import pins
import worldlink
from models import model

PWRON_RESET = 1
HARD_RESET = 2
WDT_RESET = 3
DEEPSLEEP_RESET = 4
SOFT_RESET = 5
PIN_WAKE = 2
EXT0_WAKE = 2
EXT1_WAKE = 3
TIMER_WAKE = 4

WAKE_PINS = model["rtc"]
_ext0 = None  # (gpio, level)
_ext1 = None  # (gpios, any high / all low)
_wake_reason = worldlink.hello["wake"]
light_us = 0  # spent in light sleep in this life
light_sleeps = 0


def set_ext0(pin, level):
    global _ext0
    _ext0 = None if pin is None else (_wake_gpio(pin), int(bool(level)))


def set_ext1(wake_pins, level):
    global _ext1
    _ext1 = None if not wake_pins else ([_wake_gpio(pin) for pin in wake_pins], int(bool(level)))


def _wake_gpio(pin):
    gpio = pins.gpio_of(pin)
    if gpio not in WAKE_PINS:
        raise ValueError("invalid pin")
    return gpio


def _woken_by():
    if _ext0 and pins.pad_level_in_sleep(_ext0[0]) == _ext0[1]:
        return EXT0_WAKE
    if _ext1:
        levels = [pins.pad_level_in_sleep(gpio) for gpio in _ext1[0]]
        if (1 in levels) if _ext1[1] else _low(levels):
            return EXT1_WAKE
    return 0


def _low(levels):
    return 1 not in levels if model["ext1_low_means_all"] else 0 in levels


def _take_pads():
    if _ext0:
        pins.rtc_owned.add(_ext0[0])
    if _ext1:
        pins.rtc_owned.update(_ext1[0])
        pins.rtc_held.update(_ext1[0])


def reset():
    worldlink.send(worldlink.HARD_RESET, clock.now_ms(), b"")
    worldlink.await_death()


def soft_reset():
    raise SystemExit  # unwinds, as on the chip; startup.run reports it


def deepsleep(time_ms=0):
    _take_pads()
    pulled_up = [gpio for gpio in WAKE_PINS if pins._pull[gpio] & pins.Pin.PULL_UP]
    order = {
        "ms": time_ms,
        "ext0": _ext0,
        "ext1": _ext1,
        "ext1_low_means_all": model["ext1_low_means_all"],
        "pulled_up": pulled_up if model["rtc_has_the_pulls"] else [],
        "rtc_owned": list(pins.rtc_owned),
        "rtc_held": list(pins.rtc_held),
        "usage": usage().hex(),
    }
    worldlink.send(worldlink.DEEPSLEEP, clock.now_ms(), json.dumps(order).encode())
    worldlink.await_death()


def usage():
    # What costs energy, since this start: worldlink.USAGE
    counts = (light_sleeps, pins.supply_pulses, flash.reads, flash.programs, flash.erases)
    return struct.pack("<QIIIII", light_us, *counts)


def lightsleep(time_ms=0):
    global light_us, light_sleeps
    began_us = clock.now()
    light_sleeps += 1
    _sleep_lightly(time_ms)
    _take_pads()
    if worldlink.hello["wiring"]["native_usb"]:
        worldlink.send(worldlink.USB_LOST, clock.now_ms(), b"")
    light_us += clock.now() - began_us


def _sleep_lightly(time_ms):
    global _wake_reason
    until_us = clock.now() + time_ms * 1000 if time_ms else clock.NEVER_US
    _wake_reason = _woken_by()
    while not _wake_reason:
        if clock.reached(until_us):
            _wake_reason = TIMER_WAKE
            return
        clock.step(until_us, None)
        _wake_reason = _woken_by()


def reset_cause():
    return worldlink.hello["cause"]


def wake_reason():
    return _wake_reason


def unique_id():
    return a2b_base64(worldlink.hello["unique_id"])


worldlink.usage = usage
