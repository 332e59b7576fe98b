"""The kinds of record and their fields: one table that the firmware writes by and the host reads by.

Field tables with every offset, width and unit: LOG_FORMAT.md beside the storage code. All integers are little-endian.
How records lie in a block: blocks.py.
"""

import struct

TEXT_MAX = 200

BOOT, CLOCK, EPOCH, SAT, STOOD, BREAK, SHIFT, PROMPT, OUTCOME, BUTTON = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
SYMPTOM, SNOOZE, MUTE, SUPPRESSED, FAULT, UNKNOWN, SETTING, CALIBRATION, CRASH = 11, 12, 13, 14, 15, 16, 17, 18, 19
EVICTED, OBJECT, OFFLOAD, HAPTIC, DROPPED = 20, 21, 22, 23, 24
BATTERY, SLEPT, CHANGES = 25, 26, 27

# kind -> (name, struct format, field names). A format that ends in "s" takes UTF-8 text to the payload's end.
# The field names are one text (see `names_of`): the cushion needs none of them, and each alone would cost it memory.
# `ago_ms`: the thing itself happened so long before the record was written (it took that long to be sure).
KINDS = {
    BOOT: ("boot", "<BBBBBB", "reset_cause wake_reason major minor patch settings_source"),
    CLOCK: ("clock", "<IHIHB", "unix_s unix_ms was_unix_s was_unix_ms source"),
    EPOCH: (
        "epoch",
        "<HHHHHHIIIBBB",
        (
            "left_it_pa right_it_pa left_thigh_pa right_thigh_pa left_u right_u left_dose_cs right_dose_cs "
            "seated_s state bad_zones seconds"
        ),
    ),
    SAT: ("sat", "<I", "ago_ms"),
    STOOD: ("stood", "<IIIIB", "ago_ms bout_ms left_dose_cs right_dose_cs gap"),
    BREAK: ("break", "<IIB", "ago_ms break_ms verified"),
    SHIFT: ("shift", "<IIBH", "ago_ms shift_ms side lowest_u"),
    PROMPT: (
        "prompt",
        "<HBBBIIIHHH",
        "episode level side cause left_dose_cs right_dose_cs seated_s left_limit_s right_limit_s seated_limit_s",
    ),
    OUTCOME: ("outcome", "<HBBIB", "episode outcome level response_ms why"),
    BUTTON: ("button", "<B", "gesture"),
    SYMPTOM: ("symptom", "<IIIB", "left_dose_cs right_dose_cs seated_s state"),
    SNOOZE: ("snooze", "<HB", "snooze_s accepted"),
    MUTE: ("mute", "<HB", "mute_s on"),
    SUPPRESSED: ("suppressed", "<BBH", "cause side why"),
    FAULT: ("fault", "<BBB", "zone quality on"),
    UNKNOWN: ("unknown", "<IIB", "ago_ms unknown_ms why"),
    SETTING: ("setting", "<Bii32s", "index was now reason"),
    CALIBRATION: (
        "calibration",
        "<IIIIHHHHB",
        (
            "left_it_tare_ns right_it_tare_ns left_thigh_tare_ns right_thigh_tare_ns "
            "left_it_ref_pa right_it_ref_pa left_thigh_ref_pa right_thigh_ref_pa source"
        ),
    ),
    CRASH: ("crash", "<200s", "text"),
    EVICTED: ("evicted", "<II", "first_seq last_seq"),
    OBJECT: ("object", "<B", "on"),
    OFFLOAD: ("offload", "<II", "ago_ms offload_ms"),
    HAPTIC: ("haptic", "<BBHH", "pattern side asked_ms granted_ms"),
    DROPPED: ("dropped", "<H", "count"),
    BATTERY: ("battery", "<HBB", "mv percent stage"),
    SLEPT: ("slept", "<I", "slept_s"),
    CHANGES: ("changes", "<IIB", "change undoes count"),
}
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
QUALITIES = ("ok", "missing", "short", "saturated", "frozen", "imbalance", "open", "drifting")
OK, MISSING, SHORT, SATURATED, FROZEN, IMBALANCE, OPEN, DRIFTING = 0, 1, 2, 3, 4, 5, 6, 7
GAPS = ("none", "gap", "sensors", "restart")
GAP_TIME, GAP_SENSORS, GAP_RESTART = 1, 2, 3
CLOCK_SOURCES = ("none", "host", "kept")
CLOCK_FROM_HOST, CLOCK_KEPT = 1, 2
CALIBRATION_SOURCES = ("default", "guided", "host", "autotare")
SETTINGS_SOURCES = ("default", "file", "last good")

# Names for the numbers of a field, for whoever reads the log.
NAMED_FIELDS = {
    "side": SIDES,
    "cause": CAUSES,
    "outcome": OUTCOMES,
    "state": STATES,
    "gesture": GESTURES,
    "quality": QUALITIES,
    "settings_source": SETTINGS_SOURCES,
}


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
    return KINDS[kind][2].split()


def fields_of(kind, payload):
    """A record's payload as ``{field: int or str}``. Kinds and trailing bytes this code doesn't know are kept out."""
    if kind not in KINDS:
        return {}
    form, names = KINDS[kind][1], names_of(kind)
    if form[-1] != "s":
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
