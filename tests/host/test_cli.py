"""The command line as a user types it: exit codes, error lines, help. Golden lines: a change here is a change for
users."""

import json
import os
import re
import shlex
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from sitbone import cli
from sitbone.store.blocks import read_block
from sitbone.store.store import Store
from sitbone.store.sync import sync_lines
from tests.host.logs import office_morning


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "home"
    monkeypatch.setenv("SITBONE_HOME", str(path))
    monkeypatch.delenv("SITBONE_PORT", raising=False)
    return path


GOLDEN = (Path(__file__).parent / "error_lines.txt").read_text().splitlines()


@pytest.mark.parametrize(("command", "shown"), list(zip(GOLDEN[::2], GOLDEN[1::2], strict=True)))
def test_an_error_is_one_line_and_a_code(command: str, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.run(shlex.split(command)[2:])
    output = capsys.readouterr()
    assert f"{code} {output.err}" == shown + "\n"
    assert output.out == ""


def test_a_data_folder_that_cannot_be_made_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SITBONE_HOME", str(tmp_path / "file" / "in"))
    assert cli.run(["history"]) == 1
    assert re.fullmatch(r"sitbone: cannot create .*; set SITBONE_HOME to a folder you own\n", capsys.readouterr().err)


def test_a_damaged_store_ends_with_5_and_a_newer_one_with_1(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.mkdir()
    (home / "sitbone.sqlite").write_bytes(b"nothing like a database" * 200)
    assert cli.run(["events"]) == 5
    assert "is damaged" in capsys.readouterr().err
    (home / "sitbone.sqlite").unlink()
    with sqlite3.connect(home / "sitbone.sqlite") as db:
        db.execute("PRAGMA user_version = 1000")
    assert cli.run(["history"]) == 1
    assert capsys.readouterr().err.endswith("was written by a newer sitbone; update sitbone to use it\n")


def test_what_people_wrote_gives_the_terminal_no_orders(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["pain", "3", "--morning", "--note", "red \x1b[31m\nand a line"]) == 0
    assert cli.run(["rehab", "add", "isometric", "bridge\x07", "--sets", "1"]) == 0
    shown = capsys.readouterr().out
    assert "pain 3: red  [31m and a line\n" in shown
    assert "isometric: bridge , 1 set\n" in shown


def test_a_terminal_without_a_sign_shows_another(home: Path) -> None:
    home.mkdir()
    with Store(home / "sitbone.sqlite") as store:
        store.add_blocks(store.cushion("246f28000001"), [read_block(data) for data in office_morning().data()])
    command = [sys.executable, "-m", "sitbone.cli", "history", "--from", "2026-09-01", "--to", "2026-09-30"]
    env = os.environ | {"PYTHONIOENCODING": "ascii"}
    shown = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "50 min" in shown.stdout


def test_one_is_told_as_one_and_hours_as_hours() -> None:
    lines = sync_lines({"records": 1, "bytes": 80, "seconds": 0.1, "lost": [], "damaged": 1, "clock_offset_ms": -9e6})
    assert lines == [
        "1 new record, 80 bytes in 0.1 s",
        "damaged on the cushion: 1 block, left out",
        "clock: was 2 h 30 min behind; set now",
    ]


def test_hostile_settings_are_refused_in_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deep = tmp_path / "deep.json"
    deep.write_text("[" * 100_000)
    assert cli.run(["settings", "import", str(deep)]) == 2
    assert re.fullmatch(r"sitbone: cannot read settings from .*; give a JSON object .*\n", capsys.readouterr().err)


def test_no_arguments_print_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([]) == 0
    assert "Commands:" in capsys.readouterr().out


@pytest.mark.parametrize("group", [[], ["pain"], ["rehab"], ["settings"]])
def test_the_help_cuts_no_sentence(group: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([*group, "--help"]) == 0
    commands = capsys.readouterr().out.partition("Commands:")[2]
    assert commands
    assert "..." not in commands


def test_help_is_quick() -> None:
    """Heavy imports belong into the commands."""
    code = "import sys, sitbone.cli; print({'numpy', 'rich', 'serial', 'sqlite3', 'nicegui'} & set(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "set()"


def test_history_and_events_of_a_filled_store(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["history"]) == 0
    assert "no data for these days" in capsys.readouterr().out
    with Store(home / "sitbone.sqlite") as store:
        store.add_blocks(store.cushion("246f28000001"), [read_block(data) for data in office_morning().data()])
    assert cli.run(["history", "--from", "2026-09-01", "--to", "2026-09-30", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["days"][0]["breaks"] == {"verified": 1, "all": 1}
    assert cli.run(["history", "--from", "2026-09-01", "--to", "2026-09-30"]) == 0
    assert "50 min" in capsys.readouterr().out
    assert cli.run(["events", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"seq", "at", "kind", "session", "t_ms", "text"} <= set(lines[0])
    assert cli.run(["events"]) == 0
    assert "prompt level 1, left: dose 20.0 of 20.0 min" in capsys.readouterr().out
