"""What a side usually carries: how fast it is learnt, and from what. Pascals by hand, from the rule in shifts.py."""

from cushion.core.shifts import Habit


def habit(ref_pa=5000, calibrated=True):
    one = Habit()
    one.start(ref_pa, calibrated)
    return one


def learnt(one, *spells):
    """The habit after spells of (seconds, Pa[, is it known to be a person])."""
    for seconds, pressure_pa, *alive in spells:
        for _ in range(seconds):
            one.learn(pressure_pa, *(alive or (True,)))
    return one


def is_near(one, pa, off_pa=0):
    """Whether it is that many Pa, whole ones."""
    return any(
        one.relative_u(level_pa) == 1000 and one.relative_u(level_pa - 1) == 999
        for level_pa in range(pa - off_pa, pa + off_pa + 1)
    )


def test_a_new_one_knows_nothing():
    one = Habit()
    assert one.relative_u(3) == 3000
    one.learn(5000, False)
    assert is_near(one, 1250)


def test_loads_are_told_in_permille_of_it():
    one = habit()
    assert [one.relative_u(pa) for pa in (0, 2500, 3503, 5000, 19999, 20000, 50000)] == [
        0,
        500,
        700,
        1000,
        3999,
        4000,
        4000,
    ]
    assert is_near(habit(5001), 5001) and habit(0).relative_u(3) == 3000


def test_before_it_is_known_to_be_a_person_it_is_a_guess_a_quarter_of_the_way():
    assert is_near(learnt(habit(calibrated=False), (1, 9000, False)), 6000)
    assert is_near(learnt(habit(calibrated=False), (2, 9000, False)), 6750)
    assert is_near(learnt(habit(calibrated=False), (1, 1000, False)), 4000)
    assert is_near(learnt(habit(), (9, 9000, False)), 5000)  # calibrated: nothing to guess
    assert is_near(learnt(habit(calibrated=False), (1, 5000), (9, 9000, False)), 5000)  # nor once it was learnt


def test_less_than_half_a_kilopascal_teaches_nothing():
    assert is_near(learnt(habit(calibrated=False), (9, 499), (9, 499, False)), 5000)
    assert is_near(learnt(habit(calibrated=False), (1, 500, False)), 3875)
    assert is_near(learnt(habit(calibrated=False), (9, 499), (1, 10000)), 5200)  # so the first second is still to come


def test_it_follows_by_a_25th_in_the_first_second_a_26th_in_the_next():
    assert is_near(learnt(habit(calibrated=False), (1, 10000)), 5200)
    assert is_near(learnt(habit(calibrated=False), (2, 10000)), 5400)
    assert is_near(learnt(habit(calibrated=False), (1, 4000)), 4799)
    assert is_near(learnt(habit(calibrated=False), (25, 20000)), 10000, 4)  # 50/25, and a 16th of a pascal each


def test_a_calibrated_one_begins_as_after_ten_minutes():
    assert is_near(learnt(habit(), (1, 10000)), 5008) and is_near(learnt(habit(), (1, 4000)), 4991)
    assert is_near(learnt(habit(), (100, 10000)), 5806, 3)  # 725/625


def test_in_the_end_it_follows_by_five_percent_a_minute():
    one = learnt(habit(), (1300, 5000), (60, 10000))
    assert is_near(one, 5260, 2)  # 1.0513, and a 16th of a pascal each


def test_it_goes_no_further_than_the_load():
    assert is_near(learnt(habit(), (1, 5003)), 5003) and is_near(learnt(habit(), (99, 5003)), 5003)
    assert is_near(learnt(habit(), (1, 4997)), 4997)


def test_a_relief_under_ten_minutes_teaches_nothing():
    assert is_near(learnt(habit(), (599, 3500)), 5000)
    assert is_near(learnt(habit(), (600, 3500)), 4995)  # a 1200th less, and a 16th of a pascal
    assert is_near(learnt(habit(), (1, 3506)), 4991)  # 701 permille are no relief
    assert is_near(learnt(habit(), (599, 3500), (1, 5000), (599, 3500)), 5000)
    assert is_near(learnt(habit(), (700, 3500)), 4591, 4)  # a 1200th and a 16th of a pascal in each of 101 seconds


def test_a_first_half_minute_of_a_light_load_is_its_habit():
    """Each second takes a 25th, a 26th, … until 1000 Pa: after 30 s 24/54 of 5000 Pa are left."""
    one = learnt(habit(calibrated=False), (30, 1000))
    assert is_near(one, 2221, 3)
    assert is_near(learnt(one, (60, 1000)), 2221, 3)
