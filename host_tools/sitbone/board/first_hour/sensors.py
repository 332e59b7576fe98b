"""Press each sensor and see it answer: a plug that is off, two wires in each other's place, and a turned sheet show at
once, before anybody calibrates on them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from sitbone.analysis.events import ZONE_TITLES
from sitbone.errors import Refused

PRESSED_PA = 3000  # above rest: a hand makes more
CLEAR = 2  # times what the next zone shows: a hand on one sensor also bends the board under the others
POLL_S = 0.25
PATIENCE = 240  # readings without an answer: a minute
Read = Callable[[], Sequence[int]]
Say = Callable[[str], None]


def pressed(rest_pa: Sequence[int], pa: Sequence[int]) -> int | None:
    """The zone that a hand presses; None while none stands out."""
    over = [now - rest for now, rest in zip(pa, rest_pa, strict=True)]
    zone = max(range(len(over)), key=over.__getitem__)
    others = max(value for at, value in enumerate(over) if at != zone)
    return zone if over[zone] >= PRESSED_PA and over[zone] >= CLEAR * others else None


def press_each(read: Read, say: Say, wait: Callable[[float], None] = time.sleep) -> None:
    """Asks for each zone in turn. ``read`` gives the pressures of the four zones, in Pa.

    Raises Refused where a zone doesn't answer, or another one does in its place.
    """
    rest_pa = read()
    for zone, title in enumerate(ZONE_TITLES):
        say(f"Press hard on the sensor of the {title}, with your hand.")
        found = _answer(read, rest_pa, wait)
        if found is None:
            raise Refused(
                f"the sensor of the {title} did not answer within a minute; check its plug and wire, then press harder"
            )
        if found != zone:
            raise Refused(
                f"you pressed the {title}, and the {ZONE_TITLES[found]} answered; swap their wires, or turn the sheet"
                " around, and press each again"
            )
        say(f"The {title} answers. Let go.")
        while pressed(rest_pa, read()) is not None:
            wait(POLL_S)


def _answer(read: Read, rest_pa: Sequence[int], wait: Callable[[float], None]) -> int | None:
    """The zone that was pressed in two readings in a row."""
    before = None
    for _ in range(PATIENCE):
        now = pressed(rest_pa, read())
        if now is not None and now == before:
            return now
        before = now
        wait(POLL_S)
    return None
