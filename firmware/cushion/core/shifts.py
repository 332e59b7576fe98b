"""Weight shifts and partial off-loads: short reliefs that are not a break, but are worth something."""

SHIFT_U = 700
SHIFT_MS = 15000
OFFLOAD_ENTER_U = 300
OFFLOAD_LEAVE_U = 400


class Shift:
    """One side's weight shifts: ``u <= 700`` permille for at least 15 s while seated.

    After a step: ``ended_ms`` is the length of a shift that has just ended, else 0, with its ``lowest_u``; ``reached``
    is true in the one step in which the relief grew long enough to count.
    """

    def __init__(self):
        self._run_ms = 0
        self._run_lowest_u = 0
        self.ended_ms = 0
        self.lowest_u = 0
        self.reached = False

    def step(self, dt_ms, u, seated):
        """Takes `dt_ms` at `u` permille (-1 = unknown, which ends a shift)."""
        self.reached = False
        self.ended_ms = 0
        if seated and 0 <= u <= SHIFT_U:
            self._run_lowest_u = u if self._run_ms == 0 else min(self._run_lowest_u, u)
            self.reached = self._run_ms < SHIFT_MS <= self._run_ms + dt_ms
            self._run_ms += dt_ms
            return
        if self._run_ms >= SHIFT_MS:
            self.ended_ms = self._run_ms
            self.lowest_u = self._run_lowest_u
        self._run_ms = 0


class Offload:
    """Both sides relieved at once: begins when both are below 300 permille, ends when either is at 400.

    ``run_ms`` is how long it has lasted, 0 outside one; ``ended_ms`` is set in the step that ended one.
    """

    def __init__(self):
        self.run_ms = 0
        self.ended_ms = 0

    def step(self, dt_ms, left_u, right_u):
        """Takes `dt_ms`; a side whose load is unknown (-1) is left to the other one, both unknown ends it."""
        self.ended_ms = 0
        highest_u = max(left_u, right_u)
        ceiling = OFFLOAD_LEAVE_U if self.run_ms else OFFLOAD_ENTER_U
        if 0 <= highest_u < ceiling:
            self.run_ms += dt_ms
            return
        self.ended_ms = self.run_ms
        self.run_ms = 0
