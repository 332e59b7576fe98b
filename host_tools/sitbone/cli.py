"""The command line: arguments, printing and exit codes. Nothing else prints; what takes time to import is imported in
the command that needs it, so that ``sitbone --help`` is quick."""

import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sitbone.errors import CushionGone, DamagedData, NoCushion, SitboneError, UsageError

if TYPE_CHECKING:
    from rich.table import Table

    from sitbone.store import Store

Progress = Callable[[int, int], None]

INTERRUPTED = 130
WIDE = 160  # columns of a table that goes into a file or a pipe


def main() -> None:
    """The program."""
    sys.exit(run(sys.argv[1:]))


def run(args: list[str]) -> int:
    """Runs one command line; returns the exit code. Every error becomes one line on stderr here."""
    try:
        code = cli.main(args, prog_name="sitbone", standalone_mode=False)
    except click.exceptions.Abort:
        return _tell("stopped; run the command again to go on", INTERRUPTED)
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "sitbone"
        return _tell(
            f"{_one_line(error.format_message()).replace('. Did', ', did')}; see {path} --help", UsageError.exit_code
        )
    except SitboneError as error:
        return _tell(_one_line(str(error)), error.exit_code)
    except OSError as error:
        name = f" {error.filename}" if error.filename else ""
        return _tell(f"cannot use{name} ({error.strerror}); check its path, its rights and the free space", 1)
    return code if isinstance(code, int) else 0


def _tell(text: str, code: int) -> int:
    click.echo(f"sitbone: {text}", err=True)
    return code


def _one_line(text: str) -> str:
    line = " ".join(text.split()).rstrip(".")
    return line[:1].lower() + line[1:] if line[1:2].islower() else line


def _example(command: str) -> str:
    return f"\b\nExample:\n  sitbone {command}"


def _print_json(document: Any) -> None:
    click.echo(json.dumps(document, ensure_ascii=False))


def _print_table(table: "Table") -> None:
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else WIDE)
    console.print(table)


@contextmanager
def _progress(label: str) -> Iterator[Progress | None]:
    """A progress bar on stderr, where that is a terminal; the callable takes (done, of all)."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bars

    with Bars(console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(label, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


def _now() -> datetime:
    return datetime.now().astimezone()


def _open_store() -> "Store":
    from sitbone.home import store_path
    from sitbone.store import Store

    return Store(store_path())


def _chosen_port(port: str | None) -> str:
    """The port the user named, or the one that has a cushion."""
    if port is not None:
        return port
    from sitbone import device

    ports = [found["port"] for found in device.find()]
    if not ports:
        raise NoCushion("no cushion found; plug it in, or name its port with --port")
    if len(ports) > 1:
        raise UsageError(f"cushions on {', '.join(ports)}; choose one with --port")
    return str(ports[0])


port_option = click.option(
    "--port", metavar="P", envvar="SITBONE_PORT", help="Serial port; else the only cushion there is."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
from_option = click.option("--from", "start", metavar="D", help="First day, or a time: 2026-03-31, today, yesterday.")
to_option = click.option("--to", "end", metavar="D", help="Last day (included), or a time.")


def _range(start: str | None, end: str | None) -> tuple[datetime | None, datetime | None]:
    from sitbone.days import parse_when

    first = None if start is None else parse_when(start, _now())
    last = None if end is None else parse_when(end, _now(), end=True)
    if first and last and first >= last:
        raise UsageError(f"--from {start} is not before --to {end}; swap them")
    return first, last


@click.group(invoke_without_command=True, epilog=_example("demo"))
@click.version_option(package_name="sitbone", message="sitbone %(version)s")
@click.pass_context
def cli(context: click.Context) -> None:
    """A seat cushion that notices uneven and uninterrupted sitting: its tools."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@cli.command(epilog=_example("devices"))
@json_option
def devices(as_json: bool) -> None:
    """List the cushions on serial ports."""
    from sitbone import device

    found = device.find()
    if as_json:
        _print_json(found)
        return
    if not found:
        raise NoCushion("no cushion found; plug one in, or install a board with sitbone install --port P")
    for row in found:
        click.echo(f"{row['port']}  cushion {row['cushion']}, firmware {row['firmware']}, {row['state']}")


