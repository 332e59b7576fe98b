# The part of the ESP32's machine module that is there; what is missing here is missing on purpose (see README.md).
# ruff: noqa: F401  its names are for others to import
import clock
from analog import ADC, PWM
from i2c import I2C, SoftI2C
from pins import Pin
from power import (
    DEEPSLEEP_RESET,
    EXT0_WAKE,
    EXT1_WAKE,
    HARD_RESET,
    PIN_WAKE,
    PWRON_RESET,
    SOFT_RESET,
    TIMER_WAKE,
    WDT_RESET,
    deepsleep,
    lightsleep,
    reset,
    reset_cause,
    soft_reset,
    unique_id,
    wake_reason,
)
from rtc import RTC
from timers import WDT, Timer
from umachine import Signal

SLEEP = 2
DEEPSLEEP = 4
sleep = lightsleep
_freq_hz = 160_000_000


def freq(hz=None):
    global _freq_hz
    if hz is None:
        return _freq_hz
    if hz not in (20_000_000, 40_000_000, 80_000_000, 160_000_000, 240_000_000):
        raise ValueError("frequency must be 20MHz, 40MHz, 80Mhz, 160MHz or 240MHz")
    _freq_hz = hz


def idle():
    clock.step(clock.now() + 1000, None)  # until the next system tick


def disable_irq():
    return 0  # nothing preempts here: handlers run only where the firmware waits or reads its clock


def enable_irq(state):
    pass
