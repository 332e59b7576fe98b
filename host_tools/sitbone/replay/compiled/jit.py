"""Compiled where numba is installed; without it the same lines run interpreted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from cushion import core
from sitbone.replay import epochs

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
    """A dataclass of integers as compiled code changes it: a numpy record of the same fields; else it is itself.

    What numba kept of a function it takes again while that function's file and the types of the arguments are the same,
    whatever became of the constants and functions that are part of it. So the type names what all of it was made of.
    """
    if numba is None:
        return state
    values = {one.name: getattr(state, one.name) for one in fields(state)} | {f"made_of_{_made_of()}": 0}
    dtype = [(name, np.asarray(value).dtype, np.shape(value)) for name, value in values.items()]
    return np.array([tuple(values.values())], dtype=dtype).view(np.recarray)[0]


@cache
def _made_of() -> str:
    """The core and the files here, in few letters."""
    folders = [Path(str(core.__file__)).parent, Path(__file__).parent]
    files = [Path(epochs.__file__), *(path for folder in folders for path in sorted(folder.glob("*.py")))]
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]
