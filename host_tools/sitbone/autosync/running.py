"""The loop, its file of what it did last, and its log."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import platformdirs

from sitbone.autosync.schedule import SEARCH_S, Outcome, Schedule
from sitbone.autosync.visit import Visitor
from sitbone.board import port_requests, serial_line
from sitbone.files import whole
from sitbone.home import home

LOG_BYTES, LOG_FILES = 500_000, 3
STATE_NAME = "autosync.json"

LOG = logging.getLogger(__name__)


def present(named: Sequence[str]) -> list[str]:
    """All serial ports, and those named that are there."""
    found = {port for port in named if not port.startswith("/") or Path(port).exists()}
    return sorted(found | set(serial_line.ports()))


def turn(
    schedule: Schedule, ports: Sequence[str], visit: Callable[[str], Outcome], clock_s: Callable[[], float]
) -> int:
    """Looks at every port that is due; how many that were."""
    due = schedule.due(clock_s(), ports)
    for port in due:
        schedule.ended(port, visit(port), clock_s())
    return len(due)


def run(named: Sequence[str], now: Callable[[], datetime], stop: threading.Event) -> None:
    """Until ``stop``. Whatever goes wrong is logged, and tried again."""
    schedule, visitor = Schedule(named), Visitor(now)
    for port in present(named):
        port_requests.forget(port)
    LOG.info("autosync begins")
    while not stop.is_set():
        try:
            if turn(schedule, present(named), visitor.visit, time.monotonic):
                _write_state(visitor)
        except Exception:  # it must not end because of one bad moment
            LOG.exception("autosync")
        stop.wait(SEARCH_S)
    (home() / STATE_NAME).unlink(missing_ok=True)
    LOG.info("autosync ends")


def _write_state(visitor: Visitor) -> None:
    with whole(home() / STATE_NAME, private=True) as part:
        part.write_text(json.dumps({"pid": os.getpid(), "ports": visitor.last}))


def state() -> dict[str, Any] | None:
    """What a running autosync wrote last: ``pid``, and by port ``cushion``, ``synced_ms``, ``problem``, ``limits``.
    None when none wrote anything."""
    try:
        found = json.loads((home() / STATE_NAME).read_text())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def log_path() -> Path:
    """Where the platform keeps logs."""
    return Path(platformdirs.user_log_dir("sitbone", appauthor=False)) / "autosync.log"


def log_to_file() -> None:
    """Sends what autosync has to say to `log_path`, which never grows beyond two megabytes."""
    path = log_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.getLogger("sitbone")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
