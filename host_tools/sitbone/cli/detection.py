"""Commands about what the sensors detect: calibrate, live, evaluate."""

import select
import sys
import time
from pathlib import Path
from typing import Any

import click

from sitbone.cli.terminal import (
    chosen_port,
    example,
    json_option,
    port_option,
    print_json,
    print_table,
    progress_bar,
    say,
)
from sitbone.errors import UsageError
from sitbone.words import plain


@click.command(epilog=example("calibrate --port /dev/ttyUSB0"))
@click.option(
    "--step", type=click.Choice(["empty", "seated", "leans"]), help="Run only this step, instead of all in turn."
)
@click.option("--yes", is_flag=True, help="Start each step at once, without waiting for a key.")
@click.option("--haptics", is_flag=True, help="Instead, find the weakest vibration you feel and set the strength.")
@port_option
@json_option
def calibrate(step: str | None, yes: bool, haptics: bool, port: str | None, as_json: bool) -> None:
    """Calibrate the cushion, guided, in three steps.

    The empty seat, your neutral sit, then leaning left, right and forward. A bad measurement is refused, with the
    reason; what was measured before it stays.
    """
    from sitbone.board.device import Cushion
    from sitbone.board.live import PHASES, capture, gained_words

    if haptics:
        _calibrate_haptics(port, as_json)
        return
    done = {}
    with Cushion(chosen_port(port)) as cushion:
        for phase in [step] if step else list(PHASES):
            say(PHASES[phase], err=as_json)
            if not yes and sys.stdin.isatty():
                click.pause("Press any key to start.", err=True)
            with progress_bar(phase) as progress:
                done[phase] = capture(cushion.call, phase, progress, lambda words: say(words, err=as_json))
        now = cushion.call("live")
    gained = done.get("leans", {}).get("gained")
    if as_json:
        shown = {"steps": list(done), "calibrated": now["calibrated"], "ref_pa": now["ref_pa"]}
        print_json(shown | ({"gained": gained} if gained else {}))
    else:
        loads = ", ".join(f"{pa / 1000:.1f}" for pa in now["ref_pa"])
        say(
            f"calibrated; load in your neutral sit: {loads} kPa"
            if now["calibrated"]
            else "empty seat recorded; now sit as you normally do and run sitbone calibrate --step seated"
        )
        if gained:
            say(gained_words(gained))


def set_strength(port: str) -> dict[str, Any]:
    """Plays a pulse and asks whether it was felt, until the threshold is found; then changes the setting. Returns what
    `find_threshold` found."""
    from sitbone.board.device import Cushion
    from sitbone.board.haptics import find_threshold
    from sitbone.cli.terminal import now, open_store
    from sitbone.settings.changes import change

    with open_store() as store, Cushion(port) as cushion:

        def play(percent: int) -> bool:
            return bool(cushion.call("vibrate", 3, percent)["played"])

        def felt(percent: int) -> bool:
            del percent
            return click.confirm("Did you feel it?", err=True)

        found = find_threshold(play, felt)
        change(cushion, store, {"strength_percent": found["strength_percent"]}, "felt threshold", now())
    return found


def _calibrate_haptics(port: str | None, as_json: bool) -> None:
    found = set_strength(chosen_port(port))
    if as_json:
        print_json(found)
    else:
        say(f"you feel vibration from {found['threshold_percent']} %; strength set to {found['strength_percent']} %")


@click.command(epilog=example("live --port /dev/ttyUSB0"))
@click.option(
    "--every", "every_s", default=1.0, show_default=True, type=click.FloatRange(0.25), help="Seconds between updates."
)
@click.option("--for", "duration", metavar="DURATION", help="Stop after this long: 30s, 5m.")
@port_option
@json_option
def live(every_s: float, duration: str | None, port: str | None, as_json: bool) -> None:
    """Show the load on the seat, the dose and the next prompt. Press Ctrl-C to stop; the cushion keeps running.

    Press Enter to mark the current figures as "before", then place a wedge or a cut-out cushion and compare.
    """
    from sitbone.board.device import Cushion
    from sitbone.board.live import figures, lines
    from sitbone.dates import parse_duration_s

    until = None if duration is None else time.monotonic() + parse_duration_s(duration)
    before: dict[str, Any] | None = None
    drawn = 0
    with Cushion(chosen_port(port)) as cushion:
        try:
            while until is None or time.monotonic() < until:
                now = figures(cushion.call("live"))
                if as_json:
                    print_json(now)
                    sys.stdout.flush()
                else:
                    drawn = _draw(lines(now, before), drawn)
                if _enter_pressed(every_s):
                    before = now
        except KeyboardInterrupt:
            pass


def _draw(picture: list[str], drawn: int) -> int:
    """Replaces the last picture on a terminal, prints below it elsewhere; returns the lines to go back next time."""
    if sys.stdout.isatty():
        click.echo(f"\x1b[{drawn}A" if drawn else "", nl=False)
        click.echo("".join(f"\x1b[2K{plain(line)}\n" for line in picture), nl=False)
    else:
        say(*picture, "")
    return len(picture)


def _enter_pressed(wait_s: float) -> bool:
    """Waits; True when Enter was pressed in the meantime."""
    if not sys.stdin.isatty() or sys.platform == "win32":
        time.sleep(wait_s)
        return False
    ready, _, _ = select.select([sys.stdin], [], [], wait_s)
    return bool(ready and sys.stdin.readline())


@click.command(epilog=example("evaluate --recordings recordings/ --plots plots/"))
@click.option(
    "--recordings", metavar="DIR", type=click.Path(path_type=Path), help="Folder of traces with an occupied column."
)
@click.option("--plots", metavar="DIR", type=click.Path(path_type=Path), help="Folder for plots (needs sitbone[plot]).")
@click.option("--seeds", default=3, show_default=True, type=click.IntRange(1), help="Runs per scenario.")
@click.option("--only", metavar="NAME", multiple=True, help="Only this recording or scenario; can be repeated.")
@json_option
def evaluate(recordings: Path | None, plots: Path | None, seeds: int, only: tuple[str, ...], as_json: bool) -> None:
    """Test detection on recordings and simulated sitters. Compares it with two stopwatches; --json prints one row
    per line."""
    from sitbone.lab.evaluate import recording_rows, scenario_rows
    from sitbone.lab.evaluate import recordings as recordings_in
    from sitbone.lab.evaluation_report import evaluation_table, plot
    from sitbone.virtual import SCENARIOS

    found = recordings_in(recordings) if recordings else {}
    known = (*found, *SCENARIOS)
    if unknown := [name for name in only if name not in known]:
        raise UsageError(f"no recording or scenario is called {', '.join(unknown)}; choose from {', '.join(known)}")
    names = [name for name in known if not only or name in only]
    rows = []
    with progress_bar("evaluating") as progress:
        for index, name in enumerate(names):
            made = recording_rows(name, found[name]) if name in found else scenario_rows(name, range(1, seeds + 1))
            rows += made
            if as_json:
                for row in made:
                    print_json(row)
            if progress:
                progress(index + 1, len(names))
    if not as_json:
        print_table(evaluation_table(rows))
    if plots:
        plot(rows, plots)
