"""The least of a chip that the firmware starts on, to count its heap: no behaviour is tested with it.

Somebody sits for 25 minutes and is away for five, over and over; the clock is time.py's.
"""

import time

PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5
SIT_S, CYCLE_S = 1500, 1800
SAT_UV = 700_000


def reset_cause():
    return PWRON_RESET


def wake_reason():
    return 0


def unique_id():
    return b"\x01\x02\x03\x04\x05\x06"


def level_uv():
    """What every zone shows now: a seat that stirs for a second in twenty, or none."""
    now_s = time.ticks_ms() // 1000
    if now_s % CYCLE_S >= SIT_S:
        return 0
    return SAT_UV + (40_000 if now_s % 20 == 0 else now_s * 7 % 5 * 1000)


class Pin:
    IN, OUT, PULL_UP, IRQ_FALLING = 1, 3, 2, 2

    def __init__(self, gpio, mode=IN, pull=None, value=0):
        self._value = 1 if mode == Pin.IN else value

    def value(self, value=None):
        if value is None:
            return self._value
        self._value = value

    def irq(self, handler, trigger):
        self._handler = handler


class ADC:
    ATTN_11DB = 3

    def __init__(self, pin, atten):
        pass

    def read_uv(self):
        return level_uv()


class PWM:
    def __init__(self, pin, freq, duty_u16):
        pass

    def duty_u16(self, duty):
        pass

    def deinit(self):
        pass


class Timer:
    ONE_SHOT = 0

    def __init__(self, number):
        pass

    def init(self, mode, period, callback):
        time.alarm = (time.ticks_ms() + period, callback)

    def deinit(self):
        time.alarm = None


class WDT:
    def __init__(self, timeout):
        pass

    def feed(self):
        pass


class RTC:
    kept = b""

    def memory(self, data=None):
        if data is None:
            return RTC.kept
        RTC.kept = data

    def datetime(self, fields=None):
        if fields is None:
            return (0, 0, 0, 0, 0, 0, 0, 0)
        time.began_s = time.mktime(fields[:3] + fields[4:7] + (0, 0)) - time.ticks_ms() // 1000


def reset():
    raise SystemExit
