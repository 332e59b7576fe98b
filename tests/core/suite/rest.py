"""Sleeping and waking: the closed form against its own steps, what a restart carries over, how deep to sleep."""

from support import digest_of

from cushion.core import resting, snapshot
from cushion.core.calibration import Calibration
from cushion.core.charge import FINE, LOG_ONLY, OFF, WARN, Charge
from cushion.core.dose import Dose
from cushion.core.engine import Engine
from cushion.core.records import STATE_OCCUPIED, STATE_UNKNOWN, STATE_VACANT
from cushion.core.settings import Settings
from cushion.drivers.limiter import Limiter

LIMIT_S = 2700


def stepwise(cs, rest_s, tau_s):
    dose = Dose()
    dose.cs = cs
    for _ in range(rest_s):
        dose.step(1000, 0, LIMIT_S, tau_s)
    return dose.cs


def closed(cs, rest_s, tau_s):
    dose = Dose()
    dose.cs = cs
    dose.rest(rest_s * 1000, tau_s)
    return dose.cs


def test_the_closed_form_is_the_stepwise_fall():
    for tau_s in (30, 60, 149, 300):
        for cs in (0, 1, 37, 6000, 120000, 810000):
            for rest_s in (0, 1, 7, 59, 60, 311, 1000):
                expected = stepwise(cs, rest_s, tau_s)
                off = abs(closed(cs, rest_s, tau_s) - expected)
                assert off <= 4 + expected // 1000, (tau_s, cs, rest_s, expected, off)


def test_a_rest_never_makes_dose_and_a_long_one_leaves_none():
    for rest_s in (0, 1, 60, 3600, 86400, 500000):
        assert closed(810000, rest_s, 60) <= 810000
    assert closed(810000, 17 * 60, 60) == 0
    assert closed(810000, 500000, 300) == 0


def test_rests_in_parts_are_one_rest():
    for tau_s in (30, 60, 300):
        dose = Dose()
        dose.cs = 120000
        for part_s in (11, 29, 80):
            dose.rest(part_s * 1000, tau_s)
        assert abs(dose.cs - closed(120000, 120, tau_s)) <= 3 + dose.cs // 1000


def engine():
    return Engine(Settings(), Calibration(), 3300, (3300,) * 4)


def used_engine():
    used = engine()
    decisions = used.decisions
    decisions.left.dose.cs, decisions.right.dose.cs = 100000, 55555
    decisions.sitting.seated_ms = 1234567
    decisions.sitting.away_ms = 300000
    decisions.sitting._knows_last_sit = decisions.sitting._verified_away = True
    decisions.pauses.mute_ms = 3600000
    decisions.pauses.snooze(5, 600)
    decisions.prompter.armed = False
    decisions.prompter.wait_ms = 600000
    decisions.prompter.hour.note(77)
    decisions.prompter.responses.take(1, 1000)
    used.calibration.auto_tare_ns[2] = -17
    decisions.now_s = 4000
    return used


def test_what_is_packed_comes_back_and_nothing_else_is_taken():
    data = snapshot.pack(used_engine())
    fresh = engine()
    assert snapshot.restore(fresh, data)
    assert snapshot.pack(fresh) == data
    assert fresh.decisions.prompter.armed is False
    assert data[:4] == b"\x03\0\0\0"
    for other in (data[:-4], data + b"\0\0\0\0", b"\x07" + data[1:], b"\0" + data[1:]):
        untouched = engine()
        assert not snapshot.restore(untouched, other)
        assert snapshot.pack(untouched) == snapshot.pack(engine())
    assert len(data) < 400


def test_after_a_loss_of_power_the_logs_last_epoch_goes_on():
    fresh = engine()
    decisions = fresh.decisions
    decisions.sitting.away_ms = 5000
    snapshot.recall(decisions, 100000, 55555, 1234)
    assert (decisions.left.dose.cs, decisions.right.dose.cs) == (100000, 55555)
    assert (decisions.sitting.seated_ms, decisions.sitting.away_ms, decisions.now_s) == (1234000, 0, 0)
    assert decisions.snapshot() == engine_with(100000, 55555, 1234000)
    decisions.pauses.mute_ms = 1000
    snapshot.recall(decisions, 0, 0, 0)
    assert decisions.pauses.mute_ms == 1000  # no time passes


