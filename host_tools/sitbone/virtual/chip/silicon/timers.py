# Hardware timers and the watchdog: both run in the chip's time, see clock.py.
import clock


class Timer:
    ONE_SHOT = 0
    PERIODIC = 1

    def __init__(self, id, *, mode=None, freq=-1, period=-1, callback=None):
        if not 0 <= id <= 3:
            raise ValueError("invalid Timer number")
        self.due_us = clock.NEVER_US
        if mode is not None or freq != -1 or period != -1:
            self.init(mode=self.PERIODIC if mode is None else mode, freq=freq, period=period, callback=callback)

    def init(self, *, mode=PERIODIC, freq=-1, period=-1, callback=None):
        period_us = int(1_000_000 / freq) if freq > 0 else period * 1000
        if period_us <= 0:
            raise ValueError("invalid period")
        self._period_us = period_us
        self._periodic = mode == self.PERIODIC
        self._callback = callback
        self.due_us = clock.now() + period_us
        clock.add_timer(self)

    def fire(self, now_us):
        if self._periodic:
            while self.due_us <= now_us:  # after a stop of the chip: once, not once per missed period
                self.due_us += self._period_us
        else:
            clock.drop_timer(self)
        return self._callback

    def deinit(self):
        clock.drop_timer(self)


class WDT:
    def __init__(self, id=0, timeout=5000):
        if id != 0:
            raise ValueError
        if timeout < 1000:
            raise ValueError("WDT timeout too short")
        clock.arm_wdt(timeout)

    def feed(self):
        clock.feed_wdt()
