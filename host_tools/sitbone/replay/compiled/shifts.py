"""Weight shifts over all epochs of a side: whatever the settings, they are the same."""

from __future__ import annotations

from dataclasses import dataclass

from cushion.core import occupancy, shifts
from sitbone.replay.compiled.jit import Column, compiled, inlined
from sitbone.replay.epochs import STATE_OBJECT

OCCUPIED = occupancy.OCCUPIED
SHIFT_U, SHIFT_LEAVE_U, SHIFT_MS = shifts.SHIFT_U, shifts.SHIFT_LEAVE_U, shifts.SHIFT_MS
SHIFT_DROP_U, SHIFT_PEAK_FALL_U = shifts.SHIFT_DROP_U, shifts.SHIFT_PEAK_FALL_U


@dataclass(slots=True)
class Shift:
    """The fields of `shifts.Shift`."""

    run_ms: int = 0
    peak_u: int = 0
    was_loaded: bool = False


@compiled
def mark_shifts(
    gaps_s: Column, lengths_s: Column, sides_u: Column, states: Column, shift: Shift, shifted: Column
) -> None:
    """Sets `shifted` to 1 for each epoch in which a shift of the side became long enough."""
    for row in range(len(lengths_s)):
        if gaps_s[row]:
            shift.run_ms = shift.peak_u = 0
            shift.was_loaded = False
        seated = states[row] == OCCUPIED or states[row] == STATE_OBJECT
        if becomes_shift(lengths_s[row] * 1000, sides_u[row], seated, shift):
            shifted[row] = 1


@inlined
def becomes_shift(ms: int, u: int, seated: bool, shift: Shift) -> bool:
    """`Shift.step`: whether the relief grew long enough to count."""
    shift.peak_u = max(u, shift.peak_u - SHIFT_PEAK_FALL_U) if seated else 0
    if seated and shift.was_loaded and is_relieved(u, shift):
        reached = shift.run_ms < SHIFT_MS <= shift.run_ms + ms
        shift.run_ms += ms
        return reached
    shift.run_ms = 0
    shift.was_loaded = seated and (u > SHIFT_U or (shift.was_loaded and u >= 0))
    return False


@inlined
def is_relieved(u: int, shift: Shift) -> bool:
    if shift.run_ms:
        return 0 <= u <= SHIFT_LEAVE_U
    return 0 <= u <= SHIFT_U and shift.peak_u - u >= SHIFT_DROP_U