def engine_with(left_cs, right_cs, seated_ms):
    """The state of a new engine but for these."""
    decisions = engine().decisions
    decisions.left.dose.cs, decisions.right.dose.cs, decisions.sitting.seated_ms = left_cs, right_cs, seated_ms
    return decisions.snapshot()


def test_rest_on_an_empty_seat_is_a_break_and_a_crash_is_not():
    slept = engine()
    snapshot.restore(slept, snapshot.pack(used_engine()))
    slept.decisions.rest(120000)
    assert abs(slept.decisions.left.dose.cs - 13500) < 150
    assert slept.decisions.sitting.seated_ms == 0
    assert slept.decisions.sitting.occupancy.state == STATE_VACANT
    assert slept.decisions.sitting.away_ms == 420000
    assert slept.decisions.pauses.mute_ms == 3480000
    assert slept.decisions.now_s == 4120
    crashed = engine()
    snapshot.restore(crashed, snapshot.pack(used_engine()))
    crashed.decisions.pass_unseen(120000)
    assert crashed.decisions.left.dose.cs == 100000
    assert crashed.decisions.sitting.seated_ms == 1234567
    assert crashed.decisions.sitting.occupancy.state == STATE_UNKNOWN
    assert crashed.decisions.pauses.mute_ms == 3480000


def test_how_deep():
    table = (
        (True, False, STATE_VACANT, 900000, True, resting.AWAKE),
        (False, True, STATE_VACANT, 900000, True, resting.AWAKE),
        (False, False, STATE_VACANT, 900000, True, resting.DEEP),
        (False, False, STATE_VACANT, 900000, False, resting.LIGHT),
        (False, False, STATE_VACANT, 129999, True, resting.LIGHT),
        (False, False, STATE_VACANT, 130000, True, resting.DEEP),
        (False, False, STATE_OCCUPIED, 0, True, resting.LIGHT),
        (False, False, STATE_UNKNOWN, 900000, True, resting.LIGHT),
    )
    for on_usb, busy, state, away_ms, can_wake, expected in table:
        assert resting.depth(on_usb, busy, state, away_ms, 120000, can_wake) == expected
    assert resting.sample_ms(resting.LIGHT, STATE_VACANT) == 1000
    assert resting.sample_ms(resting.AWAKE, STATE_VACANT) == resting.sample_ms(resting.LIGHT, STATE_OCCUPIED) == 250


def stages(*readings_mv):
    charge = Charge()
    seen = []
    for mv in readings_mv:
        charge.step(mv)
        seen.append(charge.stage)
    return seen


def test_a_battery_goes_down_step_by_step_and_up_only_when_it_is_charged():
    assert stages(3900, 3680, 3680) == [FINE, FINE, WARN]
    assert stages(3480, 3480, 3290, 3290) == [FINE, LOG_ONLY, LOG_ONLY, OFF]
    assert stages(3900, 3400, 3900, 3400) == [FINE] * 4  # a motor's dips
    assert stages(3480, 3480, 3560, 3560, 3560) == [FINE] + [LOG_ONLY] * 4  # recovered, not charged
    assert stages(3480, 3480, 3600, 3600) == [FINE, LOG_ONLY, LOG_ONLY, WARN]
    assert stages(3480, 3480, 4000, 4000)[-1] == FINE
    assert stages(0, 0) == [FINE, FINE]


def test_a_limiter_goes_on_where_it_was():
    limits = Limiter()
    for _ in range(5):
        limits.grant(500, 500)
        limits.advance(90000)
    state = limits.to_bytes()
    again = Limiter()
    again.restore(state, 0)
    assert again.to_bytes() == state
    limits.advance(400000)
    again = Limiter()
    again.restore(state, 400000)
    assert again.to_bytes() == limits.to_bytes()
    again.restore(state, 1 << 29)
    assert all(again.grant(500, 500) for _ in range(6))


def test_an_exhausted_limiter_grants_nothing_for_ten_minutes_and_no_hour():
    limits = Limiter()
    limits.exhaust()
    assert not limits.grant(80, 80)
    limits.advance(660000)
    assert not limits.grant(80, 80)
    limits.advance(3600000)
    assert limits.grant(80, 80)


def digest():
    return digest_of([closed(cs, s, 60) for cs in (120000, 810000) for s in range(0, 600, 7)])
