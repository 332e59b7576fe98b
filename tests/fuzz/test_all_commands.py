"""The two fuzzes drive every command that reads a store or asks a cushion."""

from collections.abc import Iterator

import click
import pytest

from sitbone.cli import cli
from tests.fuzz import test_hostile_stores, test_lying_cushions

# Neither, or by what their own tests drive: boards without firmware, a person, simulations, a browser, services.
OTHERS = (
    "install",
    "flash",
    "virtual",
    "demo",
    "evaluate",
    "energy",
    "dashboard",
    "setup",
    "autosync",
    "cohort",
)
TRIED = (
    *test_hostile_stores.READING,
    *test_hostile_stores.WRITING,
    *test_hostile_stores.DEAR,
    *test_hostile_stores.SWEEP_ONLY,
    *test_lying_cushions.COMMANDS,
    *test_lying_cushions.AFTERWARDS,
)


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[str]:
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from leaves(below, (*path, name))
    else:
        yield " ".join(path)


@pytest.mark.parametrize("command", [leaf for leaf in leaves(cli) if leaf.split()[0] not in OTHERS])
def test_a_fuzz_drives_it(command: str) -> None:
    assert any(tried.startswith(command) for tried in TRIED), f"add {command} to a list of tests/fuzz"
