"""One side of the seat: the load on it, the dose of it, and the limit of that dose."""

from cushion.core.dose import Dose


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
