"""The firmware's type check finds what it is there for. Oracle: the errors planted here, by hand."""

import subprocess
import sys

import pytest

PLANTED = """\
import asyncio
import machine
import time
from array import array
import dataclasses
import functools
import numpy


def use() -> None:
    machine.ADC(machine.Pin(36)).nope()
    machine.Pin("thirty-six", mode="out")
    time.sleep_ms("10")
    array("i", [0]).nothing()
    asyncio.no_such()


def fine() -> int:
    return machine.ADC(machine.Pin(36)).read_uv() + time.ticks_diff(time.ticks_ms(), 0)
"""
FIRST_LINE_OF_FINE = 18


OLDER = ("1.26", "1.27", "1.28")


def _check(project_root, settings, *files):
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", settings, "--no-pretty", *files],
        cwd=project_root,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module", params=["newest", *(pytest.param(name, marks=pytest.mark.slow) for name in OLDER)])
def settings(request, project_root):
    """The check's settings, for each MicroPython whose stubs are pinned."""
    folder = ".typings" if request.param == "newest" else f".typings-{request.param}"
    assert (project_root / folder / "stdlib").is_dir(), "the ESP32's stubs are missing; run make setup types-all"
    return "firmware/mypy.ini" if request.param == "newest" else f"{folder}/mypy.ini"


@pytest.fixture(scope="module")
def errors(project_root, settings, tmp_path_factory):
    planted = tmp_path_factory.mktemp("planted") / "planted_errors.py"
    planted.write_text(PLANTED)
    done = _check(project_root, settings, str(planted))
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "line", [n for n, text in enumerate(PLANTED.splitlines(), 1) if n < FIRST_LINE_OF_FINE and n > 4 and text.strip()]
)
def test_each_planted_error_is_found(errors, line):
    text = PLANTED.splitlines()[line - 1]
    if text.startswith("def"):
        assert f":{line}: error" not in errors
    else:
        assert f"planted_errors.py:{line}: error" in errors, f"not found: {text}\n{errors}"


def test_correct_code_passes(errors):
    for line in (1, 2, 3, 4, *range(FIRST_LINE_OF_FINE, FIRST_LINE_OF_FINE + 3)):
        assert f":{line}: error" not in errors


@pytest.mark.slow
@pytest.mark.parametrize("version", OLDER)
def test_the_firmware_fits_the_library_of_each_micropython(project_root, version):
    done = _check(project_root, f".typings-{version}/mypy.ini")
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_pinned_library_is_checked(project_root):
    pinned = {path.stem for path in (project_root / "firmware" / "older_typings").glob("*.lock")}
    assert pinned == set(OLDER)
    assert f"OLDER := {' '.join(OLDER)}\n" in (project_root / "Makefile").read_text()
