"""Vibration patterns as data: for each pattern, on and off times in ms in turn, and the strength in percent.

Levels 1 to 3 are the prompt's; a level never grows stronger for pain or dose (invariant 6). The second rhythm has the
same on-time in another order: for people to whom the first has become noise.
"""

LEVEL_1, LEVEL_2, LEVEL_3, ACCEPTED, REFUSED, SYMPTOM_NOTED, BATTERY_HALF, BATTERY_FULL = 1, 2, 3, 4, 5, 6, 7, 8
UNMUTED = 9

# pattern -> (strength_percent, first rhythm, second rhythm)
PATTERNS = {
    LEVEL_1: (60, (200, 200, 200), (100, 150, 300)),
    LEVEL_2: (80, (300, 200, 300, 200, 300), (150, 150, 300, 150, 450)),
    LEVEL_3: (80, (500, 200, 500, 200, 500), (250, 150, 500, 150, 750)),
    ACCEPTED: (60, (80,), (80,)),
    REFUSED: (60, (80, 120, 80, 120, 80), (80, 120, 80, 120, 80)),
    SYMPTOM_NOTED: (60, (80, 120, 80), (80, 120, 80)),
    UNMUTED: (60, (80, 120, 250), (80, 120, 250)),
    BATTERY_HALF: (60, (250,), (250,)),
    BATTERY_FULL: (60, (250, 200, 250), (250, 200, 250)),
}
SETTLE_MS = 500  # samples are not trusted until so long after a motor stopped


def times_of(pattern, habituated):
    """On and off times of a pattern, ms, beginning with on."""
    return PATTERNS[pattern][2 if habituated else 1]


def length_ms(pattern, habituated):
    """How long a pattern runs from its first to its last on-time."""
    return sum(times_of(pattern, habituated))


def on_ms(times_ms):
    """How long the motor is on in a pattern's times."""
    return sum(times_ms[index] for index in range(0, len(times_ms), 2))


def longest_on_ms(times_ms):
    """The longest single pulse in a pattern's times."""
    return max(times_ms[index] for index in range(0, len(times_ms), 2))
