"""What a step is given: an epoch, and the settings that decide."""

from __future__ import annotations

from typing import NamedTuple

from cushion.core import occupancy, prompting
from sitbone.replay.compiled.jit import Column, inlined
from sitbone.replay.epochs import STATE_OBJECT

# What numba takes as constants must be module globals, here and in the other files.
VACANT, OCCUPIED, BREAK_ZONE_U = occupancy.VACANT, occupancy.OCCUPIED, occupancy.BREAK_ZONE_U
LEFT, RIGHT = prompting.LEFT, prompting.RIGHT
QUIET, VEHICLE, OBJECT = prompting.QUIET, prompting.VEHICLE, prompting.OBJECT


class Values(NamedTuple):
    """The settings by their names."""

    left_dose_limit_s: int
    right_dose_limit_s: int
    seated_limit_s: int
    recovery_tau_s: int
    verified_break_s: int
    settling_s: int
    quiet_from_min: int
    quiet_to_min: int
    vehicle_mode: int


class Columns(NamedTuple):
    """All epochs, as in `epochs.Epochs`; ``shifted``: 1 where a weight shift became long enough."""

    gap_s: Column
    seconds: Column
    left_u: Column
    right_u: Column
    left_weight: Column
    right_weight: Column
    state: Column
    minute: Column
    shifted: Column


class Epoch(NamedTuple):
    """One epoch; ``known``: bits of the sides whose load is; ``blocked``: why no prompt may be given in it."""

    seconds: int
    state: int
    left_u: int
    right_u: int
    left_weight: int
    right_weight: int
    highest_u: int
    known: int
    blocked: int
    shifted: bool


@inlined
def epoch_at(row: int, columns: Columns, values: Values) -> Epoch:
    left_u, right_u, state = columns.left_u[row], columns.right_u[row], columns.state[row]
    return Epoch(
        seconds=columns.seconds[row],
        state=state,
        left_u=left_u,
        right_u=right_u,
        left_weight=columns.left_weight[row],
        right_weight=columns.right_weight[row],
        highest_u=max(left_u, right_u),
        known=(LEFT if left_u >= 0 else 0) | (RIGHT if right_u >= 0 else 0),
        blocked=blocked(state, columns.minute[row], values),
        shifted=columns.shifted[row] != 0,
    )


@inlined
def blocked(state: int, minute: int, values: Values) -> int:
    quiet = is_quiet(minute, values.quiet_from_min, values.quiet_to_min)
    reasons = (QUIET if quiet else 0) | (VEHICLE if values.vehicle_mode else 0)
    return reasons | (OBJECT if state == STATE_OBJECT else 0)


@inlined
def is_quiet(minute: int, from_min: int, to_min: int) -> bool:
    """`pauses.is_quiet`."""
    if minute < 0 or from_min == to_min:
        return False
    if from_min < to_min:
        return from_min <= minute < to_min
    return minute >= from_min or minute < to_min


@inlined
def is_seated(epoch: Epoch) -> bool:
    """Somebody, or something, is on the seat."""
    return epoch.state == OCCUPIED or epoch.state == STATE_OBJECT


@inlined
def is_off(epoch: Epoch) -> bool:
    """Whether it counts for a break."""
    return epoch.state == VACANT and 0 <= epoch.highest_u < BREAK_ZONE_U
