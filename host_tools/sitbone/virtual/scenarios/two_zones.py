"""A cushion without thigh zones."""

from .scripted import Scripted


class TwoZones(Scripted):
    missing_zones = (2, 3)
    postures = {"leaning left": 0.3, "leaning right": 0.3, "leaning back": 0.2, "leaning forward": 0.2}  # noqa: RUF012
