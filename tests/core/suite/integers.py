"""What the core's integer code relies on, whatever the width of a small integer: the ground under the other suites."""

import sys
from array import array

from support import INTERPRETER, SMALL_INT_BITS, allocation_free, digest_of, raises

EDGE = 1 << 30

cells = array("i", [0] * 4)


def test_division_and_remainder_round_towards_minus_infinity():
    assert -7 // 2 == -4 and -7 % 2 == 1
    assert 7 // -2 == -4 and 7 % -2 == -1


def test_right_shift_of_a_negative_number_is_floor_division():
    for value in (-1, -2, -3, -EDGE, -EDGE - 1):
        assert value >> 3 == value // 8


def test_no_wrap_at_the_end_of_the_small_integers():
    value = EDGE - 1
    assert value + 1 == EDGE and value + value == 2 * EDGE - 2
    assert -EDGE - 1 < -EDGE
    assert (value * value) % 1000003 == ((value % 1000003) * (value % 1000003)) % 1000003


def test_array_cells_hold_32_bits_and_refuse_or_wrap_beyond():
    cells[0] = 2147483647
    cells[1] = -2147483648
    assert cells[0] == 2147483647 and cells[1] == -2147483648


def test_small_integer_arithmetic_does_not_allocate():
    def step():
        total = cells[2]
        for index in range(200):
            total = (total * 31 + index) & 0xFFFFFF
        cells[2] = total

    allocation_free(step)


def test_beyond_the_small_integers_it_does_allocate():
    if INTERPRETER != "micropython":
        return
    big = (1 << SMALL_INT_BITS) - 1
    assert raises(AssertionError, lambda: allocation_free(lambda: big + big))


def test_a_small_integer_is_as_wide_as_support_says():
    assert sys.maxsize >= (1 << SMALL_INT_BITS) - 1


def digest():
    values = []
    state = 12345
    for _ in range(500):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        values.append((state - EDGE) // 7)
        values.append((state - EDGE) % 13)
        values.append((state - EDGE) >> 5)
    return digest_of(values)
