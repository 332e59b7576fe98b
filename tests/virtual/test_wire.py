"""The port: stock mpremote against a blank chip and against firmware with its own console, soft resets, wire speed."""

import os
import time
from pathlib import Path

import pytest
import serial

from sitbone.virtual import EmptySeat, VirtualCushion, VirtualError
from sitbone.virtual.wire import ReplWatch

# An asyncio console that speaks the raw REPL while another task runs on: the idea of sitbone's own, kept small.
CONSOLE = """
import asyncio, io, micropython, sys
micropython.kbd_intr(-1)
ticks = 0
async def monitor():
    global ticks
    while True:
        ticks += 1
        await asyncio.sleep_ms(10)
out = sys.stdout.buffer
reader = asyncio.StreamReader(sys.stdin.buffer)
async def byte():
    return (await reader.read(1))[0]
async def paste():
    out.write(b"R\\x01\\x80\\x00\\x01")
    code = bytearray()
    while True:
        c = await byte()
        if c == 4:
            out.write(b"\\x04")
            return code
        code.append(c)
        if len(code) % 128 == 0:
            out.write(b"\\x01")
def run(code, names):
    error = b""
    try:
        exec(bytes(code).decode(), names)
    except BaseException as e:
        text = io.StringIO()
        sys.print_exception(e, text)
        error = text.getvalue().encode()
    out.write(b"\\x04" + error + b"\\x04>")
async def raw():
    banner = b"raw REPL; CTRL-B to exit\\r\\n>"
    out.write(banner)
    line = bytearray()
    names = {"__name__": "__main__"}
    while True:
        c = await byte()
        if c == 1:
            if line == b"\\x05A":
                run(await paste(), names)
            else:
                out.write(banner)
            line = bytearray()
        elif c == 2:
            return
        elif c == 3:
            line = bytearray()
        elif c == 4:
            if line:
                out.write(b"OK")
                run(line, names)
                line = bytearray()
            else:
                out.write(b"OK\\r\\nMPY: soft reboot\\r\\n" + banner)
        else:
            line.append(c)
async def main():
    asyncio.create_task(monitor())
    while True:
        if await byte() == 1:
            await raw()
asyncio.run(main())
"""

pytestmark = pytest.mark.usefixtures("micropython")

RANDOM = os.urandom(3000)


def _copy_both_ways(mpremote, port: str, folder: Path, *resume: str) -> None:
    (folder / "there.bin").write_bytes(RANDOM)
    mpremote(port, *resume, "fs", "cp", str(folder / "there.bin"), ":x.bin")
    assert "3000 x.bin" in mpremote(port, *resume, "fs", "ls")
    mpremote(port, *resume, "fs", "cp", ":x.bin", str(folder / "back.bin"))
    assert (folder / "back.bin").read_bytes() == RANDOM


@pytest.mark.parametrize("resume", [("resume",), ()], ids=["resume", "soft reset"])
def test_mpremote_works_against_a_blank_chip(mpremote, tmp_path, resume):
    with VirtualCushion(EmptySeat()) as chip:
        assert mpremote(chip.port, *resume, "exec", "print(6 * 7)").strip() == "42"
        _copy_both_ways(mpremote, chip.port, tmp_path, *resume)


@pytest.mark.parametrize("resume", [("resume",), ()], ids=["resume", "soft reset"])
def test_mpremote_does_not_stop_firmware_that_speaks_for_itself(mpremote, cushion, tmp_path, resume):
    with cushion(CONSOLE) as chip:
        ask = ("exec", "import __main__; print(__main__.ticks)")
        first = int(mpremote(chip.port, *resume, *ask))
        _copy_both_ways(mpremote, chip.port, tmp_path, *resume)
        assert int(mpremote(chip.port, *resume, *ask)) > first
    assert not chip.run_record.happened("reset")


def test_a_soft_reset_in_the_raw_repl_runs_boot_but_not_main(mpremote, cushion):
    note = "with open('/boots.txt', 'a') as file:\n    file.write('{} ')\n"
    boot = note.format("boot") + "print('hello from boot')"
    with cushion(note.format("main"), others={"boot": boot}) as chip:
        # mpremote soft-resets into the raw REPL, once for each call without resume.
        assert mpremote(chip.port, "exec", "print(open('/boots.txt').read())").strip() == "boot main boot"
        with serial.Serial(chip.port, timeout=5) as port:
            port.write(b"\x01\x04")
            text = port.read_until(b"raw REPL; CTRL-B to exit\r\n>")
            text = port.read_until(b"raw REPL; CTRL-B to exit\r\n>")
            assert text.startswith(b"OK\r\nMPY: soft reboot\r\nhello from boot\n")
            assert b">>>" not in text
            assert b"\x00" not in text
            port.write(b"\x02\x04")  # the friendly REPL: this soft reset runs main.py too
            text = port.read_until(b"MPY: soft reboot\r\n") + port.read_until(b"\r\n>>> ")
            assert b"hello from boot\n" in text
    assert chip.run_record.read("/boots.txt") == b"boot main boot boot boot main "


