"""The parts of a report, independent of how it is printed."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; a warning stands out."""

    words: str
    warning: bool = False
    kind: str = field(default="text", init=False)


@dataclass(frozen=True, slots=True)
class Bullets:
    """Short lines."""

    items: list[str]
    kind: str = field(default="bullets", init=False)


@dataclass(frozen=True, slots=True)
class Table:
    """The first column names each row; the others are figures unless ``words``."""

    caption: str
    head: list[str]
    rows: list[list[str]]
    words: bool = False
    kind: str = field(default="table", init=False)


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as SVG; ``alt`` says the same in words."""

    svg: str
    alt: str
    kind: str = field(default="picture", init=False)


Block = Text | Bullets | Table | Picture


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its blocks; ``wide`` ones span the page, the others go into two columns."""

    title: str
    blocks: list[Block]
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report, top to bottom; wide sections come first."""

    title: str
    made: str
    lead: list[Block]
    sections: list[Section]
