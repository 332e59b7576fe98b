"""Memory foam: a third of the load arrives over a minute."""

from ..body import Foam
from .scripted import Scripted


class SlowFoam(Scripted):
    foam = Foam(fast_s=0.8, slow_s=25.0, slow_share=0.33)
