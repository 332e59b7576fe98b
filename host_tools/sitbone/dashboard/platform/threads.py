"""The threads of the connection to the cushion. In the browser, which has none, page/browser/threads.py has the same
names."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, Queue
from threading import Lock
from typing import TypeVar

__all__ = ["Empty", "Lock", "Queue", "result_of", "start"]

T = TypeVar("T")


def start(work: Callable[[], None], name: str) -> threading.Thread:
    """Runs work beside everything else; the program doesn't wait for it."""
    thread = threading.Thread(target=work, name=name, daemon=True)
    thread.start()
    return thread


def result_of(future: Future[T]) -> T:
    """What another thread has worked out, waited for. Raises what that raises."""
    return future.result()
