"""40 °C: soft foam, sensitive sensors."""

from ..body import Foam
from .scripted import Scripted


class Hot(Scripted):
    temperature_c = 40.0
    foam = Foam(fast_s=0.15, slow_s=20.0, slow_share=0.08)
