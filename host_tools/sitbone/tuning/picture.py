"""What is believed of a side's tolerance, as a document and as a picture of text: why 20 became 22."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from sitbone.tuning.decision import LIKELY, Outlook
from sitbone.tuning.tolerance import TOLERANCES_S

STEP_MIN, FIRST_MIN, LAST_MIN = 4, 8, 48
WIDEST = 30  # characters of a bar
LEAST_SHOWN = 0.01


def as_json(outlook: Outlook) -> dict[str, Any] | None:
    """``{"low_s", "middle_s", "high_s", "days", "noise", "flare_risk", "chances": [{"from_min", "to_min", "share"}]}``
    for one person; None while too few days are known."""
    if not outlook.known[0]:
        return None
    beliefs = outlook.beliefs
    low, middle, high = (round(float(beliefs.quantile_s(share)[0])) for share in (LIKELY[0], 0.5, LIKELY[1]))
    edges = np.array([0, *range(FIRST_MIN, LAST_MIN + 1, STEP_MIN), 60])
    # Each grid point stands for the stretch around it; its share goes to the bins that the stretch lies in.
    ends = np.concatenate([[0], np.cumsum(beliefs.tolerance[0])])
    half = np.sqrt(TOLERANCES_S[1] / TOLERANCES_S[0])
    below = np.interp(edges * 60, np.concatenate([[TOLERANCES_S[0] / half], TOLERANCES_S * half]), ends)
    below[0], below[-1] = 0.0, 1.0
    shares = np.diff(below)
    return {
        "low_s": low,
        "middle_s": middle,
        "high_s": high,
        "days": round(float(beliefs.days[0]), 1),
        "noise": round(beliefs.off_by(0), 2),
        "flare_risk": round(float(beliefs.flare_risk[0]), 4),
        "chances": [
            {"from_min": int(start), "to_min": int(end), "share": round(float(share), 3)}
            for start, end, share in zip(edges, edges[1:], shares, strict=False)
        ],
    }


def picture(found: dict[str, Any] | None, from_s: int, to_s: int) -> Iterator[str]:
    """A bar for each stretch of minutes, with the limits beside theirs. Nothing while too few days are known."""
    if found is None:
        return
    yield "how likely it is that you tolerate so many minutes:"
    rows = [row for row in found["chances"] if row["share"] >= LEAST_SHOWN or _marks(row, from_s, to_s)]
    most = max(row["share"] for row in rows)
    for row in rows:
        bar = "\u2588" * round(WIDEST * row["share"] / most)
        percent = f"{100 * row['share']:3.0f} %"
        line = f"  {row['from_min']:2} to {row['to_min']:2} min  {percent}  {bar}{_marks(row, from_s, to_s)}"
        yield line.rstrip()


def _marks(row: dict[str, Any], from_s: int, to_s: int) -> str:
    low_s, high_s = 60 * row["from_min"], 60 * row["to_min"]
    names = [("limit now", from_s)] if from_s == to_s else [("limit now", from_s), ("new limit", to_s)]
    inside = [name for name, limit_s in names if low_s <= limit_s < high_s]
    return f"  <- {', '.join(inside)}" if inside else ""
