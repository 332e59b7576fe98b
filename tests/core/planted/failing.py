"""A suite that fails on purpose: test_interpreters.py asserts that each failure is seen and named."""

import sys


def test_good():
    pass


def test_broken():
    left_ms = 3
    assert left_ms == 4, "the planted failure"


def test_raises():
    {}["missing"]


def test_tries_to_leave():
    sys.exit(0)


def digest():
    return sys.implementation.name
