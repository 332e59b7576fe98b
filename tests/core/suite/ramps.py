"""Slow shifts are shifts, a room that grows cold is none: calibrated to 5 kPa or not at all, under who carries 8."""

from cushion.core.shifts import Habit, Shift


def shifts(ramp_s, stays_s, calibrated):
    """How many are found when, after a quarter of an hour, half of the load goes within `ramp_s`."""
    habit, shift = Habit(), Shift()
    habit.start(5000, calibrated)
    found = 0
    for second in range(900 + ramp_s + stays_s + 60):
        gone = min(max(0, second - 900), ramp_s)
        pressure_pa = 8000 if second >= 900 + ramp_s + stays_s else 8000 - 4000 * gone // ramp_s
        habit.learn(pressure_pa, True)
        shift.step(1000, habit.relative_u(pressure_pa), True, second >= 15)
        found += shift.ended_ms > 0
    return found


def test_a_ramp_of_up_to_a_minute_is_a_shift():
    for ramp_s in (1, 15, 30, 60):
        for calibrated in (True, False):
            assert shifts(ramp_s, 30, calibrated) == 1, (ramp_s, calibrated)


def test_what_takes_minutes_is_a_drift():
    for ramp_s in (300, 600, 1800):
        for calibrated in (True, False):
            assert shifts(ramp_s, 600, calibrated) == 0, (ramp_s, calibrated)
