"""Compiled where numba is installed; without it the same lines run interpreted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar

import numpy as np

numba: Any
try:
    import numba
except ImportError:
    numba = None

Function = TypeVar("Function", bound=Callable[..., Any])
Column = Any  # an array for compiled code; a list, which is quicker one by one, for interpreted


def compiled(function: Function) -> Function:
    """For a function that Python calls, with a `record`: compiled when it first is, then kept on the disk."""
    if numba is None:
        return function
    done: Function = numba.njit(cache=True, nogil=True)(function)
    return done


def inlined(function: Function) -> Function:
    """For a function that compiled ones call: it becomes part of them, so to be split into many costs nothing."""
    if numba is None:
        return function
    done: Function = numba.extending.register_jitable(forceinline=True)(function)
    return done


def record(state: Any) -> Any:
    """A dataclass of integers as compiled code changes it: a numpy record of the same fields; else it is itself."""
    if numba is None:
        return state
    values = {one.name: getattr(state, one.name) for one in fields(state)}
    dtype = [(name, np.asarray(value).dtype, np.shape(value)) for name, value in values.items()]
    return np.array([tuple(values.values())], dtype=dtype).view(np.recarray)[0]
