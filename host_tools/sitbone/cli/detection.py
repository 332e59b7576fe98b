"""Commands about what the seat shows and how far it can be trusted: calibrate, live, evaluate."""

import json
import select
import sys
import time
from pathlib import Path
from typing import Any

import click

from sitbone.cli.terminal import chosen_port, example, json_option, port_option, print_json, print_table, progress_bar
from sitbone.errors import UsageError


@click.command(epilog=example("calibrate --port /dev/ttyUSB0"))
@click.option("--step", type=click.Choice(["empty", "seated"]), help="Only this step; else both, one after the other.")
@click.option("--yes", is_flag=True, help="Begin each step at once, without waiting for Enter.")
@click.option("--haptics", is_flag=True, help="Find the weakest vibration that you feel instead, and set the strength.")
@port_option
@json_option
def calibrate(step: str | None, yes: bool, haptics: bool, port: str | None, as_json: bool) -> None:
    """Teach the cushion the empty seat and your own neutral sit. A bad capture is refused, with the reason."""
    from sitbone.board.device import Cushion
    from sitbone.board.live import PHASES, capture

    if haptics:
        _calibrate_haptics(port, as_json)
        return
    done = {}
    with Cushion(chosen_port(port)) as cushion:
        for phase in [step] if step else list(PHASES):
            click.echo(PHASES[phase], err=as_json)
            if not yes and sys.stdin.isatty():
                click.pause("Press a key to begin.", err=True)
            with progress_bar(phase) as progress:
                done[phase] = capture(cushion.call, phase, progress)
        now = cushion.call("live")
    if as_json:
        print_json({"steps": list(done), "calibrated": now["calibrated"], "ref_pa": now["ref_pa"]})
    else:
        loads = ", ".join(f"{pa / 1000:.1f}" for pa in now["ref_pa"])
        click.echo(
            f"done; your seat: {loads} kPa"
            if now["calibrated"]
            else "empty seat taken; sit down, then run sitbone calibrate --step seated"
        )


def _calibrate_haptics(port: str | None, as_json: bool) -> None:
    """Sit on the cushion: a pulse, a question, until the threshold is found; then the setting is made."""
    from sitbone.board.device import Cushion
    from sitbone.board.haptics import find_threshold
    from sitbone.cli.terminal import now, open_store
    from sitbone.settings.changes import change

    with open_store() as store, Cushion(chosen_port(port)) as cushion:

        def play(percent: int) -> bool:
            return bool(cushion.call("vibrate", 3, percent)["played"])

        def felt(percent: int) -> bool:
            del percent
            return click.confirm("Did you feel it?", err=True)

        found = find_threshold(play, felt)
        change(cushion, store, {"strength_percent": found["strength_percent"]}, "felt threshold", now())
    if as_json:
        print_json(found)
    else:
        click.echo(f"felt from {found['threshold_percent']} % on; strength is {found['strength_percent']} % now")


@click.command(epilog=example("live --port /dev/ttyUSB0"))
@click.option(
    "--every", "every_s", default=1.0, show_default=True, type=click.FloatRange(0.25), help="Seconds between."
)
@click.option("--for", "duration", metavar="DURATION", help="Stop after so long: 30s, 5m.")
@port_option
@json_option
def live(every_s: float, duration: str | None, port: str | None, as_json: bool) -> None:
    """Show the seat's load, dose and next prompt, until Ctrl-C.

    Enter marks what is seen as "before": place a wedge or a cut-out cushion and compare. The cushion runs on.
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
    """Over the last picture on a terminal, below it elsewhere; returns how many lines to go back next time."""
    if sys.stdout.isatty():
        click.echo(f"\x1b[{drawn}A" if drawn else "", nl=False)
        click.echo("".join(f"\x1b[2K{line}\n" for line in picture), nl=False)
    else:
        click.echo("\n".join(picture) + "\n")
    return len(picture)


def _enter_pressed(wait_s: float) -> bool:
    """Waits; True when somebody pressed Enter meanwhile."""
    if not sys.stdin.isatty() or sys.platform == "win32":
        time.sleep(wait_s)
        return False
    ready, _, _ = select.select([sys.stdin], [], [], wait_s)
    return bool(ready and sys.stdin.readline())


@click.command(epilog=example("evaluate --recordings recordings/ --plots plots/"))
@click.option("--recordings", metavar="DIR", type=click.Path(path_type=Path), help="Traces with an occupied column.")
@click.option("--plots", metavar="DIR", type=click.Path(path_type=Path), help="PNG files there (sitbone[plot]).")
@click.option("--seeds", default=3, show_default=True, type=click.IntRange(1), help="Runs of each scenario.")
@click.option("--only", metavar="NAME", multiple=True, help="Only this recording or scenario; may be repeated.")
@json_option
def evaluate(recordings: Path | None, plots: Path | None, seeds: int, only: tuple[str, ...], as_json: bool) -> None:
    """Hold detection against recordings and simulated sitters. Beside two stopwatches; with --json one row a line."""
    from sitbone.lab.evaluate import recording_rows, scenario_rows
    from sitbone.lab.evaluate import recordings as recordings_in
    from sitbone.lab.evaluation_report import evaluation_table, plot
    from sitbone.virtual import SCENARIOS

    found = recordings_in(recordings) if recordings else {}
    known = (*found, *SCENARIOS)
    if unknown := [name for name in only if name not in known]:
        raise UsageError(f"nothing to evaluate is called {', '.join(unknown)}; there are {', '.join(known)}")
    names = [name for name in known if not only or name in only]
    rows = []
    with progress_bar("evaluating") as progress:
        for index, name in enumerate(names):
            made = recording_rows(name, found[name]) if name in found else scenario_rows(name, range(1, seeds + 1))
            rows += made
            if as_json:
                click.echo("\n".join(json.dumps(row) for row in made))
            if progress:
                progress(index + 1, len(names))
    if not as_json:
        print_table(evaluation_table(rows))
    if plots:
        plot(rows, plots)
