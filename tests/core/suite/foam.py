"""Foam over the sensors passes on some of each side's load to the other's sensor; it is taken out of both again.

By hand: where a sensor reads a part c = 42/1084 of the other side, sides of 1500 and 500 permille read as 1461 and 539,
1200 and 0 as 1154 and 46.
"""

from sitter import Sitter


def near(u, wanted):
    """Within what whole pascals and nanosiemens leave."""
    return abs(u - wanted) <= 2


def seated(left, right, spread_permille=42, refs=(5000, 5000)):
    sitter = Sitter(spread_permille=spread_permille)
    sitter.engine.calibration.ref_pa[0], sitter.engine.calibration.ref_pa[1] = refs
    sitter.sit(10, left, right, stirs=False)
    return sitter.decisions.left.u, sitter.decisions.right.u


def test_each_side_gets_its_own_load_back():
    left_u, right_u = seated(1461, 539)
    assert near(left_u, 1500) and near(right_u, 500)
    left_u, right_u = seated(539, 1461)
    assert near(left_u, 500) and near(right_u, 1500)


def test_an_even_load_stays_as_it_is():
    left_u, right_u = seated(800, 800)
    assert near(left_u, 800) and near(right_u, 800)


def test_without_foam_nothing_is_taken_out():
    left_u, right_u = seated(1461, 539, 0)
    assert near(left_u, 1461) and near(right_u, 539)


def test_a_free_side_is_free_and_never_below_nothing():
    left_u, right_u = seated(1154, 46)
    assert near(left_u, 1200) and near(right_u, 0)
    # More than the foam can have passed on; the bias resistor says that the side is there.
    sitter = Sitter(spread_permille=42, bias_ohm=47000).load(10, (1200, 0, 400, 400), stirs=False)
    assert sitter.decisions.right.u == 0


def test_the_references_were_read_through_the_same_foam():
    # Sides of 6 and 4 kPa in the neutral sit read as 5923 and 4077 Pa; that is 1 on both, and half of it is half.
    left_u, right_u = seated(1185, 815, refs=(5923, 4077))
    assert near(left_u, 1000) and near(right_u, 1000)
    left_u, right_u = seated(592, 408, refs=(5923, 4077))
    assert near(left_u, 500) and near(right_u, 500)


def test_a_load_is_at_most_four_references():
    left_u, right_u = seated(4000, 800, refs=(1500, 5000))
    assert left_u == 4000
    left_u, right_u = seated(800, 4000, refs=(5000, 1500))
    assert right_u == 4000


def test_beside_a_side_that_is_not_known_nothing_is_taken_out():
    sitter = Sitter(spread_permille=42, bias_ohm=47000)
    sitter.load(10, (1461, 539, 400, 400), stirs=False)
    assert near(sitter.decisions.left.u, 1500)
    sitter.load(10, (1461, -1, 400, 400), stirs=False)
    assert sitter.decisions.right.u == -1
    assert near(sitter.decisions.left.u, 1461)
