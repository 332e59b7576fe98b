"""Flashes MicroPython onto an ESP32 with esptool, which gets the chip and the address from the image."""

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from sitbone.board import device
from sitbone.dates import counted
from sitbone.errors import NoCushion, Refused, SitboneError

IMAGE_MAGIC = 0xE9
CHIP_ID_AT = 12  # in the image header, 16 bits, little-endian: esptool's "chip id"
CHIPS = {0: ("esp32", "0x1000"), 9: ("esp32s3", "0x0")}  # name, and the address of its boot loader
BAUD = 460800

Run = Callable[[list[str]], int]


def flash(port: str, image: Path, erase: bool = False, force: bool = False, run: Run | None = None) -> str:
    """Writes a MicroPython image; returns the chip that it is for. With ``erase`` all of the flash is erased first.

    Raises Refused for any other file, for a cushion whose log would be lost, and when esptool fails.
    """
    chip, offset = chip_of(image)
    if importlib.util.find_spec("esptool") is None and run is None:
        raise Refused("esptool isn't installed; run pip install 'sitbone[board]'")
    if erase and not force:
        _demand_synced(port)
    start = ["--chip", chip, "--port", port, "--baud", str(BAUD)]
    if erase:
        _esptool(run or _run, [*start, "erase_flash"])
    _esptool(run or _run, [*start, "write_flash", "-z", offset, str(image)])
    return chip


def chip_of(image: Path) -> tuple[str, str]:
    """The chip that an image is for, and the address of its boot loader. Raises Refused for any other file."""
    try:
        with image.open("rb") as file:
            head = file.read(CHIP_ID_AT + 2)
    except OSError as error:
        raise Refused(f"cannot read {image} ({error.strerror}); check its path") from None
    if len(head) < CHIP_ID_AT + 2 or head[0] != IMAGE_MAGIC:
        raise Refused(f"{image} is not an ESP32 image; download MicroPython's .bin for your board")
    chip_id = int.from_bytes(head[CHIP_ID_AT:], "little")
    if chip_id not in CHIPS:
        raise Refused(f"{image} is for an unknown chip (id {chip_id}); use an image for the ESP32 or ESP32-S3")
    return CHIPS[chip_id]


def _demand_synced(port: str) -> None:
    """Raises Refused for a cushion with unsynced records: erasing deletes the log."""
    try:
        status = device.probe(port)
    except NoCushion:
        return
    unacked = (status or {}).get("journal", {}).get("unacked", 0)
    if unacked:
        records = counted(unacked, "record")
        raise Refused(f"the cushion on {port} has {records} that no computer has; run sitbone sync, or use --force")


def _esptool(run: Run, arguments: list[str]) -> None:
    code = run(arguments)
    if code:
        raise SitboneError(
            f"esptool failed (exit code {code}); hold the board's BOOT button while it connects, then try again"
        )


def _run(arguments: list[str]) -> int:
    return subprocess.run([sys.executable, "-m", "esptool", *arguments], check=False).returncode
