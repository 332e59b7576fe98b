"""Commands that change limits: tune, and the history, undo, export and import of settings."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sitbone.cli.cushion import settings
from sitbone.cli.terminal import (
    chosen_port,
    cushion_option,
    example,
    json_option,
    now,
    only_port_option,
    open_store,
    port_of,
    port_option,
    print_json,
    print_table,
    progress_bar,
    say,
)
from sitbone.errors import SitboneError, UsageError

if TYPE_CHECKING:
    from sitbone.store.store import Store


@click.command(epilog=example("tune") + "\n  sitbone tune --apply --port /dev/ttyUSB0")
@click.option("--apply", "apply_it", is_flag=True, help="Send the new limits to the cushion, with the reason.")
@click.option("--seated", is_flag=True, help="With --apply: move the seated limit, too, as offered.")
@click.option("--explore", is_flag=True, help="Instead, replay your last weeks under a grid of settings.")
@click.option("--plot", metavar="PNG", type=click.Path(path_type=Path), help="With --explore: save a plot.")
@click.option("--days", type=click.IntRange(1, 366), default=28, show_default=True, help="Days for --explore.")
@click.option("--resume", is_flag=True, help="Resume after tuning has stopped; say why with --reason.")
@click.option("--reason", default="", help="With --resume: what you discussed, and with whom.")
@only_port_option
@json_option
@cushion_option
def tune(
    cushion: str | None,
    apply_it: bool,
    seated: bool,
    explore: bool,
    plot: Path | None,
    days: int,
    resume: bool,
    reason: str,
    port: str | None,
    as_json: bool,
) -> None:
    """Propose limits from your diary and your sitting. Shows the evidence; nothing changes without --apply."""
    if sum((apply_it, explore, resume)) > 1:
        raise UsageError("--apply, --explore and --resume exclude each other; give one")
    if seated and not apply_it:
        raise UsageError("--seated goes with --apply; see sitbone tune --help")
    if plot is not None and not explore:
        raise UsageError("--plot needs --explore; see sitbone tune --help")
    if explore:
        _explore(plot, days, as_json, cushion)
        return
    from sitbone.tuning import proposal

    with open_store(cushion) as shown:
        if resume:
            with open_store() as store:
                proposal.resume(store, now(), reason)
        document = _applied(shown, cushion, port, seated) if apply_it else proposal.proposal(shown, now())
        simulated = shown.any_simulated()
    if as_json:
        print_json(document | {"simulated": simulated})
        return
    say(*proposal.lines(document))
    if simulated:
        say("some of this data is simulated")


def _applied(shown: "Store", cushion: str | None, port: str | None, seated: bool) -> dict[str, Any]:
    """Applies the proposal that ``shown`` gives; a store of one cushion can't record what was done."""
    from sitbone.board.device import Cushion
    from sitbone.tuning.proposal import apply

    at = chosen_port(port) if cushion is None else port_of(cushion, port)
    with open_store() as store, Cushion(at) as connected:
        return apply(connected, store, now(), seated=seated, shown=shown)


def _explore(plot: Path | None, days: int, as_json: bool, cushion: str | None) -> None:
    from sitbone.tuning.explore import explore, save_plot, table

    with open_store(cushion) as store, progress_bar("replaying under each setting") as progress:
        found = explore(store, now(), days, progress)
    if plot is not None:
        save_plot(found, plot)
    if as_json:
        print_json(found)
        return
    print_table(table(found))
    for line in found["response"]["lines"]:
        say(line)
    say(found["says"])
    if plot is not None:
        say(f"plot: {plot}")


