"""A simulated office day on the virtual cushion, from the first sit to the report, as fast as the computer allows.

The firmware is the real one, on a real MicroPython; sitter, sensors and time are simulated. The sync at the end goes
through the same port and the same code as for a cushion on a desk.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sitbone.analysis.days import Day
from sitbone.analysis.history import history
from sitbone.board.device import Cushion
from sitbone.board.install import install
from sitbone.dates import duration_text, midnight, unix_ms, utc_offset_min
from sitbone.errors import SitboneError
from sitbone.files import whole
from sitbone.report.content import report_of
from sitbone.report.html import html
from sitbone.store.store import Store
from sitbone.store.sync import Sync
from sitbone.virtual import SitterSeat, VirtualCushion

SITTER = "office"
BEGIN = timedelta(hours=8, minutes=30)
LENGTH = timedelta(hours=9, minutes=15)
LONGEST_S = 300.0  # real time; a computer that needs longer has other problems
POLL_S = 0.1
REPORT_DAYS = 7
SAME_PROMPT_MS = 30_000  # pulses closer than this are one vibration

Narrate = Callable[[str], None]
Progress = Callable[[int, int], None]  # (done, of all), in ms of the day


@dataclass(frozen=True, slots=True)
class DemoDay:
    """The result of the demo: the sync's result, the day's history, and the report's path."""

    sync: dict[str, Any]
    days: list[Day]
    report: Path


def run_demo(
    home: Path, report: Path, now: datetime, narrate: Narrate, progress: Progress | None = None, seed: int = 7
) -> DemoDay:
    """Simulates the day before ``now`` (aware), passing each event to ``narrate`` as a line; data goes into
    ``home``."""
    start = midnight(now.astimezone().date() - timedelta(days=1)) + BEGIN
    end_ms = round(LENGTH.total_seconds() * 1000)
    seat = SitterSeat(SITTER, seed=seed, start=start)
    seat.end_ms = end_ms  # from here on in real time, so that the log can be synced
    narrator = _Narrator(start, narrate)

    def prepare(port: str) -> None:
        install(port)
        # Quiet hours go by local time, which the cushion learns from a host.
        with Cushion(port) as cushion:
            cushion.call("clock", unix_ms(start), utc_offset_min(start))

    with VirtualCushion(seat, speed=None, start=start, seed=seed, journal=narrator.hear, install=prepare) as virtual:
        _live(virtual, end_ms, progress)
        result = _sync(virtual, home, start)
    with Store(home / "sitbone.sqlite") as store:
        days = history(store, start - BEGIN, start + LENGTH)
        page = html(report_of(store, start + LENGTH, REPORT_DAYS))
    with whole(report) as part:
        part.write_text(page, encoding="utf-8")
    return DemoDay(result, days, report)


def _live(virtual: VirtualCushion, end_ms: int, progress: Progress | None) -> None:
    """Waits until the day is over."""
    deadline_s = time.monotonic() + LONGEST_S
    while virtual.now_ms < end_ms:
        if not virtual.poll() or time.monotonic() > deadline_s:
            raise SitboneError("the simulated day did not finish; run sitbone demo again")
        if progress is not None:
            progress(virtual.now_ms, end_ms)
        time.sleep(POLL_S)


def _sync(virtual: VirtualCushion, home: Path, start: datetime) -> dict[str, Any]:
    def world_now() -> datetime:
        return (start + timedelta(milliseconds=virtual.now_ms)).astimezone()

    with Store(home / "sitbone.sqlite") as store:
        return Sync(store, lambda: Cushion(virtual.port), world_now).run()


class _Narrator:
    """Turns the virtual cushion's journal, which comes from another thread, into lines of text."""

    def __init__(self, start: datetime, narrate: Narrate) -> None:
        self._start = start
        self._narrate = narrate
        self._sat_ms: int | None = None
        self._began_ms = self._pulse_ms = -SAME_PROMPT_MS
        self._sides: list[str] = []
        self._lock = threading.Lock()

    def hear(self, entry: dict[str, Any]) -> None:
        """Takes one journal entry."""
        handler = getattr(self, f"_{entry['kind']}", None)
        with self._lock:
            self._say_vibration(int(entry["t_ms"]))
            if handler is not None:
                handler(int(entry["t_ms"]), entry)

    def _say(self, t_ms: int, text: str) -> None:
        self._narrate(f"{(self._start + timedelta(milliseconds=t_ms)).astimezone():%H:%M:%S}  {text}")

    def _sat(self, t_ms: int, _: dict[str, Any]) -> None:
        away = "" if self._sat_ms is None else f" after a break of {duration_text((t_ms - self._sat_ms) / 1000)}"
        self._sat_ms = t_ms
        self._say(t_ms, f"sits down{away}")

    def _stood(self, t_ms: int, _: dict[str, Any]) -> None:
        sat_ms, self._sat_ms = self._sat_ms, t_ms
        lasted = "" if sat_ms is None else f" after {duration_text((t_ms - sat_ms) / 1000)}"
        self._say(t_ms, f"stands up{lasted}")

    def _motor(self, t_ms: int, entry: dict[str, Any]) -> None:
        if not entry["on"]:
            return
        if t_ms - self._pulse_ms > SAME_PROMPT_MS:
            self._began_ms = t_ms
        if t_ms == self._began_ms:
            self._sides.append(entry["side"])
        self._pulse_ms = t_ms

    def _say_vibration(self, now_ms: int) -> None:
        """The motors of both sides start within a moment of each other: they make one line, once both have started."""
        if self._sides and now_ms > self._began_ms:
            self._say(self._began_ms, f"the cushion vibrates, {' and '.join(self._sides)}")
            self._sides.clear()

    def _fault(self, t_ms: int, entry: dict[str, Any]) -> None:
        self._say(t_ms, f"fault: {entry['what']}")
