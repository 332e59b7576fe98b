"""What an answer of the firmware has to look like before anything is made of it.

A cushion is not trusted: it may be broken, of another version, or something else that speaks. An answer may hold more
than is named here, because a newer firmware may say more; what is named must be there and within its bounds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cushion.core.calibration import ZONES
from cushion.core.settings import DOSE_LIMITS

Shape = dict[str, Any] | Callable[[Any], bool]
Row = dict[str, Any]

MOST_U32 = (1 << 32) - 1
MOST_UNIX_MS = MOST_U32 * 1000 + 999
MOST_MONO_MS = MOST_U32 * 1000
MOST_FLASH_BYTES = 16 << 20


def wrong(name: str, answer: Row) -> str:
    """The first part of a call's answer that can't be right, such as ``dose_s.left``; "" where all can."""
    return _wrong(SHAPES[name], answer, "")


def _wrong(shape: Shape, value: Any, path: str) -> str:
    if callable(shape):
        return "" if shape(value) else path
    if not isinstance(value, dict):
        return path
    for key, part in shape.items():
        name, inner = key.rstrip("?"), f"{path}.{key.rstrip('?')}".lstrip(".")
        if name not in value:
            if not key.endswith("?"):
                return inner
        elif found := _wrong(part, value[name], inner):
            return found
    return ""


def whole(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and low <= value <= high


def text(most: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and len(value) <= most


def maybe(shape: Shape) -> Callable[[Any], bool]:
    return lambda value: value is None or not _wrong(shape, value, "it")


def listed(shape: Shape, least: int, most: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and least <= len(value) <= most and not any(map(_is(shape), value))


def _is(shape: Shape) -> Callable[[Any], str]:
    return lambda value: _wrong(shape, value, "it")


def numbers(names: tuple[str, ...] = ()) -> Callable[[Any], bool]:
    """Whole numbers by name, these names among them."""
    number = whole(-(1 << 31), MOST_U32)
    return lambda value: (
        isinstance(value, dict)
        and len(value) <= 200
        and all(text(60)(key) and number(one) for key, one in value.items())
        and all(name in value for name in names)
    )


def flag(value: Any) -> bool:
    return value in (True, False) and isinstance(value, (bool, int))


def cushion_id(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 12 and all(sign in "0123456789abcdef" for sign in value)


U32 = whole(0, MOST_U32)
SECONDS = whole(0, MOST_U32)
SIDES = {"left": SECONDS, "right": SECONDS}
LOG_ID = whole(0, 0xFFFF)
OHMS = listed(whole(0, 1_000_000), 4, 4)
WORD = text(80)

STATUS = {
    "cushion": cushion_id,
    "log?": LOG_ID,
    "firmware": WORD,
    "state": WORD,
    "dose_s": SIDES,
    "limit_s": SIDES,
    "seated_s": SECONDS,
    "calibrated": flag,
    "divider_ohm?": OHMS,
    "journal": {"first_seq": U32, "last_seq": U32, "bytes_free": U32, "unacked?": U32},
    "battery": maybe({"mv": whole(0, 100_000), "percent": whole(0, 100)}),
    "faults": listed(text(400), 0, 32),
    "reset": WORD,
    "session": U32,
    "mono_ms?": whole(0, MOST_MONO_MS),
    "unix_ms": maybe(whole(0, MOST_UNIX_MS)),
    "safe_mode?": text(400),
} | dict.fromkeys(("steps?", "late?", "crashes?", "muted_s?", "snoozed_s?", "next_prompt_in_s?"), U32)

PA = listed(whole(0, 10_000_000), 4, 4)
PAIR = listed(SECONDS, 2, 2)
LIVE = {
    "sample_pa?": PA,
    "state": WORD,
    "pa": PA,
    "ref_pa": PA,
    "quality": listed(WORD, 4, 4),
    "u": listed(whole(-1, 1_000_000), 2, 2),
    "dose_s": PAIR,
    "limit_s": PAIR,
    "seated_s": SECONDS,
    "seated_limit_s": SECONDS,
    "wait_s": SECONDS,
    "calibrated": flag,
}

NEXT_OFFSET = listed(whole(-1440, MOST_U32), 2, 2)
CLOCK = {
    "session": U32,
    "mono_ms": whole(0, MOST_MONO_MS),
    "unix_ms": whole(0, MOST_UNIX_MS),
    "was_unix_ms": maybe(whole(0, MOST_UNIX_MS)),
    "next_offset?": NEXT_OFFSET,
}

GAINED = {
    "was_permille": whole(0, 1000),
    "is_permille": whole(0, 1000),
    "exponent_permille": listed(whole(0, 4000), len(ZONES), len(ZONES)),
}

SHAPES: dict[str, Shape] = {
    "status": STATUS,
    "live": LIVE,
    "clock": CLOCK,
    "next_offset": {"next_offset": NEXT_OFFSET},
    "ack": {"acked": U32},
    "settings_show": {"version": U32, "values": numbers(DOSE_LIMITS)},
    "settings_set": {"version": U32, "applied": numbers(), "clamped": numbers()},
    "calibrate": {"phase": WORD, "state": WORD, "why": text(400), "left_s": SECONDS, "gained?": GAINED},
    "gesture": {"accepted": flag},
    "vibrate": {"played": flag},
    "read_log": {
        "bytes": whole(0, MOST_FLASH_BYTES),
        "last_seq": maybe(U32),
        "kept_first_seq": maybe(U32),
    },
    "read_log_end": {"sha256": text(64)},
    "record": {"zones": listed(lambda name: name in ZONES, 1, len(ZONES))},
    "record_row": {
        "row?": listed(whole(-1, MOST_U32), 2 + len(ZONES), 2 + len(ZONES)),
        "samples?": U32,
    },
}
