"""A sync as every part of the program does it: the records, the days they change, and whose limits are in force."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from sitbone.analysis.day_cache import derive_recent
from sitbone.settings.person import elsewhere, in_log, notice
from sitbone.store.store import Store
from sitbone.store.sync import Link, Progress, Sync


def sync(
    store: Store,
    connect: Callable[[], AbstractContextManager[Link]],
    now: Callable[[], datetime],
    progress: Progress | None = None,
    *,
    sets_clock: bool = True,
) -> dict[str, Any]:
    """The result of `Sync.run`, with ``your_limits``, where this cushion has others, and ``limits_notice``: lines that
    say so. Raises what that raises."""
    result = Sync(store, connect, now, progress, sets_clock=sets_clock).run()
    derive_recent(store, now().date())
    number = store.cushion(result["cushion"])
    limits = in_log(store, number)
    yours = elsewhere(store, number, limits)
    return result | {"your_limits": yours, "limits_notice": notice(limits, yours)}
