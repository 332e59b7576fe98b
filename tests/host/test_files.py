"""Restore, export, rescue and the store's own files: private, whole or not there, and nothing foreign taken in."""

import json
import os
import re
import shlex
import shutil
import sqlite3
import stat
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from sitbone import cli
from sitbone.diary.diary_store import DiaryStore
from sitbone.diary.entries import new_pain
from sitbone.diary.rehab import new_exercise
from sitbone.errors import DamagedData
from sitbone.files import whole
from sitbone.store.backup import back_up, restore
from sitbone.store.blocks import read_block
from sitbone.store.store import Store
from tests.host.logs import CUSHION_ID, office_morning

NOW = datetime.now().astimezone()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with a morning and a diary."""
    folder = tmp_path / "home"
    monkeypatch.setenv("SITBONE_HOME", str(folder))
    folder.mkdir()
    with Store(folder / "sitbone.sqlite") as store:
        store.add_blocks(store.cushion(CUSHION_ID.hex()), [read_block(data) for data in office_morning().data()])
        diary = DiaryStore(store)
        for number in range(5):
            diary.add("pain", new_pain(number, NOW, NOW, "sitting", note=f"note {number}"))
        diary.add("red_flag", {"day": "2026-09-21", "entered_ms": 1, "what": "pop", "note": "heard it"})
        diary.add("rehab", new_exercise(NOW, "isometric", "bridge", sets=3, reps=8, load_kg=12.5))
    return folder


def run(*args: str) -> int:
    return cli.run(list(args))


CHANGES = {
    "a table more": "CREATE TABLE other (x)",
    "a column more": "ALTER TABLE pain ADD COLUMN colour TEXT",
    "a trigger": "CREATE TRIGGER t AFTER INSERT ON record BEGIN DELETE FROM pain; END",
    "a view": "DROP TABLE rehab; CREATE VIEW rehab AS SELECT * FROM pain",
    "a text for a number": "UPDATE record SET unix_ms = 'yesterday' WHERE seq = 1",
    "a number for a payload": "UPDATE record SET payload = 12 WHERE seq = 1",
    "a table less": "DROP TABLE tuning",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_foreign_database_is_not_restored_and_nothing_changes(home: Path, tmp_path: Path, change: str) -> None:
    backup = tmp_path / "backup.sqlite"
    assert run("backup", str(backup)) == 0
    with sqlite3.connect(backup) as db:
        db.executescript(change)
    before = (home / "sitbone.sqlite").read_bytes()
    assert run("restore", str(backup)) == 5
    assert (home / "sitbone.sqlite").read_bytes() == before
    assert run("pain", "list") == 0


def test_a_database_with_a_table_called_record_is_no_backup(home: Path, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.sqlite") as db:
        db.execute("CREATE TABLE record (name TEXT)")
    with Store(home / "sitbone.sqlite") as store, pytest.raises(DamagedData, match="is not a sitbone backup"):
        restore(store, tmp_path / "other.sqlite", "x")


def test_the_store_its_folder_and_backups_are_the_users_alone(home: Path, tmp_path: Path) -> None:
    home.chmod(0o755)
    (home / "sitbone.sqlite").chmod(0o644)
    assert run("backup", str(tmp_path / "b.sqlite")) == 0
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (home, home / "sitbone.sqlite", tmp_path / "b.sqlite")]
    assert modes == [0o700, 0o600, 0o600]


def test_a_folder_that_others_use_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    monkeypatch.setenv("SITBONE_HOME", str(shared))
    assert run("history") == 0
    assert run("history") == 0
    assert stat.S_IMODE(shared.stat().st_mode) == 0o1777


@pytest.mark.skipif(os.geteuid() != 0, reason="needs another user, who may only read")
def test_a_home_that_can_only_be_read_is_read(home: Path, tmp_path: Path) -> None:
    code = (
        "import os, sys\nfrom sitbone import cli\n"
        "reading = (['pain', 'list'], ['history', '--from', '2026-01-01'])\n"
        "for command in reading: cli.run(command)\n"  # loads what another user may not load here
        "os.setuid(65534)\n"
        "sys.exit(any(map(cli.run, reading)) or 10 + cli.run(['pain', '3']))"
    )
    path = home / "sitbone.sqlite"
    for folder in (*tmp_path.parents, tmp_path):
        if folder.owner() == "root" and not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o011)
    code = code.replace("os.setuid", f"os.chmod({str(home)!r}, 0o755)\nos.chmod({str(path)!r}, 0o644)\nos.setuid")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 11, done.stderr
    assert "note 4" in done.stdout
    assert done.stderr.startswith("sitbone: cannot use ")


def test_an_export_covers_the_diary_goes_to_a_pipe_and_takes_its_format_from_the_ending(
    home: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run("export", str(tmp_path / "all.jsonl")) == 0
    capfdbinary.readouterr()
    assert run("export", "-", "--format", "jsonl") == 0
    shown = capfdbinary.readouterr()
    assert shown.out == (tmp_path / "all.jsonl").read_bytes()
    assert shown.err.startswith(b"exported ")
    rows = [json.loads(line) for line in shown.out.splitlines()]
    assert [row["pain"] for row in rows if row["kind"] == "pain"] == [0, 1, 2, 3, 4]
    assert [row["what"] for row in rows if row["kind"] == "red_flag"] == ["pop"]
    assert [row["load_kg"] for row in rows if row["kind"] == "rehab"] == [12.5]
    assert run("export", str(tmp_path / "all.parquet")) == 0
    assert run("export", str(tmp_path / "all.txt")) == 2
    assert run("export", "/dev/null", "--format", "csv") == 0
    assert not Path("/dev/null").is_file()


def test_a_file_that_was_not_finished_is_not_there(tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    target.write_text("the last one")

    def write() -> None:
        with whole(target) as part:
            part.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert target.read_text() == "the last one"
    assert list(tmp_path.iterdir()) == [target]


def test_a_damaged_store_gives_its_diary_and_is_kept(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("rescue") == 1  # it is sound
    path = home / "sitbone.sqlite"
    data = bytearray(path.read_bytes())
    size = int.from_bytes(data[16:18], "big")
    with sqlite3.connect(path) as db:
        page = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'record_by_kind'").fetchone()[0]
    data[(page - 1) * size : page * size] = b"\x55" * size
    path.write_bytes(data)
    capsys.readouterr()
    assert run("backup", str(tmp_path / "b.sqlite")) == 5
    assert f"{path} is damaged" in capsys.readouterr().err
    assert run("doctor") == 1
    assert "run sitbone rescue" in capsys.readouterr().out
    assert run("rescue") == 0
    assert "rescued 7 entries of the diary; now run sitbone sync" in capsys.readouterr().out
    assert run("pain", "list") == 0
    assert "note 4" in capsys.readouterr().out
    assert len(list(home.glob("sitbone-damaged-*.sqlite"))) == 1


def test_a_store_that_is_no_database_is_put_aside(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "sitbone.sqlite").write_bytes(b"nonsense" * 1000)
    assert run("history") == 5
    assert "run sitbone rescue" in capsys.readouterr().err
    assert run("rescue") == 0
    assert run("history") == 0


def test_a_backup_is_taken_again_over_an_old_one(home: Path, tmp_path: Path) -> None:
    shutil.copy(home / "sitbone.sqlite", tmp_path / "b.sqlite")
    with Store(home / "sitbone.sqlite") as store:
        assert back_up(store, tmp_path / "b.sqlite") == store.count()


README = Path(__file__).parents[2] / "host_tools" / "README.md"
# Not run here: what needs a cushion, a recording, or a whole simulation.
NEED_MORE = (
    "demo", "virtual", "devices", "install", "flash", "calibrate", "live",
    "record", "setup", "autosync", "dashboard", "energy", "evaluate",
)  # fmt: skip


def documented() -> list[str]:
    """The commands that host_tools/README.md gives as examples, about entries and cushions that there are."""
    commands = [
        line[12:].partition("  #")[0].strip()
        for line in README.read_text().splitlines()
        if line[:12] == " " * 4 + "sitbone "
    ]
    commands = [re.sub(r"\b(edit|remove|rate|repeat) \d+", r"\1 1", line) for line in commands]
    mine = [line for line in commands if "--port" not in line and line.split()[0] not in NEED_MORE]
    return [line.replace("246f28a1b2c3", CUSHION_ID.hex()).replace(" --yes", "") for line in mine]


def test_no_documented_command_loses_anything_of_the_diary_without_yes(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is edited or removed stays in the store; restore and rescue keep the store that they replace."""
    monkeypatch.chdir(tmp_path)
    commands = documented()
    assert {
        "pain edit 1 --pain 2",
        "pain remove 1",
        "rehab remove 1",
        "forget --from 2026-03-02 --to 2026-03-08",
    } < set(commands)
    done = [line for line in [*commands, "pain flags --clear --note fine", "forget"] if run(*shlex.split(line)) == 0]
    assert {line.split()[0] for line in done} >= {"pain", "rehab", "backup", "restore", "export", "report", "cushion"}
    with sqlite3.connect(home / "sitbone.sqlite") as db:
        notes = [row[0] for row in db.execute("SELECT note FROM pain ORDER BY id")]
        earlier = db.execute("SELECT earlier FROM pain WHERE id = 1").fetchone()[0]
        flag = db.execute("SELECT what, note FROM red_flag WHERE id = 1").fetchone()
        exercise, before = db.execute("SELECT load_kg, earlier FROM rehab WHERE id = 1").fetchone()
    assert notes[:5] == [f"note {number}" for number in range(5)]
    assert '"pain": 0' in earlier
    assert flag == ("pop", "heard it")
    assert exercise == 12.5 or '"load_kg": 12.5' in before
    with Store(tmp_path / "empty.sqlite") as empty:
        back_up(empty, tmp_path / "b.sqlite")
    before = set(home.glob("sitbone-before-*.sqlite"))
    assert run("restore", str(tmp_path / "b.sqlite")) == 0
    (kept,) = set(home.glob("sitbone-before-*.sqlite")) - before
    with sqlite3.connect(kept) as db:
        assert db.execute("SELECT count(*) FROM pain").fetchone()[0] == len(notes)
