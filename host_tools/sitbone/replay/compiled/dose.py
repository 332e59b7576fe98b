"""The dose of a side after many seconds at one load, exactly as `core.dose` counts it second by second."""

from __future__ import annotations

from typing import NamedTuple

from cushion.core import dose
from sitbone.replay.compiled.jit import inlined

LOADED_U, LIMIT_FACTOR, US_PER_CS = dose.LOADED_U, dose.LIMIT_FACTOR, dose.US_PER_CS
STEPS_A_SECOND = 1000 // dose.RELIEF_STEP_MS
SHARE_BITS = 40


class Dose(NamedTuple):
    """Centiseconds, and the fractions of their rise and of their fall."""

    cs: int
    load_us: int
    rest: int


@inlined
def dose_after(seconds: int, u: int, weight: int, limit_s: int, tau_s: int, start: Dose) -> Dose:
    """`Dose.step` over so many seconds at load `u`, which counts with `weight`; an unknown load changes nothing."""
    if u < 0:
        return start
    if u >= LOADED_U:
        return loaded(seconds, weight, limit_s, start)
    return relieved(seconds * STEPS_A_SECOND, LOADED_U - u, tau_s * STEPS_A_SECOND, start)


@inlined
def loaded(seconds: int, weight: int, limit_s: int, start: Dose) -> Dose:
    load_us = start.load_us + weight * 1000 * seconds
    cs = max(start.cs, min(start.cs + load_us // US_PER_CS, LIMIT_FACTOR * limit_s * 100))
    return Dose(cs, load_us % US_PER_CS, start.rest)


@inlined
def relieved(steps: int, relief_u: int, tau_steps: int, start: Dose) -> Dose:
    """The fall over so many steps of RELIEF_STEP_MS, `tau_steps` of them being the time constant."""
    share = share_of(tau_steps)
    cs, rest = start.cs, start.rest
    while steps > 0 and cs > 0:
        numerator = cs * relief_u // LOADED_U
        if numerator < tau_steps:
            steps, cs, rest = creep(steps, numerator, tau_steps, cs, rest)
        else:
            half_fall = numerator * share >> SHARE_BITS + 1
            rest += (cs - half_fall) * relief_u // LOADED_U
            fall = rest * share >> SHARE_BITS
            rest -= fall * tau_steps
            cs -= fall
            steps -= 1
    return Dose(max(0, cs), start.load_us, rest)


@inlined
def share_of(tau_steps: int) -> int:
    """``x * share >> SHARE_BITS`` is ``x // tau_steps`` and several times as quick.

    Exact, as a dose times `tau_steps` stays below 2^SHARE_BITS.
    """
    return (1 << SHARE_BITS) // tau_steps + 1


@inlined
def creep(steps: int, numerator: int, tau_steps: int, cs: int, rest: int) -> tuple[int, int, int]:
    """Of a dose that falls by less than a centisecond a step: all steps until it has fallen by one, or that there are.

    Gives the steps that are left, the dose and its rest.
    """
    if numerator == 0:
        return 0, cs, rest
    need = int((tau_steps - rest + numerator - 1) / numerator)  # exact: both are far below 2^53
    if need > steps:
        return 0, cs, rest + numerator * steps
    return steps - need, cs - 1, rest + numerator * need - tau_steps


@inlined
def both_rested(seconds: int, tau_s: int, left: Dose, right: Dose) -> tuple[Dose, Dose]:
    """Both sides without any load: two falls side by side keep the processor busier than one after the other."""
    steps, tau_steps = seconds * STEPS_A_SECOND, tau_s * STEPS_A_SECOND
    share = share_of(tau_steps)
    left_cs, left_rest, right_cs, right_rest = left.cs, left.rest, right.cs, right.rest
    while steps > 0 and left_cs >= tau_steps and right_cs >= tau_steps:
        left_cs, left_rest = rested(left_cs, left_rest, tau_steps, share)
        right_cs, right_rest = rested(right_cs, right_rest, tau_steps, share)
        steps -= 1
    left, right = Dose(left_cs, left.load_us, left_rest), Dose(right_cs, right.load_us, right_rest)
    return relieved(steps, LOADED_U, tau_steps, left), relieved(steps, LOADED_U, tau_steps, right)


@inlined
def rested(cs: int, rest: int, tau_steps: int, share: int) -> tuple[int, int]:
    """A step of `relieved` without any load: the dose and its rest."""
    rest += cs - (cs * share >> SHARE_BITS + 1)
    fall = rest * share >> SHARE_BITS
    return cs - fall, rest - fall * tau_steps
