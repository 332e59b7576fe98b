"""Helpers for the suites; runs on every interpreter."""

import sys

INTERPRETER = sys.implementation.name
SMALL_INT_BITS = 30 if sys.maxsize == 0x7FFFFFFF else 62


def allocation_free(function):
    """Calls the function with the heap locked: on MicroPython an allocation in it is a failure. Returns its result."""
    if INTERPRETER != "micropython":
        return function()
    import micropython

    result = None
    allocated = False
    micropython.heap_lock()
    try:
        result = function()
    except MemoryError:
        allocated = True
    finally:
        micropython.heap_unlock()
    assert not allocated, "allocates memory"
    return result


def raises(error, function):
    """True where the function raises that error."""
    try:
        function()
    except error:
        return True
    return False


def mix(digest, value):
    """Folds an integer into a digest of 29 bits, so that no interpreter needs a big integer for it."""
    return ((digest * 31) ^ (value & 0x0FFFFFFF) ^ (value < 0)) & 0x01FFFFFF


def digest_of(values):
    digest = 17
    for value in values:
        digest = mix(digest, value)
    return digest