@settings.command("history", epilog=example("settings history"))
@json_option
@cushion_option
def settings_history(cushion: str | None, as_json: bool) -> None:
    """Show all changes of settings, with their reasons."""
    from sitbone.dates import iso
    from sitbone.settings.limits import setting_changes
    from sitbone.settings.spec import BY_SYNC

    with open_store(cushion) as store:
        changes = [item for item in setting_changes(store) if item.name not in BY_SYNC]
        labels = {number: store.label(number) for number in store.cushions()}
    rows: list[dict[str, Any]] = [
        {
            "at": None if item.unix_ms is None else iso(item.unix_ms),
            "cushion": labels[item.cushion],
            "name": item.name,
            "from": item.was,
            "to": item.now,
            "reason": item.reason,
        }
        for item in changes
    ]
    if as_json:
        print_json({"changes": rows})
        return
    for row in rows:
        at = (row["at"] or "time unknown       ")[:19].replace("T", " ")
        which = f"{row['cushion']}  " if len(set(labels.values())) > 1 else ""
        say(f"{at}  {which}{row['name']} from {row['from']} to {row['to']} ({row['reason']})")
    if not rows:
        say("no changes in the synced log")


@settings.command("undo", epilog=example("settings undo --port /dev/ttyUSB0"))
@port_option
@json_option
def settings_undo(port: str | None, as_json: bool) -> None:
    """Undo the last change, all of it; again: the one before. A limit rises by at most 10 % in 7 days here, too."""
    from sitbone.board.device import Cushion
    from sitbone.cli.render import undone_lines
    from sitbone.settings.changes import undo
    from sitbone.store.sync import Sync

    chosen = chosen_port(port)
    with open_store() as store:
        # The last change is in the cushion's log: with an older copy, another setting would be undone.
        Sync(store, lambda: Cushion(chosen), now).run()
        with Cushion(chosen) as cushion:
            answer = undo(cushion, store, now())
    if as_json:
        print_json(answer)
    else:
        say(*undone_lines(answer))


@settings.command("export", epilog=example("settings export mine.json --port /dev/ttyUSB0"))
@click.argument("path", type=click.Path(path_type=Path))
@port_option
def settings_export(path: Path, port: str | None) -> None:
    """Save the current settings to a file. Import, diff and replay --settings read it."""
    from sitbone.board.device import Cushion
    from sitbone.files import whole
    from sitbone.settings.spec import exported

    with Cushion(chosen_port(port)) as cushion:
        values = cushion.call("settings_show")["values"]
    with whole(path) as part:
        part.write_text(exported(values), encoding="utf-8")
    say(f"saved {len(values)} settings to {path}")


@settings.command("import", epilog=example("settings import mine.json --port /dev/ttyUSB0"))
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--reason", default="import", show_default=True, help="Reason, logged with the change.")
@port_option
@json_option
def settings_import(path: Path, reason: str, port: str | None, as_json: bool) -> None:
    """Change settings to those in a file. Ranges and the limit on rises (10 % in 7 days) still apply."""
    from sitbone.board.device import Cushion
    from sitbone.settings.changes import change
    from sitbone.settings.spec import BY_SYNC, load

    asked = {name: value for name, value in load(path).items() if name not in BY_SYNC}
    if not asked:
        raise SitboneError(f"{path} contains no settings; make such a file with sitbone settings export")
    with open_store() as store, Cushion(chosen_port(port)) as cushion:
        answer = change(cushion, store, asked, reason, now())
    _print_set(answer, asked, as_json)


@settings.command("diff", epilog=example("settings diff mine.json --port /dev/ttyUSB0"))
@click.argument("path", type=click.Path(path_type=Path))
@port_option
@json_option
def settings_diff(path: Path, port: str | None, as_json: bool) -> None:
    """Show what importing a file would change."""
    from sitbone.board.device import Cushion
    from sitbone.settings.spec import differences, load

    wanted = load(path)
    with Cushion(chosen_port(port)) as cushion:
        values = cushion.call("settings_show")["values"]
    rows = differences(values, wanted)
    if as_json:
        print_json({"differences": rows})
        return
    for row in rows:
        say(f"{row['name']}: {row['from']} -> {row['to']} {row['unit']}")
    if not rows:
        say("no differences")


def _print_set(answer: dict[str, Any], asked: dict[str, int], as_json: bool) -> None:
    from sitbone.cli.render import set_lines

    if as_json:
        print_json(answer)
    else:
        say(*set_lines(answer, asked))
