"""Stretches of time and operations on them: lists of spans in, sorted lists without overlaps out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import Protocol, TypeVar

NEAR = 8  # sits that begin before another and still overlap it: of one cushion, those of two clocks


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


class _Timed(Protocol):
    @property
    def start_ms(self) -> int: ...

    @property
    def end_ms(self) -> int: ...


T = TypeVar("T", bound=_Timed)


def apart(groups: Mapping[int, Sequence[T]]) -> list[T]:
    """What several cushions saw, by time. Of two things of different cushions that overlap, the longer one counts."""
    if len(groups) == 1:
        return list(*groups.values())
    ranked = sorted(
        ((item, group) for group, items in groups.items() for item in items),
        key=lambda pair: (pair[0].start_ms - pair[0].end_ms, pair[0].start_ms, pair[1]),
    )
    begins: list[int] = []
    kept: list[tuple[T, int]] = []  # by time
    for item, group in ranked:
        at = bisect_right(begins, item.start_ms)
        near = takewhile(lambda pair: pair[0].start_ms < item.end_ms, kept[max(0, at - NEAR) :])  # noqa: B023
        if any(owner != group and item.start_ms < other.end_ms for other, owner in near):
            continue
        begins.insert(at, item.start_ms)
        kept.insert(at, (item, group))
    return [item for item, _ in kept]


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
