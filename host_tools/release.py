"""What a release holds beside the Python package: `make dist` runs this.

``sitbone-firmware-<version>.zip`` has the firmware as source, with its licence. ``package.json`` and the files it names
are the same firmware, compiled, for MicroPython's own installer, `mip`: what `sitbone install` would write on an empty
board. All of them lie in one folder, because a release has no folders; the package says where each belongs.
"""

import json
import sys
import zipfile
from pathlib import Path

import cushion
from sitbone.board.firmware_files import PACK, compiled, firmware_files, packed, version_id

ROOT = Path(__file__).resolve().parents[1]
EXTRA = ("LICENSE", "firmware/README.md", "firmware/manifest.py", "firmware/manifest_esp32.py")
SAME_ALWAYS = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip knows: the same tree gives the same bytes


def write_archive(folder: Path) -> Path:
    """The firmware's source as a zip, with what ships beside it. Returns its path."""
    path = folder / f"sitbone-firmware-{cushion.VERSION}.zip"
    contents = {file.name: file.data for file in firmware_files()}
    contents |= {Path(name).name: (ROOT / name).read_bytes() for name in EXTRA}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(contents):
            archive.writestr(zipfile.ZipInfo(name, SAME_ALWAYS), contents[name], zipfile.ZIP_DEFLATED)
    return path


def write_mip_package(folder: Path) -> Path:
    """The compiled firmware and the ``package.json`` that `mip` reads. Returns the latter's path."""
    files = compiled(firmware_files())
    version = version_id(files)
    urls = []
    for file in packed(files):
        (folder / file.name).write_bytes(file.data)
        urls.append([f"fw/{version}/{PACK}" if file.name == PACK else file.name, file.name])
    # Last: a board whose install was cut has no version to start, and says so.
    (folder / "current").write_text(f"{version}\n\n")
    urls.append(["fw/current", "current"])
    path = folder / "package.json"
    path.write_text(json.dumps({"version": cushion.VERSION, "urls": urls}, indent=1) + "\n")
    return path


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    write_archive(target)
    write_mip_package(target)
