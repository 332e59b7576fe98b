"""How deeply the cushion may sleep until the next sample: pure, so that every case is a line in a test."""

from cushion.core.cadence import SAMPLE_MS
from cushion.core.const import const
from cushion.core.records import STATE_VACANT

AWAKE, LIGHT, DEEP = 0, 1, 2
_DEEP_MARGIN_MS = const(10000)  # beyond the time that verifies a break: what a sleep adds to is proven rest
_VACANT_SAMPLE_MS = const(1000)  # an empty seat is looked at once a second: the detector's 3 s miss no sit
LONGEST_SLEEP_MS = 3600000  # then a sign of life, and a look at the battery


def depth(on_usb, busy, state, away_ms, break_ms, can_wake):
    """`busy`: something runs that sleep would end (a motor, a press, a capture). `away_ms`: for how long it was vacant;
    `break_ms` of that verify a break."""
    if on_usb or busy:
        return AWAKE
    if state == STATE_VACANT and away_ms >= break_ms + _DEEP_MARGIN_MS and can_wake:
        return DEEP
    return LIGHT


def sample_ms(rest, state):
    """The time between samples: longer on an empty seat that nobody watches."""
    return _VACANT_SAMPLE_MS if rest != AWAKE and state == STATE_VACANT else SAMPLE_MS
