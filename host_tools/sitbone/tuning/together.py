"""The two limits as one: what a person feels is the smaller of a side's dose limit and the seated limit.

The seated limit is a choice of its own: stand up at least every so many minutes, however the load is spread. Once a
side's limit outgrows it, raising that side changes nothing, so the proposal says so and offers to move both.
"""

from __future__ import annotations

from typing import Any

from cushion.core.settings import RAISE_PERMILLE
from sitbone.settings.params import BY_NAME
from sitbone.tuning.rules import minutes

SEATED = "seated_limit_s"


def together(seated_s: int, limits_s: dict[str, int], against: bool) -> dict[str, Any]:
    """``{"from_s", "to_s", "felt_s", "text"}`` for the proposed limits by side. ``to_s``: at most a tenth more, as for
    a side; no more while ``against``: pain rules a rise out, or the week since the last change isn't over."""
    longest_s = max(limits_s.values())
    most_s = min(BY_NAME[SEATED].high, seated_s * RAISE_PERMILLE // 1000, longest_s)
    to_s = seated_s if against else max(seated_s, most_s)
    found = {"from_s": seated_s, "to_s": to_s, "felt_s": {side: min(seated_s, limits_s[side]) for side in limits_s}}
    return found | {"text": _text(seated_s, to_s, longest_s)}


def _text(seated_s: int, to_s: int, longest_s: int) -> str:
    if longest_s <= seated_s:
        return ""
    text = (
        f"You will feel {minutes(seated_s)}, not {minutes(longest_s)}: the smaller limit asks first, and the seated"
        f" limit asks you to stand up at least every {minutes(seated_s)}."
    )
    if to_s == seated_s:
        return f"{text} It stays for now: pain rules out a rise, or it changed less than 7 days ago."
    return f"{text} To move it to {minutes(to_s)}, too: sitbone tune --apply --seated. More breaks do no harm."
