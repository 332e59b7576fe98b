# The RTC: its counter runs through resets and deep sleep, its memory survives them; the supervisor keeps both.
import time
from binascii import a2b_base64

import clock
import worldlink

_MEMORY_BYTES = 2048
_memory = a2b_base64(worldlink.hello["rtc_memory"])


class RTC:
    def __init__(self, id=0):
        pass

    def datetime(self, when=None):
        if when is None:
            us = clock.now() + clock.rtc_offset_us
            t = time.gmtime(us // 1_000_000)
            return (t[0], t[1], t[2], t[6], t[3], t[4], t[5], us % 1_000_000)
        year, month, day, _, hour, minute, second, subsecond_us = when
        seconds = time.mktime((year, month, day, hour, minute, second, 0, 0))
        clock.set_rtc_offset(seconds * 1_000_000 + subsecond_us - clock.now())

    def init(self, when):
        self.datetime(when)

    def memory(self, data=None):
        global _memory
        if data is None:
            return _memory
        if len(data) > _MEMORY_BYTES:
            raise ValueError("buffer too long")
        _memory = bytes(data)
        worldlink.send(worldlink.RTC_MEMORY, clock.now_ms(), _memory)
