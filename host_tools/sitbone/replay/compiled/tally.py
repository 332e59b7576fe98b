"""What one setting decided, in figures and as a log."""

from __future__ import annotations

from dataclasses import dataclass, field

from cushion.core import occupancy, prompting, records
from sitbone.replay.compiled.epoch import Epoch, Values
from sitbone.replay.compiled.jit import Column, inlined
from sitbone.replay.compiled.prompting import Prompter, is_answered
from sitbone.replay.compiled.sitting import Seat, sides_over
from sitbone.replay.epochs import END, LEVEL, SUPPRESSED

OCCUPIED, LEFT, RIGHT = occupancy.OCCUPIED, prompting.LEFT, prompting.RIGHT


@dataclass(slots=True)
class Tally:
    """``outcomes`` are in the order of records.OUTCOMES; ``logged``: how many rows of the log are taken."""

    episodes: int = 0
    outcomes: list[int] = field(default_factory=lambda: [0] * len(records.OUTCOMES))
    held_back: int = 0
    answered: int = 0
    left_over_s: int = 0
    right_over_s: int = 0
    left_highest_cs: int = 0
    right_highest_cs: int = 0
    logged: int = 0


@inlined
def measure(seconds: int, epoch: Epoch, values: Values, seat: Seat, tally: Tally) -> None:
    tally.left_highest_cs = max(tally.left_highest_cs, seat.left_cs)
    tally.right_highest_cs = max(tally.right_highest_cs, seat.right_cs)
    if epoch.state == OCCUPIED:
        over = sides_over(seat.left_cs, seat.right_cs, values)
        tally.left_over_s += seconds if over & LEFT else 0
        tally.right_over_s += seconds if over & RIGHT else 0


@inlined
def has_decided(prompter: Prompter) -> bool:
    return prompter.vibrate_level != 0 or prompter.ended != 0 or prompter.held_back != 0


@inlined
def tell(now_s: int, prompter: Prompter, tally: Tally, log: Column) -> None:
    """Counts and logs what the last step decided; it is one thing at most."""
    if prompter.vibrate_level:
        tally.episodes += 1 if prompter.vibrate_level == 1 else 0
        write(now_s, LEVEL, prompter.vibrate_level, prompter.side, tally, log)
    elif prompter.ended:
        tally.outcomes[prompter.ended] += 1
        tally.answered += 1 if is_answered(prompter) else 0
        write(now_s, END, prompter.ended, 0, tally, log)
    elif prompter.held_back:
        tally.held_back += 1
        write(now_s, SUPPRESSED, prompter.held_back, 0, tally, log)


@inlined
def write(now_s: int, kind: int, what: int, side: int, tally: Tally, log: Column) -> None:
    at = tally.logged
    if at < len(log):
        log[at, 0], log[at, 1], log[at, 2], log[at, 3] = now_s, kind, what, side
        tally.logged += 1
