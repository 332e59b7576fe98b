"""What the whole firmware takes of a chip's heap, on a MicroPython whose objects are as large as the ESP32's.

The virtual cushion runs on a 32-bit build of the Unix port (`build-micropython32`; MicroPython 1.25, the package's is
newer but 64-bit): real asyncio, real littlefs with its buffers, real console, real collector, and a heap of a given
size. The chip's shims live in that heap, too: what they take by themselves is measured and added to it. What they take
in passing is not, so a figure is rather too high.

The firmware's modules are frozen into MicroPython by firmware/manifest.py, copied into the heap as bytecode, as
`sitbone install` has them, or compiled there, as it has them without mpy-cross. boot.py and main.py are files each
time, which the frozen build would not need.
"""

import os
import shutil
import sys

import pytest
from littlefs import LittleFS

from sitbone.board.device import Board, Cushion
from sitbone.board.firmware_files import TOP_FILES
from sitbone.board.install import install
from sitbone.errors import SitboneError
from sitbone.virtual import EmptySeat, Interpreter, SitterSeat, VirtualCushion
from tests.core.interpreters import ROOT
from tests.end_to_end.conftest import live_until

HEAP_KB = {"frozen": 64, "bytecode": 142, "source": 152}  # what it must live in; install.py demands as much
MOST_ALIVE = {"frozen": 46_080, "bytecode": 128_000, "source": 133_000}
DAYS = float(os.environ.get("SITBONE_HEAP_DAYS", "0"))
OFFICE_DAY_MIN, MORNING_MIN = 9 * 60, 3 * 60
LARGE = 1 << 20
ALIVE = "import gc\ngc.collect()\nprint(gc.mem_alloc())"
SAY_ALIVE = b"""
import gc, time
gc.collect()
file = open("/alive", "w")
file.write(str(gc.mem_alloc()))
file.close()
time.sleep(9)
"""


@pytest.fixture(scope="module", params=HEAP_KB)
def how(request):
    return request.param


@pytest.fixture(scope="module")
def binary(how, micropython32):
    return micropython32["frozen" if how == "frozen" else "plain"]


def put(port, files):
    with Board(port) as board:
        for name, data in files.items():
            board.write("/" + name, data)


@pytest.fixture(scope="module")
def image(how, tmp_path_factory):
    """A flash with the firmware installed. littlefs is the same for 32 bits and 64."""
    flash = tmp_path_factory.mktemp(how) / "flash.img"
    entries = {name: (ROOT / "firmware" / name).read_bytes() for name in TOP_FILES}
    bring = {
        "frozen": lambda port: put(port, entries),
        "bytecode": lambda port: install(port, compile_it=True),
        "source": install,
    }
    with VirtualCushion(EmptySeat(), flash=flash, install=bring[how]):
        pass
    return flash


@pytest.fixture(scope="module")
def shims(binary, tmp_path_factory):
    """Bytes that the chip's shims alone have alive."""
    flash = tmp_path_factory.mktemp("shims") / "flash.img"
    bring = lambda port: put(port, {"main.py": SAY_ALIVE})  # noqa: E731
    with VirtualCushion(EmptySeat(), flash=flash, install=bring):
        pass
    with VirtualCushion(EmptySeat(), flash=flash, interpreter=Interpreter(binary), duration_s=5) as chip:
        chip.run()
    files = LittleFS(block_size=4096, block_count=512, mount=False)
    files.context.buffer = bytearray(flash.read_bytes()[: 4096 * 512])
    files.mount()
    with files.open("/alive", "r") as file:
        return int(file.read())


def live(image, interpreter, visits_min, tmp_path):
    """Bytes alive at each visit of a host that reads the whole log; raises SitboneError where the heap did not do."""
    flash = tmp_path / "flash.img"
    shutil.copy(image, flash)
    alive: list[int] = []
    with VirtualCushion(SitterSeat("office", seed=3), flash=flash, interpreter=interpreter) as cushion:
        for minute in visits_min:
            live_until(cushion, minute * 60_000)
            with Cushion(cushion.port) as device:
                status = device.call("status")
                if status["safe_mode"] or status["crashes"]:
                    raise SitboneError("it went on, but not whole")
                if not alive:
                    device.call("settings_set", {"epoch_s": 12}, "a reason")
                assert sum(map(len, device.read_log(0))) > 0
                alive.append(int(device.run(ALIVE)))
    return alive


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_day_in_the_heap_it_is_given(how, binary, image, shims, tmp_path, capsys):
    """An office day, or a week (SITBONE_HEAP_DAYS=7), with a host's visits: it stays whole, and nothing grows."""
    last_min = int(DAYS * 24 * 60) or (OFFICE_DAY_MIN if how == "frozen" else MORNING_MIN)
    visits_min = [5, *range(60, last_min + 1, 60)]
    heap_bytes = shims + HEAP_KB[how] * 1024
    alive = [count - shims for count in live(image, Interpreter(binary, heap_bytes), visits_min, tmp_path)]
    with capsys.disabled():
        shown = f"lives {last_min // 60} hours in {HEAP_KB[how]} KB, {min(alive)} to {max(alive)} bytes alive"
        sys.stdout.write(f"\n  {how}: {shown} (32-bit; the chip's shims, {shims}, not counted)\n")
    assert max(alive) <= MOST_ALIVE[how]
    assert max(alive[1:]) - min(alive[1:]) <= 1024


@pytest.mark.slow
def test_a_smaller_heap_would_be_noticed(how, binary, image, shims, tmp_path):
    alive = live(image, Interpreter(binary, LARGE), [5], tmp_path)[0]
    small = Interpreter(binary, shims + (alive - shims) * 9 // 10)
    with pytest.raises((SitboneError, AssertionError, KeyError)):
        live(image, small, [5], tmp_path)
