"""10 °C: stiff foam, insensitive sensors."""

from ..body import Foam
from .scripted import Scripted


class Cold(Scripted):
    temperature_c = 10.0
    foam = Foam(fast_s=0.6, slow_s=90.0, slow_share=0.12)
