"""What keeps the cushion quiet for a while: snooze, mute, quiet hours. All of it ends by itself."""

from array import array

from cushion.core.const import const
from cushion.core.snapshot import Kept

DAY_S = 86400
_SNOOZES_IN_A_ROW = const(2)
_SNOOZES_A_DAY = const(6)
_AFTER_MUTE_MS = const(60000)


class Rate:
    """At most `most` happenings in `window_s`, remembered as a ring of start times in seconds."""

    def __init__(self, most, window_s):
        self._times_s = array("i", [-window_s] * most)
        self._window_s = window_s
        self._next = 0

    def allows(self, now_s):
        """Whether one more may happen at `now_s`: the one `most` ago has left the window."""
        return now_s >= self.free_at_s()

    def free_at_s(self):
        """From when on one more may happen."""
        return self._times_s[self._next] + self._window_s

    def note(self, now_s):
        """One happened."""
        self._times_s[self._next] = now_s
        self._next = (self._next + 1) % len(self._times_s)

    def snapshot(self):
        """What outlives a restart, as integers."""
        return [self._next] + list(self._times_s)

    def restore(self, values):
        """Takes what `snapshot` gave, from an iterator."""
        self._next = next(values)
        for index in range(len(self._times_s)):
            self._times_s[index] = next(values)


class Pauses(Kept):
    """Snooze and mute, counted down; ``in_row`` is how many snoozes followed each other without a break."""

    KEPT = ("snooze_ms", "mute_ms", "in_row")

    def __init__(self):
        self.snooze_ms = 0
        self.mute_ms = 0
        self.after_mute_ms = 0
        self.in_row = 0
        self.a_day = Rate(_SNOOZES_A_DAY, DAY_S)

    def step(self, dt_ms):
        """Takes `dt_ms` off all of them."""
        if self.snooze_ms:
            self.snooze_ms = max(0, self.snooze_ms - dt_ms)
        if self.mute_ms:
            self.after_mute_ms = _AFTER_MUTE_MS + self.mute_ms
            self.mute_ms = max(0, self.mute_ms - dt_ms)
        if self.after_mute_ms:
            self.after_mute_ms = max(0, self.after_mute_ms - dt_ms)

    def snooze(self, now_s, length_s):
        """Begins a snooze; False when two followed each other already, or six were taken in 24 h."""
        if self.snooze_ms or self.in_row >= _SNOOZES_IN_A_ROW or not self.a_day.allows(now_s):
            return False
        self.a_day.note(now_s)
        self.in_row += 1
        self.snooze_ms = length_s * 1000
        return True

    def toggle_mute(self, length_s):
        """Mutes, or ends a mute; always works. Returns whether it is muted now."""
        self.mute_ms = 0 if self.mute_ms else length_s * 1000
        self.after_mute_ms = self.mute_ms + _AFTER_MUTE_MS
        return bool(self.mute_ms)


def is_quiet(minute, from_min, to_min):
    """Whether a local minute of the day (-1 = the clock isn't known) lies in quiet hours, which may pass midnight."""
    if minute < 0:
        return False
    if from_min <= to_min:
        return from_min <= minute < to_min
    return minute >= from_min or minute < to_min
