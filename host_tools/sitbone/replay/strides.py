"""How many seconds the decision machine may take in one step while the seat does not change.

As long as nothing can be decided, one `Decisions.step` of n seconds leaves the machine exactly as n steps of one second
would. Nothing is decided here: this only finds the earliest moment of the next decision. tests/host/test_strides.py
compares both ways of stepping, bit for bit.
"""

from __future__ import annotations

from cushion.core.decisions import ASLEEP_MS, MAX_STEP_MS, RETURN_MS, Decisions, Seen
from cushion.core.dose import LOADED_U, US_PER_CS, Side, weight_permille
from cushion.core.health import Stillness
from cushion.core.occupancy import EMPTY_PERMILLE, LEAVE_MS, LEAVE_PERMILLE, LITTLE_MS, SIT_PERMILLE
from cushion.core.prompting import CANCEL_MS, LEVEL_2_MS, LEVEL_3_MS, LONGEST_RELIEF_MS, MISSED_MS, STAND_MS
from cushion.core.records import STATE_OCCUPIED, STATE_VACANT
from cushion.core.settings import Settings
from cushion.core.shifts import OFFLOAD_LEAVE_U

FOREVER_S = 1 << 30
DAY_S = 86400


def longest_stride_s(decisions: Decisions, seen: Seen, most_s: int, changed: bool) -> int:
    """From 1 to ``most_s`` seconds, for a seat that shows ``seen`` throughout.

    ``changed``: the seat, the settings or a pause differ from the machine's last step; what was waiting for that is
    then decided first, in a step of one second.
    """
    if seen.shifted or most_s <= 1 or _is_turning(decisions, seen):
        return 1
    if seen.unknown:
        return min(most_s, MAX_STEP_MS // 1000)
    due = _is_due(decisions, seen)
    if changed and (due or decisions.prompter.active):
        return 1
    ends_s = [_before_s(threshold, counter) for threshold, counter in _counters(decisions, seen)]
    ends_s += [_dose_s(side, u, decisions) for side, u in zip(decisions.sides, seen.u, strict=True)]
    if decisions.prompter.active:
        ends_s.append(_episode_s(decisions))
    elif due:
        ends_s.append(_due_s(decisions, seen))
    return _until_slot_end_s(decisions, seen, max(1, min(most_s, *ends_s)))


def quiet_stride_s(settings: Settings, second_of_day: int, most_s: int) -> int:
    """How many of the seconds after this one lie all inside quiet hours, or all outside."""
    for name in ("quiet_from_min", "quiet_to_min"):
        until_s = (settings.get(name) * 60 - second_of_day) % DAY_S or DAY_S
        most_s = min(most_s, max(1, until_s - 1))
    return most_s


def _is_turning(decisions: Decisions, seen: Seen) -> bool:
    """What ends or begins in the first second of a new stretch: a gap, an off-load, a relief, an object."""
    if bool(decisions.unknown_ms) != bool(seen.unknown):
        return True
    ceiling_u = OFFLOAD_LEAVE_U if decisions.offload.run_ms else LOADED_U
    if bool(decisions.offload.run_ms) != (not seen.unknown and 0 <= max(seen.u) < ceiling_u):
        return True
    occupancy = decisions.sitting.occupancy
    if occupancy.falling or (not seen.unknown and occupancy.presence_permille != seen.presence_permille):
        return True
    if seen.presence_permille >= SIT_PERMILLE and not decisions.sitting.is_seated():
        return True  # a sit-down, or a drift that may look like one in any second
    if decisions.prompter.active and decisions.prompter.relief_ms and not _answer_ms(decisions):
        return True
    still = decisions.stillness
    if still.still_ms >= Stillness.STILL_MS and not still.is_object:
        return True  # faint as long as somebody was seated
    return bool(still.loaded_ms) != _is_loaded(decisions, seen)


def _is_loaded(decisions: Decisions, seen: Seen) -> bool:
    sitting = decisions.sitting
    if seen.unknown or sitting.is_seated():
        return not seen.unknown
    if sitting.occupancy.lost:
        return bool(sitting.is_loaded(seen.presence_permille))
    return not sitting.shows_nobody(max(seen.u), seen.presence_permille)


def _until_slot_end_s(decisions: Decisions, seen: Seen, most_s: int) -> int:
    """A stride over slots in which something stirs ends with one of them: what the machine then knows of the body on
    the seat, it knows as of there."""
    still = decisions.stillness
    if still.loaded_ms <= Stillness.SETTLED_MS or not (seen.stirred or still.slot_stirred):
        return most_s
    end_s = (Stillness.SLOT_MS - still.slot_ms) // 1000
    if still.is_object:
        end_s = max(1, end_s - 1)  # in the slot's last second a person may take the thing's place
    if most_s <= end_s or not seen.stirred or still.is_object or still.is_doubted or not still.is_alive:
        return min(most_s, end_s)
    slot_s = Stillness.SLOT_MS // 1000
    return end_s + (most_s - end_s) // slot_s * slot_s


def _relief_ms(decisions: Decisions) -> int:
    return max(decisions.offload.run_ms, decisions.sitting.away_ms)


def _answer_ms(decisions: Decisions) -> int:
    """For how long the running episode has been answered."""
    return decisions.sitting.away_ms if decisions.prompter.asks_to_stand else _relief_ms(decisions)


def _before_s(threshold_ms: int, counter_ms: int) -> int:
    """Whole seconds before the one in which a counter reaches its threshold."""
    return (threshold_ms - counter_ms - 1) // 1000 if counter_ms < threshold_ms else FOREVER_S


def _counters(decisions: Decisions, seen: Seen) -> list[tuple[int, int]]:
    """(threshold, counter) of everything that counts milliseconds towards a change."""
    sitting, stillness, settings = decisions.sitting, decisions.stillness, decisions.settings
    occupancy = sitting.occupancy
    found = [(decisions.pauses.after_mute_ms, 0)]
    over_permille = seen.presence_permille - occupancy.rest_permille
    if over_permille < SIT_PERMILLE:
        found.append((settings.verified_break_s * 1000, sitting.break_timer.off_ms))
    if over_permille < LEAVE_PERMILLE and occupancy.state != STATE_VACANT:
        found.append((LITTLE_MS, occupancy.below_ms))
        if over_permille < EMPTY_PERMILLE:
            found.append((LEAVE_MS, min(occupancy.empty_ms, occupancy.below_ms)))
    if occupancy.state == STATE_OCCUPIED:
        found.append((settings.settling_s * 1000, sitting.bout_ms))
        found.append((settings.seated_limit_s * 1000, sitting.seated_ms))
        found.append((RETURN_MS, sitting.bout_ms))
    if _is_loaded(decisions, seen):
        found.append((Stillness.SETTLED_MS + 1, stillness.loaded_ms))
        found += [(at_ms, stillness.still_ms) for at_ms in (ASLEEP_MS, Stillness.STILL_MS)]
    return found


def _dose_s(side: Side, u: int, decisions: Decisions) -> int:
    """Seconds before the dose reaches its limit. One that is over it and falls is watched each second while seated."""
    cs, limit_cs = side.dose.cs, side.limit_s * 100
    if u < LOADED_U:
        return 1 if u >= 0 and cs >= limit_cs and decisions.sitting.is_seated() else FOREVER_S
    rate_us = weight_permille(u) * 1000
    if cs >= limit_cs or rate_us == 0:
        return FOREVER_S
    return int(((limit_cs - cs) * US_PER_CS - side.dose.load_us - 1) // rate_us)


def _is_due(decisions: Decisions, seen: Seen) -> bool:
    over = any(u >= 0 and side.dose.cs >= side.limit_s * 100 for side, u in zip(decisions.sides, seen.u, strict=True))
    return over or decisions.sitting.seated_ms >= decisions.settings.seated_limit_s * 1000


def _due_s(decisions: Decisions, seen: Seen) -> int:
    """A prompt is due: it waits for its time, or until what blocks it has passed; otherwise any second may bring it."""
    prompter, sitting = decisions.prompter, decisions.sitting
    if not sitting.is_seated() or sitting.away_ms:
        return FOREVER_S
    if decisions.offload.run_ms:
        if sitting.seated_ms < decisions.settings.seated_limit_s * 1000:
            return FOREVER_S
        if decisions.offload.run_ms < STAND_MS:
            return _before_s(STAND_MS, decisions.offload.run_ms)
    if prompter.break_seen and min(seen.u) < LOADED_U:
        return 1  # a dose that falls may re-arm it
    if prompter.wait_left_ms():
        return _before_s(prompter.wait_ms, prompter.since_end_ms)
    if not prompter.logged_blocked:
        return 1
    rates = [rate for rate in (prompter.hour, prompter.day) if not rate.allows(decisions.now_s)]
    return min((int(rate.free_at_s() - decisions.now_s - 1) for rate in rates), default=FOREVER_S)


def _episode_s(decisions: Decisions) -> int:
    """An episode runs: until its next level or its end, or until a relief counts for more."""
    relief_ms = _answer_ms(decisions)
    if decisions.stillness.is_doubted:
        return 1  # a level that is due waits for a stir
    ends_s = [_before_s(at_ms, decisions.prompter.age_ms) for at_ms in (LEVEL_2_MS, LEVEL_3_MS, MISSED_MS)]
    if relief_ms:
        ends_s += [_before_s(at_ms, relief_ms) for at_ms in (CANCEL_MS, LONGEST_RELIEF_MS)]
    return min(ends_s)
