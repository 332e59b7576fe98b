"""Leans forward off both sitting bones, again and again."""

from .scripted import Scripted


class LeansForward(Scripted):
    shift_every_min = 1.5
    postures = {"off both sitting bones": 0.7, "leaning forward": 0.3}  # noqa: RUF012
