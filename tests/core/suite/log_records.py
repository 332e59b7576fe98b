"""The queue of events, and the payloads of records: what LOG_FORMAT.md says, written down by hand."""

from support import raises

from cushion.core import charge, records
from cushion.core.events import Events

# kind: (number, its payload's length, how many fields)
SIZES = (
    ("boot", 1, 6, 6), ("clock", 2, 13, 5), ("epoch", 3, 27, 12), ("sat", 4, 4, 1), ("stood", 5, 17, 5),
    ("break", 6, 9, 3), ("shift", 7, 11, 4), ("prompt", 8, 23, 10), ("outcome", 9, 9, 5), ("button", 10, 1, 1),
    ("symptom", 11, 13, 4), ("snooze", 12, 3, 2), ("mute", 13, 3, 2), ("suppressed", 14, 4, 3), ("fault", 15, 3, 3),
    ("unknown", 16, 9, 3), ("calibration", 18, 25, 9), ("evicted", 20, 8, 2), ("object", 21, 5, 2),
    ("offload", 22, 8, 2), ("haptic", 23, 6, 4), ("dropped", 24, 2, 1), ("battery", 25, 4, 3), ("slept", 26, 4, 1),
    ("changes", 27, 9, 3), ("power failed", 28, 1, 1),
)  # fmt: skip


def test_each_kind_has_its_number_and_length():
    for name, kind, size, fields in SIZES:
        assert records.KINDS[kind][0] == name
        assert records.count_of(kind) == len(records.names_of(kind)) == fields, name
        values = list(range(1, fields + 1))
        payload = records.payload_of(kind, values)
        assert len(payload) == size, name
        assert records.fields_of(kind, payload) == dict(zip(records.names_of(kind), values))
        assert records.fields_of(kind, payload + b"newer") == dict(zip(records.names_of(kind), values))
    assert len(records.KINDS) == len(SIZES) + 2  # and two with text
    assert (records.SETTING, records.CRASH) == (17, 19)


def test_numbers_are_little_endian():
    assert records.payload_of(records.SHIFT, (1, 15000, 2, 700)) == b"\x01\x00\x00\x00\x98\x3a\x00\x00\x02\xbc\x02"
    assert records.payload_of(records.BATTERY, (3690, 20, 1)) == b"\x6a\x0e\x14\x01"


def test_text_follows_its_numbers_and_is_cut_at_a_character():
    payload = records.payload_of(records.SETTING, (3, -5, 600, "too hot"))
    assert payload == b"\x03\xfb\xff\xff\xff\x58\x02\x00\x00too hot"
    assert records.fields_of(records.SETTING, payload) == {"index": 3, "was": -5, "now": 600, "reason": "too hot"}
    assert records.fields_of(records.SETTING, payload[:9])["reason"] == ""
    assert records.payload_of(records.SETTING, (3, 0, 0, "x" * 40))[9:] == b"x" * 32
    assert records.payload_of(records.SETTING, (3, 0, 0, "x" * 31 + "ü"))[9:] == b"x" * 31
    assert records.payload_of(records.SETTING, (3, 0, 0, "x" * 30 + "ü"))[9:] == b"x" * 30 + b"\xc3\xbc"
    assert records.payload_of(records.CRASH, ("y" * 201,)) == b"y" * 200
    assert records.fields_of(records.CRASH, b"a b") == {"text": "a b"}


def test_older_firmware_did_not_say_since_when_an_object_lies_there():
    assert records.fields_of(records.OBJECT, b"\x01")["on"] == 1
    assert records.fields_of(records.BUTTON, b"\x02") == {"gesture": 2}
    assert records.UNPLUGGED == 8 and records.QUALITIES[8] == "unplugged"


def test_a_kind_that_is_not_known_has_no_fields():
    assert records.fields_of(99, b"\x01") == {}


def test_numbers_and_names_are_one_enumeration():
    assert records.SIDES == ("none", "left", "right", "both")
    assert (records.SIDE_LEFT, records.SIDE_RIGHT, records.SIDE_BOTH) == (1, 2, 3)
    assert records.STATES == ("unknown", "vacant", "occupied", "object")
    assert (records.STATE_UNKNOWN, records.STATE_VACANT, records.STATE_OCCUPIED, records.STATE_OBJECT) == (0, 1, 2, 3)
    assert records.GESTURES == ("none", "short", "double", "triple", "long")
    assert (records.SHORT_PRESS, records.DOUBLE_PRESS, records.TRIPLE_PRESS, records.LONG_PRESS) == (1, 2, 3, 4)
    assert records.GAPS == ("none", "gap", "sensors", "restart", "asleep")
    assert (records.GAP_TIME, records.GAP_SENSORS, records.GAP_RESTART, records.GAP_ASLEEP) == (1, 2, 3, 4)
    assert charge.STAGE_NAMES == ("fine", "low", "log only", "off")
    assert (charge.FINE, charge.WARN, charge.LOG_ONLY, charge.OFF) == (0, 1, 2, 3)
    for number, name in enumerate(("OK", "MISSING", "SHORT", "SATURATED", "FROZEN", "IMBALANCE", "OPEN", "DRIFTING")):
        assert getattr(records, name) == number and records.QUALITIES[number] == name.lower()
    assert records.CLOCK_SOURCES[records.CLOCK_FROM_HOST] == "host"
    assert records.CLOCK_SOURCES[records.CLOCK_KEPT] == "kept"
    assert records.UNKNOWN_U == 65535 and records.PAYLOAD_MAX == records.TEXT_MAX == 200


def test_a_row_keeps_each_field_in_its_place():
    events = Events()
    events.add(7)
    events.add(8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
    events.add(9, -1)
    assert events.count == 3 and events.lost == 0
    assert [events.kind(row) for row in range(3)] == [7, 8, 9]
    assert events.values(0, 12) == [0] * 12
    assert events.values(1, 12) == list(range(1, 13))
    assert events.values(1, 3) == [1, 2, 3] and events.values(1, 0) == []
    assert events.values(2, 2) == [-1, 0]
    events.clear()
    events.add(5, 6)
    assert events.count == 1 and events.values(0, 12) == [6] + [0] * 11


def test_what_finds_the_queue_full_is_counted():
    events = Events()
    for number in range(26):
        events.add(number + 1, number)
    assert (events.count, events.lost) == (24, 2)
    assert events.kind(23) == 24 and events.values(23, 1) == [23]
    assert events.kind(0) == 1
    assert raises(IndexError, lambda: events.kind(24))
