"""A clock that stands until somebody waits."""

from utime import gmtime as _gmtime
from utime import mktime

began_s = 0
alarm = None
_now_ms = 0


def advance(ms):
    global _now_ms, alarm
    end_ms = _now_ms + ms
    while alarm is not None and alarm[0] <= end_ms:
        _now_ms, callback = alarm
        alarm = None
        callback(None)
    _now_ms = end_ms


def ticks_ms():
    return _now_ms


def ticks_diff(one, other):
    return one - other


def ticks_add(ticks, ms):
    return ticks + ms


def sleep_us(us):
    pass


def time():
    return began_s + _now_ms // 1000


def gmtime(seconds=None):
    return _gmtime(time() if seconds is None else seconds)
