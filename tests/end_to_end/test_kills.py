"""SIGKILL and Ctrl-C at random moments, seeded: on the firmware's storage in an interpreter of its own, and on the
supervisor of a virtual cushion with all of the firmware. (The host's sync: tests/host/test_kills.py.)

Oracle: littlefs-python, which shares no code with the chip's driver, reads what is left on the flash.
"""

import os
import random
import signal
import subprocess
import time

import pytest
from littlefs import LittleFS

from cushion.core import records
from sitbone.blocks import fields_of, read_block, split_blocks
from sitbone.virtual import SitterSeat, VirtualCushion
from tests.core.interpreters import require
from tests.firmware.on_unix import FIRMWARE, HERE, micropython

STORAGE_KILLS, STORAGE_INTERRUPTS, SUPERVISOR_KILLS = 170, 60, 30
BLOCK = 4096
LIFE_S = 0.06


def log_of(image, blocks):
    """Every record in the log on a flash image, in order."""
    fs = LittleFS(block_size=BLOCK, block_count=blocks, mount=False)
    fs.context.buffer = bytearray(image.read_bytes()[: BLOCK * blocks])
    fs.mount()
    if "log" not in fs.listdir("/"):
        return []
    found = []
    for name in sorted(fs.listdir("/log")):
        with fs.open(f"/log/{name}", "rb") as file:
            for data in split_blocks([bytes(file.read())]):
                block = read_block(data)
                assert not block.damage
                found += block.records
    return found


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "flash.img"
    path.write_bytes(b"\xff" * BLOCK * 64)
    return path


def live(image, first, rng, stop):
    """The storage writes on from number ``first`` until it is stopped at a random moment; returns what it had said."""
    command = [*micropython("4M"), str(HERE / "writes_on.py"), str(image), str(first)]
    environment = {"PATH": os.environ.get("PATH", ""), "MICROPYPATH": f"{FIRMWARE}:{HERE}:.frozen"}
    process = subprocess.Popen(command, env=environment, bufsize=0, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    said = process.stdout.readline()  # it runs; from here on every moment is as good as another
    time.sleep(rng.uniform(0, LIFE_S))
    process.send_signal(stop)
    rest, errors = process.communicate(timeout=30)
    assert process.returncode in ((-signal.SIGKILL,) if stop == signal.SIGKILL else (1, 130, -signal.SIGINT)), errors
    lines = (said + rest).decode().splitlines()
    if rest and not rest.endswith(b"\n"):
        lines.pop()  # cut in the middle of a word
    return [line.split() for line in lines]


@pytest.mark.parametrize(
    ("count", "stop"), [(STORAGE_KILLS, signal.SIGKILL), (STORAGE_INTERRUPTS, signal.SIGINT)], ids=["SIGKILL", "Ctrl-C"]
)
def test_the_firmwares_storage_survives(image, count, stop):
    require("unix")
    rng, acknowledged, snooze = random.Random(count), 0, {600}
    for _ in range(count):
        said = live(image, acknowledged + 1, rng, stop)
        assert ["refused"] not in said
        assert said[0][0] == "started"
        assert int(said[0][-1]) in snooze, "settings are those saved last, or those being saved"
        told = [int(words[1]) for words in said if words[0] == "record"]
        acknowledged = told[-1] if told else acknowledged
        for words in said:
            if words[0] in ("saving", "saved"):
                value = int(words[1])
                snooze = {value} if words[0] == "saved" else {value, *snooze}
        found = log_of(image, 64)
        numbers = [
            int(fields_of(row.kind, row.payload)["left_dose_cs"]) for row in found if row.kind == records.SYMPTOM
        ]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else not acknowledged
        # One more may be on the flash: it was flushed, and the stop came before it could be told.
        assert not numbers or acknowledged <= numbers[-1] <= acknowledged + 1
        assert [row.seq for row in found] == list(range(found[0].seq, found[0].seq + len(found))) if found else True
        acknowledged = numbers[-1] if numbers else acknowledged
    assert acknowledged > count, "there was something to lose"


def run_cushion(flash, seed, ready):
    with VirtualCushion(SitterSeat("office", seed=seed), flash=flash, speed=None) as cushion:
        os.write(ready, b"!")
        cushion.run()


def test_the_supervisor_may_be_killed(flash):
    """The chip dies with it: what is on the image is what was flushed, and the next start goes on behind it."""
    rng, before = random.Random(3), log_of(flash, 512)
    for number in range(SUPERVISOR_KILLS):
        ready, told = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                run_cushion(flash, number, told)
            finally:
                os._exit(1)
        os.close(told)
        assert os.read(ready, 1) == b"!", "the cushion starts"
        os.close(ready)
        time.sleep(rng.uniform(0, 0.6))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        found = log_of(flash, 512)
        assert found[: len(before)] == before
        assert [row.seq for row in found] == list(range(1, len(found) + 1))
        before = found
    assert len({row.session for row in before}) >= SUPERVISOR_KILLS // 2, "most lives were long enough to boot"
