"""The log's record format: one table that the firmware writes by and the host reads by.

A log is a run of 512-byte blocks. A block says by itself whose it is and when it began; records follow its header, each
with a CRC of its own that is seeded with the header's, so a record is valid only in its own block. Field tables with
every offset, width and unit: LOG_FORMAT.md beside the storage code. All integers are little-endian.
"""

import struct
from binascii import crc32

BLOCK_SIZE = 512
MAGIC = b"SBLK"
VERSION = 1
HEADER = "<4sBBH6sHIIIHHI"  # magic version header_size 0 cushion 0 session first_seq base_s base_ms 0 unix_s, then crc
HEADER_SIZE = struct.calcsize(HEADER) + 4
RECORD_HEAD = "<BBI"  # kind, payload length, ms since the block's base
RECORD_OVERHEAD = struct.calcsize(RECORD_HEAD) + 4
END = 0xFF  # in the place of a kind: no more records in this block
TEXT_MAX = 200
MAX_DT_MS = 1 << 29  # a record further from the block's base begins a new block: ms stay small integers

BOOT, CLOCK, EPOCH, SAT, STOOD, BREAK, SHIFT, PROMPT, OUTCOME, BUTTON = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
SYMPTOM, SNOOZE, MUTE, SUPPRESSED, FAULT, UNKNOWN, SETTING, CALIBRATION, CRASH = 11, 12, 13, 14, 15, 16, 17, 18, 19
EVICTED, OBJECT, OFFLOAD, HAPTIC = 20, 21, 22, 23

# kind -> (name, struct format, field names). A format that ends in "s" takes UTF-8 text to the payload's end.
# `ago_ms`: the thing itself happened so long before the record was written (it took that long to be sure).
KINDS = {
    BOOT: ("boot", "<BBBBBB", ("reset_cause", "wake_reason", "major", "minor", "patch", "settings_source")),
    CLOCK: ("clock", "<IHIHB", ("unix_s", "unix_ms", "was_unix_s", "was_unix_ms", "source")),
    EPOCH: (
        "epoch",
        "<HHHHHHIIIBBB",
        ("left_it_pa", "right_it_pa", "left_thigh_pa", "right_thigh_pa", "left_u", "right_u", "left_dose_cs")
        + ("right_dose_cs", "seated_s", "state", "bad_zones", "seconds"),
    ),
    SAT: ("sat", "<I", ("ago_ms",)),
    STOOD: ("stood", "<IIIIB", ("ago_ms", "bout_ms", "left_dose_cs", "right_dose_cs", "gap")),
    BREAK: ("break", "<IIB", ("ago_ms", "break_ms", "verified")),
    SHIFT: ("shift", "<IIBH", ("ago_ms", "shift_ms", "side", "lowest_u")),
    PROMPT: (
        "prompt",
        "<HBBBIIIHHH",
        ("episode", "level", "side", "cause", "left_dose_cs", "right_dose_cs", "seated_s")
        + ("left_limit_s", "right_limit_s", "seated_limit_s"),
    ),
    OUTCOME: ("outcome", "<HBBIB", ("episode", "outcome", "level", "response_ms", "why")),
    BUTTON: ("button", "<B", ("gesture",)),
    SYMPTOM: ("symptom", "<IIIB", ("left_dose_cs", "right_dose_cs", "seated_s", "state")),
    SNOOZE: ("snooze", "<HB", ("snooze_s", "accepted")),
    MUTE: ("mute", "<HB", ("mute_s", "on")),
    SUPPRESSED: ("suppressed", "<BBH", ("cause", "side", "why")),
    FAULT: ("fault", "<BBB", ("zone", "quality", "on")),
    UNKNOWN: ("unknown", "<IIB", ("ago_ms", "unknown_ms", "why")),
    SETTING: ("setting", "<Bii32s", ("index", "was", "now", "reason")),
    CALIBRATION: (
        "calibration",
        "<IIIIHHHHB",
        ("left_it_tare_ns", "right_it_tare_ns", "left_thigh_tare_ns", "right_thigh_tare_ns")
        + ("left_it_ref_pa", "right_it_ref_pa", "left_thigh_ref_pa", "right_thigh_ref_pa", "source"),
    ),
    CRASH: ("crash", "<200s", ("text",)),
    EVICTED: ("evicted", "<II", ("first_seq", "last_seq")),
    OBJECT: ("object", "<B", ("on",)),
    OFFLOAD: ("offload", "<II", ("ago_ms", "offload_ms")),
    HAPTIC: ("haptic", "<BBHH", ("pattern", "side", "asked_ms", "granted_ms")),
}
PAYLOAD_MAX = 200
UNKNOWN_U = 0xFFFF  # an epoch whose side could not be trusted

