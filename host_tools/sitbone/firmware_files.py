"""The firmware files that `install` puts on a cushion: from the development tree, or from inside the wheel."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import cushion

VERSION_HEX_DIGITS = 12
TOP_FILES = ("boot.py", "main.py")


@dataclass(frozen=True, slots=True)
class FirmwareFile:
    """One file: ``name`` relative to the firmware's folder ("cushion/app.py"), its bytes, their SHA-256 in hex."""

    name: str
    data: bytes
    sha256: str


def firmware_files() -> list[FirmwareFile]:
    """All files of the firmware, by name."""
    package = Path(cushion.__file__).parent
    paths = {f"cushion/{path.relative_to(package).as_posix()}": path for path in package.rglob("*.py")}
    paths.update({name: _top_folder(package) / name for name in TOP_FILES})
    return [_load(name, paths[name]) for name in sorted(paths)]


def version_id(files: list[FirmwareFile]) -> str:
    """The name of this set of files on a cushion: the first hex digits of a hash over all names and contents."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0{file.sha256}\n".encode())
    return digest.hexdigest()[:VERSION_HEX_DIGITS]


def _top_folder(package: Path) -> Path:
    """In the wheel they lie beside the host tools, as `boot` and `main` are no names for top-level packages."""
    in_wheel = Path(__file__).parent / "_firmware"
    return in_wheel if in_wheel.is_dir() else package.parent


def _load(name: str, path: Path) -> FirmwareFile:
    data = path.read_bytes()
    return FirmwareFile(name, data, hashlib.sha256(data).hexdigest())
