"""What a release holds. Oracles: the tree, and MicroPython's own installer on a chip without firmware."""

import functools
import http.server
import json
import subprocess
import sys
import threading
import zipfile

import pytest

import cushion
from sitbone.board.device import Cushion
from sitbone.virtual import SitterSeat, VirtualCushion

INSTALL_S = 300

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def released(tmp_path_factory, project_root):
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, str(project_root / "host_tools" / "release.py"), str(folder)]
    subprocess.run(command, check=True, timeout=INSTALL_S)
    return folder


@pytest.fixture
def address(released):
    """The release's folder, as a server offers it."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=released)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/package.json"
        server.shutdown()


def test_the_firmware_archive_is_the_trees_firmware(released, project_root):
    (path,) = released.glob("sitbone-firmware-*.zip")
    assert path.name == f"sitbone-firmware-{cushion.VERSION}.zip"
    with zipfile.ZipFile(path) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    firmware = project_root / "firmware"
    sources = [*(firmware / "cushion").rglob("*.py"), *firmware.glob("*.py"), firmware / "README.md"]
    expected = {file.relative_to(firmware).as_posix(): file.read_bytes() for file in sources}
    assert found == expected | {"LICENSE": (project_root / "LICENSE").read_bytes()}


def test_the_same_tree_gives_the_same_bytes(released, project_root, tmp_path):
    command = [sys.executable, str(project_root / "host_tools" / "release.py"), str(tmp_path)]
    subprocess.run(command, check=True, timeout=INSTALL_S)
    names = sorted(path.name for path in released.iterdir())
    assert names == sorted(path.name for path in tmp_path.iterdir())
    assert [name for name in names if (released / name).read_bytes() != (tmp_path / name).read_bytes()] == []


def test_a_release_is_one_folder_and_the_package_names_what_is_in_it(released):
    package = json.loads((released / "package.json").read_text())
    assert package["version"] == cushion.VERSION
    assert {source for _, source in package["urls"]} == {"boot.py", "main.py", "modules.pack", "current"}
    assert all((released / source).is_file() for _, source in package["urls"])
    # What names the version to run comes after all that the version needs.
    assert package["urls"][-1] == ["fw/current", "current"]


def test_mip_puts_a_running_firmware_on_a_chip_without_one(address, tmp_path):
    flash = tmp_path / "flash.img"
    with VirtualCushion(SitterSeat("office", seed=1), flash=flash) as chip:
        command = [sys.executable, "-m", "mpremote", "connect", chip.port, "mip", "install", "--target", "/", address]
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_S, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    with VirtualCushion(SitterSeat("office", seed=1), flash=flash) as chip, Cushion(chip.port) as device:
        status = device.call("status")
    assert status["firmware"] == cushion.VERSION
    assert not status["safe_mode"]