@cli.command(epilog=_example("install --port /dev/ttyUSB0"))
@click.option("--port", metavar="P", required=True, help="Serial port of a board with MicroPython.")
@json_option
def install(port: str, as_json: bool) -> None:
    """Put the firmware on a board, verified; the old version is kept until the new one has started."""
    from sitbone.install import install as install_on

    with _progress("installing") as progress:
        result = install_on(port, progress)
    if as_json:
        _print_json(result)
    else:
        click.echo(f"firmware {result['firmware']} ({result['version']}) runs; {result['files']} files were copied")


@cli.command(epilog=_example("status --port /dev/ttyUSB0"))
@port_option
@json_option
def status(port: str | None, as_json: bool) -> None:
    """Show firmware, calibration, battery, clock, dose, journal, faults and the last reset."""
    from sitbone.days import unix_ms
    from sitbone.device import Cushion
    from sitbone.render import status_lines

    with Cushion(_chosen_port(port)) as cushion:
        answer = cushion.call("status")
    host_ms = unix_ms(_now())
    if as_json:
        known = answer["unix_ms"] is not None
        _print_json(answer | {"clock_offset_ms": answer["unix_ms"] - host_ms if known else None})
    else:
        click.echo("\n".join(status_lines(answer, host_ms)))


@cli.command(epilog=_example("sync --port /dev/ttyUSB0"))
@port_option
@json_option
def sync(port: str | None, as_json: bool) -> None:
    """Fetch what is new, verified, into the store, and set the cushion's clock. Safe to cut and to repeat."""
    from sitbone.device import Cushion
    from sitbone.sync import Sync

    chosen = _chosen_port(port)
    try:
        with _open_store() as store, _progress("syncing") as progress:
            result = Sync(store, lambda: Cushion(chosen), _now, progress).run()
    except CushionGone as error:
        if error.result is not None:
            _print_sync(error.result, as_json)
        raise
    _print_sync(result, as_json)
    if result["damaged"]:
        raise DamagedData(f"{result['damaged']} log blocks are damaged on the cushion; the rest is stored")


def _print_sync(result: dict[str, Any], as_json: bool) -> None:
    from sitbone.render import sync_lines

    if as_json:
        _print_json(result)
    else:
        click.echo("\n".join(sync_lines(result)))


@cli.command(epilog=_example("history --days 14"))
@from_option
@to_option
@click.option("--days", type=click.IntRange(1, 36600), default=7, show_default=True, help="So many last days.")
@json_option
def history(start: str | None, end: str | None, days: int, as_json: bool) -> None:
    """Show the days: seated time, sits, breaks, prompts and outcomes, dose, valid data."""
    from sitbone.history import history as days_of
    from sitbone.history import last_days

    first, last = _range(start, end)
    recent = last_days(_now(), days)
    with _open_store() as store:
        found = days_of(store, first or (recent[0] if last is None else _earliest()), last or recent[1])
        unplaced, simulated = len(store.unplaced()), store.any_simulated()
    if as_json:
        _print_json({"days": [day.as_json() for day in found], "unplaced": unplaced, "simulated": simulated})
        return
    _print_history(found, simulated)
    if unplaced:
        click.echo(f"{unplaced} records have no place in time: the cushion's clock was never set in their session")


def _earliest() -> datetime:
    return datetime(2000, 1, 1).astimezone()


def _print_history(found: list[Any], simulated: bool) -> None:
    from sitbone.render import history_table

    if not found:
        click.echo("no data in these days; run sitbone sync, or ask for others with --from")
        return
    _print_table(history_table(found))
    if simulated:
        click.echo("some of this data is simulated")


