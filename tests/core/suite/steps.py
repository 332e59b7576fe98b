"""Steps of the engine: no allocation, and one digest over sits, breaks, gaps and all that is told of them."""

from support import allocation_free, mix
from whole import SEATED, THIGH, Seat


def test_a_step_does_not_allocate():
    seat = Seat().sit(1800)
    engine = seat.engine
    levels = (SEATED, SEATED, THIGH, THIGH)

    def step():
        for _ in range(4):
            engine.sample(levels)
        engine.decide(1000, 600)

    for _ in range(30):
        allocation_free(step)
        engine.events.clear()
    engine.decisions.press(1)
    allocation_free(step)


def attributes(engine):
    decisions, sensing = engine.decisions, engine.sensing
    sitting, prompter = decisions.sitting, decisions.prompter
    parts = [engine, engine.imbalance, engine._seen, engine._epoch, engine._shifts[0], engine._habits[0]]
    parts += [sensing, sensing.plausibility, sensing.zones[0]]
    parts += [decisions, decisions.left, decisions.left.dose, decisions.stillness, decisions.offload]
    parts += [decisions.pauses, prompter, prompter.responses, sitting, sitting.occupancy, sitting.break_timer]
    return [dir(part) for part in parts]


def test_no_step_adds_an_attribute():
    """The first step that sets it would allocate."""
    seat = Seat()
    begun = attributes(seat.engine)
    seat.sit(60).sit(20, left=1500).sit(10).stand(10).gap(10).sit(10)
    seat.engine.decisions.left.dose.cs = 120000
    seat.sit(60)
    assert seat.engine.decisions.prompter.episode == 1
    assert attributes(seat.engine) == begun


def digest():
    value, seat, state = 17, Seat(), 9
    for _ in range(36):
        state = (state * 75 + 74) % 65537
        left, right = state % 9000, state % 7919
        if state % 4 == 0:
            seat.stand(state % 400)
        elif state % 11 == 0:
            seat.gap(10 + state % 50)
        else:
            seat.sit(state % 120, left, right, state % 6000)
        decisions = seat.engine.decisions
        value = mix(mix(mix(value, decisions.left.dose.cs), decisions.right.dose.cs), decisions.seated_s())
        for second, kind, fields in seat.told:
            value = mix(mix(value, second), kind)
            for field in fields:
                value = mix(value, field)
        seat.told.clear()
        seat.epochs.clear()
    return value
