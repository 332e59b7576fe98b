"""The seat as it is lived on: both doses, and for how long it has been as it is."""

from __future__ import annotations

from dataclasses import dataclass

from cushion.core import occupancy, prompting, shifts
from sitbone.replay.compiled.dose import Dose, both_rested, dose_after
from sitbone.replay.compiled.epoch import Epoch, Values, is_off, is_seated
from sitbone.replay.compiled.jit import inlined
from sitbone.replay.epochs import LONG_MS, STATE_OBJECT

VACANT, OCCUPIED, BLIP_MS = occupancy.VACANT, occupancy.OCCUPIED, occupancy.BLIP_MS
OFFLOAD_ENTER_U, OFFLOAD_LEAVE_U = shifts.OFFLOAD_ENTER_U, shifts.OFFLOAD_LEAVE_U
LEFT, RIGHT = prompting.LEFT, prompting.RIGHT


@dataclass(slots=True)
class Seat:
    """The fields of the core's two `Dose`, its `Sitting`, its `BreakTimer` (off, blip) and its `Offload`."""

    now_s: int = 0
    left_cs: int = 0
    left_load_us: int = 0
    left_rest: int = 0
    right_cs: int = 0
    right_load_us: int = 0
    right_rest: int = 0
    seated_ms: int = 0
    bout_ms: int = 0
    away_ms: int = 0
    off_ms: int = 0
    blip_ms: int = 0
    offload_ms: int = 0


@inlined
def doses_after(seconds: int, epoch: Epoch, values: Values, seat: Seat) -> tuple[Dose, Dose]:
    """Left and right after so many seconds of the epoch; under an object they stand still."""
    left, right, tau_s = left_dose(seat), right_dose(seat), values.recovery_tau_s
    if epoch.state == STATE_OBJECT:
        return left, right
    if epoch.left_u == 0 and epoch.right_u == 0:
        return both_rested(seconds, tau_s, left, right)
    return (
        dose_after(seconds, epoch.left_u, epoch.left_weight, values.left_dose_limit_s, tau_s, left),
        dose_after(seconds, epoch.right_u, epoch.right_weight, values.right_dose_limit_s, tau_s, right),
    )


@inlined
def left_dose(seat: Seat) -> Dose:
    return Dose(seat.left_cs, seat.left_load_us, seat.left_rest)


@inlined
def right_dose(seat: Seat) -> Dose:
    return Dose(seat.right_cs, seat.right_load_us, seat.right_rest)


@inlined
def take_doses(left: Dose, right: Dose, seat: Seat) -> None:
    seat.left_cs, seat.left_load_us, seat.left_rest = left.cs, left.load_us, left.rest
    seat.right_cs, seat.right_load_us, seat.right_rest = right.cs, right.load_us, right.rest


@inlined
def take_time(seconds: int, epoch: Epoch, values: Values, seat: Seat) -> bool:
    """So many seconds of the epoch pass; whether a break was verified in them."""
    ms = seconds * 1000
    seat.now_s += seconds
    seat.offload_ms = seat.offload_ms + ms if offloads(epoch, seat) else 0
    verified = time_break(ms, is_off(epoch), values.verified_break_s * 1000, seat)
    if verified:
        seat.seated_ms = 0
    if is_seated(epoch):
        seat.away_ms = 0
    else:
        seat.bout_ms = 0
        seat.away_ms = min(seat.away_ms + ms, LONG_MS) if epoch.state == VACANT else 0
    if epoch.state == OCCUPIED:
        seat.bout_ms = min(seat.bout_ms + ms, LONG_MS)
        seat.seated_ms = min(seat.seated_ms + ms, LONG_MS)
    return verified


@inlined
def time_break(ms: int, off: bool, verified_ms: int, seat: Seat) -> bool:
    """`BreakTimer.step`; whether it verified the break."""
    if off:
        verified = seat.off_ms < verified_ms <= seat.off_ms + ms
        seat.off_ms = min(seat.off_ms + ms, LONG_MS)
        seat.blip_ms = 0
        return verified
    seat.blip_ms += ms
    if seat.blip_ms > BLIP_MS:
        seat.off_ms = 0
    return False


@inlined
def lose(gap_s: int, seat: Seat) -> None:
    """Unknown time is neither load nor rest: a bout is over, a break not proven."""
    seat.now_s += gap_s
    seat.bout_ms = seat.away_ms = seat.off_ms = seat.blip_ms = seat.offload_ms = 0


@inlined
def offloads(epoch: Epoch, seat: Seat) -> bool:
    """Whether both sides are relieved at once, as `Offload` sees it."""
    ceiling_u = OFFLOAD_LEAVE_U if seat.offload_ms else OFFLOAD_ENTER_U
    return 0 <= epoch.highest_u < ceiling_u


@inlined
def is_settled(epoch: Epoch, values: Values, seat: Seat) -> bool:
    return is_seated(epoch) and seat.bout_ms >= values.settling_s * 1000


@inlined
def is_recovered(values: Values, seat: Seat) -> bool:
    """Both doses are at most half their limit."""
    return seat.left_cs <= values.left_dose_limit_s * 50 and seat.right_cs <= values.right_dose_limit_s * 50


@inlined
def is_long(seated_ms: int, values: Values) -> bool:
    """Whether so much seated time is due for a break."""
    return seated_ms >= values.seated_limit_s * 1000


@inlined
def sides_over(left_cs: int, right_cs: int, values: Values) -> int:
    """Bits of the sides whose dose has reached its limit."""
    left_over, right_over = left_cs >= values.left_dose_limit_s * 100, right_cs >= values.right_dose_limit_s * 100
    return (LEFT if left_over else 0) | (RIGHT if right_over else 0)
