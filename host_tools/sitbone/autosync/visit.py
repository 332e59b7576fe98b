"""One look at a port: is a cushion there, has it new records, and if so a sync."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sitbone.analysis.syncing import sync
from sitbone.autosync.lent_cushion import LentCushion
from sitbone.autosync.schedule import Outcome
from sitbone.board.port_requests import is_wanted
from sitbone.dates import unix_ms
from sitbone.errors import CushionGone, NoCushion, PortInUse, SitboneError
from sitbone.home import store_path
from sitbone.store.store import Store

CLOCK_EVERY_MS = 3_600_000  # each time takes a record
CLOCK_OFF_MS = 5_000

LOG = logging.getLogger(__name__)

Row = dict[str, Any]


@dataclass
class Visitor:
    """Looks at ports. ``last``: by port, what the last visit that found a cushion says, for `state`."""

    now: Callable[[], datetime]
    last: dict[str, Row] = field(default_factory=dict)
    _clock_set_ms: dict[tuple[str, int], int] = field(default_factory=dict)

    def visit(self, port: str) -> Outcome:
        """What came of it; never raises SitboneError."""
        if is_wanted(port):
            return Outcome.IN_USE
        cushion = LentCushion(port)
        try:
            with cushion:
                status = cushion.call("status")
        except PortInUse:
            return Outcome.IN_USE
        except NoCushion:
            return Outcome.YIELDED if cushion.is_yielded else Outcome.SILENT
        except SitboneError as error:
            return Outcome.YIELDED if cushion.is_yielded else self._failed(port, error)
        return self._fetch(port, status)

    def _fetch(self, port: str, status: Row) -> Outcome:
        seen = self.last.setdefault(port, {"synced_ms": None, "problem": ""})
        seen |= {"cushion": status["cushion"], "seen_ms": unix_ms(self.now())}
        if status["journal"].get("unacked") == 0 and seen["synced_ms"] is not None:
            return Outcome.DONE
        connections: list[LentCushion] = []

        def connect() -> LentCushion:
            if is_wanted(port) or any(used.is_yielded for used in connections):
                raise PortInUse(f"{port} was given to another program")
            connections.append(LentCushion(port))
            return connections[-1]

        try:
            with Store(store_path()) as store:
                result = sync(store, connect, self.now, sets_clock=self._wants_clock(status))
        except PortInUse:
            return Outcome.YIELDED
        except CushionGone as error:
            return Outcome.YIELDED if is_wanted(port) else self._failed(port, error)
        except (SitboneError, OSError, sqlite3.Error) as error:  # a full disk passes
            return self._failed(port, error)
        self._note(seen, result)
        return Outcome.DONE

    def _wants_clock(self, status: Row) -> bool:
        """Whether the clock was last set an hour ago, in another session, or differs."""
        key, now_ms = (status["cushion"], status["session"]), unix_ms(self.now())
        off_ms = abs((status["unix_ms"] or 0) - now_ms)
        is_due = now_ms - self._clock_set_ms.get(key, -CLOCK_EVERY_MS) >= CLOCK_EVERY_MS or off_ms > CLOCK_OFF_MS
        if is_due:
            self._clock_set_ms[key] = now_ms
        return is_due

    def _note(self, seen: Row, result: Row) -> None:
        limits = result["limits_notice"]
        for line in limits if limits != seen.get("limits") else ():
            LOG.warning("cushion %s: %s", result["cushion"], line)
        seen |= {"synced_ms": unix_ms(self.now()), "problem": "", "limits": limits}
        LOG.info("cushion %s: %d new records", result["cushion"], result["records"])

    def _failed(self, port: str, error: Exception) -> Outcome:
        LOG.warning("%s: %s", port, error)
        self.last.setdefault(port, {"synced_ms": None, "cushion": None})["problem"] = str(error)
        return Outcome.FAILED
