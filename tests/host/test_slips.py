"""Slips of the hand and odd surroundings: one clear line, or the right thing."""

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from sitbone import cli
from sitbone.diary.diary_store import DiaryStore
from sitbone.diary.entries import new_pain
from sitbone.report.content import report_of
from sitbone.report.html import html
from sitbone.store.store import Store

NOW = datetime.now().astimezone()
SITBONE = [sys.executable, "-m", "sitbone.cli"]


def test_an_argument_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    environment = os.environ | {"SITBONE_HOME": str(tmp_path)}
    done = subprocess.run(
        [*SITBONE, "pain", "3", "--note", b"caf\xe9"], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (2, "sitbone: an argument is not text in UTF-8; type it again\n")


@pytest.mark.parametrize("utf8", ["0", "1"])
def test_a_note_survives_a_locale_without_letters(tmp_path: Path, utf8: str) -> None:
    """LC_ALL=C, as in a cron job, with and without Python's own remedy."""
    environment = {"PATH": os.environ["PATH"], "SITBONE_HOME": str(tmp_path), "LC_ALL": "C", "PYTHONUTF8": utf8}
    for args in (["pain", "3", "--note", "Gesäß 🪑"], ["pain", "list"], ["report", str(tmp_path / "r.html")]):
        done = subprocess.run([*SITBONE, *args], env=environment, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b""), args
    with Store(tmp_path / "sitbone.sqlite") as store:
        assert DiaryStore(store).pains()[0]["note"] == "Gesäß 🪑"
    assert "Gesäß 🪑" in (tmp_path / "r.html").read_text(encoding="utf-8")


TURNED = "\u202egnp.exe\u2066\u200f\x1b[2J"


def test_what_turns_the_writing_or_moves_the_cursor_reaches_no_report_and_no_terminal(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SITBONE_HOME", str(store.path.parent))
    DiaryStore(store).add("pain", new_pain(3, NOW, NOW, "sitting", note=TURNED))
    DiaryStore(store).add("red_flag", {"day": NOW.date().isoformat(), "entered_ms": 1, "what": "pop", "note": TURNED})
    page = html(report_of(store, NOW))
    assert not {sign for sign in TURNED if not sign.isprintable()} & set(page)
    assert "gnp.exe" in page
    for command in (["pain", "list"], ["pain", "list", "--json"]):
        assert cli.run(command) == 0
        shown = capsys.readouterr().out
        assert all(sign.isprintable() or sign == "\n" for sign in shown)
        assert "gnp.exe" in shown
    assert json.loads(shown)["entries"][0]["note"] == TURNED
