"""Commands that need no cushion: replay, the virtual cushion, the demo."""

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from sitbone.cli.history import print_history, print_sync
from sitbone.cli.terminal import (
    cushion_option,
    example,
    from_option,
    json_option,
    now,
    open_store,
    parse_range,
    print_json,
    progress_bar,
    say,
    to_option,
)
from sitbone.errors import UsageError


@click.command(epilog=example("replay --from 2026-03-02 --to 2026-03-08 --against-log"))
@click.argument("trace", required=False, type=click.Path(path_type=Path))
@from_option
@to_option
@click.option("--against-log", is_flag=True, help="Compare what the replay of these days decides with their log.")
@click.option("--settings", "settings_file", type=click.Path(path_type=Path), help="JSON file of settings.")
@click.option(
    "--calibrate-from",
    metavar="CSV",
    type=click.Path(path_type=Path),
    help="Calibrate first, on the first neutral sit in this trace; it may be the same file.",
)
@click.option("--board", metavar="NAME", help="The board that it was recorded on, if the trace doesn't say so.")
@json_option
@cushion_option
def replay(
    cushion: str | None,
    trace: Path | None,
    start: str | None,
    end: str | None,
    against_log: bool,
    settings_file: Path | None,
    calibrate_from: Path | None,
    board: str | None,
    as_json: bool,
) -> None:
    """Run the firmware's decisions over a trace or recorded days."""
    days = start is not None or end is not None
    if days == (trace is not None):
        raise UsageError("give either a trace or days (--from, --to); see sitbone replay --help")
    if against_log and (trace is not None or settings_file is not None):
        raise UsageError("--against-log goes with --from and --to, without --settings; see sitbone replay --help")
    if calibrate_from is not None and trace is None:
        raise UsageError("--calibrate-from goes with a trace; recorded days have their own calibration")
    if board is not None and trace is None:
        raise UsageError("--board goes with a trace; recorded days hold what their own board decided")
    if against_log:
        _against_log(start, end, as_json, cushion)
    elif trace is None:
        _replay_days(start, end, settings_file, as_json, cushion)
    else:
        _replay_trace(trace, settings_file, calibrate_from, board, as_json)


def _replay_trace(
    trace: Path, settings_file: Path | None, calibrate_from: Path | None, board: str | None, as_json: bool
) -> None:
    from sitbone.cli.render import replay_lines
    from sitbone.replay.trace import read_trace
    from sitbone.replay.trace_replay import calibration_from, replay_trace
    from sitbone.settings.spec import in_force, load

    values = {} if settings_file is None else load(settings_file)
    calibration = None if calibrate_from is None else calibration_from(read_trace(calibrate_from, board))
    found = replay_trace(read_trace(trace, board), in_force(values), calibration, name=str(trace))
    if as_json:
        print_json(found)
    else:
        say(*replay_lines(found))


def _replay_days(
    start: str | None, end: str | None, settings_file: Path | None, as_json: bool, cushion: str | None
) -> None:
    from sitbone.cli.render import replay_lines
    from sitbone.replay.weeks import recorded_weeks
    from sitbone.settings.spec import in_force, load
    from sitbone.store.store import zone_of

    settings = None if settings_file is None else in_force(load(settings_file))
    with open_store(cushion) as store:
        weeks = recorded_weeks(store, *parse_range(start, end, zone_of(store)))
        found = [
            {
                "trace": f"{weeks.zone.iso(weeks.from_ms)}/{weeks.zone.iso(weeks.to_ms)}",
                "cushion": store.hardware_id(recording.log.cushion),
                "duration_s": (weeks.to_ms - weeks.from_ms) / 1000,
                "calibration": "as recorded",
            }
            | document
            for recording, document in zip(weeks.recordings, weeks.document(settings), strict=True)
        ]
    if not found:
        raise UsageError("no recorded days there; run sitbone sync, or ask for other days with --from")
    for document in found:
        if as_json:
            print_json(document)
        else:
            say(*replay_lines(document))


def _against_log(start: str | None, end: str | None, as_json: bool, cushion: str | None) -> None:
    from sitbone.cli.render import comparison_lines
    from sitbone.replay.weeks import recorded_weeks
    from sitbone.store.store import zone_of

    with open_store(cushion) as store:
        found = recorded_weeks(store, *parse_range(start, end, zone_of(store))).against_log(store).as_json()
    if as_json:
        print_json(found)
    else:
        say(*comparison_lines(found))


