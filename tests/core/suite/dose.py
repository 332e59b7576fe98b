"""Dose: the vectors, the invariants, and every intermediate below 2^30. The oracle is the model's own formula."""

from support import allocation_free, digest_of

from cushion.core.dose import LIMIT_FACTOR, Dose, weight_permille

LIMIT_S = 1200
TAU_S = 60


def seconds_to_limit(dose, u):
    """How long at `u` until the limit is reached."""
    seconds = 0
    while dose.cs < LIMIT_S * 100:
        dose.step(1000, u, LIMIT_S, TAU_S)
        seconds += 1
    return seconds


def at_limit():
    dose = Dose()
    seconds_to_limit(dose, 1000)
    assert dose.cs == LIMIT_S * 100
    return dose


def rested(seconds):
    dose = at_limit()
    for _ in range(seconds):
        dose.step(1000, 0, LIMIT_S, TAU_S)
    return dose


def test_time_to_the_first_prompt():
    # the model: u = 0.8 -> 20.0 min, 0.6 -> 26.7, 0.5 -> 40.0, 1.3 -> 17.4
    assert seconds_to_limit(Dose(), 800) == 1200
    assert seconds_to_limit(Dose(), 600) == 1600
    assert seconds_to_limit(Dose(), 500) == 2400
    assert seconds_to_limit(Dose(), 1300) == 1044


def test_what_is_left_after_a_break():
    # the model: after 30/60/120/180 s 61/37/13.5/5 % of the dose are left
    for seconds, per_10000 in ((30, 6100), (60, 3700), (120, 1350), (180, 500)):
        left = rested(seconds).cs * 10000 // (LIMIT_S * 100)
        assert abs(left - per_10000) <= 40, (seconds, left)


def test_time_to_the_next_prompt_after_a_break():
    # the model: 7.9/12.7/17.3/19.0 min at u = 0.8 after 30/60/120/180 s
    for seconds, deciminutes in ((30, 79), (60, 127), (120, 173), (180, 190)):
        found = seconds_to_limit(rested(seconds), 800)
        assert abs(found - deciminutes * 6) <= 3, (seconds, found)


def test_gain_error_of_a_quarter_moves_a_prompt_as_the_model_says():
    assert seconds_to_limit(Dose(), 800 * 75 // 100) == 1600  # at u = 0.8 less a quarter the knee is left
    assert seconds_to_limit(Dose(), 1000 * 75 // 100) == 1200
    assert abs(seconds_to_limit(Dose(), 1000 * 125 // 100) - 1067) <= 1


def test_weight_and_relief_at_their_knees():
    assert [weight_permille(u) for u in (0, 299, 300, 301, 500, 700, 1000, 1500, 2000, 4000)] == [
        0, 0, 0, 2, 500, 1000, 1000, 1250, 1500, 1500,
    ]  # fmt: skip
    for u, left_cs in ((0, 44145), (150, 72783), (299, 119601), (300, 120000)):
        dose = at_limit()
        for _ in range(60):
            dose.step(1000, u, LIMIT_S, TAU_S)
        assert abs(dose.cs - left_cs) <= (0 if u == 300 else 20), (u, dose.cs)


def test_never_rises_unloaded_never_falls_loaded_never_leaves_its_range():
    state, dose = 7, Dose()
    for _ in range(4000):
        state = (state * 75 + 74) % 65537
        u, dt_ms = state % 1400, 1 + state % 5000
        before = dose.cs
        dose.step(dt_ms, u, LIMIT_S, TAU_S)
        assert 0 <= dose.cs <= LIMIT_FACTOR * LIMIT_S * 100
        assert dose.cs <= before if u < 300 else dose.cs >= before


def test_the_cap_of_the_longest_limit_stays_in_small_integers():
    dose = Dose()
    for _ in range(7000):
        dose.step(5000, 4000, 2700, 300)
    assert dose.cs == 810000
    allocation_free(lambda: dose.step(5000, 0, 2700, 300))
    allocation_free(lambda: dose.step(5000, 4000, 2700, 300))
    assert dose.cs < 810000


def test_no_fraction_of_load_is_lost():
    fine, coarse = Dose(), Dose()
    for _ in range(7 * 500):
        fine.step(7, 333, LIMIT_S, TAU_S)
    for _ in range(7):
        coarse.step(3500, 333, LIMIT_S, TAU_S)
    assert fine.cs == coarse.cs


def test_a_lowered_limit_caps_the_dose_only_when_told():
    dose = at_limit()
    dose.cap(300)
    assert dose.cs == 300 * 100 * LIMIT_FACTOR


def digest():
    values, dose, state = [], Dose(), 1
    for _ in range(6000):
        state = (state * 75 + 74) % 65537
        dose.step(1 + state % 1500, state % 1900 if state % 3 else state % 300, 1200, 60)
        values.append(dose.cs)
    return digest_of(values)
