"""What stands in for threads where there are none: the names of dashboard/platform/threads.py.

Work that waits, for the cushion or by ``time.sleep``, is suspended by WebAssembly's stack switching, and the rest of
the page goes on. Nothing else interrupts it: a lock has nothing to do.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import nullcontext, suppress
from queue import Empty
from typing import Any, Generic, TypeVar

from pyodide.ffi import run_sync

T = TypeVar("T")
Lock = nullcontext


class Queue(Generic[T]):
    """What one part of the work hands to another."""

    def __init__(self) -> None:
        self._items: deque[T] = deque()
        self._filled = asyncio.Event()

    def put(self, item: T) -> None:
        """Adds an item."""
        self._items.append(item)
        self._filled.set()

    def get(self, timeout: float | None = None) -> T:
        """The next item, waited for. Raises Empty."""
        if not self._items:
            self._filled.clear()
            run_sync(self._wait(timeout))
        if not self._items:
            raise Empty
        return self._items.popleft()

    async def _wait(self, timeout: float | None) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._filled.wait(), timeout)


class _Work:
    """Work under way."""

    def __init__(self, task: asyncio.Task[None]) -> None:
        self._task = task

    def join(self, timeout: float | None = None) -> None:
        """The page closes without waiting."""


def start(work: Callable[[], None], name: str) -> Any:
    """Runs work beside everything else."""

    async def run() -> None:
        work()

    return _Work(asyncio.ensure_future(run()))


def result_of(future: Future[T]) -> T:
    """What other work has found, waited for. Raises what that raises."""
    found: T = run_sync(asyncio.wrap_future(future))
    return found
