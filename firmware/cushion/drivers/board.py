"""Opens a board by its profile: the one place where pin numbers become objects."""

import sys

import machine

from cushion.core.const import const
from cushion.drivers.battery import Battery
from cushion.drivers.button import Button
from cushion.drivers.clock import Clock
from cushion.drivers.haptics import Haptics
from cushion.drivers.power import Power, keep, kept
from cushion.drivers.zones import Zones

# The profile's name; in a second line, if given, the measured values of the dividers' resistors.
BOARD_FILE = "/etc/board"
_NO_FILE = const(2)  # errno
_WATCHDOG_MS = const(20000)  # a host's longest snippet must fit in; the monitor feeds it four times a second

RESET_NAMES = {
    machine.PWRON_RESET: "power-on",
    machine.HARD_RESET: "reset",
    machine.WDT_RESET: "watchdog",
    machine.DEEPSLEEP_RESET: "deep sleep",
    machine.SOFT_RESET: "soft reset",
}

_chosen = None


class WrongBoard(Exception):
    """The board file names no profile that fits this chip; its text is the one line to show."""


def _profiles():
    """The table of all boards, for as long as the caller holds it: kept for good, it would take 5 KB of the heap."""
    from cushion import drivers
    from cushion.drivers import profiles

    sys.modules.pop(profiles.__name__, None)
    del drivers.profiles
    return profiles


def _told():
    """The two lines of the board file, "" where there is none. Raises WrongBoard for a file that can't be read: another
    board's pins could be anything."""
    try:
        with open(BOARD_FILE) as file:
            text = file.read()
    except (OSError, ValueError) as error:
        if getattr(error, "errno", 0) != _NO_FILE:
            raise WrongBoard("the board file can't be read; run sitbone install --board NAME") from None
        text = ""
    lines = text.split("\n") + [""]
    return lines[0].strip(), lines[1].strip()


def _choice():
    """``(name, profile, ohms, fault)`` of this board, read and checked once a start. Raises WrongBoard."""
    global _chosen
    if _chosen is None:
        name, ohms = _told()
        profiles = _profiles()
        name = name or profiles.DEFAULT_PROFILE
        profile = _checked_profile(profiles, name)
        _chosen = (name, profile) + _measured_ohms(profiles, ohms, profile["divider_ohm"])
    return _chosen


def _checked_profile(profiles, name):
    if name not in profiles.PROFILES:
        known = ", ".join(sorted(profiles.PROFILES))
        raise WrongBoard(
            "board profile {} is unknown; run sitbone install --board with one of {}".format(name[:40], known)
        )
    profile = profiles.PROFILES[name]
    problems = profiles.problems_of(profile)
    if problems:
        raise WrongBoard("board profile {}: {}".format(name, problems[0]))
    if not _fits_chip(profile["chip"], getattr(sys.implementation, "_machine", "")):
        raise WrongBoard("board profile {} does not fit this chip, {}".format(name, sys.implementation._machine))
    return profile


def _measured_ohms(profiles, text, nominal_ohm):
    """``(ohms, fault)``: each zone's lower resistor. Numbers that can't be used cost a few percent of load at most, so
    the nominal value stands in, and a fault is reported: a cushion that stays silent would be worse."""
    try:
        return profiles.divider_ohms(text or str(nominal_ohm), nominal_ohm), ""
    except ValueError:
        fault = "resistors in the board file are unusable, {} ohm is used".format(nominal_ohm)
        return (nominal_ohm,) * len(profiles.ZONES), fault


def _fits_chip(chip, machine_name):
    """Whether the port's own description ("… with ESP32S3") speaks against a profile's chip; one without it doesn't."""
    name = machine_name.upper()
    if "ESP32" not in name:
        return True
    is_s3 = "ESP32S3" in name or "ESP32-S3" in name
    return is_s3 == (chip == "esp32s3")


def motors_off():
    """Drives the motors' gates, or their driver's EN, low before anything else runs."""
    profile = _choice()[1]
    for pin in profile["motors"]:
        machine.Pin(pin, machine.Pin.OUT, value=0)
    if profile["haptic_enable"] is not None:
        machine.Pin(profile["haptic_enable"], machine.Pin.OUT, value=0)


def button_held():
    """Whether the button is held down now (asked at boot: safe mode)."""
    pin = machine.Pin(_choice()[1]["button"], machine.Pin.IN, machine.Pin.PULL_UP)
    return pin.value() == 0