SIDES = ("none", "left", "right", "both")
SIDE_BOTH = 3
CAUSES = ("none", "dose", "time")
OUTCOMES = ("none", "break", "partial", "shift", "missed", "snoozed", "suppressed")
STATES = ("unknown", "vacant", "occupied", "object")
GESTURES = ("none", "short", "double", "triple", "long")
QUALITIES = ("ok", "missing", "short", "saturated", "frozen", "imbalance", "open", "drifting")
GAPS = ("none", "gap", "sensors", "restart")
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


class DamagedBlock(ValueError):
    """A block whose header, or a record inside it, fails its check. The message says which."""


def pack_header(block, cushion_id, session, first_seq, base_s, base_ms, unix_s):
    """Writes a block header at the start of `block` (a bytearray); returns its CRC, the seed of the records' CRCs."""
    struct.pack_into(
        HEADER, block, 0, MAGIC, VERSION, HEADER_SIZE, 0, cushion_id, 0, session, first_seq, base_s, base_ms, 0, unix_s
    )
    crc = crc32(memoryview(block)[: HEADER_SIZE - 4])
    struct.pack_into("<I", block, HEADER_SIZE - 4, crc)
    return crc


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


def pack_record(block, offset, seed, kind, dt_ms, payload):
    """Writes one record into `block` at `offset`; returns the offset behind it."""
    size = len(payload)
    struct.pack_into(RECORD_HEAD, block, offset, kind, size, dt_ms)
    body = offset + RECORD_OVERHEAD - 4
    block[body : body + size] = payload
    crc = crc32(memoryview(block)[offset : body + size], seed)
    struct.pack_into("<I", block, body + size, crc)
    return body + size + 4


class Header:
    """A block's header, as integers; ``cushion`` is 6 bytes, ``unix_s`` 0 while the wall clock was unknown."""

    def __init__(self, cushion, session, first_seq, base_s, base_ms, unix_s, crc):
        self.cushion = cushion
        self.session = session
        self.first_seq = first_seq
        self.base_s = base_s
        self.base_ms = base_ms
        self.unix_s = unix_s
        self.crc = crc


def read_header(block):
    """The `Header` of a block (bytes-like). Raises DamagedBlock when it isn't one of a version this code knows."""
    if len(block) < HEADER_SIZE or bytes(block[:4]) != MAGIC:
        raise DamagedBlock("no block begins here")
    view = memoryview(block)
    stored = struct.unpack_from("<I", block, HEADER_SIZE - 4)[0]
    if crc32(view[: HEADER_SIZE - 4]) != stored:
        raise DamagedBlock("block header fails its check")
    fields = struct.unpack_from(HEADER, block, 0)
    if fields[1] != VERSION:
        raise DamagedBlock("log version {} is newer than this program".format(fields[1]))
    return Header(fields[4], fields[6], fields[7], fields[8], fields[9], fields[11], stored)


def next_record(block, offset, seed):
    """The record at `offset`: ``(kind, dt_ms, payload_start, next_offset)``, or None at the block's end.

    Raises DamagedBlock when there is one but its check fails.
    """
    if offset + RECORD_OVERHEAD > len(block) or block[offset] in (END, 0):
        return None
    kind, size, dt_ms = struct.unpack_from(RECORD_HEAD, block, offset)
    body = offset + RECORD_OVERHEAD - 4
    if size > PAYLOAD_MAX or body + size + 4 > len(block):
        raise DamagedBlock("record runs over its block's end")
    stored = struct.unpack_from("<I", block, body + size)[0]
    if crc32(memoryview(block)[offset : body + size], seed) != stored:
        raise DamagedBlock("record fails its check")
    return kind, dt_ms, body, body + size + 4


def fields_of(kind, payload):
    """A record's payload as ``{field: int or str}``. Kinds and trailing bytes this code doesn't know are kept out."""
    if kind not in KINDS:
        return {}
    _, form, names = KINDS[kind]
    if form[-1] != "s":
        return dict(zip(names, struct.unpack_from(form, payload, 0)))
    numbers, _ = _split_text_format(form)
    fields = dict(zip(names, struct.unpack_from(numbers, payload, 0)))
    fields[names[-1]] = bytes(payload[struct.calcsize(numbers) :]).decode()
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
