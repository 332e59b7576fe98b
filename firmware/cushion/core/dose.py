"""One side of the seat and its dose: centiseconds of sitting at the person's own reference load.

Loaded (u >= 300 permille): ``D += w(u)·dt``. Relieved: ``D -= D·r(u)·dt/tau``, taken in steps of a second by the
midpoint rule, so that the fall follows the exponential within 0.02 % of the dose. Fractions are carried, so no load is
rounded away.
All intermediates stay below 2^30 (810 000 cs · 1000 ms = 8.1e8; 1500 permille · 5000 ms = 7.5e6).
"""

from cushion.core.const import const

LOADED_U = 300
_FULL_U = const(700)
MAX_WEIGHT_U = 2000
LIMIT_FACTOR = 3  # the dose is capped at so many limits
RELIEF_STEP_MS = 1000
# 2^-(n/16) in units of 2^-14, n = 0 … 16: with linear steps in between good to 0.03 %.
HALVINGS_Q14 = (
    16384, 15689, 15024, 14387, 13777, 13193, 12634, 12098, 11585, 11094, 10624, 10173, 9742, 9329, 8933, 8555, 8192
)  # fmt: skip
_PER_LN2_Q14 = const(23637)  # 2^14 / ln 2
_GONE_TAUS = const(16)  # after so many time constants less than half a centisecond is left of any dose
US_PER_CS = 10000
_REST_UNIT_MS = const(250)


def weight_permille(u):
    """How much a second at relative load `u` (permille) counts: 0 below 300, 1000 from 700, 1500 from 2000."""
    base = min(1000, max(0, (u - LOADED_U) * 1000 // (_FULL_U - LOADED_U)))
    return base * (1000 + max(0, min(u, MAX_WEIGHT_U) - 1000) // 2) // 1000


class Dose:
    """The dose of one side, ``cs`` in 0 … 3·limit."""

    def __init__(self):
        self.cs = 0
        self.load_us = 0
        self.relief_rest = 0

    def step(self, dt_ms, u, limit_s, tau_s):
        """Counts `dt_ms` (at most 5000) at relative load `u`, with the limit and time constant in force."""
        if u >= LOADED_U:
            self._load(dt_ms, u, limit_s)
        else:
            self._relieve(dt_ms, LOADED_U - u, tau_s)

    def rest(self, rest_ms, tau_s):
        """The same as `step` with no load for so long, in one go: a sleep of hours costs no more than one of seconds.

        Within 0.1 % and 2 cs of the stepwise fall.
        """
        quarters = min(rest_ms // _REST_UNIT_MS, _GONE_TAUS * tau_s * 4)
        self.cs = _halved(self.cs, quarters * _PER_LN2_Q14 // (4 * tau_s))

    def cap(self, limit_s):
        """Holds the dose inside its range after the limit was changed."""
        self.cs = min(self.cs, LIMIT_FACTOR * limit_s * 100)

    def _load(self, dt_ms, u, limit_s):
        total_us = self.load_us + weight_permille(u) * dt_ms
        self.load_us = total_us % US_PER_CS
        self.cs = max(self.cs, min(self.cs + total_us // US_PER_CS, LIMIT_FACTOR * limit_s * 100))

    def _relieve(self, dt_ms, relief_u, tau_s):
        """`relief_u` of 300 permille: how fully the side is relieved."""
        whole = tau_s * 1000
        cs, rest = self.cs, self.relief_rest
        while dt_ms > 0 and cs:
            step_ms = RELIEF_STEP_MS if dt_ms > RELIEF_STEP_MS else dt_ms
            half_fall = cs * relief_u // LOADED_U * step_ms // (2 * whole)
            numerator = (cs - half_fall) * relief_u // LOADED_U * step_ms + rest
            rest = numerator % whole
            cs -= numerator // whole  # never below 0: tau is 30 s at least
            dt_ms -= step_ms
        self.cs, self.relief_rest = cs, rest


class Side:
    """``mask`` is the side as records name it; ``u`` its relative load, permille, -1 while it is unknown.

    ``limit_s`` is the dose limit in force; whoever changes the settings sets it, by `set_limit`.
    """

    def __init__(self, mask):
        self.mask = mask
        self.u = -1
        self.limit_s = 0
        self.dose = Dose()

    def set_limit(self, limit_s):
        """Puts another limit into force; the dose stays within what the limit allows."""
        self.limit_s = limit_s
        self.dose.cap(limit_s)


def _halved(cs, halvings_q14):
    """``cs · 2^-(halvings_q14 / 2^14)``, rounded."""
    at, part = (halvings_q14 & 16383) >> 10, halvings_q14 & 1023
    factor_q14 = HALVINGS_Q14[at] - (HALVINGS_Q14[at] - HALVINGS_Q14[at + 1]) * part // 1024
    product = (cs >> 7) * factor_q14 + ((cs & 127) * factor_q14 >> 7)  # of cs · factor, without its lowest 7 bits
    shift = 7 + (halvings_q14 >> 14)
    return (product + (1 << (shift - 1))) >> shift