class Board:
    """The cushion's hardware, opened: ``zones``, ``haptics``, ``button``, ``battery``, ``clock``, ``power``.

    ``divider_ohm`` is each zone's lower resistor, ``fault`` what is wrong with their values in the board file, or "".
    Raises WrongBoard. A part on I2C that doesn't answer doesn't raise: its readings are missing, its motor refuses.
    """

    def __init__(self):
        self.name, profile, self.divider_ohm, self.fault = _choice()
        motors_off()
        self.profile = profile
        self.cushion_id = machine.unique_id()
        bus = _open_bus(profile)
        self.haptics = _open_haptics(profile, bus)
        self.zones = Zones(
            _open_zones(profile, bus), _output(profile["sensor_supply"]), profile["dead_mv"], profile["oversample"]
        )
        button_pin = machine.Pin(profile["button"], machine.Pin.IN, machine.Pin.PULL_UP)
        self.button = Button(button_pin, machine.Pin.IRQ_FALLING)
        self.power = Power(button_pin, _input(profile["wake"]), _input(profile["usb_sense"]), profile["native_usb"])
        self.battery = Battery(_open_adc(profile["battery_adc"]), profile["battery_ratio"], self.power.on_usb)
        self.clock = Clock()
        self._watchdog = None

    def start_watchdog(self):
        """From here on the chip restarts itself unless `feed` is called in time; it can't be stopped."""
        self._watchdog = machine.WDT(timeout=_WATCHDOG_MS)

    def feed(self):
        """Tells the watchdog that the monitor runs."""
        if self._watchdog is not None:
            self._watchdog.feed()

    def reset_cause(self):
        """Why the chip last started: its number, as in the boot record."""
        return machine.reset_cause()

    def woken_by_sitter(self):
        """Whether the wake sensor ended a deep sleep: until then nobody was on it."""
        return machine.wake_reason() == machine.EXT1_WAKE

    def wake_reason(self):
        """What woke the chip from deep sleep: its number, 0 when it did not sleep."""
        return machine.wake_reason()

    def slept(self):
        """Whether the chip comes out of deep sleep."""
        return slept()

    def close(self):
        """Motors off and released."""
        self.haptics.close()


def lost_power():
    """Whether the chip started from nothing, asked once a start. A dip of the supply reads as power-on, too, but does
    not take what was kept: after the first start that is at least a mark."""
    lost = machine.reset_cause() == machine.PWRON_RESET and kept() is None
    if lost:
        keep(b"")
    return lost


def slept():
    """Whether the chip comes out of deep sleep."""
    return machine.reset_cause() == machine.DEEPSLEEP_RESET


def restart():
    """The chip starts anew. Its pins and its PWM would run on through the reset: the motors stop first."""
    try:
        motors_off()
    except WrongBoard:
        pass  # no motor was ever driven
    machine.reset()


def reset_cause():
    """Why the chip last started, for whoever has no board opened."""
    return machine.reset_cause()


def cushion_id():
    """The chip's own number."""
    return machine.unique_id()


def reset_name(cause):
    """A reset cause in words."""
    return RESET_NAMES.get(cause, "unknown")


def _open_bus(profile):
    if profile["i2c"] is None:
        return None
    scl, sda, hz = profile["i2c"]
    return machine.I2C(0, scl=machine.Pin(scl), sda=machine.Pin(sda), freq=hz)


def _open_haptics(profile, bus):
    motors: tuple
    if profile["haptics"] == "drv2605l":
        from cushion.drivers.drv2605l import Drv2605l  # only where it is: each module costs memory

        motors = (Drv2605l(bus, _output(profile["haptic_enable"])),)
    else:
        motors = tuple(machine.PWM(machine.Pin(pin), freq=profile["pwm_hz"], duty_u16=0) for pin in profile["motors"])
    return Haptics(motors, machine.Timer(0), machine.Timer.ONE_SHOT)


def _open_zones(profile, bus):
    if profile["zones"] == "ads1115":
        from cushion.drivers.ads1115 import Ads1115, Input

        converter = Ads1115(bus)
        return tuple(Input(converter, channel) for channel in profile["adc_pins"])
    return tuple(_open_adc(pin) for pin in profile["adc_pins"])


def _open_adc(pin):
    if pin is None:
        return None
    return machine.ADC(machine.Pin(pin), atten=machine.ADC.ATTN_11DB)


def _output(pin):
    return machine.Pin(pin, machine.Pin.OUT, value=0)


def _input(pin):
    """An input pin. A deep sleep that it could end has put a hold on it, under which it reads 0."""
    if pin is None:
        return None
    return machine.Pin(pin, machine.Pin.IN, hold=False)  # type: ignore[call-arg]  # in machine_pin.c, not in the stubs
