"""The command line: arguments, printing and exit codes.

Rule: nothing outside this folder prints, and nothing in it decides.

What takes time to import is imported in the command that needs it, so that ``sitbone --help`` is quick.
"""

import os
import sys
from io import TextIOWrapper

import click

from sitbone.cli import (
    board,
    cohort,
    cushion,
    cushions,
    dashboard,
    data,
    detection,
    diary,
    first_hour,
    history,
    simulation,
    tune,
)
from sitbone.cli.autosync import autosync
from sitbone.cli.terminal import example, say
from sitbone.errors import SitboneError, UsageError

INTERRUPTED = 130


def main() -> None:
    """The program."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a character that the terminal lacks must not end the program
    sys.exit(run(sys.argv[1:]))


def _as_text(args: list[str]) -> list[str]:
    """The arguments as the UTF-8 that they are typed in, whatever the locale. Raises UsageError where they are not."""
    try:
        return [os.fsencode(arg).decode() for arg in args]
    except UnicodeError:
        raise UsageError("an argument is not text in UTF-8; type it again") from None


def run(args: list[str]) -> int:
    """Runs one command line; returns the exit code. Every error becomes one line on stderr here."""
    try:
        code = cli.main(_as_text(args), prog_name="sitbone", standalone_mode=False)
    except click.exceptions.Abort:
        return _fail("stopped; run the command again to continue", INTERRUPTED)
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "sitbone"
        return _fail(
            f"{_one_line(error.format_message()).replace('. Did', ', did')}; see {path} --help", UsageError.exit_code
        )
    except SitboneError as error:
        return _fail(_one_line(str(error)), error.exit_code)
    except UnicodeEncodeError:
        return _fail("this terminal's character set can't say that; run it again with LC_ALL=C.UTF-8", 1)
    except OSError as error:
        name = error.filename or "a file"
        return _fail(
            f"cannot use {name} ({error.strerror or error}); check the path, its permissions and the free space", 1
        )
    return code if isinstance(code, int) else 0


def _fail(text: str, code: int) -> int:
    say(f"sitbone: {text}", err=True)
    return code


def _one_line(text: str) -> str:
    line = " ".join(text.split()).rstrip(".")
    return line[:1].lower() + line[1:] if line[1:2].islower() else line


@click.group(invoke_without_command=True, epilog=example("demo"))
@click.version_option(package_name="sitbone", message="sitbone %(version)s")
@click.pass_context
def cli(context: click.Context) -> None:
    """Tools for the sitbone cushion, which measures how you sit and reminds you to get up."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for command in (
    cushion.devices,
    cushions.cushion,
    cushion.install,
    cushion.status,
    cushion.settings,
    detection.calibrate,
    detection.live,
    first_hour.setup,
    board.flash,
    board.doctor,
    board.energy,
    history.sync,
    autosync,
    history.history,
    history.events,
    history.why,
    history.loads,
    history.clock,
    data.record,
    data.export,
    data.backup,
    data.restore,
    data.rescue,
    data.forget,
    data.report,
    dashboard.dashboard,
    dashboard.page,
    diary.pain,
    diary.rehab,
    tune.tune,
    simulation.replay,
    simulation.virtual,
    simulation.demo,
    detection.evaluate,
    cohort.cohort,
):
    cli.add_command(command)
