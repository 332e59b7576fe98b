"""Sleeping, and what wakes from it; what the chip's RTC memory keeps through resets, under a CRC."""

import struct
from binascii import crc32

import esp32
import machine

from cushion.core.const import const

MAGIC = 0xC5
_MOST_BYTES = const(2048)


class Power:
    """`button`, `wake`, `usb`: input pins; the last two None where the board has none. `native_usb`: whether the port
    is the chip's own. ``port_lost``: a light sleep has taken it, and only a start of the chip brings it back."""

    def __init__(self, button, wake, usb, native_usb):
        self.port_lost = False
        self._button = button
        self._wake = wake
        self._usb = usb
        self._native_usb = native_usb

    def on_usb(self):
        """Whether USB power is present; always true on a board that can't detect it.

        The pull-up makes a pin whose wire is off read as USB: a cushion that stays awake for nothing can be asked why,
        one that sleeps for nothing can't. It is on only for this reading, as it would cost some 60 uA on battery.
        """
        if self._usb is None:
            return True
        self._usb.init(machine.Pin.IN, machine.Pin.PULL_UP)
        present = self._usb.value() == 1
        self._usb.init(machine.Pin.IN, None)
        return present

    def can_wake_on_sitting(self, on_thing=False):
        """Whether somebody who sits down would end a deep sleep: not where the sensor says so of an empty seat, too.
        `on_thing`: something known to be an object lies there; who lifts it ends the sleep."""
        return self._wake is not None and (on_thing or self._wake.value() == 0)

    def light_sleep(self, ms):
        """Sleeps for so long, or until the button is pressed. Nothing runs, and all that was known stays."""
        esp32.wake_on_ext0(self._button, False)
        machine.lightsleep(ms)
        # The pad stays with the RTC and reads as pressed, until it is set up anew.
        self._button.init(machine.Pin.IN, machine.Pin.PULL_UP)
        self.port_lost = self._native_usb

    def deep_sleep(self, ms, on_sitting):
        """Ends this run: the chip starts anew after so long, on a press, or (`on_sitting`) when somebody sits down."""
        esp32.wake_on_ext0(self._button, False)
        if on_sitting and self._wake is not None:
            is_pressed = self._wake.value()
            esp32.wake_on_ext1((self._wake,), esp32.WAKEUP_ALL_LOW if is_pressed else esp32.WAKEUP_ANY_HIGH)
        machine.deepsleep(ms)


def keep(payload):
    """Puts bytes into the RTC memory; they outlive every reset but a loss of power."""
    head = struct.pack("<BH", MAGIC, len(payload))
    machine.RTC().memory(head + payload + struct.pack("<I", crc32(head + payload)))


def kept():
    """The bytes of the last `keep`, or None where the memory was lost or is damaged."""
    data = machine.RTC().memory()
    if len(data) < 7:
        return None
    magic, length = struct.unpack_from("<BH", data, 0)
    if magic != MAGIC or len(data) < 7 + length:
        return None
    if struct.unpack_from("<I", data, 3 + length)[0] != crc32(data[: 3 + length]):
        return None
    return data[3 : 3 + length]
