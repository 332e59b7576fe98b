"""Mutants of the core: the suites must notice nearly all of them, and each deleted statement of the decisions.

`make mutants` runs all; here is a sample of them, the same one as long as the core is the same, and all the deletions.
A test that leaves more alive than the floor in mutants.toml allows names them: write the test that kills them, or say
in equivalent.toml why none can.
"""

import json
import os
import subprocess
import sys

import pytest

from tests.core.interpreters import ROOT

planted = pytest.importorskip("tests.core.mutants.planted", reason="cosmic-ray is not installed")
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="mutants run in forked children")


@pytest.mark.slow
def test_a_sample_of_the_mutants_is_killed(capsys):
    _hold_to_the_floor("mutants", capsys)


@pytest.mark.slow
def test_the_decisions_need_each_of_their_statements(capsys):
    _hold_to_the_floor("deletions", capsys)


def _hold_to_the_floor(which: str, capsys: pytest.CaptureFixture[str]) -> None:
    # In a process of its own: the killer must not have imported the core, and this one may have.
    command = [sys.executable, "-m", "tests.core.mutants", "--sample", which]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    with capsys.disabled():
        print("\n" + done.stdout)  # noqa: T201  the figures are what it is for
    assert done.returncode == 0, done.stderr


def test_each_reason_in_the_list_of_equivalents_is_of_a_line_that_exists():
    assert not [
        f"{module}: {entry['was']}"
        for module, entries in planted.EQUIVALENT.items()
        for entry in entries
        if entry["was"] not in [line.strip() for line in planted.source_of(module).splitlines()]
    ]


@pytest.mark.slow
def test_each_reason_in_the_list_of_equivalents_is_of_a_mutant_that_exists():
    gone = []
    for module, entries in planted.EQUIVALENT.items():
        wanted = {(entry["was"], now) for entry in entries for now in entry["now"]}
        was = {was for was, _ in wanted}
        lines = [line.strip() for line in planted.source_of(module).splitlines()]
        mutants = [*planted.mutants_of(module), *planted.deletions_of(module)]
        found = {mutant.change for mutant in mutants if lines[mutant.line - 1] in was}
        gone += [f"{module}: {change}" for change in wanted - found]
    assert not gone


def test_each_module_is_mutated():
    modules = planted.modules()
    assert {"dose", "sensing", "records", "engine"} <= set(modules) or "decisions" in modules
    assert not [module for module in modules if len(planted.mutants_of(module)) < 5]
    assert not [m for m in (*planted.SETTINGS["suites"], *planted.SETTINGS["decisions"]) if m not in modules]


def test_a_statement_is_deleted_whole_and_alone(tmp_path, monkeypatch):
    source = (
        "LIMIT = 3\n\n\ndef f(x):\n    '''text'''\n    if x:\n        return [\n            x,\n        ]\n"
        "    elif x is None:\n        x = 1; x += 1\n    return x\n"
    )
    (tmp_path / "planted.py").write_text(source)
    monkeypatch.setattr(planted, "CORE", tmp_path)
    mutants = planted.deletions_of("planted")
    assert [mutant.line for mutant in mutants] == [6, 7, 10, 11, 11, 12]
    for mutant in mutants:
        compile(mutant.source, "planted.py", "exec")
        assert len(mutant.source.splitlines()) == len(source.splitlines())
    assert mutants[1].change == ("return [", "pass")
    assert mutants[2].change == ("elif x is None:", "else:pass")
    assert mutants[3].change == ("x = 1; x += 1", "pass; x += 1")


CORE_WITH = {
    "killed": "def answer():\n    return 42\n",
    "survived": "def answer():\n    return 42 + unused()\n\n\ndef unused():\n    return 0 * 7\n",
    "endless": "def answer():\n    left = 42\n    while left > 0:\n        left -= 1\n    return 42\n",
}


@pytest.mark.parametrize("case", CORE_WITH)
def test_a_mutant_is_killed_survives_or_never_ends(case, tmp_path):
    """Planted: a core of one module and a suite of one test."""
    core, suite = tmp_path / "firmware" / "cushion" / "core", tmp_path / "suite"
    core.mkdir(parents=True)
    suite.mkdir()
    (core / "lonely.py").write_text(CORE_WITH[case])
    for folder in (core, core.parent):
        (folder / "__init__.py").write_text("")
    (suite / "alone.py").write_text(
        "from cushion.core import lonely\n\n\ndef test_it():\n    assert lonely.answer() == 42\n"
    )
    verdicts = json.loads(
        subprocess.run(
            [sys.executable, "-c", ON_PLANTED, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
    )
    if case == "killed":
        assert set(verdicts.values()) == {1}
    elif case == "survived":
        assert verdicts["return 0 * 8"] == 0
        assert verdicts["return 43 + unused()"] == 1
    else:
        assert verdicts["left -= 0"] == 2
        assert verdicts["while left > 1:"] == 0


ON_PLANTED = """
import json, sys, tempfile
from pathlib import Path
from tests.core.mutants import killer, planted
folder = Path(sys.argv[1])
planted.CORE = folder / "firmware" / "cushion" / "core"
killer.ROOT, killer.SUITE = folder, folder / "suite"
found = killer.Killer(2, Path(tempfile.mkdtemp(dir=folder))).run(planted.mutants_of("lonely"))
print(json.dumps({mutant.change[1].replace("( ", "(").replace("  ", " "): verdict for mutant, verdict, _ in found}))
"""
