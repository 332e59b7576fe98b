"""Raw capture: every sample of the cushion's zones into a trace that `sitbone replay` reads."""

import gzip
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TextIO

from sitbone.errors import CushionGone
from sitbone.replay.trace import BOARD

Progress = Callable[[int, int], None]  # (done, of all), in ms


class Link(Protocol):
    """What a capture needs from a connected cushion; `device.Cushion` describes it."""

    def record(self, for_s: int) -> Iterable[dict[str, Any]]: ...


def record(link: Link, path: Path, for_s: int, progress: Progress | None = None) -> dict[str, Any]:
    """Writes the samples as they arrive; returns ``{"samples", "missed", "unread", "seconds", "zones"}``.

    ``missed`` counts samples lost on the way, ``unread`` those for which a zone gave no reading: both are left out of
    the trace. No samples are taken within half a second of a vibration. Raises CushionGone when the line is cut, with
    the result inside; the samples until then are in the file.
    """
    result: dict[str, Any] = {"samples": 0, "missed": 0, "unread": 0, "seconds": 0.0, "zones": []}
    with _open(path) as file:
        try:
            _write(link.record(for_s), file, for_s, result, progress)
        except CushionGone as error:
            raise CushionGone(f"{error} ({result['samples']} samples are in {path})", result) from None
    return result


def _write(
    answers: Iterable[dict[str, Any]], file: TextIO, for_s: int, result: dict[str, Any], progress: Progress | None
) -> None:
    shown: list[int] = []
    number = begin_ms = 0
    for answer in answers:
        if "zones" in answer:
            from cushion.core.calibration import ZONES

            result["zones"] = answer["zones"]
            shown = [ZONES.index(zone) for zone in answer["zones"]]
            board = [BOARD + answer["board"]] if "board" in answer else []  # older firmware does not say
            file.write(",".join(["t_ms", *(f"{zone}_mv" for zone in answer["zones"]), *board]) + "\n")
        elif "row" in answer:
            before, (number, t_ms, *levels_100uv) = number, answer["row"]
            result["missed"] += number - before - 1
            levels = [levels_100uv[zone] for zone in shown]
            if not result["samples"]:
                begin_ms = t_ms
            if min(levels) < 0:
                result["unread"] += 1
                continue
            file.write(",".join([str(t_ms - begin_ms), *(f"{level / 10:.1f}" for level in levels)]) + "\n")
            result["samples"] += 1
            result["seconds"] = (t_ms - begin_ms) / 1000
            if progress is not None:
                progress(t_ms, for_s * 1000)


@contextmanager
def _open(path: Path) -> Iterator[TextIO]:
    if path.suffix == ".gz":
        with gzip.open(path, "wt", encoding="utf-8", newline="\n") as zipped:
            yield zipped
    else:
        with path.open("w", encoding="utf-8", newline="\n", buffering=1) as file:
            yield file
