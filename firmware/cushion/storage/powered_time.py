"""How long the cushion has been powered in all: the only time that a rise of a dose limit is counted in.

A wall clock can be set forward by whoever holds the cable; this count can't. Time without power doesn't count, and a
power cut loses what was counted since the last hourly save: both make a rise wait longer, never less.
"""

from cushion.core.const import const
from cushion.core.settings import slept_that_counts_s
from cushion.storage import atomic, settings_file

PATH = settings_file.FOLDER + "/age.json"
_SAVE_EVERY_S = const(3600)


class PoweredTime:
    """Counts on from what the last start had saved."""

    def __init__(self):
        state, _ = atomic.load(PATH)
        known = state["powered_s"] if isinstance(state, dict) and "powered_s" in state else 0
        self._before_s = max(0, known) if isinstance(known, int) else 0
        self._saved_s = self._before_s

    def seconds(self, mono_s):
        """Powered seconds in all, `mono_s` of them since this start."""
        return self._before_s + mono_s

    def slept(self, slept_s):
        """Adds a deep sleep that has just ended: the chip's own clock measured it, and no host could reach it then."""
        self._before_s += slept_that_counts_s(slept_s)

    def keep(self, mono_s):
        """Saves the count when an hour has passed since it last was. A flash that refuses must not stop the monitor."""
        if self.seconds(mono_s) - self._saved_s >= _SAVE_EVERY_S:
            self.save(mono_s)

    def save(self, mono_s):
        """Saves the count now."""
        self._saved_s = self.seconds(mono_s)
        try:
            settings_file.make_folder()
            atomic.save(PATH, {"powered_s": self._saved_s})
        except OSError:
            pass  # tried again in an hour
