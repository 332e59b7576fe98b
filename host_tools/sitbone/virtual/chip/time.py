# The chip's time module over clock.py: epoch 2000-01-01, ticks that wrap at 2^30.
import clock
import utime
import worldlink

_TICKS_MAX = (1 << 30) - 1
_TICKS_HALF = 1 << 29
_UNIX_2000 = 946_684_800
_ticks_zero_us = clock.boot_us - worldlink.hello["first_ticks_ms"] * 1000


def ticks_us():
    return (clock.now() - _ticks_zero_us) & _TICKS_MAX


def ticks_ms():
    return (clock.now() - _ticks_zero_us) // 1000 & _TICKS_MAX


ticks_cpu = ticks_us


def ticks_diff(end, start):
    return ((end - start + _TICKS_HALF) & _TICKS_MAX) - _TICKS_HALF


def ticks_add(ticks, delta):
    if not -_TICKS_HALF < delta < _TICKS_HALF:
        raise OverflowError("ticks interval overflow")
    return (ticks + delta) & _TICKS_MAX


def sleep_us(us):
    clock.sleep_until(clock.now() + max(0, us))


def sleep_ms(ms):
    sleep_us(ms * 1000)


def sleep(seconds):
    sleep_us(int(seconds * 1_000_000))


def time_ns():
    return (clock.now() + clock.rtc_offset_us) * 1000


def time():
    return (clock.now() + clock.rtc_offset_us) // 1_000_000


def gmtime(seconds=None):
    if seconds is None:
        seconds = time()
    return utime.gmtime(int(seconds) + _UNIX_2000)[:8]


localtime = gmtime


def mktime(when):
    year, month, day, hour, minute, second = (int(when[i]) for i in range(6))
    month -= 1  # months may overflow, as on the chip
    year += month // 12
    month = month % 12 + 1
    if month <= 2:  # the year that begins in March makes February's end its own
        year -= 1
        month += 12
    days = 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day - 1
    return (days - 730_425) * 86_400 + hour * 3600 + minute * 60 + second
