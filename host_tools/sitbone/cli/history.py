"""Commands about what was recorded: sync, history, events, why."""

from datetime import datetime
from typing import Any

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
    print_table,
    progress_bar,
    say,
    to_option,
)
from sitbone.errors import CushionGone, DamagedData, UsageError


@click.command(epilog=example("sync --port /dev/ttyUSB0"))
@port_option
@json_option
def sync(port: str | None, as_json: bool) -> None:
    """Fetch new records from the cushion and set its clock. Safe to interrupt and to repeat."""
    from sitbone.analysis.syncing import sync as sync_with
    from sitbone.board.device import Cushion

    chosen = chosen_port(port)
    try:
        with open_store() as store, progress_bar("syncing", in_bytes=True) as progress:
            result = sync_with(store, lambda: Cushion(chosen), now, progress)
    except CushionGone as error:
        if error.result is not None:
            print_sync(error.result, as_json)
        raise
    others = result.pop("limits_notice")
    print_sync(result, as_json)
    if not as_json:
        say(*others) if others else None
        remind_of_morning()
    if result["damaged"]:
        are = "1 log block is" if result["damaged"] == 1 else f"{result['damaged']} log blocks are"
        raise DamagedData(f"{are} damaged on the cushion; the rest is stored")


@click.group(invoke_without_command=True, epilog=example("clock"))
@json_option
@cushion_option
@click.pass_context
def clock(context: click.Context, cushion: str | None, as_json: bool) -> None:
    """Show the pairs of times that records are placed by."""
    if context.invoked_subcommand is not None:
        return
    from sitbone.store.store import zone_of

    with open_store(cushion) as store:
        zone = zone_of(store)
        rows = [
            {
                "number": pair.number,
                "cushion": store.label(pair.cushion),
                "session": pair.session,
                "mono_ms": pair.anchor.mono_ms,
                "at": zone.iso(pair.anchor.unix_ms),
                "source": pair.source,
                "state": "dropped" if pair.is_dropped else "used" if pair.is_used else "not used",
            }
            for pair in store.clock_pairs()
        ]
    if as_json:
        print_json({"pairs": rows})
        return
    widest = max((len(str(row["cushion"])) for row in rows), default=0)
    for row in rows:
        at, since = str(row["at"])[:19].replace("T", " "), f"{int(str(row['mono_ms'])) / 1000:.0f} s"
        session = f"session {row['session']} + {since}"
        say(f"{row['number']:>4}  {row['cushion']:<{widest}}  {session:<28}  {at}  {row['source']}, {row['state']}")
    if not rows:
        say("no pairs of times yet; run sitbone sync")


@clock.command("drop", epilog=example("clock drop 4"))
@click.argument("number", type=click.IntRange(1, (1 << 63) - 1))
def clock_drop(number: int) -> None:
    """Drop a pair that came from a wrong clock. Its session's records are placed again, by the other pairs."""
    from sitbone.analysis.day_cache import derive_recent
    from sitbone.dates import iso, unix_ms

    with open_store() as store:
        pair = store.drop_clock_pair(number, unix_ms(now()))
        derive_recent(store, now().date())
    say(f"dropped pair {number}: {iso(pair.anchor.unix_ms)[:19].replace('T', ' ')}, session {pair.session}")


def remind_of_morning() -> None:
    """A line for somebody who keeps the diary and has not rated this morning yet."""
    from sitbone.diary.diary_store import DiaryStore
    from sitbone.diary.entries import misses_morning

    with open_store() as store:
        if misses_morning(DiaryStore(store), now()):
            say("this morning's pain is not in the diary yet; rate it from 0 to 10: sitbone pain N --morning")


def print_sync(result: dict[str, Any], as_json: bool) -> None:
    from sitbone.store.sync import sync_lines

    if as_json:
        print_json(result)
    else:
        say(*sync_lines(result))


