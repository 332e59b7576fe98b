"""Sits for up to an hour on sensors and foam that creep by 15 % and more."""

from ..body import Foam
from .scripted import Scripted


class Creep(Scripted):
    sit_s = (900.0, 3600.0)
    foam = Foam(fast_s=0.3, slow_s=180.0, slow_share=0.15)
