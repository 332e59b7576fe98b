"""A fixed queue of decisions on their way to the log: filled without allocating, drained once a second."""

from array import array

from cushion.core.const import const

_SLOTS = const(24)
_WIDTH = const(13)  # a record kind and up to twelve integer fields, in the order of records.KINDS


class Events:
    """Rows of ``[kind, field, …]`` as 32-bit integers. ``lost`` counts rows that found the queue full."""

    def __init__(self):
        self._cells = array("i", [0] * (_SLOTS * _WIDTH))
        self.count = 0
        self.lost = 0

    def add(self, kind, a=0, b=0, c=0, d=0, e=0, f=0, g=0, h=0, i=0, j=0, k=0, m=0):
        """Appends one row. Named fields instead of ``*args``, which would allocate a tuple."""
        if self.count == _SLOTS:
            self.lost += 1
            return
        cells = self._cells
        at = self.count * _WIDTH
        cells[at] = kind
        cells[at + 1] = a
        cells[at + 2] = b
        cells[at + 3] = c
        cells[at + 4] = d
        cells[at + 5] = e
        cells[at + 6] = f
        cells[at + 7] = g
        cells[at + 8] = h
        cells[at + 9] = i
        cells[at + 10] = j
        cells[at + 11] = k
        cells[at + 12] = m
        self.count += 1

    def kind(self, row):
        """The record kind of a row."""
        return self._cells[row * _WIDTH]

    def values(self, row, width):
        """The first `width` fields of a row, as a list (this allocates: call it only for rows that are there)."""
        at = row * _WIDTH + 1
        return [self._cells[at + field] for field in range(width)]

    def clear(self):
        """Empties the queue."""
        self.count = 0
