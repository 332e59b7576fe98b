"""Stretches of time and operations on them: lists of spans in, sorted lists without overlaps out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, [start_ms, end_ms) in UTC ms."""

    start_ms: int
    end_ms: int

    @property
    def seconds(self) -> float:
        return (self.end_ms - self.start_ms) / 1000


def merged(spans: Iterable[Span]) -> list[Span]:
    """The spans without overlaps: two cushions, or two placements of one clock, don't make a sit longer. Spans that
    only touch stay separate."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda item: item.start_ms):
        if found and span.start_ms < found[-1].end_ms:
            found[-1] = Span(found[-1].start_ms, max(found[-1].end_ms, span.end_ms))
        elif span.end_ms > span.start_ms:
            found.append(span)
    return found


def clipped(spans: Iterable[Span], start_ms: int, end_ms: int) -> list[Span]:
    """The parts of the spans that lie in [start_ms, end_ms)."""
    inside = [span for span in spans if span.start_ms < end_ms and span.end_ms > start_ms]
    return [Span(max(span.start_ms, start_ms), min(span.end_ms, end_ms)) for span in inside]


def without(spans: list[Span], others: list[Span]) -> list[Span]:
    """The parts of the spans that no other span covers; both lists are merged."""
    left: list[Span] = []
    for span in spans:
        over = clipped(others, span.start_ms, span.end_ms)
        edges = [span.start_ms, *(edge for other in over for edge in (other.start_ms, other.end_ms)), span.end_ms]
        left += [Span(low, high) for low, high in list(pairwise(edges))[::2] if high > low]
    return left


def total_s(spans: Iterable[Span]) -> float:
    """Their total length, s."""
    return sum(span.end_ms - span.start_ms for span in spans) / 1000
