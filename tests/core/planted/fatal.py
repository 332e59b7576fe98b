"""A suite that takes the interpreter down with it: the test at fault must be named all the same."""

import sys


def test_a_good():
    pass


def test_b_fatal():
    if sys.implementation.name == "micropython" and sys.maxsize == 0x7FFFFFFF:
        while True:
            pass  # until the fuel is gone
    if sys.implementation.name == "micropython":
        import uctypes

        uctypes.bytes_at(8, 4)  # a segmentation fault
    import os

    os._exit(9)


def test_c_never_reached():
    pass
