"""The ADC driver on the Unix port, over ADC objects that answer what the chip's would: only their values are faked."""

from tests.firmware.on_unix import on_unix

CODE = """
from cushion.drivers.zones import Zones

class Adc:
    def __init__(self, *uv):
        self.uv = list(uv)
    def read_uv(self):
        assert supply.level, "read while the supply was off"
        self.uv.append(self.uv.pop(0))
        return self.uv[-1]

class Supply:
    level = 0
    def value(self, level):
        self.level = level

supply = Supply()
levels = [0] * 4
zones = Zones((Adc(142000), Adc(600000, 600400), None, Adc(150000)), supply, 150)
zones.read(levels)
print(levels, zones.present, supply.level)
"""


def test_means_dead_zone_absent_zone_and_the_supply_only_while_reading():
    assert on_unix(CODE) == "[0, 6002, -1, 1500] (True, True, False, True) 0\n"
