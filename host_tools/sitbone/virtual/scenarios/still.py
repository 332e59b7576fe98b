"""Hardly moves: two small movements a minute."""

from .scripted import Scripted


class Still(Scripted):
    fidgets_per_min = 2.0
    shift_every_min = 15.0
    sit_s = (120.0, 2400.0)
