"""SIGKILL, SIGTERM and Ctrl-C at random moments, seeded: on the firmware's storage in an interpreter of its own, on the
process of a virtual cushion with all of the firmware, and on `sitbone sync` with it. (At any line of the sync, against
a log without a cushion: tests/host/test_kills.py. In all over 1,000 stops.)

Oracle: littlefs-python, which shares no code with the chip's driver, reads what is left on the flash.
"""

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from littlefs import LittleFS

from cushion.core import records
from sitbone import cli
from sitbone.store.blocks import Record, fields_of, read_block, split_blocks
from sitbone.store.store import Store
from tests.core.interpreters import require
from tests.firmware.on_unix import FIRMWARE, ON_DEVICE, micropython
from tests.shares import some_or_all

STORAGE_KILLS, STORAGE_INTERRUPTS, SUPERVISOR_STOPS, SYNC_STOPS = 140, 60, 36, 24
STOPS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
STOPS_A_STORE = 6
BLOCK = 4096
LIFE_S = 0.06


def log_of(image, blocks):
    """Every record in the log on a flash image, in order."""
    fs = LittleFS(block_size=BLOCK, block_count=blocks, mount=False)
    fs.context.buffer = bytearray(image.read_bytes()[: BLOCK * blocks])
    fs.mount()
    if "log" not in fs.listdir("/"):
        return []
    found: list[Record] = []
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
    command = [*micropython("4M"), str(ON_DEVICE / "writes_on.py"), str(image), str(first)]
    environment = {"PATH": os.environ.get("PATH", ""), "MICROPYPATH": f"{FIRMWARE}:{ON_DEVICE}:.frozen"}
    process = subprocess.Popen(command, env=environment, bufsize=0, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    said = process.stdout.readline()  # it runs; from here on every moment is as good as another
    time.sleep(rng.uniform(0, LIFE_S))
    process.send_signal(stop)
    rest, errors = process.communicate(timeout=30)
    assert process.returncode in ((-signal.SIGKILL,) if stop == signal.SIGKILL else (1, 130, -signal.SIGINT)), errors
    # A Ctrl-C may fall into a line that is being said: the interpreter's own last words follow right behind.
    shown = (said + rest).decode().partition("Traceback")[0]
    return [line.split() for line in shown[: shown.rfind("\n") + 1].splitlines()]


@some_or_all
@pytest.mark.parametrize(
    ("count", "stop"), [(STORAGE_KILLS, signal.SIGKILL), (STORAGE_INTERRUPTS, signal.SIGINT)], ids=["SIGKILL", "Ctrl-C"]
)
def test_the_firmwares_storage_survives(image, count, stop, share):
    require("unix")
    count = round(count * share)
    rng, acknowledged, snooze = random.Random(count), 0, {600}
    for _ in range(count):
        said = live(image, acknowledged + 1, rng, stop)
        assert ["refused"] not in said
        assert said[0][0] == "started"
        assert int(said[0][-1]) in snooze, "settings are those saved last, or those being saved"
        shown = [int(words[1]) for words in said if words[0] == "record"]
        acknowledged = shown[-1] if shown else acknowledged
        for words in said:
            if words[0] in ("saving", "saved"):
                value = int(words[1])
                snooze = {value} if words[0] == "saved" else {value, *snooze}
        found = log_of(image, 64)
        numbers = [
            int(fields_of(row.kind, row.payload)["left_dose_cs"]) for row in found if row.kind == records.SYMPTOM
        ]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else not acknowledged
        # One more may be on the flash: it was flushed, and the stop came before it could be acknowledged.
        assert not numbers or acknowledged <= numbers[-1] <= acknowledged + 1
        assert [row.seq for row in found] == list(range(found[0].seq, found[0].seq + len(found))) if found else True
        acknowledged = numbers[-1] if numbers else acknowledged
    assert acknowledged > count, "there was something to lose"


def command(*words, home, shown=None):
    """Runs a `sitbone` command in a fork, its output to the file descriptor ``shown``; returns the process's number."""
    child = os.fork()
    if child:
        return child
    code: str | int | None = 1
    try:
        os.environ["SITBONE_HOME"] = str(home)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere if shown is None else shown, 1)
        os.dup2(nowhere, 2)
        sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115  not the parent's, which pytest captures
        signal.signal(signal.SIGINT, signal.default_int_handler)
        code = cli.run([str(word) for word in words])
        sys.stdout.flush()
    except SystemExit as end:
        code = end.code
    finally:
        os._exit(int(code or 0))


