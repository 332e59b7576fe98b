"""The kinds of record and their fields: one table that the firmware writes by and the host reads by.

Field tables with every offset, width and unit: LOG_FORMAT.md beside the storage code. All integers are little-endian.
How records lie in a block: blocks.py.
"""

import struct

TEXT_MAX = 200

BOOT, CLOCK, EPOCH, SAT, STOOD, BREAK, SHIFT, PROMPT, OUTCOME, BUTTON = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
SYMPTOM, SNOOZE, MUTE, SUPPRESSED, FAULT, UNKNOWN, SETTING, CALIBRATION, CRASH = 11, 12, 13, 14, 15, 16, 17, 18, 19
EVICTED, OBJECT, OFFLOAD, HAPTIC, DROPPED = 20, 21, 22, 23, 24
BATTERY, SLEPT, CHANGES, POWER_FAILED = 25, 26, 27, 28

# kind -> (name, struct format). A format that ends in "s" takes UTF-8 text to the payload's end.
# The names of its fields are in field_names.py: the cushion needs none of them, and they would cost it memory.
KINDS = {
    BOOT: ("boot", "<BBBBBB"),
    CLOCK: ("clock", "<IHIHB"),
    EPOCH: ("epoch", "<HHHHHHIIIBBB"),
    SAT: ("sat", "<I"),
    STOOD: ("stood", "<IIIIB"),
    BREAK: ("break", "<IIB"),
    SHIFT: ("shift", "<IIBH"),
    PROMPT: ("prompt", "<HBBBIIIHHH"),
    OUTCOME: ("outcome", "<HBBIB"),
    BUTTON: ("button", "<B"),
    SYMPTOM: ("symptom", "<IIIB"),
    SNOOZE: ("snooze", "<HB"),
    MUTE: ("mute", "<HB"),
    SUPPRESSED: ("suppressed", "<BBH"),
    FAULT: ("fault", "<BBB"),
    UNKNOWN: ("unknown", "<IIB"),
    SETTING: ("setting", "<Bii32s"),
    CALIBRATION: ("calibration", "<IIIIHHHHB"),
    CRASH: ("crash", "<200s"),
    EVICTED: ("evicted", "<II"),
    OBJECT: ("object", "<BI"),
    OFFLOAD: ("offload", "<II"),
    HAPTIC: ("haptic", "<BBHH"),
    DROPPED: ("dropped", "<H"),
    BATTERY: ("battery", "<HBB"),
    SLEPT: ("slept", "<I"),
    CHANGES: ("changes", "<IIB"),
    POWER_FAILED: ("power failed", "<B"),
}
# How many fields the first version of a kind had, where it has more today. New fields come at the end.
FIRST_FIELDS = {OBJECT: 1}
PAYLOAD_MAX = 200
UNKNOWN_U = 0xFFFF  # an epoch whose side could not be trusted

# Each enumeration once: its words, in the order of their numbers, and under them the numbers that code decides by.
SIDES = ("none", "left", "right", "both")
SIDE_LEFT, SIDE_RIGHT, SIDE_BOTH = 1, 2, 3  # bits
CAUSES = ("none", "dose", "time")
CAUSE_DOSE, CAUSE_TIME = 1, 2
OUTCOMES = ("none", "break", "partial", "shift", "missed", "snoozed", "suppressed")
OUTCOME_BREAK, OUTCOME_PARTIAL, OUTCOME_SHIFT, OUTCOME_MISSED, OUTCOME_SNOOZED, OUTCOME_SUPPRESSED = 1, 2, 3, 4, 5, 6
STATES = ("unknown", "vacant", "occupied", "object")
STATE_UNKNOWN, STATE_VACANT, STATE_OCCUPIED, STATE_OBJECT = 0, 1, 2, 3
GESTURES = ("none", "short", "double", "triple", "long")
SHORT_PRESS, DOUBLE_PRESS, TRIPLE_PRESS, LONG_PRESS = 1, 2, 3, 4  # the first three are numbered by their presses
QUALITIES = ("ok", "missing", "short", "saturated", "frozen", "imbalance", "open", "drifting", "unplugged", "preload")
OK, MISSING, SHORT, SATURATED, FROZEN, IMBALANCE, OPEN, DRIFTING, UNPLUGGED, PRELOAD = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
GAPS = ("none", "gap", "sensors", "restart", "asleep")
GAP_TIME, GAP_SENSORS, GAP_RESTART, GAP_ASLEEP = 1, 2, 3, 4
CLOCK_SOURCES = ("none", "host", "kept")
CLOCK_FROM_HOST, CLOCK_KEPT = 1, 2
CALIBRATION_SOURCES = ("default", "guided", "host", "autotare", "leans")
SETTINGS_SOURCES = ("default", "file", "last good")


def payload_of(kind, values):
    """The payload bytes of one record. Text fields are cut, at a character, to what their format holds."""
    form = KINDS[kind][1]
    if form[-1] != "s":
        return struct.pack(form, *values)
    numbers, text_max = _split_text_format(form)
    text = values[-1].encode()[:text_max]
    while text and _is_cut(text):
        text = text[:-1]
    return struct.pack(numbers, *values[:-1]) + text


def count_of(kind):
    """How many fields a kind without text has."""
    return len(KINDS[kind][1]) - 1


def names_of(kind):
    """The names of a kind's fields, in order."""
    from cushion.core.field_names import NAMES  # only where a log is read

    return NAMES[kind].split()


def fields_of(kind, payload):
    """A record's payload as ``{field: int or str}``. Kinds and trailing bytes this code doesn't know are kept out."""
    if kind not in KINDS:
        return {}
    form, names = KINDS[kind][1], names_of(kind)
    if form[-1] != "s":
        if len(payload) < struct.calcsize(form):
            form = form[: 1 + FIRST_FIELDS.get(kind, len(names))]
        return dict(zip(names, struct.unpack_from(form, payload, 0)))
    numbers, _ = _split_text_format(form)
    fields = dict(zip(names, struct.unpack_from(numbers, payload, 0)))
    fields[names[-1]] = bytes(payload[struct.calcsize(numbers) :]).decode("utf-8", "replace")
    return fields


def _split_text_format(form):
    """The format of the numbers before the text, and the text's longest length in bytes."""
    start = len(form) - 1
    while form[start - 1].isdigit():
        start -= 1
    return form[:start], int(form[start:-1])


def _is_cut(text):
    try:
        text.decode()
    except UnicodeError:
        return True
    return False
