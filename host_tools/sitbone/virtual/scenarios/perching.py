"""Perches on one side, the other sitting bone off the cushion."""

from .scripted import Scripted


class Perches(Scripted):
    shift_every_min = 2.0
    shift_s = (20.0, 300.0)
    postures = {"perched left": 0.5, "perched right": 0.5}  # noqa: RUF012