def switched_on(flash, tmp_path, *words):
    """A virtual cushion's process and its port."""
    ready, shown = os.pipe()
    port = tmp_path / "cushion"
    child = command("virtual", "--flash", flash, "--link", port, *words, home=tmp_path, shown=shown)
    os.close(shown)
    assert os.read(ready, 5) == b"ready", "the cushion starts"
    os.close(ready)
    return child, port


def ended(child, stop=None, after_s=0.0):
    """Its exit code; stopped after so long, or by itself."""
    if stop is not None:
        time.sleep(after_s)
        os.kill(child, stop)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def stored_in(home):
    """Every record in the store there."""
    if not (home / "sitbone.sqlite").exists():
        return []
    with Store(home / "sitbone.sqlite") as store:
        rows = store.rows("SELECT seq, session, mono_ms, kind, payload FROM record ORDER BY cushion, seq")
    return [Record(*row) for row in rows]


@some_or_all
def test_the_supervisor_and_a_sync_may_be_stopped(flash, tmp_path, share):
    """However `sitbone virtual` ends, the chip ends with it: what is on the image is what was flushed, and the next
    start goes on behind it. Then syncs are stopped, and finished."""
    rng, boot_s = random.Random(3), seconds_to_boot(flash, tmp_path)
    stops = max(STOPS_A_STORE, round(SUPERVISOR_STOPS * share))
    before = log_of(flash, 512)
    for number in range(stops):
        stop = STOPS[number % len(STOPS)]
        words = ("--sitter", "office", "--speed", "max", "--seed", number)
        child, port = switched_on(flash, tmp_path, *words)
        code = ended(child, stop, rng.uniform(0, 2 * boot_s))
        assert code == (-signal.SIGKILL if stop == signal.SIGKILL else 0), "SIGTERM and Ctrl-C switch the cushion off"
        assert port.is_symlink() == (stop == signal.SIGKILL)
        found = log_of(flash, 512)
        assert found[: len(before)] == before
        assert [row.seq for row in found] == list(range(1, len(found) + 1))
        before = found
    assert len({row.session for row in before}) >= stops // 3, "most lives were long enough to boot"
    child, port = switched_on(flash, tmp_path, "--sitter", "empty")
    stop_syncs(port, tmp_path, rng, before, max(STOPS_A_STORE, round(SYNC_STOPS * share)))
    assert ended(child, signal.SIGTERM) == 0


def seconds_to_boot(flash, tmp_path):
    """How long this machine, at its present load, takes from a port that answers to a record of the start."""
    child, _ = switched_on(flash, tmp_path, "--sitter", "empty")
    begun_s, before = time.monotonic(), len(log_of(flash, 512))
    while len(log_of(flash, 512)) == before:
        time.sleep(0.01)
    boot_s = time.monotonic() - begun_s
    ended(child, signal.SIGTERM)
    return boot_s


def stop_syncs(port, tmp_path, rng, logged, stops):
    """Some into each of several stores; the last one into each is left alone."""
    begun_s = time.monotonic()
    assert ended(command("sync", "--port", port, home=tmp_path / "whole")) == 0
    whole_s = time.monotonic() - begun_s
    for number in range(stops):
        home = tmp_path / f"home {number // STOPS_A_STORE}"
        child = command("sync", "--port", port, home=home)
        stop = (signal.SIGINT, signal.SIGKILL)[number % 2]
        assert ended(child, stop, rng.uniform(0, whole_s)) in (0, 1, 4, 130, -signal.SIGKILL)
        stored = stored_in(home)
        assert stored[: len(logged)] == logged[: len(stored)]
        if number % STOPS_A_STORE == STOPS_A_STORE - 1:
            assert ended(command("sync", "--port", port, home=home)) == 0
            assert stored_in(home)[: len(logged)] == logged
