"""Installs the firmware on a board, so that an interruption at any moment leaves a cushion that starts.

Each version has its own folder, ``/fw/<id>/``, and ``/fw/current`` names the version that runs and the one before it.
The new folder is complete and verified before ``current`` is replaced, in one rename. ``/fw/trial`` makes the board's
boot.py count failed starts and go back to the previous version; the firmware removes it once it has run well for some
seconds.
"""

import hashlib
import time
from collections.abc import Callable
from typing import Any

from cushion.drivers.profiles import DEFAULT_PROFILE, PROFILES, divider_ohms
from sitbone.board.device import Board, Cushion
from sitbone.board.firmware_files import (
    MPY_VERSION,
    TOP_FILES,
    FirmwareFile,
    compiled,
    firmware_files,
    packed,
    version_id,
)
from sitbone.errors import CushionGone, NoCushion, Refused, UsageError

START_S = 90.0
POLL_S = 1.0
# The firmware's own restart stops the motors, which would run on through the chip's.
RESTART = """
try:
    from cushion.drivers.board import restart
except ImportError:
    from machine import reset as restart
restart()
"""
OLDEST = (1, 24, 0)
# What some part of the tests has run on or been checked against (firmware/README.md, What was run where).
TRIED_FROM, TRIED_TO = (1, 25), (1, 29)
ROOMY_BOARDS = (  # with PSRAM, by their profile
    "Seeed XIAO ESP32-S3 (--board xiao-s3), ESP32-S3-DevKitC-1 N8R8 (--board s3-devkit), "
    "ESP32-DevKitC-VE (--board devkit)"
)
PLATFORMS = ("esp32", "linux", "darwin")  # the last two are the virtual cushion
ASK_INTERPRETER = (
    "import sys,json\ni=sys.implementation\nprint(json.dumps([i[0],list(i[1])[:3],getattr(i,'_mpy',0),sys.platform]))"
)
# Its present heap and what it may still grow by: an ESP32's heap grows on demand, and mem_free counts that.
ASK_HEAP = "import gc\ngc.collect()\nprint(gc.mem_alloc() + gc.mem_free())"
# Measured by tests/firmware/test_heap.py, plus 8 kB that MicroPython itself has taken by then.
COMPILED_HEAP_BYTES = 150 * 1024
SOURCE_HEAP_BYTES = 162 * 1024  # a fresh ESP32 has 162.7
# The version of the frozen package, whatever version runs; "" where there is none.
ASK_BUILTIN = """
import sys
path = sys.path[:]
ours = {name: sys.modules.pop(name) for name in list(sys.modules) if name.split('.')[0] == 'cushion'}
sys.path[:] = ['.frozen']
try:
    import cushion
    print(cushion.VERSION)
except ImportError:
    pass
finally:
    sys.path[:] = path
    sys.modules.pop('cushion', None)
    sys.modules.update(ours)
"""
BOARD_FILE = "/etc/board"
COUNTED = ("/fw/trial", "/fw/starts")  # they exist until a start has succeeded
SPARE_BYTES = 16 * 1024  # room for the log and the settings beside the firmware

Progress = Callable[[int, int], None]  # (done, of all), in bytes


def install(
    port: str,
    progress: Progress | None = None,
    board_name: str | None = None,
    compile_it: bool = False,
    divider_ohm: str | None = None,
) -> dict[str, Any]:
    """Installs this sitbone's firmware; returns ``{"version", "previous", "files", "bytes", "firmware",
    "micropython"}``: the last is the board's version, as a list of three numbers.

    ``board_name`` is the board's profile; without it the board keeps its profile, or the default. ``divider_ohm`` has
    the measured values of its four resistors, as `divider_ohms` reads them; without it the board keeps those, too.
    ``compile_it`` sends bytecode, if the board can read it.

    Raises NoCushion or CushionGone when the line fails, Refused when the board has no room, doesn't keep a file, or
    went back to its previous version, and UsageError, before anything is written, for an impossible board or resistor
    value.
    """
    with Board(port) as board:
        micropython, reads_bytecode = _demand_micropython(board)
        compile_it = reads_bytecode and compile_it
        _demand_memory(board, COMPILED_HEAP_BYTES if compile_it else SOURCE_HEAP_BYTES)
        board_text = _board_text(board, board_name, divider_ohm)
        files = compiled(firmware_files()) if compile_it else firmware_files()
        version = version_id(files)
        running, _ = _versions(board)
        previous, copied = _copy(board, packed(files), version, progress)
        _write_board_file(board, board_text)
        if copied["files"] or running != version or board_text is not None:
            board.start(RESTART)
    status = _wait_for_start(port, version)
    with Board(port) as board:
        _remove_others(board, (version, previous))
    found = {"firmware": status["firmware"], "micropython": micropython}
    return {"version": version, "previous": previous or None, **found, **copied}


