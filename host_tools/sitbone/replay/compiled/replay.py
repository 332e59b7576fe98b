"""One setting over all epochs: the machine of `epochs.PlainReplay`, in steps as long as `strides` allows."""

from __future__ import annotations

from cushion.core import dose, occupancy, prompting
from sitbone.replay.compiled.dose import Dose, loaded
from sitbone.replay.compiled.epoch import Columns, Epoch, Values, epoch_at
from sitbone.replay.compiled.jit import Column, compiled, inlined
from sitbone.replay.compiled.prompting import Prompter, Situation, has_pending, pass_time, prompt
from sitbone.replay.compiled.sitting import (
    Seat,
    doses_after,
    is_long,
    is_recovered,
    is_settled,
    left_dose,
    lose,
    right_dose,
    sides_over,
    take_doses,
    take_time,
)
from sitbone.replay.compiled.strides import longest_stride_s, may_stride
from sitbone.replay.compiled.tally import Tally, has_decided, measure, tell
from sitbone.replay.epochs import GAP_STEP_MS

OCCUPIED, LOADED_U, UNTRUSTED = occupancy.OCCUPIED, dose.LOADED_U, prompting.UNTRUSTED


@compiled
def replay(columns: Columns, values: Values, seat: Seat, prompter: Prompter, tally: Tally, log: Column) -> None:
    """Changes `seat`, `prompter` and `tally`; `log` takes the first decisions, a row each, as many as it has rows."""
    for row in range(len(columns.seconds)):
        if columns.gap_s[row]:
            pass_gap(columns.gap_s[row], values, seat, prompter)
            tell(seat.now_s, prompter, tally, log)
        epoch = epoch_at(row, columns, values)
        if not sits_on(epoch, values, seat, prompter, tally):
            live_through(epoch, values, seat, prompter, tally, log)


@inlined
def pass_gap(gap_s: int, values: Values, seat: Seat, prompter: Prompter) -> None:
    lose(gap_s, seat)
    situation = Situation(
        dt_ms=GAP_STEP_MS if gap_s > 5 else gap_s * 1000,
        now_s=seat.now_s,
        due_sides=0,
        time_due=is_long(seat.seated_ms, values),
        settled=False,
        offload_ms=0,
        verified=False,
        recovered=is_recovered(values, seat),
        shift_reached=False,
        blocked=UNTRUSTED,
    )
    prompt(situation, prompter)


@inlined
def sits_on(epoch: Epoch, values: Values, seat: Seat, prompter: Prompter, tally: Tally) -> bool:
    """Most of a year: sitting on, nothing due yet, nothing pending. Takes such an epoch; leaves any other as it was."""
    if epoch.state != OCCUPIED or epoch.left_u < LOADED_U or epoch.right_u < LOADED_U:
        return False
    ms = epoch.seconds * 1000
    if has_pending(prompter) or seat.offload_ms or is_long(seat.seated_ms + ms, values):
        return False
    left = loaded(epoch.seconds, epoch.left_weight, values.left_dose_limit_s, left_dose(seat))
    right = loaded(epoch.seconds, epoch.right_weight, values.right_dose_limit_s, right_dose(seat))
    if sides_over(left.cs, right.cs, values):
        return False
    take_doses(left, right, seat)
    take_time(epoch.seconds, epoch, values, seat)
    measure(epoch.seconds, epoch, values, seat, tally)
    pass_time(ms, prompter)
    return True


@inlined
def live_through(epoch: Epoch, values: Values, seat: Seat, prompter: Prompter, tally: Tally, log: Column) -> None:
    """In strides; after one that is refused second by second, until something is decided."""
    passed_s, attempt = 0, True
    while passed_s < epoch.seconds:
        step_s = longest_stride_s(epoch.seconds - passed_s, epoch, values, seat, prompter) if attempt else 1
        left, right = doses_after(step_s, epoch, values, seat)
        if step_s > 1 and not may_stride(step_s, left.cs, right.cs, epoch, values, seat, prompter):
            attempt = False
            continue
        passed_s += step_s
        shift_reached = epoch.shifted and passed_s == epoch.seconds
        step(step_s, left, right, shift_reached, epoch, values, seat, prompter)
        measure(step_s, epoch, values, seat, tally)
        tell(seat.now_s, prompter, tally, log)
        attempt = step_s > 1 or prompter.cancel or has_decided(prompter)


@inlined
def step(
    seconds: int,
    left: Dose,
    right: Dose,
    shift_reached: bool,
    epoch: Epoch,
    values: Values,
    seat: Seat,
    prompter: Prompter,
) -> None:
    """So many seconds of the epoch, after which the doses are these."""
    take_doses(left, right, seat)
    verified = take_time(seconds, epoch, values, seat)
    prompt(situation_after(seconds, verified, shift_reached, epoch, values, seat), prompter)


@inlined
def situation_after(
    seconds: int, verified: bool, shift_reached: bool, epoch: Epoch, values: Values, seat: Seat
) -> Situation:
    return Situation(
        dt_ms=seconds * 1000,
        now_s=seat.now_s,
        due_sides=sides_over(seat.left_cs, seat.right_cs, values) & epoch.known,
        time_due=is_long(seat.seated_ms, values),
        settled=is_settled(epoch, values, seat),
        offload_ms=max(seat.offload_ms, seat.away_ms),
        verified=verified,
        recovered=is_recovered(values, seat),
        shift_reached=shift_reached,
        blocked=epoch.blocked,
    )