@cli.command(epilog=_example("events --from yesterday"))
@from_option
@to_option
@json_option
def events(start: str | None, end: str | None, as_json: bool) -> None:
    """Show each event with its reason: why did it buzz?"""
    from sitbone.events import events as events_of
    from sitbone.render import event_line

    with _open_store() as store:
        found = events_of(store, *_range(start, end))
    for event in found:
        click.echo(json.dumps(event, ensure_ascii=False) if as_json else event_line(event))
    if not found and not as_json:
        click.echo("no events; run sitbone sync, or ask for other days with --from")


@cli.command(epilog=_example("replay morning.csv --json"))
@click.argument("trace", type=click.Path(path_type=Path))
@click.option("--settings", "settings_file", type=click.Path(path_type=Path), help="JSON object of names and values.")
@json_option
def replay(trace: Path, settings_file: Path | None, as_json: bool) -> None:
    """Run the firmware's own decisions over a recorded trace."""
    from sitbone.render import replay_lines
    from sitbone.replay import replay_trace
    from sitbone.settings import in_force, load
    from sitbone.trace import read_trace

    values = {} if settings_file is None else load(settings_file)
    found = replay_trace(read_trace(trace), in_force(values), name=str(trace))
    if as_json:
        _print_json(found)
    else:
        click.echo("\n".join(replay_lines(found)))


@cli.command(epilog=_example("virtual --sitter office --speed 60 --link /tmp/cushion"))
@click.option("--trace", metavar="CSV", type=click.Path(path_type=Path), help="Recorded seat, also .csv.gz.")
@click.option("--sitter", metavar="NAME", help="Simulated seat: office, or one of the scenarios.")
@click.option("--flash", metavar="IMG", type=click.Path(path_type=Path), help="Flash image; persists across runs.")
@click.option("--link", metavar="PATH", type=click.Path(path_type=Path), help="Where its port is to appear.")
@click.option("--speed", metavar="N|max", default="1", show_default=True, help="Times real time.")
@click.option("--baud", type=click.IntRange(300), help="Hold the port to a wire's speed.")
@click.option("--start", metavar="ISO", help="Wall-clock time at power-on; else the clock isn't set.")
@click.option("--for", "duration", metavar="DURATION", help="Switch off after so much world time: 90s, 30m, 8h.")
@click.option("--seed", default=0, show_default=True, help="Same seed, same sitter.")
@click.option("--journal", metavar="FILE", type=click.Path(path_type=Path), help="What the world saw, as JSON Lines.")
def virtual(
    trace: Path | None,
    sitter: str | None,
    flash: Path | None,
    link: Path | None,
    speed: str,
    baud: int | None,
    start: str | None,
    duration: str | None,
    seed: int,
    journal: Path | None,
) -> None:
    """Run a virtual cushion: the real firmware on a simulated seat. Prints "ready PATH" once its port answers."""
    from sitbone.days import parse_duration_s, parse_when
    from sitbone.install import install as install_on
    from sitbone.virtual import VirtualCushion

    started = None if start is None else parse_when(start, _now())
    with _journal(journal) as hear:
        cushion = VirtualCushion(
            _seat(trace, sitter, seed, started),
            flash=flash,
            link=link,
            speed=_speed(speed),
            baud=baud,
            start=started,
            duration_s=None if duration is None else parse_duration_s(duration),
            seed=seed,
            journal=hear,
            install=lambda port: click.echo(f"firmware {install_on(port)['version']} installed", err=True),
        )
        with _switched_off_by_sigterm(), cushion:
            click.echo(f"ready {cushion.port}")
            cushion.run()


def _seat(trace: Path | None, sitter: str | None, seed: int, start: datetime | None) -> Any:
    from sitbone.trace import read_trace
    from sitbone.virtual import SITTERS, SitterSeat, TraceSeat

    if (trace is None) == (sitter is None):
        raise UsageError("give either --trace CSV or --sitter NAME; see sitbone virtual --help")
    if trace is not None:
        return TraceSeat(read_trace(trace))
    if sitter not in SITTERS:
        raise UsageError(f"no sitter is called {sitter}; there are {', '.join(sorted(SITTERS))}")
    return SitterSeat(sitter, seed=seed, start=start)


