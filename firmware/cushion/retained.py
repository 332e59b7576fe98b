"""What the cushion knows across a restart, in the RTC memory: the engine's state and what the motors were granted.

A loss of power takes that memory, and so does a host whose opening of the port resets the board. Doses and seated time
are then those of the log's last epoch, at most ten seconds old: no reset forgives a dose, and no write is added for it.
"""

import struct

from cushion.core import records, snapshot
from cushion.core.blocks import EPOCH_FORM, EPOCH_SIZE
from cushion.core.calibration import ZONE_COUNT
from cushion.core.const import const
from cushion.core.occupancy import SIT_PERMILLE
from cushion.drivers import power
from cushion.storage import budget, segments

HEAD = "<IBH"  # the chip's clock in s, whether the seat was vacant for long (deep sleep), length of the limiter's state
_LEFT_DOSE = const(6)  # of an epoch's fields; then come the right one and the seated time
_LOOKS = const(4)
_MOST_ELAPSED_S = const(400000)  # beyond, the clock was set in between: nothing is known of the time


def save(board, engine, asleep=False):
    """Keeps everything. `asleep`: the chip goes to deep sleep on an empty seat, so the time until it wakes is rest."""
    limits = board.haptics.limiter.to_bytes()
    head = struct.pack(HEAD, board.clock.chip_s(), 1 if asleep else 0, len(limits))
    power.keep(head + limits + snapshot.pack(engine))


def granted(board, engine, power_failures):
    """A motor is about to run: keeps that on the flash too."""
    budget.save(board.haptics.limiter.to_bytes(), True, power_failures)
    save(board, engine)


def restore(board, engine, log_folder):
    """Goes on after a restart; returns how long the cushion slept on an empty seat, s, and how long it slept while
    somebody came whom the wake sensor didn't see.

    The doses of before a crash are kept as they were: time that nobody saw is neither load nor rest.
    """
    kept, start = power.kept(), struct.calcsize(HEAD)
    if kept is None or len(kept) < start:
        _restore_budget(board.haptics.limiter, budget.load()[0], 0)
        _recall(engine.decisions, log_folder)
        return 0, 0
    at_s, asleep, size = struct.unpack_from(HEAD, kept, 0)
    elapsed_s = board.clock.chip_s() - at_s
    if not 0 <= elapsed_s <= _MOST_ELAPSED_S:
        elapsed_s = 0
    _restore_budget(board.haptics.limiter, kept[start : start + size], elapsed_s * 1000)
    if not snapshot.restore(engine, kept[start + size :]):
        return 0, 0
    slept = asleep and board.slept()
    if slept and (engine.decisions.sitting.has_thing or board.woken_by_sitter() or not _shows_somebody(board, engine)):
        engine.decisions.rest(elapsed_s * 1000)
        return elapsed_s, 0
    engine.decisions.pass_unseen(elapsed_s * 1000)
    return 0, elapsed_s if slept else 0


def _shows_somebody(board, engine):
    """Somebody is there at the first look after a sleep, who may have come at any time in it: a light sitter, or one on
    the thighs alone, does not close the wake sensor."""
    levels_100uv = [0] * ZONE_COUNT
    for _ in range(_LOOKS):
        board.zones.read(levels_100uv)
        engine.sample(levels_100uv)
    engine.sensing.close_second(0, engine.calibration, engine.settings.creep_permille)
    return engine.sensing.presence_permille(engine.calibration) >= SIT_PERMILLE


def _recall(decisions, log_folder):
    epoch = segments.last_payload(log_folder, records.EPOCH)
    if epoch is not None and len(epoch) == EPOCH_SIZE:
        values = struct.unpack(EPOCH_FORM, epoch)
        snapshot.recall(decisions, *values[_LEFT_DOSE : _LEFT_DOSE + 3])


def _restore_budget(limiter, state, elapsed_ms):
    if state is None:
        return  # never granted anything
    try:
        limiter.restore(state, elapsed_ms)
    except ValueError:
        limiter.exhaust()
