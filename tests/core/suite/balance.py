"""A side that carries nothing for ten minutes has lost its wire, unless it carried its share in this bout."""

from sitter import Sitter

from cushion.core import records

OK, IMBALANCE = 0, 5
SAT = (800, 800, 400, 400)
LEFT_LIGHT = (100, 800, 400, 400)


def faults(sitter):
    """(second, zone, quality, on) of each fault's beginning and end."""
    return sitter.of(records.FAULT)


def test_ten_minutes_on_one_side_are_a_fault_of_the_other():
    for zone, loads in ((0, LEFT_LIGHT), (1, (800, 100, 400, 400))):
        sitter = Sitter().load(60, loads).load(119, loads, dt_ms=5000)  # alive in second 60
        assert faults(sitter) == [] and sitter.engine.quality(zone) == OK
        sitter.load(1, loads, dt_ms=5000)
        assert faults(sitter) == [(660, zone, IMBALANCE, 1)]
        assert sitter.engine.quality(zone) == IMBALANCE and sitter.engine.quality(1 - zone) == OK
        sides = sitter.load(1, loads).decisions.sides
        assert (sides[zone].u, sides[1 - zone].u) == (-1, 800)


def test_what_never_stirred_is_not_out_of_balance():
    assert faults(Sitter().load(180, LEFT_LIGHT, False, dt_ms=5000)) == []


def test_with_a_bias_nobody_is_out_of_balance():
    sitter = Sitter(bias_ohm=47000).load(40, LEFT_LIGHT).load(130, LEFT_LIGHT, dt_ms=5000)
    assert faults(sitter) == [] and sitter.decisions.state() == 2


def test_who_shared_the_load_in_this_bout_is_left_alone_until_the_next():
    sitter = Sitter().load(80, SAT)
    sitter.engine.imbalance.step(3600000, 100, 800)  # an hour like that, in one go
    assert faults(sitter.load(10, LEFT_LIGHT)) == []
    sitter.stand(6).load(100, LEFT_LIGHT)
    assert [fault[1:] for fault in faults(sitter)] == [(0, IMBALANCE, 1)]
