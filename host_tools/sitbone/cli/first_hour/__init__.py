"""sitbone setup: the first hour, in the terminal."""

import click

from sitbone.cli.first_hour import steps
from sitbone.cli.terminal import example, say
from sitbone.errors import SitboneError


@click.command(epilog=example("setup"))
@click.option("--port", metavar="P", envvar="SITBONE_PORT", help="The board's serial port, if there are several.")
@click.option("--board", metavar="NAME", help="The board's profile, such as devkit-b or xiao-s3.")
@click.option("--from", "again", metavar="STEP", help="Do this step again, and all after it.")
@click.option("--yes", is_flag=True, help="Start each step at once, without waiting for a key.")
def setup(port: str | None, board: str | None, again: str | None, yes: bool) -> None:
    """Lead through the first hour with a cushion.

    From the board on the table to the first break. It may be stopped at any point: run it again to go on.
    """
    from sitbone.board.first_hour.progress import NAMES, STEPS, Progress
    from sitbone.errors import UsageError
    from sitbone.home import home

    if again is not None and again not in NAMES:
        raise UsageError(f"no step is called {again}; choose from {', '.join(NAMES)}")
    progress = Progress(home())
    if again is not None:
        progress.go_back(again)
    guide = steps.Guide(port, board, yes)
    if not progress.done:
        say("Welcome. Nine steps lead from the board to your first break; stop at any time with Ctrl-C.")
    while (step := progress.following()) is not None:
        say("", f"{NAMES.index(step.name) + 1} of {len(STEPS)}: {step.title}", step.about)
        try:
            guide.do(step.name)
        except (SitboneError, click.Abort, KeyboardInterrupt):
            say(f"What is done stays. To go on with this step: sitbone setup{guide.as_named()}", err=True)
            raise
        progress.finish(step.name)
    say("", *steps.AFTERWARDS)
