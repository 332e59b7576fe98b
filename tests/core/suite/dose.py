"""Dose: the vectors, the invariants, and every intermediate below 2^30. The oracle is the model's own formula."""

from support import allocation_free, digest_of

from cushion.core.dose import HALVINGS_Q14, LIMIT_FACTOR, Dose, weight_permille

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
    assert [weight_permille(u) for u in (0, 299, 300, 301, 303, 500, 699, 700, 701, 999, 1000)] == [
        0, 0, 0, 2, 7, 500, 997, 1000, 1000, 1000, 1000,
    ]  # fmt: skip
    assert [weight_permille(u) for u in (1001, 1002, 1003, 1500, 1998, 2000, 2001, 2002, 4000)] == [
        1000, 1001, 1001, 1250, 1499, 1500, 1500, 1500, 1500,
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


def test_a_new_dose_is_none():
    dose = Dose()
    assert (dose.cs, dose.load_us, dose.relief_rest) == (0, 0, 0)


def after(cs, *steps):
    """The dose after steps of (ms, load)."""
    dose = Dose()
    dose.cs = cs
    for dt_ms, u in steps:
        dose.step(dt_ms, u, LIMIT_S, TAU_S)
    return dose.cs


def test_a_load_counts_to_the_centisecond():
    assert [after(0, (9, 700)), after(0, (10, 700)), after(0, (19, 500)), after(0, (20, 500))] == [0, 1, 0, 1]
    assert after(7, (5000, 2000)) == 757 and after(7, (5000, 300)) == 7 and after(7, (5000, 303)) == 10
    assert after(0, (9, 700), (1, 700)) == 1 and after(0, (15, 500), (5, 300), (5, 500)) == 1
    assert after(359999, (5000, 800)) == 360000 and after(400000, (5000, 800)) == 400000  # never above, never back


def test_a_relief_takes_the_midpoint_s_share_a_second():
    """Of 120000 cs: in half a second 1000 go, so 119000 / 60 = 1983 1/3 in a second; and then of 118017 in the next."""
    assert after(120000, (1000, 0)) == 118017
    assert after(120000, (2000, 0)) == after(120000, (1000, 0), (1000, 0)) == 118017 - 1950  # 1950.33 and 0.33
    assert after(120000, (1500, 0)) == 118017 - 979  # 117526 / 120 = 979.38
    assert after(120000, (5000, 0)) == after(120000, *[(1000, 0)] * 5)
    assert after(99999, (4000, 0)) == after(99999, *[(1000, 0)] * 4)
    assert after(120000, (1, 0)) == 119999 and after(120000, (1001, 0)) == 118017 - 2
    assert after(120000, (1000, 150)) == 119005  # half of it: 59750 / 60 = 995.83
    assert after(120000, (1000, 299)) == 119994  # a 300th of it: 400 / 60 = 6.67
    assert after(120000, (1000, 300)) == 120000
    assert after(0, (5000, 0)) == 0 and after(1, (1000, 0)) == 1 and after(1, *[(1000, 0)] * 60) == 0


def test_the_table_holds_the_roots_of_a_half():
    """Each is the integer nearest to 2^14 · 2^(-n/16): so is, in sixteenth powers, what lies half a unit around it."""
    assert len(HALVINGS_Q14) == 17 and rest(1, 250, 60) == 1
    for n, value in enumerate(HALVINGS_Q14):
        assert (2 * value - 1) ** 16 < 2 ** (240 - n) < (2 * value + 1) ** 16, n


def rest(cs, rest_ms, tau_s):
    dose = Dose()
    dose.cs = cs
    dose.rest(rest_ms, tau_s)
    return dose.cs


def test_a_rest_of_whole_half_lives_halves_to_the_nearest():
    """Of a time constant of 44 s it is 30.5 s; of 129 s three are 268.25 s, of 188 s four are 521.25 s."""
    for cs in list(range(300)) + [120000, 119999, 809997]:
        assert rest(cs, 30500, 44) == (cs + 1) // 2, cs
        assert rest(cs, 268250, 129) == (cs + 4) // 8, cs
        assert rest(cs, 521250, 188) == (cs + 8) // 16, cs
        assert rest(cs, 2 * 268250, 129) == (cs + 32) // 64, cs


def test_a_rest_never_takes_more_or_less_than_a_time_constant_allows():
    """A quarter of a second takes 1/516 of what is left at 129 s; the table is true to 0.03 %."""
    before = rest(810000, 0, 129)
    assert before == 810000
    for quarters in range(1, 1700):
        now = rest(810000, quarters * 250, 129)
        assert 0 <= before - now <= before // 450 + 2, quarters
        before = now


def test_a_dose_is_gone_after_sixteen_time_constants_and_not_before():
    assert rest(810000, 13 * 60000, 60) == 2  # e^-13 of it is 1.8
    assert rest(810000, 16 * 60000, 60) == 0
    dose = Dose()
    for tau_s in (30, 300):
        dose.cs = 810000
        allocation_free(lambda: dose.rest(400000000, tau_s))  # noqa: B023  it is called here
        assert dose.cs == 0, tau_s


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
