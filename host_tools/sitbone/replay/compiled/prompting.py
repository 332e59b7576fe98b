"""`core.prompting` again: when the cushion asks for a break, how insistently, and how each asking ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from cushion.core import pauses, prompting
from sitbone.replay.compiled.jit import inlined
from sitbone.replay.epochs import LONG_MS

HOUR_S, DAY_S = 3600, pauses.DAY_S
BOTH = prompting.BOTH
BREAK, PARTIAL, SHIFT, MISSED = prompting.BREAK, prompting.PARTIAL, prompting.SHIFT, prompting.MISSED
SUPPRESSED, HOUR_LIMIT, DAY_LIMIT = prompting.SUPPRESSED, prompting.HOUR_LIMIT, prompting.DAY_LIMIT
LEVEL_2_MS, LEVEL_3_MS, MISSED_MS = prompting.LEVEL_2_MS, prompting.LEVEL_3_MS, prompting.MISSED_MS
CANCEL_MS, PARTIAL_MS, LONGEST_RELIEF_MS = prompting.CANCEL_MS, prompting.PARTIAL_MS, prompting.LONGEST_RELIEF_MS
REARM_MS, HABITUATED_REARM_MS = prompting.REARM_MS, prompting.HABITUATED_REARM_MS
RESPONSE_MS = prompting.RESPONSE_MS
HOUR_EPISODES, DAY_EPISODES = prompting.HOUR_EPISODES, prompting.DAY_EPISODES
HABITUATION_EPISODES, HABITUATION_PERMILLE = prompting.HABITUATION_EPISODES, prompting.HABITUATION_PERMILLE


class Situation(NamedTuple):
    """What `prompting.Situation` holds, and the step: its length, and when it ended."""

    dt_ms: int
    now_s: int
    due_sides: int
    time_due: bool
    settled: bool
    offload_ms: int
    verified: bool
    recovered: bool
    shift_reached: bool
    blocked: int


@dataclass(slots=True)
class Prompter:
    """The fields of `prompting.Prompter`, of its `Responses` and of its two `Rate`.

    After a step ``vibrate_level``, ``cancel`` and ``ended`` hold, as in the core, and ``held_back``: a reason that was
    not told before, or 0.
    """

    active: bool = False
    armed: bool = True
    gentle: bool = False
    level: int = 0
    side: int = 0
    vibrate_level: int = 0
    cancel: bool = False
    ended: int = 0
    held_back: int = 0
    age_ms: int = 0
    relief_ms: int = 0
    response_ms: int = 0
    shift_seen: bool = False
    break_seen: bool = False
    since_end_ms: int = LONG_MS
    wait_ms: int = 0
    told_blocked: int = 0
    broke_bits: int = 0
    responses: int = 0
    hour_s: list[int] = field(default_factory=lambda: [-HOUR_S] * HOUR_EPISODES)
    hour_next: int = 0
    day_s: list[int] = field(default_factory=lambda: [-DAY_S] * DAY_EPISODES)
    day_next: int = 0


@inlined
def prompt(situation: Situation, prompter: Prompter) -> None:
    """`Prompter.step`."""
    prompter.vibrate_level = prompter.ended = prompter.held_back = 0
    prompter.cancel = False
    rearm(situation, prompter)
    if prompter.active:
        go_on(situation, prompter)
    else:
        pass_time(situation.dt_ms, prompter)
        consider(situation, prompter)


@inlined
def has_pending(prompter: Prompter) -> bool:
    """An episode, a break that waits for recovery, a told reason to forget: more than a wait that goes on."""
    return prompter.active or prompter.break_seen or prompter.told_blocked != 0


@inlined
def pass_time(ms: int, prompter: Prompter) -> None:
    """Outside an episode waits go on."""
    prompter.since_end_ms = min(prompter.since_end_ms + ms, LONG_MS)


@inlined
def rearm(situation: Situation, prompter: Prompter) -> None:
    if situation.verified:
        prompter.break_seen = True
    if prompter.break_seen and situation.recovered and not prompter.active:
        prompter.armed = True
        prompter.break_seen = False


@inlined
def consider(situation: Situation, prompter: Prompter) -> None:
    if not is_due(situation):
        prompter.told_blocked = 0
        return
    if not situation.settled or situation.offload_ms or waits(0, prompter):
        return
    blocked = situation.blocked | limits_at(situation.now_s, prompter)
    if blocked == 0:
        begin(situation, prompter)
    elif blocked != prompter.told_blocked:
        prompter.told_blocked = prompter.held_back = blocked


@inlined
def is_due(situation: Situation) -> bool:
    return situation.due_sides != 0 or situation.time_due


@inlined
def waits(ms: int, prompter: Prompter) -> bool:
    """Whether after so much more time no other episode may begin yet."""
    return not prompter.armed and prompter.since_end_ms + ms < prompter.wait_ms


@inlined
def limits_at(now_s: int, prompter: Prompter) -> int:
    """Bits of the limits on episodes, an hour and a day, that are reached at that time."""
    an_hour = now_s - prompter.hour_s[prompter.hour_next] < HOUR_S
    a_day = now_s - prompter.day_s[prompter.day_next] < DAY_S
    return (HOUR_LIMIT if an_hour else 0) | (DAY_LIMIT if a_day else 0)


@inlined
def begin(situation: Situation, prompter: Prompter) -> None:
    note_time(situation.now_s, prompter)
    prompter.active = True
    prompter.gentle = not prompter.armed
    prompter.armed = prompter.break_seen = prompter.shift_seen = False
    prompter.told_blocked = prompter.age_ms = prompter.relief_ms = prompter.response_ms = 0
    prompter.side = situation.due_sides if situation.due_sides else BOTH
    vibrate(1, prompter)


@inlined
def note_time(now_s: int, prompter: Prompter) -> None:
    """`Rate.note` for the hour and the day."""
    prompter.hour_s[prompter.hour_next] = prompter.day_s[prompter.day_next] = now_s
    prompter.hour_next = (prompter.hour_next + 1) % HOUR_EPISODES
    prompter.day_next = (prompter.day_next + 1) % DAY_EPISODES


@inlined
def vibrate(level: int, prompter: Prompter) -> None:
    prompter.level = prompter.vibrate_level = level
    if level == 3:
        prompter.side = BOTH


@inlined
def go_on(situation: Situation, prompter: Prompter) -> None:
    """`Prompter._continue`."""
    prompter.age_ms += situation.dt_ms
    prompter.shift_seen = prompter.shift_seen or situation.shift_reached
    if situation.blocked:
        end(SUPPRESSED, prompter)
    elif situation.verified:
        end(BREAK, prompter)
    elif situation.offload_ms:
        relieve(situation.offload_ms, prompter)
    elif prompter.relief_ms >= PARTIAL_MS:
        end(PARTIAL, prompter)
    else:
        prompter.relief_ms = prompter.response_ms = 0
        insist(is_due(situation), prompter)


@inlined
def relieve(offload_ms: int, prompter: Prompter) -> None:
    if prompter.relief_ms < CANCEL_MS <= offload_ms:
        prompter.cancel = True
        prompter.response_ms = max(1, prompter.age_ms - offload_ms)
    prompter.relief_ms = offload_ms
    if offload_ms >= LONGEST_RELIEF_MS:
        end(PARTIAL, prompter)


@inlined
def insist(due: bool, prompter: Prompter) -> None:
    if prompter.age_ms >= MISSED_MS:
        end(SHIFT if prompter.shift_seen else MISSED, prompter)
    elif not due or prompter.gentle:
        return
    elif prompter.level == 1 and prompter.age_ms >= LEVEL_2_MS:
        vibrate(2, prompter)
    elif prompter.level == 2 and prompter.age_ms >= LEVEL_3_MS:
        vibrate(3, prompter)


@inlined
def end(outcome: int, prompter: Prompter) -> None:
    prompter.active = False
    prompter.ended = outcome
    prompter.since_end_ms = 0
    if outcome != SUPPRESSED:
        note_response(is_answered(prompter), prompter)
    prompter.wait_ms = HABITUATED_REARM_MS if is_habituated(prompter) else REARM_MS
    prompter.break_seen = outcome == BREAK


@inlined
def is_answered(prompter: Prompter) -> bool:
    """Of an episode that has just ended: a break began within 5 minutes."""
    return prompter.ended == BREAK and prompter.response_ms <= RESPONSE_MS


@inlined
def note_response(broke: bool, prompter: Prompter) -> None:
    """`Responses.note`."""
    prompter.broke_bits = (prompter.broke_bits << 1 | (1 if broke else 0)) & ((1 << HABITUATION_EPISODES) - 1)
    prompter.responses = min(prompter.responses + 1, HABITUATION_EPISODES)


@inlined
def is_habituated(prompter: Prompter) -> bool:
    """`Responses.habituated`."""
    if prompter.responses < HABITUATION_EPISODES:
        return False
    bits, broke = prompter.broke_bits, 0
    while bits:
        broke += bits & 1
        bits >>= 1
    return broke * 1000 < HABITUATION_PERMILLE * HABITUATION_EPISODES
