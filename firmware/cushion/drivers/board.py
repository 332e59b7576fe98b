"""Opens a board by its profile: the one place where pin numbers become objects."""

import machine

from cushion.drivers.battery import Battery
from cushion.drivers.button import Button
from cushion.drivers.clock import Clock
from cushion.drivers.haptics import Haptics
from cushion.drivers.profiles import DEFAULT_PROFILE, PROFILES
from cushion.drivers.zones import Zones

WATCHDOG_MS = 20000  # a host's longest snippet must fit in; the monitor feeds it four times a second

RESET_NAMES = {
    machine.PWRON_RESET: "power-on",
    machine.HARD_RESET: "reset",
    machine.WDT_RESET: "watchdog",
    machine.DEEPSLEEP_RESET: "deep sleep",
    machine.SOFT_RESET: "soft reset",
}


def motors_off(profile=None):
    """Drives the motors' gates low before anything else runs."""
    for pin in (profile or PROFILES[DEFAULT_PROFILE])["motors"]:
        machine.Pin(pin, machine.Pin.OUT, value=0)


def button_held(profile=None):
    """Whether the button is held down now (asked at boot: safe mode)."""
    pin = machine.Pin((profile or PROFILES[DEFAULT_PROFILE])["button"], machine.Pin.IN, machine.Pin.PULL_UP)
    return pin.value() == 0


class Board:
    """The cushion's hardware, opened: ``zones``, ``haptics``, ``button``, ``battery``, ``clock``."""

    def __init__(self, profile=None):
        profile = profile or PROFILES[DEFAULT_PROFILE]
        motors_off(profile)
        self.profile = profile
        self.cushion_id = machine.unique_id()
        self.haptics = _open_haptics(profile)
        adcs = tuple(_open_adc(pin) for pin in profile["adc_pins"])
        self.zones = Zones(adcs, _output(profile["sensor_supply"]), profile["dead_mv"])
        self.button = Button(
            machine.Pin(profile["button"], machine.Pin.IN, machine.Pin.PULL_UP), machine.Pin.IRQ_FALLING
        )
        self.battery = Battery(_open_adc(profile["battery_adc"]), profile["battery_ratio"])
        self.clock = Clock()
        self._watchdog = None

    def start_watchdog(self):
        """From here on the chip restarts itself unless `feed` is called in time; it can't be stopped."""
        self._watchdog = machine.WDT(timeout=WATCHDOG_MS)

    def feed(self):
        """Tells the watchdog that the monitor runs."""
        if self._watchdog is not None:
            self._watchdog.feed()

    def reset_cause(self):
        """Why the chip last started: its number, as in the boot record."""
        return machine.reset_cause()

    def wake_reason(self):
        """What woke the chip from deep sleep: its number, 0 when it did not sleep."""
        return machine.wake_reason()

    def close(self):
        """Motors off and released."""
        self.haptics.close()


def reset_name(cause):
    """A reset cause in words."""
    return RESET_NAMES.get(cause, "unknown")


def _open_haptics(profile):
    motors = tuple(machine.PWM(machine.Pin(pin), freq=profile["pwm_hz"], duty_u16=0) for pin in profile["motors"])
    return Haptics(motors, machine.Timer(0), machine.Timer.ONE_SHOT)


def _open_adc(pin):
    if pin is None:
        return None
    return machine.ADC(machine.Pin(pin), atten=machine.ADC.ATTN_11DB)


def _output(pin):
    return machine.Pin(pin, machine.Pin.OUT, value=0)
