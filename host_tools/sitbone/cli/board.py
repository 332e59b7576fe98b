"""Commands for the board: flash MicroPython, find problems, estimate battery life."""

from pathlib import Path

import click

from sitbone.cli.terminal import (
    example,
    json_option,
    now,
    print_json,
    print_table,
    say,
)
from sitbone.errors import SitboneError, UsageError


@click.command(epilog=example("flash --port /dev/ttyUSB0 --firmware ESP32_GENERIC.bin"))
@click.option("--port", metavar="P", required=True, help="Serial port of an ESP32 or ESP32-S3.")
@click.option(
    "--firmware",
    "image",
    metavar="FILE.bin",
    type=click.Path(path_type=Path),
    required=True,
    help="MicroPython image for the board.",
)
@click.option("--erase", is_flag=True, help="Erase the whole flash first, including a cushion's log.")
@click.option("--force", is_flag=True, help="Erase even records that were never synced.")
def flash(port: str, image: Path, erase: bool, force: bool) -> None:
    """Flash MicroPython onto a board. Uses esptool; run sitbone install afterwards."""
    from sitbone.board.flashing import flash as flash_it

    chip = flash_it(port, image, erase, force)
    say(f"flashed MicroPython for the {chip}; now run sitbone install --port {port}")


@click.command(epilog=example("doctor --port /dev/ttyUSB0"))
@click.option("--port", metavar="P", envvar="SITBONE_PORT", help="Also check the cushion on this port.")
@json_option
def doctor(port: str | None, as_json: bool) -> None:
    """Check the installation, the data and, with a port, the cushion. Reports faults, crashes and safe mode."""
    from sitbone.board.doctor import BAD, examine
    from sitbone.dates import counted, unix_ms

    found = examine(port, unix_ms(now()))
    if as_json:
        print_json([finding.as_json() for finding in found])
    else:
        for finding in found:
            say(f"{finding.level:4}  {finding.about}: {finding.text}")
    bad = sum(finding.level == BAD for finding in found)
    if bad:
        lines = "the line that begins" if bad == 1 else "the lines that begin"
        raise SitboneError(f"found {counted(bad, 'problem')}; see {lines} with bad")


@click.command(epilog=example("energy --capacity 2000 --seated 8"))
@click.option("--capacity", "capacity_mah", default=2000.0, show_default=True, metavar="MAH", help="Battery capacity.")
@click.option("--seated", "seated_h", default=8.0, show_default=True, metavar="HOURS", help="Hours seated per day.")
@click.option("--board", metavar="NAME", help="A battery board; without it xiao-s3.")
@click.option(
    "--measure",
    "days",
    type=float,
    metavar="DAYS",
    help="Simulate this many days for the times; takes minutes per day.",
)
@json_option
def energy(capacity_mah: float, seated_h: float, board: str | None, days: float | None, as_json: bool) -> None:
    """Estimate battery use per day, and days per charge. From data-sheet currents and the times of a simulated week."""
    from sitbone.cli.render import boards_table, energy_lines, energy_table
    from sitbone.lab.energy import BATTERY_BOARDS, DEFAULT_BOARD, RECORDED, boards, estimate, measure

    board = board or DEFAULT_BOARD
    if board not in BATTERY_BOARDS:
        raise UsageError(f"no battery board is called {board}; choose from {', '.join(BATTERY_BOARDS)}")
    times = RECORDED[board] if days is None else measure(board, days)
    result = estimate(board, times, capacity_mah, seated_h)
    every = boards(capacity_mah, seated_h)
    if as_json:
        print_json(result | {"boards": every})
        return
    print_table(energy_table(result))
    say(*energy_lines(result))
    print_table(boards_table(every))
