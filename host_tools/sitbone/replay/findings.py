"""Collects the machine's events into the lists that `sitbone replay` prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cushion.core import records
from cushion.core.prompting import WHY_NAMES

Row = dict[str, Any]
NEAR_MS = 5000


@dataclass
class Findings:
    """The lists, filled event by event; times are ms from the start of the trace."""

    bouts: list[Row] = field(default_factory=list)
    breaks: list[Row] = field(default_factory=list)
    prompts: list[Row] = field(default_factory=list)
    suppressed: list[Row] = field(default_factory=list)
    shifts: list[Row] = field(default_factory=list)
    unknown: list[Row] = field(default_factory=list)
    objects: list[Row] = field(default_factory=list)
    faults: list[Row] = field(default_factory=list)
    sitting_since_ms: int | None = None

    def take(self, t_ms: int, kind: int, fields: Row) -> None:
        """Adds one event of the engine at decision time `t_ms`."""
        handler = getattr(self, "_" + records.KINDS[kind][0], None)
        if handler is not None:
            handler(t_ms, fields)

    def close(self, end_ms: int) -> None:
        """Ends the trace: a bout that is still running ends with it; a prompt that is still running has no outcome."""
        if self.sitting_since_ms is not None:
            self.bouts.append({"start_ms": self.sitting_since_ms, "end_ms": end_ms, "open": True})

    def as_json(self, max_cs: Sequence[int]) -> Row:
        """The lists of the `replay` document, with each side's highest dose."""
        return {
            "bouts": self.bouts,
            "breaks": self.breaks,
            "prompts": self.prompts,
            "shifts": self.shifts,
            "unknown": self.unknown,
            "dose": {"left": {"max_s": max_cs[0] / 100}, "right": {"max_s": max_cs[1] / 100}},
            "suppressed": self.suppressed,
            "objects": self.objects,
            "faults": self.faults,
        }

    def _sat(self, t_ms: int, fields: Row) -> None:
        self.sitting_since_ms = t_ms - fields["ago_ms"]

    def _stood(self, t_ms: int, fields: Row) -> None:
        end_ms = t_ms - fields["ago_ms"]
        start_ms = end_ms - fields["bout_ms"] if self.sitting_since_ms is None else self.sitting_since_ms
        self.bouts.append({"start_ms": start_ms, "end_ms": end_ms})
        self.sitting_since_ms = None

    def _break(self, t_ms: int, fields: Row) -> None:
        self.breaks.append(_ended(t_ms, fields, "break_ms") | {"verified": bool(fields["verified"])})

    def _shift(self, t_ms: int, fields: Row) -> None:
        shift = _ended(t_ms, fields, "shift_ms")
        self.shifts.append(shift | {"side": records.SIDES[fields["side"]], "lowest_u": fields["lowest_u"]})

    def _unknown(self, t_ms: int, fields: Row) -> None:
        self.unknown.append(_ended(t_ms, fields, "unknown_ms") | {"why": records.GAPS[fields["why"]]})

    def _object(self, t_ms: int, fields: Row) -> None:
        self.objects.append({"t_ms": t_ms, "on": bool(fields["on"])})
        if fields["on"]:  # nobody has sat since it came, and the break before it went on
            came_ms = t_ms - fields["ago_ms"]
            self.sitting_since_ms = None
            self.breaks = [item for item in self.breaks if abs(item["end_ms"] - came_ms) > NEAR_MS]

    def _fault(self, t_ms: int, fields: Row) -> None:
        quality = records.QUALITIES[fields["quality"]]
        self.faults.append({"t_ms": t_ms, "zone": fields["zone"], "quality": quality, "on": bool(fields["on"])})

    def _prompt(self, t_ms: int, fields: Row) -> None:
        if fields["level"] > 1 and self.prompts:
            self.prompts[-1]["level"] = fields["level"]
            self.prompts[-1]["levels_ms"].append(t_ms)
            return
        self.prompts.append(
            {
                "t_ms": t_ms,
                "side": records.SIDES[fields["side"]],
                "level": 1,
                "cause": records.CAUSES[fields["cause"]],
                "outcome": None,
                "levels_ms": [t_ms],
                "dose_s": {"left": fields["left_dose_cs"] / 100, "right": fields["right_dose_cs"] / 100},
                "seated_s": fields["seated_s"],
            }
        )

    def _outcome(self, t_ms: int, fields: Row) -> None:
        if not self.prompts:
            return  # of a prompt before the range
        self.prompts[-1]["outcome"] = records.OUTCOMES[fields["outcome"]]
        self.prompts[-1]["response_s"] = fields["response_ms"] / 1000 if fields["response_ms"] else None

    def _suppressed(self, t_ms: int, fields: Row) -> None:
        why = [name for bit, name in enumerate(WHY_NAMES) if fields["why"] >> bit & 1]
        cause, side = records.CAUSES[fields["cause"]], records.SIDES[fields["side"]]
        self.suppressed.append({"t_ms": t_ms, "cause": cause, "side": side, "why": why})


def _ended(t_ms: int, fields: Row, length: str) -> Row:
    """Start and end of something that lasted `fields[length]` and was noticed `ago_ms` after its end."""
    end_ms = t_ms - fields["ago_ms"]
    return {"start_ms": end_ms - fields[length], "end_ms": end_ms}
