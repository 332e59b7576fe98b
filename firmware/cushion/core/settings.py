"""The settings spec: every parameter the cushion obeys, its unit, range, default and basis.

Ranges are enforced here and nowhere else: the host asks this module before it sends, the firmware asks it again
before it obeys (invariants 1 and 2 of the model, see README.md in this folder).
"""

from cushion.core.const import const

DAY_S = 86400
RAISE_WINDOW_S = 7 * DAY_S
RAISE_PERMILLE = 1100  # a dose limit may grow by 10 % in RAISE_WINDOW_S, no faster
_SLEPT_PERCENT = const(95)  # of a deep sleep counts as powered time: its clock runs fast by percent at worst


def slept_that_counts_s(slept_s):
    """How much of a deep sleep counts as powered time."""
    return slept_s // 100 * _SLEPT_PERCENT


# (name, unit, low, high, default). Plain tuples, without words on what each is for (the host has them), to save memory.
SPEC = (
    ("left_dose_limit_s", "s", 300, 2700, 1200),
    ("right_dose_limit_s", "s", 300, 2700, 1200),
    ("seated_limit_s", "s", 600, 3600, 1800),
    ("recovery_tau_s", "s", 30, 300, 60),
    ("verified_break_s", "s", 60, 300, 120),
    ("settling_s", "s", 20, 60, 30),
    ("creep_permille", "permille per decade", 0, 50, 30),
    ("snooze_s", "s", 300, 900, 600),
    ("mute_s", "s", 600, 3600, 3600),
    ("quiet_from_min", "min of the local day", 0, 1439, 1320),
    ("quiet_to_min", "min of the local day", 0, 1439, 420),
    ("utc_offset_min", "min", -720, 840, 0),
    ("strength_percent", "%", 30, 100, 100),
    ("vehicle_mode", "0 or 1", 0, 1, 0),
    ("epoch_s", "s", 5, 60, 10),
    ("vibration_side", "0 to 3", 0, 3, 0),
)

BY_NAME = {row[0]: row for row in SPEC}
DOSE_LIMITS = ("left_dose_limit_s", "right_dose_limit_s")


def within(name, value):
    """The nearest value inside a parameter's range."""
    _, _, low, high, _ = BY_NAME[name]
    return min(high, max(low, value))


class Settings:
    """The values in force, one attribute per parameter of SPEC, and what the 7-day rise of each limit is counted from.

    ``raise_base`` maps each dose limit to ``[base_s, since_age_s]``: the limit may rise to 1.1 times `base_s` until it
    has not been raised for 7 days. `since_age_s` is the cushion's age at the last change that counts: seconds that it
    was powered, which no host can move, unlike the wall clock.

    ``next_offset``: when `utc_offset_min` changes next, in Unix seconds (0: nobody knows), and to what.
    """

    def __init__(self):
        self.version = 0
        self.raise_base = {}
        self.next_offset = [0, 0]
        for name, _, _, _, default in SPEC:
            setattr(self, name, default)
        for name in DOSE_LIMITS:
            self.raise_base[name] = [self.get(name), 0]

    def get(self, name):
        """The value in force of one parameter."""
        return getattr(self, name)

    def as_dict(self):
        """All values by name, in the order of SPEC."""
        return {row[0]: getattr(self, row[0]) for row in SPEC}

    def change(self, name, value, age_s):
        """Sets one value, clamped to its range and a dose limit to its 7-day rise; returns the value now in force.

        ``age_s``: how long the cushion has been powered in all (storage/powered_time.py).
        """
        value = within(name, value)
        if name in self.raise_base:
            value = self._within_raise(name, value, age_s)
        setattr(self, name, value)
        return value

    def raise_wait_s(self, name, age_s):
        """Powered seconds until a dose limit may rise beyond 1.1 times what the rise is counted from; 0 when it may."""
        return max(0, RAISE_WINDOW_S - (age_s - min(self.raise_base[name][1], age_s)))

    def highest(self, name, age_s):
        """What a dose limit may be at most at this age."""
        current, (base_s, _) = getattr(self, name), self.raise_base[name]
        if self.raise_wait_s(name, age_s) == 0:
            base_s = max(base_s, current)
        return within(name, max(current, base_s * RAISE_PERMILLE // 1000))

    def _within_raise(self, name, value, age_s):
        """Each rise restarts the 7 days, so that whatever the order of changes, no value exceeds 1.1 times the lowest
        one that was in force in the 7 days before it."""
        base, current = self.raise_base[name], getattr(self, name)
        base[1] = min(base[1], age_s)  # the count of the age was lost: begin anew, never sooner
        if value <= base[0]:
            base[0], base[1] = value, age_s
        value = min(value, self.highest(name, age_s))
        if value > current:
            if self.raise_wait_s(name, age_s) == 0:
                base[0] = current
            base[1] = age_s
        return value

    def to_state(self):
        """A JSON-able dict that `from_state` reads back."""
        state = {"version": self.version, "values": self.as_dict(), "rises": self.raise_base}
        state["next_offset"] = self.next_offset
        return state


def from_state(state):
    """Settings from a dict made by `to_state`; out-of-range and unknown values are clamped or left out.

    Returns ``(settings, problems)``, problems being a list of one-line strings. Raises ValueError when `state` isn't
    such a dict at all.
    """
    try:
        values = dict(state["values"])
        version = int(state["version"])
        # Firmware before 0.2 counted in wall-clock time under another name: its base still holds, its time does not.
        bases = dict(state["rises"]) if "rises" in state else _without_times(state["raise_base"])
    except (KeyError, TypeError, ValueError):
        raise ValueError("not a settings record") from None
    settings, problems = Settings(), []
    settings.version = version
    if not check_next_offset(state.get("next_offset")):
        settings.next_offset = state["next_offset"]
    for name, value in values.items():
        problem = check(name, value)
        if problem:
            problems.append(problem)
        if name in BY_NAME and isinstance(value, int):
            setattr(settings, name, within(name, value))
    for name in DOSE_LIMITS:
        base = bases.get(name)
        if isinstance(base, (list, tuple)) and len(base) == 2 and all(isinstance(item, int) for item in base):
            settings.raise_base[name] = [min(settings.get(name), within(name, base[0])), max(0, base[1])]
        else:
            settings.raise_base[name] = [settings.get(name), 0]
    return settings, problems


def _without_times(bases):
    return {name: [base[0], 0] for name, base in dict(bases).items()}


def check_next_offset(change):
    """The same for ``next_offset``."""
    if (
        not isinstance(change, list)
        or len(change) != 2
        or not isinstance(change[0], int)
        or not 0 <= change[0] >> 32 < 1
    ):
        return "the next change of the UTC offset must be a time in seconds and an offset in minutes"
    return check("utc_offset_min", change[1])


def check(name, value):
    """One line that says what is wrong with ``name = value``, or "" when it is fine."""
    if name not in BY_NAME:
        return "unknown setting " + str(name) + "; known are: " + ", ".join(row[0] for row in SPEC)
    _, unit, low, high, _ = BY_NAME[name]
    if isinstance(value, bool) or not isinstance(value, int):
        return name + " must be a whole number of " + unit
    if not low <= value <= high:
        return "{} = {} is out of range; give {} to {} {}".format(name, value, low, high, unit)
    return ""
