"""Commands for the data: record, export, back up, restore, report."""

from datetime import datetime
from pathlib import Path

import click

from sitbone.cli.terminal import (
    chosen_port,
    cushion_option,
    example,
    from_option,
    json_option,
    now,
    open_store,
    parse_range,
    port_option,
    print_json,
    progress_bar,
    say,
    to_option,
)
from sitbone.errors import UsageError


@click.command(epilog=example("record --port /dev/ttyUSB0 --for 30m sit.csv"))
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--for", "duration", metavar="DURATION", required=True, help="How long to record: 90s, 30m, 1h.")
@port_option
@json_option
def record(out: Path, duration: str, port: str | None, as_json: bool) -> None:
    """Record every raw sample to a trace file. OUT ends in .csv or .csv.gz; sitbone replay reads it."""
    from sitbone.board.device import Cushion
    from sitbone.board.record import record as record_to
    from sitbone.dates import parse_duration_s

    seconds = round(parse_duration_s(duration))
    if not 1 <= seconds <= 7 * 86400:
        raise UsageError(f"--for {duration} is out of range; give 1s to 7d")
    with Cushion(chosen_port(port)) as cushion, progress_bar("recording") as progress:
        result = record_to(cushion, out, seconds, progress)
    if as_json:
        print_json(result)
        return
    why = {"missed": "lost in transfer", "unread": "without a reading"}
    left_out = "".join(f", {result[key]} {text}" for key, text in why.items() if result[key])
    say(f"{out}: {result['samples']} samples of {len(result['zones'])} zones in {result['seconds']:.1f} s{left_out}")


LAST_MS = 7_258_118_400_000  # 2200
FORMATS = ("csv", "jsonl", "parquet")


