"""How many seconds of an epoch may be one step: as long as nothing can be decided in them.

Then the state after one step of n seconds is that after n steps of one: loads don't change within an epoch, so doses
and times only rise or only fall, and the prompter's step does nothing that depends on when.
"""

from __future__ import annotations

from cushion.core import dose, occupancy, prompting
from sitbone.replay.compiled.epoch import Epoch, Values, is_off, is_seated
from sitbone.replay.compiled.jit import inlined
from sitbone.replay.compiled.prompting import Prompter, limits_at, waits
from sitbone.replay.compiled.sitting import Seat, is_long, is_settled, offloads, sides_over

VACANT, OCCUPIED, LOADED_U = occupancy.VACANT, occupancy.OCCUPIED, dose.LOADED_U
LEVEL_2_MS, LEVEL_3_MS, MISSED_MS = prompting.LEVEL_2_MS, prompting.LEVEL_3_MS, prompting.MISSED_MS
CANCEL_MS, LONGEST_RELIEF_MS = prompting.CANCEL_MS, prompting.LONGEST_RELIEF_MS


@inlined
def longest_stride_s(left_s: int, epoch: Epoch, values: Values, seat: Seat, prompter: Prompter) -> int:
    """To the epoch's end; in an episode to before its next level, its end, or the break that answers it."""
    if not prompter.active:
        return left_s
    if is_resting(epoch, prompter):
        until_ms = min(values.verified_break_s * 1000 - seat.off_ms, LONGEST_RELIEF_MS - prompter.relief_ms)
    else:
        until_ms = next_level_ms(prompter) - prompter.age_ms
    return max(1, min(left_s, (until_ms - 1) // 1000))


@inlined
def is_resting(epoch: Epoch, prompter: Prompter) -> bool:
    """In an episode: the person got up, and it has fallen silent."""
    return is_off(epoch) and prompter.relief_ms >= CANCEL_MS


@inlined
def next_level_ms(prompter: Prompter) -> int:
    """The age at which the episode rises or is missed; 0 when it would have risen if still due, and may any second."""
    if prompter.gentle or prompter.level == 3:
        return MISSED_MS
    next_ms = LEVEL_2_MS if prompter.level == 1 else LEVEL_3_MS
    return next_ms if prompter.age_ms < next_ms else 0


@inlined
def may_stride(
    stride_s: int, left_cs: int, right_cs: int, epoch: Epoch, values: Values, seat: Seat, prompter: Prompter
) -> bool:
    """Whether nothing can be decided in so many seconds, after which the doses are these."""
    over = sides_over(left_cs, right_cs, values)
    same = over == sides_over(seat.left_cs, seat.right_cs, values)
    if prompter.active:
        return epoch.blocked == 0 and (is_resting(epoch, prompter) or (same and sits_out(epoch, seat, prompter)))
    if epoch.state == VACANT:
        # An empty seat is never asked to break. A break that is verified re-arms at the end, where the doses are
        # lowest; a told reason is forgotten once nothing is due.
        return epoch.highest_u < LOADED_U
    return same and stays_as_due(stride_s, over & epoch.known, epoch, values, seat, prompter)


@inlined
def sits_out(epoch: Epoch, seat: Seat, prompter: Prompter) -> bool:
    """In an episode: the person sits on as if nothing had been asked."""
    return is_seated(epoch) and not offloads(epoch, seat) and prompter.relief_ms == 0


@inlined
def stays_as_due(stride_s: int, due_sides: int, epoch: Epoch, values: Values, seat: Seat, prompter: Prompter) -> bool:
    """Outside an episode, with the same sides due all along: nothing is due, or it waits, or it is held back."""
    seated_ms = seat.seated_ms + (stride_s * 1000 if epoch.state == OCCUPIED else 0)
    if due_sides == 0 and not is_long(seated_ms, values):
        # A break that waits for recovery re-arms in the first second that has it: if both fall, the last.
        return not prompter.break_seen or epoch.highest_u < LOADED_U
    if prompter.break_seen:
        return False
    if waits(stride_s * 1000, prompter):
        return prompter.told_blocked == 0
    due_now = due_sides != 0 or is_long(seat.seated_ms, values)
    return due_now and is_held_back(stride_s, epoch, values, seat, prompter)


@inlined
def is_held_back(stride_s: int, epoch: Epoch, values: Values, seat: Seat, prompter: Prompter) -> bool:
    """What is due would be asked for, but for a reason that was told and holds to the stride's end."""
    if waits(0, prompter) or not is_settled(epoch, values, seat) or seat.offload_ms or offloads(epoch, seat):
        return False
    first = epoch.blocked | limits_at(seat.now_s + 1, prompter)
    last = epoch.blocked | limits_at(seat.now_s + stride_s, prompter)
    return first != 0 and prompter.told_blocked == first == last
