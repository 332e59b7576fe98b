"""Weight shifts and partial off-loads: short reliefs that are not a break, but are worth something.

A shift is measured against what this person usually carries on that side (`Habit`), so that it is found on a cushion
that nobody has calibrated, in cold and warm rooms, and after somebody sat down an inch further left. Doses, limits,
off-loads and breaks never look at the habit.
"""

from cushion.core.calibration import DEFAULT_REF_PA, MAX_U
from cushion.core.const import const

_SHIFT_U = const(700)
_SHIFT_LEAVE_U = const(750)
SHIFT_MS = 15000
_SHIFT_DROP_U = const(150)  # a shift is a movement: so much less than a moment ago
_SHIFT_PEAK_FALL_U = const(5)  # in two seconds: a ramp of a minute is a movement, drift is none
SHIFT_SETTLED_MS = 15000  # of a bout: before, a load may still be on its way through the foam
_OFFLOAD_ENTER_U = const(300)
OFFLOAD_LEAVE_U = 400
HABIT_SETTLED_MS = 10000  # of a bout: flesh and foam still give way before
HABIT_LEAST_PA = DEFAULT_REF_PA // 10
_HABIT_FIRST_S = const(30)
_GUESS = const(4)
_HABIT_LEARNT_S = const(600)
_RELIEF_S = const(600)
_HABIT_FASTEST = const(24)
_HABIT_SLOWEST = const(1200)


class Habit:
    """What one side usually carries, Pa: follows the median by small steps, fast at first, then 5 % a minute at most.

    It learns nothing from a relief under ten minutes: a long lean must not become the habit it is measured by.
    """

    def __init__(self):
        self._level_16 = 0  # in sixteenths of a pascal
        self._seconds = 0
        self._relief_s = 0

    def start(self, ref_pa, calibrated):
        """A calibrated cushion begins with the reference, another one with the first load that it sees."""
        self._level_16 = ref_pa * 16
        self._seconds = _HABIT_LEARNT_S if calibrated else 0

    def relative_u(self, pressure_pa):
        """Load in permille of the habit; of the reference until there is one."""
        level_pa = self._level_16 // 16
        return min(MAX_U, pressure_pa * 1000 // max(1, level_pa))

    def learn(self, pressure_pa, alive):
        """Takes a settled second on the seat. Before something is known to be `alive`, it is only guessed at."""
        if pressure_pa < HABIT_LEAST_PA:
            return
        if not alive:
            if self._seconds == 0:
                self._level_16 += (pressure_pa * 16 - self._level_16) // _GUESS
            return
        self._seconds = min(self._seconds + 1, _HABIT_SLOWEST)
        divisor = min(_HABIT_SLOWEST, _HABIT_FASTEST + self._seconds)
        self._relief_s = min(self._relief_s + 1, _RELIEF_S) if self.relative_u(pressure_pa) <= _SHIFT_U else 0
        if 0 < self._relief_s < _RELIEF_S and self._seconds > _HABIT_FIRST_S:
            return
        step_16 = 1 + self._level_16 // divisor
        gap_16 = pressure_pa * 16 - self._level_16
        self._level_16 += max(-step_16, min(step_16, gap_16))


class Shift:
    """One side's weight shifts: from more than 700 permille to that or less, for at least 15 s while seated.

    A bout that begins relieved, or on foam that gives way slowly, is no shift yet: nothing was shifted. After a step:
    ``ended_ms`` is the length of a shift that has just ended, else 0, with its ``lowest_u``; ``reached`` is true in the
    one step in which the relief grew long enough to count.
    """

    def __init__(self):
        self._run_ms = 0
        self._run_lowest_u = 0
        self._was_loaded = False
        self._peak_2u = 0  # in halves of a permille
        self.ended_ms = 0
        self.lowest_u = 0
        self.reached = False

    def step(self, dt_ms, u, seated, settled=True):
        """Takes `dt_ms` at `u` permille (-1 = unknown, which ends a shift); `settled`: foam has given way."""
        self.reached = False
        self.ended_ms = 0
        self._peak_2u = max(u * 2, self._peak_2u - _SHIFT_PEAK_FALL_U) if seated else 0
        if seated and self._was_loaded and self._is_relieved(u):
            self._run_lowest_u = u if self._run_ms == 0 else min(self._run_lowest_u, u)
            self.reached = self._run_ms < SHIFT_MS <= self._run_ms + dt_ms
            self._run_ms += dt_ms
            return
        if self._run_ms >= SHIFT_MS:
            self.ended_ms = self._run_ms
            self.lowest_u = self._run_lowest_u
        self._run_ms = 0
        self._was_loaded = seated and ((settled and u > _SHIFT_U) or (self._was_loaded and u >= 0))

    def _is_relieved(self, u):
        if self._run_ms:
            return 0 <= u <= _SHIFT_LEAVE_U
        return 0 <= u <= _SHIFT_U and self._peak_2u - u * 2 >= _SHIFT_DROP_U * 2


class Offload:
    """Both sides relieved at once: begins when both are below 300 permille, ends when either is at 400.

    ``run_ms`` is how long it has lasted, 0 outside one; ``ended_ms`` is set in the step that ended one.
    """

    def __init__(self):
        self.run_ms = 0
        self.ended_ms = 0

    def step(self, dt_ms, highest_u):
        """Takes `dt_ms` at the load of the side that carries more: an unknown side is left to the other, -1 ends it."""
        self.ended_ms = 0
        ceiling = OFFLOAD_LEAVE_U if self.run_ms else _OFFLOAD_ENTER_U
        if 0 <= highest_u < ceiling:
            self.run_ms += dt_ms
            return
        self.ended_ms = self.run_ms
        self.run_ms = 0
