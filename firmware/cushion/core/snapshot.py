"""What of the engine outlives a restart, as a row of 32-bit integers: the decisions' state and the seat's tare.

Whoever keeps the row guards it with a checksum; a row of another length, or version, is not taken.
"""

import struct

VERSION = 3


class Kept:
    """A part whose attributes named in KEPT outlive a restart, as integers. A part of it that is kept has its own."""

    KEPT: tuple = ()

    def snapshot(self):
        """The values, in the order of KEPT."""
        return [int(getattr(self, name)) for name in self.KEPT]

    def restore(self, values):
        """Takes what `snapshot` gave, from an iterator."""
        for name in self.KEPT:
            setattr(self, name, type(getattr(self, name))(next(values)))


def pack(engine):
    """The engine's state as bytes."""
    values = [VERSION] + engine.decisions.snapshot() + list(engine.calibration.auto_tare_ns)
    return struct.pack("<{}i".format(len(values)), *values)


def restore(engine, data):
    """Puts what `pack` gave into a new engine; False, and nothing done, when the bytes are of another version."""
    if len(data) != len(pack(engine)):
        return False
    values = iter(struct.unpack("<{}i".format(len(data) // 4), data))
    if next(values) != VERSION:
        return False
    engine.decisions.restore(values)
    for zone in range(len(engine.calibration.auto_tare_ns)):
        engine.calibration.auto_tare_ns[zone] = next(values)
    return True


def recall(decisions, left_dose_cs, right_dose_cs, seated_s):
    """Goes on, in new decisions, from what the log's last epoch says: nothing else is known after a loss of power."""
    decisions.left.dose.cs = left_dose_cs
    decisions.right.dose.cs = right_dose_cs
    decisions.sitting.seated_ms = seated_s * 1000
    decisions.pass_unseen(0)
