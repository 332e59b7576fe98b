"""Recorded readings: a CSV, also gzipped, with ``t_ms`` and ``<zone>_mv`` columns; other columns are ignored.

Optional ``occupied``: 1 seated, 0 empty, blank unknown. At least one of the ischial zones must be there. A column
named ``board=NAME``, whose cells may be missing, says by which board's profile the cushion read them.
"""

from __future__ import annotations

import csv
import gzip
import io
import math
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cushion.core.calibration import ZONES
from cushion.drivers.profiles import DEFAULT_PROFILE, PROFILES
from sitbone.dates import counted
from sitbone.errors import SitboneError

GAP_MS = 5000
"""Rows further apart than this have a hole between them: nothing is known about it."""

MAX_MV = 3350.0
"""3.3 V supply and its tolerance: more cannot have been read from the divider."""

BOARD = "board="

_ISCHIAL = ("left_it", "right_it")
_GZIP_MAGIC = b"\x1f\x8b"


class TraceError(SitboneError, ValueError):
    """A trace that cannot be used; the text names file, line and what to do."""


@dataclass(frozen=True)
class Trace:
    """Readings in time order. Column ``i`` of ``mv`` is zone ``ZONES[i]``; zones that were not recorded are 0."""

    t_ms: NDArray[np.int64]
    mv: NDArray[np.float64]
    zones: tuple[str, ...]
    """The recorded zones."""
    occupied: NDArray[np.float64] | None = None
    """1, 0, or NaN where unknown; None if the column is not there."""
    board: str = DEFAULT_PROFILE
    """The profile of the board that it was recorded on, or is taken to be from."""

    @property
    def duration_s(self) -> float:
        return float(self.t_ms[-1] - self.t_ms[0]) / 1000

    def gaps(self) -> list[tuple[int, int]]:
        """Holes longer than ``GAP_MS``: times of the row before and of the row after."""
        before = np.flatnonzero(np.diff(self.t_ms) > GAP_MS)
        return [(int(self.t_ms[i]), int(self.t_ms[i + 1])) for i in before]


def read_trace(path: Path | str, board: str | None = None) -> Trace:
    """Reads a trace; raises TraceError with one line that says what is wrong and what to do. `board` is believed more
    than what the trace says.
    """
    path = Path(path)
    text = _text(path)
    columns = _columns(path, text)
    board = board or columns.board or DEFAULT_PROFILE
    if board not in PROFILES:
        raise TraceError(f"{path}: no board is called {board[:20]}; choose from {', '.join(sorted(PROFILES))}")
    try:
        rows = _parse_fast(text, columns)
    except ValueError as error:
        _find_bad_row(path, text, columns)
        raise TraceError(f"{path}: {error}; export it again as CSV") from None
    if not len(rows):
        raise TraceError(f"{path}: no rows below the header; record some")
    _check(path, text, columns, rows)
    return _trace(rows, columns, board)


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise TraceError(f"{path}: no such file; check the path") from None
    except OSError as error:
        raise TraceError(f"{path}: cannot be read ({error.strerror}); check the path and its permissions") from None
    if data.startswith(_GZIP_MAGIC):
        data = _unzip(path, data)
    elif path.suffix == ".gz" and data:
        raise TraceError(f"{path}: is not gzip although its name says so; rename it to .csv or compress it again")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TraceError(f"{path}: is binary, not CSV text; give a trace file") from None
    if "\x00" in text:
        raise TraceError(f"{path}: is binary, not CSV text; give a trace file")
    if not text.strip():
        raise TraceError(f"{path}: is empty; give a CSV with t_ms and <zone>_mv columns")
    return text


def _unzip(path: Path, data: bytes) -> bytes:
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise TraceError(f"{path}: damaged gzip ({error}); copy or compress it again") from None


@dataclass(frozen=True)
class _Columns:
    """Where the header has what; ``used`` is the order of the parsed matrix: t_ms, zones, occupied."""

    count: int
    zones: tuple[str, ...]
    used: tuple[int, ...]
    names: tuple[str, ...]
    occupied: int | None
    board: str | None


def _columns(path: Path, text: str) -> _Columns:
    header_end = text.find("\n")
    header = text if header_end < 0 else text[:header_end]
    try:
        names = [name.strip() for name in next(csv.reader([header.strip()]), [])]
    except csv.Error as error:
        raise TraceError(f"{path}:1: no header of a CSV ({error}); export it again as CSV") from None
    doubled = next((name for name in names if name and names.count(name) > 1), None)
    if doubled is not None:
        raise TraceError(f"{path}:1: column {doubled} occurs twice; keep one")
    if "t_ms" not in names:
        raise TraceError(f"{path}:1: no t_ms column; the first line must name the columns, such as t_ms,left_it_mv")
    zones = tuple(zone for zone in ZONES if f"{zone}_mv" in names)
    if not any(zone in zones for zone in _ISCHIAL):
        raise TraceError(f"{path}:1: no column left_it_mv or right_it_mv; give a trace as sitbone record writes it")
    wanted = ["t_ms", *(f"{zone}_mv" for zone in zones)]
    occupied = names.index("occupied") if "occupied" in names else None
    board = next((name.removeprefix(BOARD) for name in names if name.startswith(BOARD)), None)
    return _Columns(len(names), zones, tuple(names.index(name) for name in wanted), tuple(wanted), occupied, board)