@click.command(epilog=example("history --days 14"))
@from_option
@to_option
@click.option("--days", type=click.IntRange(1, 36600), default=7, show_default=True, help="Number of days up to today.")
@json_option
@cushion_option
def history(cushion: str | None, start: str | None, end: str | None, days: int, as_json: bool) -> None:
    """Show each day: sitting, breaks, prompts, dose. Also how prompts ended and how much data is valid."""
    from sitbone.analysis.history import history as days_of
    from sitbone.analysis.history import last_days
    from sitbone.store.store import zone_of

    with open_store(cushion) as store:
        zone = zone_of(store)
        first, last = parse_range(start, end, zone)
        recent = last_days(now(), days, zone)
        found = days_of(store, first or (recent[0] if last is None else _earliest()), last or recent[1])
        unplaced, simulated = len(store.unplaced()), store.any_simulated()
        cushions = list(dict.fromkeys(store.label(number) for number in store.cushions()))
    if as_json:
        print_json(
            {
                "days": [day.as_json(zone) for day in found],
                "unplaced": unplaced,
                "simulated": simulated,
                "cushions": cushions,
            }
        )
        return
    print_history(found, simulated)
    if cushion is None and len(cushions) > 1:
        say(f"of your cushions together: {', '.join(cushions)}; --cushion NAME shows one")
    if unplaced:
        have = "1 record has" if unplaced == 1 else f"{unplaced} records have"
        say(f"{have} no date: the cushion's clock was not set when they were made")


@click.command(epilog=example("loads"))
@json_option
@cushion_option
def loads(cushion: str | None, as_json: bool) -> None:
    """Show the load of each side before and after calibrations."""
    from dataclasses import asdict

    from sitbone.analysis.recovery.loads import EXPLAINED, load_words, recalibrations
    from sitbone.dates import counted
    from sitbone.store.store import zone_of

    with open_store(cushion) as store:
        found, zone = recalibrations(store), zone_of(store)
        labels = {item.cushion: store.label(item.cushion) for item in found}
    if as_json:
        shown = [asdict(item) | {"at": zone.iso(item.at_ms), "cushion": labels[item.cushion]} for item in found]
        print_json({"calibrations": shown})
        return
    for item in found:
        of = f", {labels[item.cushion]}" if len(set(labels.values())) > 1 else ""
        before = counted(item.days[0], "day")
        say(f"{zone.local(item.at_ms):%Y-%m-%d %H:%M}{of}: {before} before, {item.days[1]} after")
        for side, load in item.sides.items():
            say(f"  {side}: neutral sit {load.ref_kpa:.1f} kPa; {load_words(load)}")
    say(EXPLAINED if found else "no calibration in the log yet; run sitbone calibrate, then sitbone sync")


def _earliest() -> datetime:
    return datetime(2000, 1, 1).astimezone()


def print_history(found: list[Any], simulated: bool) -> None:
    from sitbone.cli.render import history_table

    if not found:
        say("no data for these days; run sitbone sync, or choose other days with --from")
        return
    print_table(history_table(found))
    if simulated:
        say("some of this data is simulated")


@click.command(epilog=example("events --from yesterday"))
@from_option
@to_option
@json_option
@cushion_option
def events(cushion: str | None, start: str | None, end: str | None, as_json: bool) -> None:
    """Show what happened and why, event by event."""
    from sitbone.analysis.events import events as events_of
    from sitbone.cli.render import event_line
    from sitbone.store.store import zone_of

    with open_store(cushion) as store:
        found = events_of(store, *parse_range(start, end, zone_of(store)))
        several = len(set(map(store.label, store.cushions()))) > 1
    for event in found:
        print_json(event) if as_json else say(event_line(event, with_cushion=several))
    if not found and not as_json:
        say("no events; run sitbone sync, or choose other days with --from")


@click.command(epilog=example("why latest"))
@click.argument("which", metavar="[SEQ|latest]", default="latest")
@json_option
@cushion_option
def why(cushion: str | None, which: str, as_json: bool) -> None:
    """Explain one prompt: why did it buzz?

    Shows the doses, the limits and everything that could have held the prompt back.

    SEQ is a record number from `sitbone events --json`, of a prompt or of one that was held back.
    """
    from sitbone.analysis.why import lines
    from sitbone.analysis.why import why as why_of

    if which != "latest" and not which.isdecimal():
        raise UsageError(f"'{which}' is not a record number; give one from sitbone events --json, or latest")
    with open_store(cushion) as store:
        document = why_of(store, None if which == "latest" else int(which))
    if as_json:
        print_json(document)
    else:
        say(*lines(document))
