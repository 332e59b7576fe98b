"""How long a nine-hour virtual day takes on one core: supervisor, world and MicroPython together."""

import os
import resource
import time

import pytest

from sitbone.virtual import SitterSeat, VirtualCushion
from tests.end_to_end.conftest import live_until

DAY_MS = 9 * 3_600_000


@pytest.fixture
def one_core():
    """Holds this process, and the chip it starts, to one core."""
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("this platform cannot hold a process to one core")
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    yield
    os.sched_setaffinity(0, cores)


@pytest.mark.bench
@pytest.mark.usefixtures("one_core")
def test_a_nine_hour_day(flash, capsys):
    began_s = time.monotonic()
    with VirtualCushion(SitterSeat("office", seed=1), flash=flash) as cushion:
        live_until(cushion, DAY_MS)
    wall_s = time.monotonic() - began_s
    cpu = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu_s = sum(usage.ru_utime + usage.ru_stime for usage in cpu)
    with capsys.disabled():
        print(f"\nnine-hour virtual day on one core: {wall_s:.1f} s, {cpu_s:.1f} s of processor time")
