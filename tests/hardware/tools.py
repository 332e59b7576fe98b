"""KiCad, ngspice and the hardware environment: a skip where they are missing, on CI a failure."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KICAD = ROOT / "hardware" / "kicad"
BOARD = "sitbone-carrier"
ENVIRONMENT = ROOT / ".hardware-venv" / "bin" / "python"


def need(found: bool, what: str) -> None:
    if found:
        return
    if os.environ.get("CI"):
        pytest.fail(f"{what} is not installed, and this is CI")
    pytest.skip(f"{what} is not installed: see hardware/README.md, 'The tools'")


def need_kicad() -> None:
    need(bool(shutil.which("kicad-cli")), "KiCad 9")
    set_up_libraries()


def need_ngspice() -> None:
    need(bool(shutil.which("ngspice")), "ngspice")


def need_environment() -> None:
    need(
        (ROOT / ".hardware-venv" / "ready").exists() and bool(shutil.which("dot")),
        "the hardware environment (make hardware-setup)",
    )


def set_up_libraries() -> None:
    """Gives KiCad the library tables that its first start with a screen would copy; without them all parts warn."""
    home = Path(os.environ.get("KICAD_CONFIG_HOME") or Path.home() / ".config" / "kicad" / "9.0")
    for name in ("sym-lib-table", "fp-lib-table"):
        template = Path("/usr/share/kicad/template") / name
        if template.exists() and not (home / name).exists():
            home.mkdir(parents=True, exist_ok=True)
            shutil.copy(template, home)


def copy_of_project(folder: Path) -> Path:
    """KiCad writes beside what it reads, so it reads a copy."""
    work = folder / "kicad"
    shutil.copytree(KICAD, work)
    return work


def kicad_cli(*words: object, check: bool = True) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["kicad-cli", *map(str, words)], capture_output=True, text=True, check=check, timeout=120)


def in_environment(*words: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([str(ENVIRONMENT), *map(str, words)], capture_output=True, text=True, cwd=ROOT, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    return done