@click.command(epilog=example("export records.csv") + "\n  sitbone export --tidy tables/")
@click.argument("path", required=False, type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option(
    "--tidy", "folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False), help="Tables instead."
)
@click.option("--format", "form", type=click.Choice(FORMATS), help="File format, if the file's ending doesn't say it.")
@cushion_option
def export(cushion: str | None, path: Path | None, folder: Path | None, form: str | None) -> None:
    """Export every record and the diary to a file. One per row, with all its fields; times are UTC; - is the standard
    output.

    --tidy DIR writes tables for analysis instead: days, sits, breaks, prompts, pain, exercises, settings,
    epochs, as CSV or Parquet, with a data dictionary.
    """
    from sitbone.dates import counted
    from sitbone.files import STDOUT
    from sitbone.store.export import export as export_to

    if (path is None) == (folder is None):
        raise UsageError("give either a file or --tidy DIR; see sitbone export --help")
    if path is None:
        _export_tidy(cushion, folder or Path(), form or "csv")
        return
    form = form or path.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        raise UsageError(f"{path} ends in none of .{', .'.join(FORMATS)}; name the format with --format")
    with open_store(cushion) as store, progress_bar("exporting") as progress:
        count = export_to(store, form, path, progress)
    say(f"exported {counted(count, 'row')} to {path}", err=path == STDOUT)


def _export_tidy(cushion: str | None, folder: Path, form: str) -> None:
    from sitbone.report import tidy

    if form not in tidy.FORMATS:
        raise UsageError(f"tables are written as {' or '.join(tidy.FORMATS)}; choose one with --format")
    with open_store(cushion) as store:
        counts = tidy.export_tidy(store, folder, form)
    say(f"{folder}: {', '.join(f'{count} {name}' for name, count in counts.items())}; see datapackage.json")


@click.command(epilog=example("backup sitbone-backup.sqlite"))
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
def backup(path: Path) -> None:
    """Back up all your data to one file. The copy is checked; a sync may run at the same time."""
    from sitbone.dates import counted
    from sitbone.store.backup import back_up

    with open_store() as store, progress_bar("copying") as progress:
        count = back_up(store, path, progress)
    say(f"backed up {counted(count, 'record')} to {path}")


@click.command(epilog=example("restore sitbone-backup.sqlite"))
@click.argument("path", type=click.Path(path_type=Path))
def restore(path: Path) -> None:
    """Replace your data with a backup. Your current data is saved to a file beside it."""
    from sitbone.analysis.day_cache import derive_recent
    from sitbone.dates import counted
    from sitbone.store.backup import restore as restore_from

    with open_store() as store, progress_bar("copying") as progress:
        count, before = restore_from(store, path, _stamp(now()), progress)
        derive_recent(store, now().date())
    say(f"restored {counted(count, 'record')}; your previous data is in {before}")


@click.command(epilog=example("rescue"))
def rescue() -> None:
    """Save what can be read of the diary from a damaged store. A new store begins with it; the damaged one is kept.

    The records come again with the next sync, as far as the cushion still has them.
    """
    from sitbone.dates import counted
    from sitbone.errors import DamagedData, SitboneError
    from sitbone.home import store_path
    from sitbone.store.backup import rescue as rescue_from

    path = store_path()
    try:
        with open_store() as store:
            sound = store.rows("PRAGMA quick_check(1)")[0][0] == "ok"
    except DamagedData:
        sound = False
    if sound:
        raise SitboneError(f"{path} is not damaged; nothing was changed")
    count, kept = rescue_from(path, _stamp(now()))
    say(f"rescued {counted(count, 'entry').replace('entrys', 'entries')} of the diary; now run sitbone sync")
    say(f"the damaged store is kept as {kept}")


@click.command(epilog=example("forget --from 2026-03-02 --to 2026-03-08 --yes"))
@from_option
@to_option
@click.option("--yes", is_flag=True, help="Do it. What is deleted can't be brought back.")
def forget(start: str | None, end: str | None, yes: bool) -> None:
    """Delete your data: all of it, or some days. Records and diary are gone from the store for good; a sync doesn't
    bring them again. Backups and the cushion's own log are left."""
    from sitbone.dates import counted, unix_ms
    from sitbone.store.forget import copies
    from sitbone.store.forget import forget as forget_in
    from sitbone.store.store import zone_of

    with open_store() as store:
        zone = zone_of(store)
        first, last = parse_range(start, end, zone)
        what = "everything" if first is None and last is None else "these days"
        if not yes:
            raise UsageError(f"this deletes {what} for good; make a backup if you want one, then add --yes")
        bounds = [None if moment is None else unix_ms(moment) for moment in (first, last)]
        days = (str(zone.day(bounds[0] or 0)), str(zone.day((bounds[1] or LAST_MS) - 1)))
        gone = forget_in(store, bounds[0], bounds[1], days)
    say(f"deleted {counted(gone, 'record')} and diary entries")
    for path in copies(store.path):
        if what == "everything":
            path.unlink()
        say(f"{'deleted' if what == 'everything' else 'an older copy still holds them:'} {path}")
    say("backups elsewhere and the cushion's own log still have them: delete those, or sitbone flash --erase")


@click.command(epilog=example("report --days 28 report.pdf"))
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--days", type=click.IntRange(7, 366), default=28, show_default=True, help="Number of days up to today.")
@click.option(
    "--paper", type=click.Choice(["a4", "letter"]), default="a4", show_default=True, help="Paper size of a PDF."
)
@cushion_option
def report(cushion: str | None, out: Path, days: int, paper: str) -> None:
    """Write a report for you and your physiotherapist. OUT ends in .html or .pdf.

    It shows dose and pain, prompts and answers, limits and why they changed, notes, exercises, red flags, and how
    certain the figures are.
    """
    from sitbone.report.content import report_of
    from sitbone.report.output import demand_ending, write_page

    demand_ending(out)
    with open_store(cushion) as store:
        page = report_of(store, now(), days)
    write_page(page, out, paper)
    say(f"wrote {out}: {days} days")


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y%m%d-%H%M%S")
