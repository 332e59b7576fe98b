"""Work off the event loop. Each piece opens its own store, so that pages, dashboards and a sync don't block each
other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from nicegui import run

from sitbone.errors import SitboneError
from sitbone.home import store_path
from sitbone.store.store import Store

P = ParamSpec("P")
R = TypeVar("R")


def now() -> datetime:
    """The local time, aware."""
    return datetime.now().astimezone()


async def with_store(function: Callable[Concatenate[Store, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Runs ``function(store, …)`` in a thread, with a store of its own, to its end even if the visitor leaves
    meanwhile. Raises what it raises."""
    return await asyncio.shield(asyncio.to_thread(partial(_with_store, function, *args, **kwargs)))


async def computed(function: Callable[Concatenate[Store, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The same in another process, for long computations. Function, arguments and result must be picklable; errors
    are."""
    answer = await run.cpu_bound(partial(_caught, function, *args, **kwargs))
    if answer is None:  # cancelled: the framework swallows that
        raise asyncio.CancelledError
    done, result = answer
    if not done:
        raise result
    return cast(R, result)


def _with_store(function: Callable[..., R], *args: Any, **kwargs: Any) -> R:
    with Store(store_path()) as store:
        return function(store, *args, **kwargs)


def _caught(function: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[bool, Any]:
    """(True, result) or (False, error): the pool itself would pass on an error's text without its class."""
    try:
        return True, _with_store(function, *args, **kwargs)
    except SitboneError as error:
        return False, error