def _speed(text: str) -> float | None:
    if text == "max":
        return None
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"--speed {text} is no number; give for example 1, 60 or max") from None


@contextmanager
def _journal(path: Path | None) -> Iterator[Callable[[dict[str, Any]], None] | None]:
    """Writes journal entries as they come: whoever watches the file sees them at once."""
    if path is None:
        yield None
        return
    with path.open("w", encoding="utf-8", buffering=1) as file:
        yield lambda entry: print(json.dumps(entry), file=file)


@contextmanager
def _switched_off_by_sigterm() -> Iterator[None]:
    """SIGTERM and Ctrl-C are the switch: both end the block in order, with nothing to complain about."""

    def switch_off(*_: object) -> None:
        raise SystemExit(0)

    before = signal.signal(signal.SIGTERM, switch_off)
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)


@cli.command(epilog=_example("demo"))
@click.option("--into", metavar="DIR", type=click.Path(path_type=Path), help="Keep the data there; else it is removed.")
@click.option(
    "--report",
    metavar="FILE",
    type=click.Path(path_type=Path),
    default="sitbone-demo-report.html",
    show_default=True,
    help="Where the report goes.",
)
def demo(into: Path | None, report: Path) -> None:
    """Live through a simulated office day: prompts as they happen, the sync, the day's history, a report."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="sitbone-demo-") as temporary:
        home = into or Path(temporary)
        home.mkdir(parents=True, exist_ok=True)
        _demo(home, report, kept=into is not None)


def _demo(home: Path, report: Path, kept: bool) -> None:
    from sitbone.demo import run_demo

    click.echo("A simulated office day: the firmware is real, the sitter and the sensors are not.")
    with _progress("the day") as progress:
        day = run_demo(home, report, _now(), click.echo, progress)
    click.echo("")
    _print_sync(day.sync, as_json=False)
    click.echo("")
    _print_history(day.days, simulated=True)
    click.echo("")
    _print_demo_events(home)
    click.echo(f"\nreport: {day.report}" + (f"; data: {home}" if kept else ""))


def _print_demo_events(home: Path) -> None:
    """Why it buzzed, and what came of it: the rest is in `sitbone events`."""
    from sitbone.events import events as events_of
    from sitbone.render import event_line
    from sitbone.store import Store

    with Store(home / "sitbone.sqlite") as store:
        for event in events_of(store, None, None):
            if event["kind"] in ("prompt", "outcome", "symptom", "snooze", "fault", "crash"):
                click.echo(event_line(event))


@cli.group(epilog=_example("settings show"))
def settings() -> None:
    """Show or change the cushion's settings."""


@settings.command("show", epilog=_example("settings show --port /dev/ttyUSB0"))
@port_option
@json_option
def settings_show(port: str | None, as_json: bool) -> None:
    """Show the settings in force, with unit and range."""
    from sitbone.device import Cushion
    from sitbone.render import settings_table

    with Cushion(_chosen_port(port)) as cushion:
        answer = cushion.call("settings_show")
    if as_json:
        _print_json(answer)
    else:
        _print_table(settings_table(answer["values"]))


@settings.command("set", epilog=_example("settings set seated_limit_s=1500 --port /dev/ttyUSB0"))
@click.argument("pairs", metavar="K=V...", nargs=-1, required=True)
@click.option("--reason", default="by hand", show_default=True, help="Kept in the log, beside the change.")
@port_option
@json_option
def settings_set(pairs: tuple[str, ...], reason: str, port: str | None, as_json: bool) -> None:
    """Change settings; they are read back, and the cushion holds them to their ranges."""
    from sitbone.device import Cushion
    from sitbone.render import set_lines
    from sitbone.settings import change, parse_pairs

    asked = parse_pairs(pairs)
    with _open_store() as store, Cushion(_chosen_port(port)) as cushion:
        answer = change(cushion, store, asked, reason, _now())
    if as_json:
        _print_json(answer)
    else:
        click.echo("\n".join(set_lines(answer, asked)))


if __name__ == "__main__":
    main()