def test_ctrl_c_interrupts_firmware_that_allows_it(cushion):
    main = "import time\nwhile True:\n    print('running')\n    time.sleep(0.1)"
    with cushion(main) as chip, serial.Serial(chip.port, timeout=5) as port:
        assert port.read_until(b"running").endswith(b"running")  # before, it would meet the start and not main.py
        port.write(b"\x03")
        assert b"KeyboardInterrupt" in port.read_until(b">>> ")
        port.write(b"while True: print(6 * 7)\r\n\r\n")
        assert port.read_until(b"42\n").endswith(b"42\n")
        port.write(b"\x03")
        assert b"KeyboardInterrupt" in port.read_until(b"KeyboardInterrupt")
    assert "KeyboardInterrupt" in chip.run_record.happened("fault")[0]["what"]


PIECE = 200


@pytest.mark.parametrize("baud", [19_200, 115_200])
def test_baud_holds_both_directions(cushion, baud):
    echo = """
import asyncio, sys
async def main():
    reader = asyncio.StreamReader(sys.stdin.buffer)
    while True:
        sys.stdout.buffer.write(await reader.read(1))
import micropython
micropython.kbd_intr(-1)
asyncio.run(main())
"""
    data = os.urandom(baud // 40)  # a quarter of a second on the wire, either way
    with cushion(echo, baud=baud) as chip, serial.Serial(chip.port, timeout=5) as port:
        port.write(b"?")
        assert port.read(1) == b"?"  # it runs, and Ctrl-C is a byte like any other
        began_s = time.monotonic()
        for at in range(0, len(data), PIECE):  # what the chip's ring holds, however slow the echo
            piece = data[at : at + PIECE]
            port.write(piece)
            assert port.read(len(piece)) == piece
        took_s = time.monotonic() - began_s
    assert took_s > 0.23  # a quarter, less what a FIFO holds


def test_no_byte_is_lost_to_a_slow_client(cushion):
    main = """
import sys
sys.stdin.read(1)
for i in range(20000):
    sys.stdout.buffer.write(b"%08d" % i)
"""
    with cushion(main) as chip, serial.Serial(chip.port, timeout=5) as port:
        port.write(b"!")
        time.sleep(0.5)
        assert port.read(160_000) == b"".join(b"%08d" % i for i in range(20000))


def test_what_one_client_left_is_not_for_the_next(cushion):
    main = """
import asyncio, sys
async def main():
    reader = asyncio.StreamReader(sys.stdin.buffer)
    while True:
        sys.stdout.buffer.write(b"answer " + await reader.read(1) + b"\\n")
asyncio.run(main())
"""
    with cushion(main) as chip:
        with serial.Serial(chip.port, timeout=5, exclusive=True) as port:
            port.write(b"a")
            assert port.readline() == b"answer a\n"
            port.write(b"b")
        time.sleep(0.2)  # b is answered when nobody listens any more
        with serial.Serial(chip.port, timeout=5, exclusive=True) as port:
            port.write(b"c")
            assert port.readline() == b"answer c\n"


def test_the_link_is_replaced_if_stale_and_never_a_file(tmp_path):
    stale = tmp_path / "port"
    stale.symlink_to("/dev/nowhere")
    with VirtualCushion(EmptySeat(), link=stale) as chip:
        assert chip.port == str(stale)
        assert stale.resolve().exists()
    assert not stale.is_symlink()
    (tmp_path / "file").write_text("mine")
    with pytest.raises(VirtualError, match="is not a link"):
        VirtualCushion(EmptySeat(), link=tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"


def test_the_way_back_to_the_raw_repl_is_hidden_however_it_is_cut():
    before = b'boot\x00raw\x00MicroPython\r\nType "help()" for more information.\r\n>>> '
    banner = b"raw REPL; CTRL-B to exit\r\n>"
    for size in range(1, len(before) + 1):
        watch = ReplWatch()
        watch.restart(raw=True)
        shown, asked = _filter(watch, before, size)
        assert (shown, asked) == (b"boot", 1)
        assert _filter(watch, b"\r\n" + banner + b"more", size) == (banner + b"more", 0)
        assert watch.raw


def _filter(watch: ReplWatch, data: bytes, size: int) -> tuple[bytes, int]:
    parts = [watch.filter(data[at : at + size]) for at in range(0, len(data), size)]
    return b"".join(shown for shown, _ in parts), sum(ask for _, ask in parts)