def use_builtin(port: str, board_name: str | None = None, divider_ohm: str | None = None) -> dict[str, Any]:
    """Runs the firmware that is frozen into the board's MicroPython, and removes installed versions. Board profile and
    resistors work as in `install`.

    Returns ``{"version": None, "previous", "files": 0, "bytes": 0, "firmware"}``. Raises Refused where none is frozen,
    otherwise as `install`.
    """
    with Board(port) as board:
        if not board.run(ASK_BUILTIN).strip():
            raise Refused("this MicroPython has no sitbone firmware built in; run sitbone install without --builtin")
        board_text = _board_text(board, board_name, divider_ohm)
        previous, _ = _versions(board)
        if previous:
            _replace(board, "/fw/current", b"\n\n")
        _write_board_file(board, board_text)
        if previous or board_text is not None:
            board.start(RESTART)
    status = _wait_for_start(port, "")
    with Board(port) as board:
        _remove_others(board, ())
    return {"version": None, "previous": previous or None, "firmware": status["firmware"], "files": 0, "bytes": 0}


def tried_text(micropython: list[int]) -> str:
    """A line for a MicroPython that nobody has tried the firmware on, "" for others."""
    if TRIED_FROM <= tuple(micropython[:2]) <= TRIED_TO:
        return ""
    found, first, last = (".".join(map(str, version)) for version in (micropython, TRIED_FROM, TRIED_TO))
    return f"sitbone was tried on MicroPython {first} to {last}, not on {found}; if it fails, flash one of those"


def _demand_micropython(board: Board) -> tuple[list[int], bool]:
    """Raises Refused for an interpreter that can't run the firmware; returns its version, and whether it reads our
    bytecode."""
    name, version, mpy, platform = board.run_json(ASK_INTERPRETER)
    if name != "micropython" or tuple(version) < OLDEST:
        found, oldest = ".".join(map(str, version)), ".".join(map(str, OLDEST))
        raise Refused(f"the board runs {name} {found}; flash MicroPython {oldest} or newer with sitbone flash")
    if platform not in PLATFORMS:
        raise Refused(f"the board is a {platform}, not an ESP32; use an ESP32 or ESP32-S3")
    return version, bool(mpy & 0xFF == MPY_VERSION)


def _demand_memory(board: Board, needed: int) -> None:
    """Raises Refused where the heap is smaller than the firmware was measured to need."""
    heap = board.run_json(ASK_HEAP)
    if heap < needed:
        raise Refused(
            f"the board has {heap // 1024} kB of memory, the firmware needs {needed // 1024} to run from files; use a"
            f" board with PSRAM: {ROOMY_BOARDS}; or flash a MicroPython with the firmware built in (firmware/README.md)"
        )


def _board_text(board: Board, name: str | None, ohms: str | None) -> bytes | None:
    """The new contents of the board's file, None where they are the same: the profile's name, and in a second line the
    resistors once known. What isn't given stays, except the resistors of another board."""
    if name is None and ohms is None:
        return None
    try:
        said = board.read_text(BOARD_FILE) or ""
    except Refused:
        said = ""  # not text: nothing in it to keep
    was_name, was_ohms = (line.strip() for line in f"{said}\n\n".split("\n")[:2])
    name = name or was_name or DEFAULT_PROFILE
    if name not in PROFILES:
        raise UsageError(f"no board is called {name}; choose from {', '.join(sorted(PROFILES))}")
    if ohms is not None:
        second = _resistors(ohms, PROFILES[name]["divider_ohm"])
    else:
        second = was_ohms if name == was_name else ""
    text = f"{name}\n{second}".strip()
    return None if text == said.strip() else f"{text}\n".encode()


def _write_board_file(board: Board, text: bytes | None) -> None:
    """Writes the text of `_board_text` to the board's file, verified."""
    if text is not None:
        board.make_folders(BOARD_FILE.rpartition("/")[0])
        _replace(board, BOARD_FILE, text, hashlib.sha256(text).hexdigest())


def _resistors(ohms: str, nominal_ohm: int) -> str:
    """The board file's second line. Raises UsageError for values that such resistors can't have."""
    try:
        return ",".join(map(str, divider_ohms(ohms, nominal_ohm)))
    except ValueError as error:
        raise UsageError(str(error)) from None


