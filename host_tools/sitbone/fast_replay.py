"""Replays epochs under many settings at once, deciding exactly as the firmware's core does (epochs.PlainReplay).

One function in plain integer Python, written so that numba can compile it: with `sitbone[fast]` installed a year under
200 settings takes seconds, without it the same lines run interpreted. It is the same machine as `PlainReplay`, but an
epoch in which nothing can be decided is taken in one stride instead of second by second; the tests hold both to the
same decisions. Constants come from the core, never from here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count
from typing import Any

import numpy as np

from cushion.core import dose, occupancy, pauses, prompting, records, shifts
from cushion.core.calibration import MAX_U
from cushion.core.settings import Settings
from sitbone.epochs import END, GAP_STEP_MS, LEVEL, LONG_MS, STATE_OBJECT, SUPPRESSED, Decision, Epochs

numba: Any
try:
    import numba
except ImportError:
    numba = None

Compiled = Callable[..., Any]


def _compiled(function: Compiled) -> Compiled:
    if numba is None:
        return function
    done: Compiled = numba.njit(cache=True, nogil=True)(function)
    return done


# What numba takes as constants must be module globals.
LOADED_U = dose.LOADED_U
LIMIT_FACTOR, RELIEF_STEP_MS, US_PER_CS = dose.LIMIT_FACTOR, dose.RELIEF_STEP_MS, dose.US_PER_CS
STEPS_A_SECOND = 1000 // RELIEF_STEP_MS
SHARE_BITS = 40
BREAK_ZONE_U, BLIP_MS, VACANT, OCCUPIED = (
    occupancy.BREAK_ZONE_U,
    occupancy.BLIP_MS,
    occupancy.VACANT,
    occupancy.OCCUPIED,
)
OFFLOAD_ENTER_U, OFFLOAD_LEAVE_U = shifts.OFFLOAD_ENTER_U, shifts.OFFLOAD_LEAVE_U
SHIFT_U, SHIFT_LEAVE_U, SHIFT_MS = shifts.SHIFT_U, shifts.SHIFT_LEAVE_U, shifts.SHIFT_MS
SHIFT_DROP_U, SHIFT_PEAK_FALL_U = shifts.SHIFT_DROP_U, shifts.SHIFT_PEAK_FALL_U
DAY_S = pauses.DAY_S
LEFT, RIGHT, BOTH = prompting.LEFT, prompting.RIGHT, prompting.BOTH
BREAK, PARTIAL, SHIFT, MISSED, ENDED_BLOCKED = (
    prompting.BREAK,
    prompting.PARTIAL,
    prompting.SHIFT,
    prompting.MISSED,
    prompting.SUPPRESSED,
)
QUIET, VEHICLE, OBJECT, UNTRUSTED = prompting.QUIET, prompting.VEHICLE, prompting.OBJECT, prompting.UNTRUSTED
HOUR_LIMIT, DAY_LIMIT = prompting.HOUR_LIMIT, prompting.DAY_LIMIT
LEVEL_2_MS, LEVEL_3_MS, MISSED_MS = prompting.LEVEL_2_MS, prompting.LEVEL_3_MS, prompting.MISSED_MS
CANCEL_MS, PARTIAL_MS, LONGEST_RELIEF_MS = prompting.CANCEL_MS, prompting.PARTIAL_MS, prompting.LONGEST_RELIEF_MS
REARM_MS, HABITUATED_REARM_MS = prompting.REARM_MS, prompting.HABITUATED_REARM_MS
RESPONSE_MS = prompting.RESPONSE_MS
HOUR_EPISODES, DAY_EPISODES = prompting.HOUR_EPISODES, prompting.DAY_EPISODES
HABITUATION_EPISODES, HABITUATION_PERMILLE = prompting.HABITUATION_EPISODES, prompting.HABITUATION_PERMILLE

PARAMS = (
    "left_dose_limit_s",
    "right_dose_limit_s",
    "seated_limit_s",
    "recovery_tau_s",
    "verified_break_s",
    "settling_s",
    "quiet_from_min",
    "quiet_to_min",
    "vehicle_mode",
)
# Columns of a result row; the outcomes follow in the order of records.OUTCOMES.
EPISODES, LEVEL_2, LEVEL_3, HELD_BACK, LEFT_OVER, RIGHT_OVER, LEFT_HIGHEST, RIGHT_HIGHEST, ANSWERED, LOGGED = range(10)
OUTCOMES = 10
COLUMNS = OUTCOMES + len(records.OUTCOMES)


@_compiled
def _dose(cs: int, load_us: int, rest: int, seconds: int, u: int, weight: int, cap_cs: int, tau_s: int) -> Any:
    """`Dose.step` over whole seconds: the dose, and the fractions of its rise and of its fall."""
    if u < 0:
        return cs, load_us, rest
    if u >= LOADED_U:
        total_us = load_us + weight * 1000 * seconds
        return max(cs, min(cs + total_us // US_PER_CS, cap_cs)), total_us % US_PER_CS, rest
    cs, rest = _relieve(cs, rest, LOADED_U - u, seconds * STEPS_A_SECOND, tau_s * STEPS_A_SECOND)
    return cs, load_us, rest


@_compiled
def _relieve(cs: int, rest: int, relief_u: int, steps: int, whole: int) -> tuple[int, int]:
    """The fall over so many steps of RELIEF_STEP_MS, `whole` of them being the time constant; `rest` counts in steps.

    Divides by multiplying with `share`, which is several times as quick, and exact: a dose times `whole` stays below
    2^SHARE_BITS. While the dose stands still, many steps are one stride.
    """
    share = (1 << SHARE_BITS) // whole + 1
    while steps > 0 and cs > 0:
        each = cs * relief_u // LOADED_U
        if each >= whole:
            half_fall = each * share >> SHARE_BITS + 1
            rest += (cs - half_fall) * relief_u // LOADED_U
            fall = rest * share >> SHARE_BITS
            rest -= fall * whole
            cs -= fall
            steps -= 1
        elif each == 0:
            steps = 0
        else:
            need = int((whole - rest + each - 1) / each)  # exact: both are far below 2^53
            if need > steps:
                rest += each * steps
                steps = 0
            else:
                rest += each * need - whole
                cs -= 1
                steps -= need
    return max(0, cs), rest


@_compiled
def _rest_both(left_cs: int, left_rest: int, right_cs: int, right_rest: int, seconds: int, whole: int) -> Any:
    """`_relieve` of both sides with no load at all: two falls side by side keep the processor busier than one."""
    share = (1 << SHARE_BITS) // whole + 1
    steps = seconds * STEPS_A_SECOND
    while steps > 0 and left_cs >= whole and right_cs >= whole:
        left_rest += left_cs - (left_cs * share >> SHARE_BITS + 1)
        right_rest += right_cs - (right_cs * share >> SHARE_BITS + 1)
        left_fall, right_fall = left_rest * share >> SHARE_BITS, right_rest * share >> SHARE_BITS
        left_rest -= left_fall * whole
        right_rest -= right_fall * whole
        left_cs -= left_fall
        right_cs -= right_fall
        steps -= 1
    left_cs, left_rest = _relieve(left_cs, left_rest, LOADED_U, steps, whole)
    right_cs, right_rest = _relieve(right_cs, right_rest, LOADED_U, steps, whole)
    return left_cs, left_rest, right_cs, right_rest


@_compiled
def _shifts_reached(gaps_s: Any, lengths_s: Any, sides_u: Any, states: Any, reached: Any) -> None:
    """`Shift.step` over all epochs of one side: sets `reached` to 1 where a shift became long enough."""
    run_ms = peak_u = 0
    was_loaded = False
    for row in range(len(lengths_s)):
        if gaps_s[row]:
            run_ms = peak_u = 0
            was_loaded = False
        u, ms = sides_u[row], lengths_s[row] * 1000
        seated = states[row] in (OCCUPIED, STATE_OBJECT)
        peak_u = max(u, peak_u - SHIFT_PEAK_FALL_U) if seated else 0
        relieved = 0 <= u <= SHIFT_LEAVE_U if run_ms else 0 <= u <= SHIFT_U and peak_u - u >= SHIFT_DROP_U
        if seated and was_loaded and relieved:
            if run_ms < SHIFT_MS <= run_ms + ms:
                reached[row] = 1
            run_ms += ms
        else:
            run_ms = 0
            was_loaded = seated and (u > SHIFT_U or (was_loaded and u >= 0))


@_compiled
def _allows(times_s: Any, at: int, now_s: int, window_s: int) -> bool:
    return bool(now_s - times_s[at] >= window_s)


@_compiled
def _habituated(bits: int, count: int) -> bool:
    if count < HABITUATION_EPISODES:
        return False
    broke = 0
    while bits:
        broke += bits & 1
        bits >>= 1
    return broke * 1000 < HABITUATION_PERMILLE * HABITUATION_EPISODES


@_compiled
def _is_quiet(minute: int, from_min: int, to_min: int) -> bool:
    if minute < 0 or from_min == to_min:
        return False
    if from_min < to_min:
        return from_min <= minute < to_min
    return minute >= from_min or minute < to_min


@_compiled
def _replay(
    gaps_s: Any,
    lengths_s: Any,
    lefts_u: Any,
    rights_u: Any,
    states: Any,
    minutes: Any,
    shifted: Any,
    left_weights: Any,
    right_weights: Any,
    params: Any,
    out: Any,
    log: Any,
) -> None:
    """One setting over all epochs; `out` is a row of COLUMNS, `log` takes the first decisions (it may be empty)."""
    left_limit_cs, right_limit_cs = params[0] * 100, params[1] * 100
    left_cap_cs, right_cap_cs = LIMIT_FACTOR * left_limit_cs, LIMIT_FACTOR * right_limit_cs
    seated_limit_ms, tau_s = params[2] * 1000, params[3]
    verified_ms, settling_ms = params[4] * 1000, params[5] * 1000
    quiet_from, quiet_to, vehicle = params[6], params[7], params[8]

    left_cs = left_us = left_rest = right_cs = right_us = right_rest = 0
    now_s = off_ms = blip_ms = offload_ms = 0
    seated_ms = bout_ms = away_ms = 0
    active = gentle = shift_seen = break_seen = False
    armed = True
    level = side = age_ms = relief_ms = response_ms = wait_ms = told = 0
    since_end_ms = LONG_MS
    bits = answers = 0
    hour_s = np.full(HOUR_EPISODES, -3600, np.int64)
    day_s = np.full(DAY_EPISODES, -DAY_S, np.int64)
    hour_at = day_at = 0

    for row in range(len(lengths_s)):
        gap_s, length_s, state = gaps_s[row], lengths_s[row], states[row]
        left_u, right_u = lefts_u[row], rights_u[row]
        left_weight, right_weight = left_weights[row], right_weights[row]
        highest_u = max(left_u, right_u)
        seated = state in (OCCUPIED, STATE_OBJECT)
        off = state == VACANT and 0 <= highest_u < BREAK_ZONE_U
        blocked = QUIET if _is_quiet(minutes[row], quiet_from, quiet_to) else 0
        if vehicle:
            blocked |= VEHICLE
        if state == STATE_OBJECT:
            blocked |= OBJECT

        # --- most of a year: sitting on, nothing due yet, nothing pending
        if (
            state == OCCUPIED
            and gap_s == 0
            and left_u >= LOADED_U
            and right_u >= LOADED_U
            and not (active or break_seen or told or offload_ms)
        ):
            left_total_us = left_us + left_weight * 1000 * length_s
            right_total_us = right_us + right_weight * 1000 * length_s
            left_to_cs, right_to_cs = left_cs + left_total_us // US_PER_CS, right_cs + right_total_us // US_PER_CS
            seated_to_ms = seated_ms + length_s * 1000
            if left_to_cs < left_limit_cs and right_to_cs < right_limit_cs and seated_to_ms < seated_limit_ms:
                now_s += length_s
                left_cs, left_us = left_to_cs, left_total_us % US_PER_CS
                right_cs, right_us = right_to_cs, right_total_us % US_PER_CS
                seated_ms = seated_to_ms
                bout_ms += length_s * 1000
                blip_ms += length_s * 1000
                if blip_ms > BLIP_MS:
                    off_ms = 0
                away_ms = offload_ms = 0
                since_end_ms = min(since_end_ms + length_s * 1000, LONG_MS)
                out[LEFT_HIGHEST] = max(out[LEFT_HIGHEST], left_cs)
                out[RIGHT_HIGHEST] = max(out[RIGHT_HIGHEST], right_cs)
                continue

        step, attempt = -1 if gap_s else 0, True
        while step < length_s:
            # --- the stride: what the rest of the epoch would do, if nothing is decided in it; in an episode, what is
            # left until its next level, its end, or the break that answers it
            rest_s = length_s - step
            resting = active and off and relief_ms >= CANCEL_MS
            if resting:
                rest_s = min(rest_s, (min(verified_ms - off_ms, LONGEST_RELIEF_MS - relief_ms) - 1) // 1000)
            elif active:
                next_ms = MISSED_MS
                if not gentle and level == 1:
                    next_ms = LEVEL_2_MS if age_ms < LEVEL_2_MS else 0
                elif not gentle and level == 2:
                    next_ms = LEVEL_3_MS if age_ms < LEVEL_3_MS else 0
                rest_s = min(rest_s, (next_ms - age_ms - 1) // 1000)
            stride = attempt and step >= 0 and rest_s > 1
            if stride:
                n_ms = rest_s * 1000
                new_left, new_right = (left_cs, left_us, left_rest), (right_cs, right_us, right_rest)
                if left_u == 0 and right_u == 0 and state != STATE_OBJECT:
                    fallen = _rest_both(left_cs, left_rest, right_cs, right_rest, rest_s, tau_s * STEPS_A_SECOND)
                    new_left, new_right = (fallen[0], left_us, fallen[1]), (fallen[2], right_us, fallen[3])
                elif state != STATE_OBJECT:
                    new_left = _dose(left_cs, left_us, left_rest, rest_s, left_u, left_weight, left_cap_cs, tau_s)
                    new_right = _dose(
                        right_cs, right_us, right_rest, rest_s, right_u, right_weight, right_cap_cs, tau_s
                    )
                left_over, right_over = left_cs >= left_limit_cs, right_cs >= right_limit_cs
                same = left_over == (new_left[0] >= left_limit_cs) and right_over == (new_right[0] >= right_limit_cs)
                counts = seated and state != STATE_OBJECT
                new_seated_ms = seated_ms
                verified = off and off_ms < verified_ms <= off_ms + n_ms
                if verified:
                    new_seated_ms = 0
                if counts:
                    new_seated_ms = min(seated_ms + n_ms, LONG_MS)
                time_due = seated_ms >= seated_limit_ms
                due_before = (left_over and left_u >= 0) or (right_over and right_u >= 0) or time_due
                due_after = (
                    (new_left[0] >= left_limit_cs and left_u >= 0)
                    or (new_right[0] >= right_limit_cs and right_u >= 0)
                    or new_seated_ms >= seated_limit_ms
                )
                ceiling = OFFLOAD_LEAVE_U if offload_ms else OFFLOAD_ENTER_U
                offloads = 0 <= highest_u < ceiling
                if active:
                    stride = blocked == 0 and (resting or (same and seated and not offloads and relief_ms == 0))
                elif state == VACANT:
                    # An empty seat is never asked to break. A break that is verified re-arms at the end, where the
                    # doses are lowest; a told reason is forgotten once nothing is due.
                    stride = highest_u < LOADED_U
                elif not same:
                    stride = False
                elif not due_before and not due_after:
                    # A break that waits for recovery re-arms in the first second that has it: if both fall, the last.
                    stride = not break_seen or highest_u < LOADED_U
                elif not armed and since_end_ms + n_ms < wait_ms:
                    # Something is due, but the wait since the last episode isn't over.
                    stride = not break_seen and told == 0
                else:
                    # Something is due and held back, for a reason that was told and holds to the epoch's end.
                    first, last = blocked, blocked
                    if not _allows(hour_s, hour_at, now_s + 1, 3600):
                        first |= HOUR_LIMIT
                    if not _allows(day_s, day_at, now_s + 1, DAY_S):
                        first |= DAY_LIMIT
                    if not _allows(hour_s, hour_at, now_s + rest_s, 3600):
                        last |= HOUR_LIMIT
                    if not _allows(day_s, day_at, now_s + rest_s, DAY_S):
                        last |= DAY_LIMIT
                    ready = (armed or since_end_ms >= wait_ms) and bout_ms >= settling_ms and seated
                    still = not offloads and offload_ms == 0 and not break_seen and due_before and due_after
                    stride = ready and still and told != 0 and told == first and told == last
            if stride:
                now_s += rest_s
                left_cs, left_us, left_rest = new_left
                right_cs, right_us, right_rest = new_right
                seated_ms = new_seated_ms
                if off:
                    off_ms, blip_ms = min(off_ms + n_ms, LONG_MS), 0
                else:
                    blip_ms += n_ms
                    if blip_ms > BLIP_MS:
                        off_ms = 0
                if seated:
                    away_ms = 0
                    if counts:
                        bout_ms = min(bout_ms + n_ms, LONG_MS)
                else:
                    bout_ms = 0
                    away_ms = min(away_ms + n_ms, LONG_MS) if state == VACANT else 0
                offload_ms = offload_ms + n_ms if offloads else 0
                if active:
                    age_ms += n_ms
                    shift_seen = shift_seen or (shifted[row] != 0 and step + rest_s == length_s)
                    if resting:
                        relief_ms = max(offload_ms, away_ms)
                else:
                    since_end_ms = min(since_end_ms + n_ms, LONG_MS)
                    break_seen = break_seen or verified
                    if break_seen and left_cs * 2 <= left_limit_cs and right_cs * 2 <= right_limit_cs:
                        armed, break_seen = True, False
                    if not due_after:
                        told = 0
                if left_cs > out[LEFT_HIGHEST]:
                    out[LEFT_HIGHEST] = left_cs
                if right_cs > out[RIGHT_HIGHEST]:
                    out[RIGHT_HIGHEST] = right_cs
                if state == OCCUPIED:
                    out[LEFT_OVER] += rest_s if left_over else 0
                    out[RIGHT_OVER] += rest_s if right_over else 0
                step += rest_s
                continue

            # --- or one second; step -1 is the gap before the epoch
            attempt = step < 0
            dt_ms, why, settled, verified = 1000, blocked, False, False
            shift_reached = left_due = right_due = False
            if step < 0:
                now_s += gap_s
                off_ms = blip_ms = bout_ms = away_ms = 0
                offload_ms = 0
                dt_ms, why = GAP_STEP_MS if gap_s > 5 else gap_s * 1000, UNTRUSTED
            else:
                now_s += 1
                if off:
                    verified = off_ms < verified_ms <= off_ms + 1000
                    off_ms, blip_ms = min(off_ms + 1000, LONG_MS), 0
                else:
                    blip_ms += 1000
                    if blip_ms > BLIP_MS:
                        off_ms = 0
                if verified:
                    seated_ms = 0
                if seated:
                    away_ms = 0
                else:
                    bout_ms = 0
                    away_ms = min(away_ms + 1000, LONG_MS) if state == VACANT else 0
                if state != STATE_OBJECT:
                    left_cs, left_us, left_rest = _dose(
                        left_cs, left_us, left_rest, 1, left_u, left_weight, left_cap_cs, tau_s
                    )
                    right_cs, right_us, right_rest = _dose(
                        right_cs, right_us, right_rest, 1, right_u, right_weight, right_cap_cs, tau_s
                    )
                    if seated:
                        bout_ms = min(bout_ms + 1000, LONG_MS)
                        seated_ms = min(seated_ms + 1000, LONG_MS)
                shift_reached = step == length_s - 1 and shifted[row] != 0
                ceiling = OFFLOAD_LEAVE_U if offload_ms else OFFLOAD_ENTER_U
                offload_ms = offload_ms + 1000 if 0 <= highest_u < ceiling else 0
                left_due = left_u >= 0 and left_cs >= left_limit_cs
                right_due = right_u >= 0 and right_cs >= right_limit_cs
                settled = seated and bout_ms >= settling_ms
                out[LEFT_HIGHEST] = max(out[LEFT_HIGHEST], left_cs)
                out[RIGHT_HIGHEST] = max(out[RIGHT_HIGHEST], right_cs)
                if state == OCCUPIED:
                    out[LEFT_OVER] += 1 if left_cs >= left_limit_cs else 0
                    out[RIGHT_OVER] += 1 if right_cs >= right_limit_cs else 0

            # Prompter.step
            away = max(offload_ms, away_ms)
            due_sides = (LEFT if left_due else 0) | (RIGHT if right_due else 0)
            due = due_sides != 0 or seated_ms >= seated_limit_ms
            vibrate = ended = 0
            if verified:
                break_seen = True
            if break_seen and not active and left_cs * 2 <= left_limit_cs and right_cs * 2 <= right_limit_cs:
                armed, break_seen = True, False
            if active:
                age_ms += dt_ms
                shift_seen = shift_seen or shift_reached
                if why:
                    ended = ENDED_BLOCKED
                elif verified:
                    ended = BREAK
                elif away:
                    if relief_ms < CANCEL_MS <= away:
                        response_ms = max(1, age_ms - away)
                        attempt = True
                    relief_ms = away
                    if away >= LONGEST_RELIEF_MS:
                        ended = PARTIAL
                elif relief_ms >= PARTIAL_MS:
                    ended = PARTIAL
                else:
                    relief_ms = response_ms = 0
                    if age_ms >= MISSED_MS:
                        ended = SHIFT if shift_seen else MISSED
                    elif due and not gentle:
                        if level == 1 and age_ms >= LEVEL_2_MS:
                            vibrate = 2
                        elif level == 2 and age_ms >= LEVEL_3_MS:
                            vibrate = 3
                            side = BOTH
                        level = vibrate if vibrate else level
            else:
                since_end_ms = min(since_end_ms + dt_ms, LONG_MS)
                if not due:
                    told = 0
                elif settled and not away and (armed or since_end_ms >= wait_ms):
                    if not _allows(hour_s, hour_at, now_s, 3600):
                        why |= HOUR_LIMIT
                    if not _allows(day_s, day_at, now_s, DAY_S):
                        why |= DAY_LIMIT
                    side = due_sides if due_sides else BOTH
                    if why:
                        if why != told:
                            told = why
                            out[HELD_BACK] += 1
                            if out[LOGGED] < len(log):
                                at = out[LOGGED]
                                log[at, 0], log[at, 1], log[at, 2], log[at, 3] = now_s, SUPPRESSED, why, 0
                                out[LOGGED] += 1
                    else:
                        hour_s[hour_at], day_s[day_at] = now_s, now_s
                        hour_at, day_at = (hour_at + 1) % HOUR_EPISODES, (day_at + 1) % DAY_EPISODES
                        active, gentle, armed, break_seen, shift_seen = True, not armed, False, False, False
                        told = age_ms = relief_ms = response_ms = 0
                        level = vibrate = 1
                        out[EPISODES] += 1
            if ended:
                active, attempt = False, True
                since_end_ms = 0
                if ended != ENDED_BLOCKED:
                    broke = ended == BREAK and response_ms <= RESPONSE_MS
                    bits = (bits << 1 | (1 if broke else 0)) & ((1 << HABITUATION_EPISODES) - 1)
                    answers = min(answers + 1, HABITUATION_EPISODES)
                    out[ANSWERED] += 1 if broke else 0
                wait_ms = HABITUATED_REARM_MS if _habituated(bits, answers) else REARM_MS
                break_seen = ended == BREAK
                out[OUTCOMES + ended] += 1
                if out[LOGGED] < len(log):
                    at = out[LOGGED]
                    log[at, 0], log[at, 1], log[at, 2], log[at, 3] = now_s, END, ended, 0
                    out[LOGGED] += 1
            if vibrate:
                attempt = True
                out[LEVEL_2] += 1 if vibrate == 2 else 0
                out[LEVEL_3] += 1 if vibrate == 3 else 0
                if out[LOGGED] < len(log):
                    at = out[LOGGED]
                    log[at, 0], log[at, 1], log[at, 2], log[at, 3] = now_s, LEVEL, vibrate, side
                    out[LOGGED] += 1
            step += 1


@dataclass(frozen=True)
class Outlook:
    """What one setting would have decided over the epochs; times in seconds, doses at their highest."""

    episodes: int
    outcomes: dict[str, int]
    held_back: int
    answered: int
    over_s: tuple[int, int]
    highest_s: tuple[float, float]

    @property
    def breaks(self) -> int:
        return self.outcomes["break"]

    @property
    def missed(self) -> int:
        return self.outcomes["missed"]


def replay_many(epochs: Epochs, settings: Sequence[Settings], workers: int | None = None) -> list[Outlook]:
    """What each of these settings would have decided. Settings are shared out over threads where numba frees them."""
    rows = np.zeros((len(settings), COLUMNS), dtype=np.int64)
    empty = np.zeros((0, 4), dtype=np.int64)
    columns = _columns(epochs)
    params = [np.array([one.get(name) for name in PARAMS], dtype=np.int64) for one in settings]
    with ThreadPoolExecutor(workers or (cpu_count() or 1) if numba is not None else 1) as pool:
        list(pool.map(lambda index: _replay(*columns, params[index], rows[index], empty), range(len(settings))))
    return [_outlook(row.tolist()) for row in rows]


def decisions(epochs: Epochs, settings: Settings, most: int = 100_000) -> list[Decision]:
    """Each decision of one setting, as `PlainReplay.run` yields them."""
    row, log = np.zeros(COLUMNS, dtype=np.int64), np.zeros((most, 4), dtype=np.int64)
    params = np.array([settings.get(name) for name in PARAMS], dtype=np.int64)
    _replay(*_columns(epochs), params, row, log)
    return [(at, kind, what, side) for at, kind, what, side in log[: int(row[LOGGED])].tolist()]


def _columns(epochs: Epochs) -> list[Any]:
    """What all settings share, as `_replay` takes it: the epochs, and the shifts and weights in them."""
    weights = np.array([dose.weight_permille(u) for u in range(MAX_U + 1)], dtype=np.int64)
    sides_u = (epochs.left_u, epochs.right_u)
    columns = _kind([epochs.gap_s, epochs.seconds, *sides_u, epochs.state, epochs.minute, np.zeros(len(epochs))])
    gaps_s, lengths_s, lefts_u, rights_u, states, _, shifted = columns
    for side_u in (lefts_u, rights_u):
        _shifts_reached(gaps_s, lengths_s, side_u, states, shifted)
    return columns + _kind([weights[np.clip(side_u, 0, MAX_U)] for side_u in sides_u])


def _kind(columns: Sequence[np.ndarray[Any, Any]]) -> list[Any]:
    """Arrays for the compiled code; lists, which are quicker one by one, for the interpreted."""
    if numba is None:
        return [column.astype(np.int64).tolist() for column in columns]
    return [np.ascontiguousarray(column, dtype=np.int64) for column in columns]


def _outlook(row: list[int]) -> Outlook:
    return Outlook(
        episodes=row[EPISODES],
        outcomes={name: row[OUTCOMES + index] for index, name in enumerate(records.OUTCOMES) if index},
        held_back=row[HELD_BACK],
        answered=row[ANSWERED],
        over_s=(row[LEFT_OVER], row[RIGHT_OVER]),
        highest_s=(row[LEFT_HIGHEST] / 100, row[RIGHT_HIGHEST] / 100),
    )
