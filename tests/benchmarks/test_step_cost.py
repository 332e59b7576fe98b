"""What one decision second costs on 32-bit MicroPython, in WASM instructions, and where they go."""

import pytest

from tests.core.interpreters import fuel_of, require

BUDGET = 1_000_000  # instructions of one second, of which a bare read of the zones would take 0.21 million
SETUP = """
from cushion.core.calibration import Calibration
from cushion.core.engine import Engine
from cushion.core.settings import Settings
engine = Engine(Settings(), Calibration(), 3300, (3300,) * 4, dead_mv=150)
levels = [9000, 9200, 5000, 5100]
for second in range(40):
    for _ in range(4):
        engine.sample(levels)
    engine.decide(1000, 600)
    engine.events.clear()
    levels[0] = 9000 + second % 5 * 400
sensing, calibration = engine.sensing, engine.calibration
zones = sensing.zones
decisions, seen = engine.decisions, engine._seen
class Adc:
    def read_uv(self):
        return 900000
class Pin:
    def value(self, on):
        pass
adcs, pin = [Adc() for _ in range(4)], Pin()
"""
PARTS = {
    "bare read of four zones, 4 samples of 4 readings": """
for _ in range(4):
    pin.value(1)
    for zone in range(4):
        total = 0
        for _ in range(4):
            total += adcs[zone].read_uv()
        levels[zone] = total // 400
    pin.value(0)""",
    "taking four samples": "for _ in range(4):\n    engine.sample(levels)",
    "medians of four zones": "sensing._count = 4\nfor zone in range(4):\n    sensing._median(zone)",
    "pressure of four zones": """
for zone in range(4):
    state = zones[zone]
    state.take(1000, 9000 + zone, 3300, 0)
    state.g_ns = sensing._sensor_ns(zone, 9000 + zone)
    state.press(1000, zone, calibration, 30)""",
    "zones held against each other": "sensing.plausibility.step(1000, zones)",
    "presence": "sensing.presence_permille(calibration)",
    "occupancy and break": "decisions.sitting.step(1000, 900, 900, 120000)",
    "doses": "decisions._count(1000)",
    "habits and shifts": "engine._follow_shifts(1000)",
    "epoch": "engine._epoch.take(1000, decisions.state(), zones, 900, 900, 0)",
    "prompt": "decisions._fill_situation(seen)\ndecisions.prompter.step(1000, 600, decisions._situation)",
}
SECOND = "for _ in range(4):\n    engine.sample(levels)\nengine.decide(1000, 600)\nengine.events.clear()"


BENT = """
from cushion.core.leans import bend
for zone in range(4):
    bend(calibration, zone, 8000, [node * node * 1000 // 64 for node in range(17)])
"""


@pytest.mark.bench
def test_a_second_with_bent_sensors():
    require("wasm")
    assert fuel_of(SECOND, SETUP + BENT, repeat=40) <= BUDGET


@pytest.mark.bench
def test_a_second(capsys):
    require("wasm")
    costs = {name: fuel_of(code.strip("\n"), SETUP, repeat=40) for name, code in PARTS.items()}
    whole = fuel_of(SECOND, SETUP, repeat=40)
    with capsys.disabled():
        print(f"\none decision second: {whole} WASM instructions (budget {BUDGET})")
        for name, cost in costs.items():
            print(f"  {cost:8d}  {100 * cost / whole:5.1f} %  {name}")
    assert whole <= BUDGET