def _copy(
    board: Board, files: list[FirmwareFile], version: str, progress: Progress | None
) -> tuple[str, dict[str, int]]:
    """Everything up to the restart; returns the previous version's id ("" for none) and how much was copied."""
    current, before = _versions(board)
    previous = before if current == version else current
    _remove_others(board, (version, previous))
    missing = _missing(board, files, version)
    _demand_space(board, missing)
    _write_all(board, missing, progress)
    if current != version or missing:
        # The trial first: an interruption between the two costs the old version only a counted start.
        _replace(board, "/fw/trial", b"0")
        _replace(board, "/fw/current", f"{version}\n{previous}\n".encode())
    return previous, {"files": len(missing), "bytes": sum(len(file.data) for _, file in missing)}


def _versions(board: Board) -> tuple[str, str]:
    """The ids of the current and the previous version, "" for none."""
    lines = [*(board.read_text("/fw/current") or "").split("\n"), "", ""]
    return lines[0].strip(), lines[1].strip()


def _path_of(file: FirmwareFile, version: str) -> str:
    return f"/{file.name}" if file.name in TOP_FILES else f"/fw/{version}/{file.name}"


def _missing(board: Board, files: list[FirmwareFile], version: str) -> list[tuple[str, FirmwareFile]]:
    """The files not on the board yet, as (path, file); boot.py and main.py last, as the old version uses them."""
    ordered = sorted(files, key=lambda file: file.name in TOP_FILES)
    wanted = [(_path_of(file, version), file) for file in ordered]
    return [(path, file) for path, file in wanted if board.sha256(path) != file.sha256]


def _demand_space(board: Board, missing: list[tuple[str, FirmwareFile]]) -> None:
    needed, free = sum(len(file.data) for _, file in missing) + SPARE_BYTES, board.bytes_free()
    if missing and free < needed:
        room = f"the board has {free // 1024} kB free, the firmware needs {needed // 1024}"
        raise Refused(f"{room}; run sitbone sync, then sitbone flash --erase")


def _write_all(board: Board, missing: list[tuple[str, FirmwareFile]], progress: Progress | None) -> None:
    total = sum(len(file.data) for _, file in missing)
    done = 0
    for path, file in missing:
        board.make_folders(path.rpartition("/")[0] or "/fw")
        _replace(board, path, file.data, file.sha256, _shifted(progress, done, total))
        done += len(file.data)


def _shifted(progress: Progress | None, done: int, total: int) -> Progress | None:
    """The progress of one file as part of the whole."""
    return None if progress is None else lambda written, _: progress(done + written, total)


def _replace(board: Board, path: str, data: bytes, sha256: str | None = None, progress: Progress | None = None) -> None:
    """Writes a file under a temporary name, verifies it, then renames it into place."""
    temporary = path + ".new"
    board.write(temporary, data, progress)
    if sha256 is not None and board.sha256(temporary) != sha256:
        raise Refused(f"the board did not store {path} correctly; install again, and if that fails, replace the board")
    board.rename(temporary, path)


def _remove_others(board: Board, keep: tuple[str, ...]) -> None:
    """Removes older versions and the remains of an interrupted install."""
    for name in board.listdir("/fw"):
        if name not in (*keep, "current", "trial"):
            board.remove_tree(f"/fw/{name}")


def _wait_for_start(port: str, version: str) -> dict[str, Any]:
    """The status of the cushion once the new version has proved good. Raises Refused when the board went back."""
    deadline_s = time.monotonic() + START_S
    why = "nothing answered"
    while time.monotonic() < deadline_s:
        time.sleep(POLL_S)
        try:
            with Cushion(port) as cushion:
                status = _look(cushion, version)
        except (NoCushion, CushionGone) as error:
            why = str(error)
            continue
        if status is not None:
            return status
        why = "it is still starting"
    raise NoCushion(
        f"the new firmware did not start within {START_S:.0f} s ({why}); restart the cushion, then try again"
    )


def _look(cushion: Cushion, version: str) -> dict[str, Any] | None:
    """The status of a new version that has proved good, None until then. Raises Refused when boot.py gave up on it."""
    running, _ = _versions(cushion)
    if running != version:
        raise Refused(
            f"the new firmware did not start, so the cushion runs {running or 'none'} again; sync, then see its events"
        )
    try:
        status = cushion.call("status")
    except (NoCushion, Refused):
        # It failed before its console started: only further starts let boot.py give up on it.
        cushion.start(RESTART)
        return None
    if status.get("safe_mode"):
        raise Refused(
            f"the new firmware does not run ({status['safe_mode']}); run sitbone doctor --port {cushion.port}"
        )
    return status if all(cushion.read_text(path) is None for path in COUNTED) else None