def _unknown_is_nan(cell: str) -> float:
    return float(cell) if cell.strip() else math.nan


def _parse_fast(text: str, columns: _Columns) -> NDArray[np.float64]:
    body = text.partition("\n")[2]
    if not body.strip():
        return np.empty((0, len(columns.used)))
    if columns.occupied is None:
        return _load(body, columns.used)
    used = (*columns.used, columns.occupied)
    # numpy's own parser takes no blank cell; where the file has none it is several times faster.
    if ",\n" not in body and ",\r" not in body and ",," not in body:
        return _load(body, used)
    return np.loadtxt(
        io.StringIO(body), np.float64, None, ",", {columns.occupied: _unknown_is_nan}, usecols=used, ndmin=2
    )


def _load(body: str, used: tuple[int, ...]) -> NDArray[np.float64]:
    return np.loadtxt(io.StringIO(body), np.float64, None, ",", usecols=used, ndmin=2)


def _check(path: Path, text: str, columns: _Columns, rows: NDArray[np.float64]) -> None:
    readings = rows[:, 1 : 1 + len(columns.zones)]
    t_ms = rows[:, 0]
    good = [
        np.isfinite(rows[:, : 1 + len(columns.zones)]).all(),
        readings.min() >= 0 and readings.max() <= MAX_MV,
        (np.diff(t_ms) > 0).all(),
        (t_ms == np.floor(t_ms)).all() and np.abs(t_ms).max() < 2**53,
    ]
    if not all(good):
        _find_bad_row(path, text, columns)
        raise TraceError(f"{path}: unusable values; export it again as CSV")


def _find_bad_row(path: Path, text: str, columns: _Columns) -> None:
    """The slow way, taken only for a trace that is already known to be bad: raises for its first bad line."""
    before_ms: int | None = None
    lines = text.splitlines()
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        cells = line.split(",")
        if len(cells) <= max(columns.used):
            found = counted(len(cells), "column")
            raise TraceError(f"{where}: {found} where the header names {columns.count}; complete the line")
        values = [_number(where, name, cells[at]) for name, at in zip(columns.names, columns.used, strict=True)]
        before_ms = _check_time(where, values[0], before_ms)
        for name, value in zip(columns.names[1:], values[1:], strict=True):
            _check_reading(where, name, value)
        if columns.occupied is not None and columns.occupied < len(cells) and cells[columns.occupied].strip():
            _number(where, "occupied", cells[columns.occupied])


def _number(where: str, name: str, cell: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        raise TraceError(f"{where}: {name} is {cell.strip()[:20]!r}, not a number; correct or drop the line") from None
    if not math.isfinite(value):
        raise TraceError(f"{where}: {name} is {cell.strip()[:20]}; correct or drop the line")
    return value


def _check_time(where: str, value: float, before_ms: int | None) -> int:
    if value != math.floor(value) or abs(value) >= 2**53:
        raise TraceError(f"{where}: t_ms is {value:g}, not whole milliseconds; round it")
    t_ms = int(value)
    if before_ms is not None and t_ms == before_ms:
        raise TraceError(f"{where}: t_ms {t_ms} occurs twice; keep one of the lines")
    if before_ms is not None and t_ms < before_ms:
        raise TraceError(f"{where}: t_ms goes back from {before_ms} to {t_ms}; sort the lines by time")
    return t_ms


def _check_reading(where: str, name: str, mv: float) -> None:
    if mv < 0:
        raise TraceError(f"{where}: {name} is {mv:g} mV, below zero; correct or drop the line")
    if mv > MAX_MV:
        raise TraceError(f"{where}: {name} is {mv:g} mV, above the 3.3 V supply; the column must be in millivolts")


def _trace(rows: NDArray[np.float64], columns: _Columns, board: str) -> Trace:
    mv = np.zeros((len(rows), len(ZONES)))
    for column, zone in enumerate(columns.zones, start=1):
        mv[:, ZONES.index(zone)] = rows[:, column]
    occupied = rows[:, -1].copy() if columns.occupied is not None else None
    return Trace(rows[:, 0].astype(np.int64), mv, columns.zones, occupied, board)
