"""The wall clock, in Unix time whatever the chip's epoch is; unknown until a host has set it since power came on."""

import time

import machine

from cushion.core.const import const

_UNIX_2000_S = const(946684800)
_KNOWN_FROM_YEAR = const(2024)  # a chip that lost power counts from 2000

_EPOCH_OFFSET_S = _UNIX_2000_S if time.gmtime(0)[0] == 2000 else 0


class Clock:
    """The chip's real-time clock."""

    def __init__(self):
        self._rtc = machine.RTC()

    def is_known(self):
        """Whether it was set since it last lost power."""
        return time.gmtime()[0] >= _KNOWN_FROM_YEAR

    def chip_s(self):
        """Seconds of the chip's clock, known or not: they run through every reset but a loss of power."""
        return time.time() - (_UNIX_2000_S - _EPOCH_OFFSET_S)

    def unix_s(self):
        """Seconds since 1970, or 0 while unknown."""
        return time.time() + _EPOCH_OFFSET_S if self.is_known() else 0

    def unix_ms(self):
        """Milliseconds since 1970 (a long integer on the chip), or 0 while unknown."""
        if not self.is_known():
            return 0
        before_s = time.time()
        us = self._rtc.datetime()[7]
        second_s = time.time()
        if second_s != before_s:  # the second turned between the two readings
            us = 0
        return (second_s + _EPOCH_OFFSET_S) * 1000 + us // 1000

    def set_unix_ms(self, unix_ms):
        """Sets the clock."""
        t = time.gmtime(unix_ms // 1000 - _EPOCH_OFFSET_S)
        self._rtc.datetime((t[0], t[1], t[2], t[6], t[3], t[4], t[5], unix_ms % 1000 * 1000))

    def local_minute(self, utc_offset_min):
        """Minute of the local day, or -1 while unknown; from 2000, whose seconds stay small integers until 2034."""
        if not self.is_known():
            return -1
        since_2000_s = time.time() - (_UNIX_2000_S - _EPOCH_OFFSET_S)
        return (since_2000_s // 60 + utc_offset_min) % 1440