@click.command(epilog=example("virtual --sitter office --speed 60 --link /tmp/cushion"))
@click.option("--trace", metavar="CSV", type=click.Path(path_type=Path), help="Play a recorded trace, .csv or .csv.gz.")
@click.option("--sitter", metavar="NAME", help="Simulate a sitter: office, or one of the scenarios.")
@click.option("--flash", metavar="IMG", type=click.Path(path_type=Path), help="Flash image; kept between runs.")
@click.option("--link", metavar="PATH", type=click.Path(path_type=Path), help="Path for its serial port.")
@click.option("--speed", metavar="N|max", default="1", show_default=True, help="How many times as fast as real time.")
@click.option("--baud", type=click.IntRange(300), help="Limit the port to this baud rate.")
@click.option("--start", metavar="ISO", help="Wall-clock time at power-on; without it the clock is not set.")
@click.option("--for", "duration", metavar="DURATION", help="Switch off after this much simulated time: 90s, 30m, 8h.")
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same sitter.")
@click.option(
    "--journal",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Log the simulated world as JSON Lines.",
)
@click.option("--board", default="devkit", show_default=True, metavar="NAME", help="Board profile to simulate.")
def virtual(
    board: str,
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
    from sitbone.board.install import install as install_on
    from sitbone.dates import parse_duration_s, parse_when
    from sitbone.virtual import VirtualCushion

    started = None if start is None else parse_when(start, now())
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
            install=lambda port: say(f"firmware {install_on(port, None, board)['version']} installed", err=True),
            board=board,
        )
        with _switched_off_by_sigterm(), cushion:
            say(f"ready {cushion.port}")
            cushion.run()


def _seat(trace: Path | None, sitter: str | None, seed: int, start: datetime | None) -> Any:
    from sitbone.replay.trace import read_trace
    from sitbone.virtual import SITTERS, SitterSeat, TraceSeat

    if (trace is None) == (sitter is None):
        raise UsageError("give either --trace CSV or --sitter NAME; see sitbone virtual --help")
    if trace is not None:
        return TraceSeat(read_trace(trace))
    if sitter not in SITTERS:
        raise UsageError(f"no sitter is called {sitter}; choose from {', '.join(sorted(SITTERS))}")
    return SitterSeat(sitter, seed=seed, start=start)


def _speed(text: str) -> float | None:
    if text == "max":
        return None
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"--speed {text} is not a number; give 1, 60 or max, for example") from None


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
    """SIGTERM and Ctrl-C switch the cushion off: both end the block in order, without an error."""

    def switch_off(*_: object) -> None:
        raise SystemExit(0)

    before = signal.signal(signal.SIGTERM, switch_off)
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)


@click.command(epilog=example("demo"))
@click.option(
    "--into",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Keep the data there; otherwise it is deleted.",
)
@click.option(
    "--report",
    metavar="FILE",
    type=click.Path(path_type=Path),
    default="sitbone-demo-report.html",
    show_default=True,
    help="Where to write the day's report.",
)
@click.option("--weeks", type=click.IntRange(1, 52), help="Instead, make this many weeks of example data in --into.")
@click.option("--seed", default=7, show_default=True, help="The same seed gives the same weeks.")
def demo(into: Path | None, report: Path, weeks: int | None, seed: int) -> None:
    """Run a simulated office day. Shows the prompts as they happen, then the sync, the day's history and a report.

    With --weeks 6 --into DIR it makes example data to explore without hardware, with diary, limits and exercises, in
    about a minute. Decisions, log and store are real; the person and the seat are simulated, and the data says so.
    """
    from tempfile import TemporaryDirectory

    if weeks is not None:
        if into is None:
            raise UsageError("--weeks needs a folder for the data; give one with --into DIR")
        _example_weeks(into, weeks, seed)
        return
    with TemporaryDirectory(prefix="sitbone-demo-") as temporary:
        home = into or Path(temporary)
        home.mkdir(parents=True, exist_ok=True)
        _demo(home, report, kept=into is not None)


def _example_weeks(home: Path, weeks: int, seed: int) -> None:
    from sitbone.lab.demo_weeks import run_weeks

    with progress_bar("simulating") as progress:
        made = run_weeks(home, weeks, now(), seed, progress)
    say(f"wrote {made['records']} records of {weeks} simulated weeks to {home}")
    say(f"to explore them, set SITBONE_HOME={home}; then run, for example, sitbone history --days {7 * weeks}")


def _demo(home: Path, report: Path, kept: bool) -> None:
    from sitbone.lab.demo import run_demo

    say("A simulated office day: the firmware is real, the sitter and the sensors are not.")
    with progress_bar("the day") as progress:
        day = run_demo(home, report, now(), say, progress)
    say("")
    print_sync(day.sync, as_json=False)
    say("")
    print_history(day.days, simulated=True)
    say("")
    _print_demo_events(home)
    say("", f"report: {day.report}" + (f"; data: {home}" if kept else ""))


def _print_demo_events(home: Path) -> None:
    """Why it buzzed and how it ended; the rest is in `sitbone events`."""
    from sitbone.analysis.events import events as events_of
    from sitbone.cli.render import event_line
    from sitbone.store.store import Store

    with Store(home / "sitbone.sqlite") as store:
        for event in events_of(store, None, None):
            if event["kind"] in ("prompt", "outcome", "symptom", "snooze", "fault", "crash"):
                say(event_line(event))
