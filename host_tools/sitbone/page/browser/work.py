"""Work with the store, at once: the names of dashboard/work.py. SQLite answers in milliseconds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

from sitbone.home import store_path
from sitbone.store.store import Store

P = ParamSpec("P")
R = TypeVar("R")


def now() -> datetime:
    """The local time, aware."""
    return datetime.now().astimezone()


async def with_store(function: Callable[Concatenate[Store, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Runs ``function(store, …)`` with a store of its own. Raises what it raises."""
    await asyncio.sleep(0)  # what the page shows meanwhile is drawn first
    with Store(store_path()) as store:
        return function(store, *args, **kwargs)


computed = with_store
