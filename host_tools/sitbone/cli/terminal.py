"""What the commands share: printing, progress bars, the store, the port, common options."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from sitbone.errors import NoCushion, Refused, UsageError
from sitbone.words import plain

if TYPE_CHECKING:
    from rich.table import Table

    from sitbone.dates import Zone
    from sitbone.store.store import Store

Progress = Callable[[int, int], None]

WIDE = 400


def example(command: str) -> str:
    return f"\b\nExample:\n  sitbone {command}"


def say(*lines: str, err: bool = False) -> None:
    """Prints lines for a person. Whatever they quote, a log's text or a cushion's answer, each stays one line, and the
    terminal gets no control character from it."""
    click.echo("\n".join(map(plain, lines)), err=err)


def print_json(document: Any) -> None:
    """One line of JSON, in the user's own letters; what a terminal might obey is escaped."""
    line = json.dumps(document, ensure_ascii=False)
    if not line.isprintable():
        line = "".join(sign if sign.isprintable() else json.dumps(sign)[1:-1] for sign in line)
    click.echo(line)


def print_table(table: "Table") -> None:
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else WIDE, markup=False)
    console.print(table)


@contextmanager
def progress_bar(label: str, in_bytes: bool = False) -> Iterator[Progress | None]:
    """A progress bar on stderr, where that is a terminal; the callable takes (done, of all)."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as Bars

    rate = (DownloadColumn(), TransferSpeedColumn()) if in_bytes else ()
    columns = (TextColumn("{task.description}"), BarColumn(), *rate, TimeRemainingColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(label, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


def now() -> datetime:
    return datetime.now().astimezone()


def open_store(cushion: str | None = None) -> "Store":
    """The store; with ``cushion``, a name or an id, as if there was no other cushion."""
    from sitbone.home import store_path
    from sitbone.store.store import Store

    store = Store(store_path())
    if cushion is not None:
        try:
            store.show_only(store.hardware_of(cushion))
        except BaseException:
            store.close()
            raise
    return store


def chosen_port(port: str | None) -> str:
    """The port the user named, or the one that has a cushion."""
    if port is not None:
        return port
    from sitbone.board import device

    ports = [found["port"] for found in device.find()]
    if not ports:
        raise NoCushion("no cushion found; plug it in, or name its port with --port")
    if len(ports) > 1:
        raise UsageError(f"found cushions on {', '.join(ports)}; choose one with --port")
    return str(ports[0])


def port_of(cushion: str, port: str | None) -> str:
    """The port that the cushion of this name or id is at. Raises Refused where another one is at the port named."""
    from sitbone.board import device

    with open_store() as store:
        hardware, names = store.hardware_of(cushion), store.names()
    if port is None:
        ports = [found["port"] for found in device.find() if found["cushion"] == hardware]
        if not ports:
            raise NoCushion(f"{cushion} isn't connected; plug it in, or name its port with --port")
        return str(ports[0])
    status = device.probe(port)
    if status is not None and status["cushion"] != hardware:
        other = names.get(status["cushion"], status["cushion"])
        raise Refused(f"the cushion on {port} is {other}, not {cushion}; plug in the other one, or choose its port")
    return port


only_port_option = click.option(
    "--port", metavar="P", envvar="SITBONE_PORT", help="Serial port; not needed when only one cushion is connected."
)


def port_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--port`` and ``--cushion`` of a command that talks to one cushion, which gets them as ``port``."""

    @only_port_option
    @click.option("--cushion", metavar="NAME", envvar="SITBONE_CUSHION", help="Only with this cushion, by name or id.")
    @wraps(command)
    def with_port(*args: Any, port: str | None, cushion: str | None, **rest: Any) -> Any:
        return command(*args, port=port if cushion is None else port_of(cushion, port), **rest)

    return with_port


cushion_option = click.option(
    "--cushion", metavar="NAME", envvar="SITBONE_CUSHION", help="Only this cushion's data; else that of all."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
from_option = click.option("--from", "start", metavar="D", help="First day or time: 2026-03-31, today, yesterday.")
to_option = click.option("--to", "end", metavar="D", help="Last day (included) or time.")


def parse_range(start: str | None, end: str | None, zone: "Zone") -> tuple[datetime | None, datetime | None]:
    from sitbone.dates import parse_when

    first = None if start is None else parse_when(start, now(), zone=zone)
    last = None if end is None else parse_when(end, now(), end=True, zone=zone)
    if first and last and first >= last:
        raise UsageError(f"--from {start} is not before --to {end}; swap them")
    return first, last
