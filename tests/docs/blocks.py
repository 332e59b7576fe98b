"""Every code block of the project's pages: its commands, and how they are meant.

A comment above a block says what is special about it:

    <!-- not run: the reason -->            it can't be run here; the reason is for the reader, too
    <!-- shows: what -->                    it is no commands, but a picture or a list
    <!-- runs on: until Ctrl-C -->          its last command goes on until it is stopped
"""

import re
from dataclasses import dataclass
from pathlib import Path

NOTE = re.compile(r"<!-- (not run|shows|runs on): (.+?) -->")
IN_ITEM = 6  # spaces of a block within an item of a list
FENCE = re.compile(r"^(?P<indent> *)```\w*$")


@dataclass(frozen=True)
class Block:
    """``page``: path in the tree. ``line``: of its first command, from 1. ``kind``: a note's, "" without one."""

    page: str
    line: int
    commands: tuple[str, ...]
    kind: str = ""
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks_of(path: Path, page: str) -> list[Block]:
    """A page's blocks: fenced ones, and ones that are indented by four spaces after an empty line or a heading."""
    found: list[Block] = []
    lines = path.read_text(encoding="utf-8").split("\n")
    number = 0
    while number < len(lines):
        fence = FENCE.match(lines[number])
        if fence:
            end = next(n for n in range(number + 1, len(lines)) if lines[n].strip() == "```")
            found.append(_block(page, lines, number, number + 1, end))
            number = end + 1
        elif _begins_indented(lines, number):
            end = number
            while end < len(lines) and lines[end].startswith("    "):
                end += 1
            found.append(_block(page, lines, number, number, end))
            number = end
        else:
            number += 1
    return found


def _begins_indented(lines: list[str], number: int) -> bool:
    """Text that an item of a list or a box of the site's goes on with is indented, too, but is no block."""
    if not lines[number].startswith("    ") or number == 0:
        return False
    above = next((line for line in reversed(lines[:number]) if line.strip()), "")
    after_break = not lines[number - 1].strip() or lines[number - 1].lstrip().startswith(("#", "<!--"))
    in_item = re.match(r" *(\d+\.|[-*]|!!!)| {2}", above)
    return after_break and (not in_item or lines[number].startswith(" " * IN_ITEM))


def _block(page: str, lines: list[str], top: int, start: int, end: int) -> Block:
    note = NOTE.fullmatch(lines[top - 1].strip()) if top else None
    kind, reason = note.groups() if note else ("", "")
    texts = (line.split(" # ")[0].split("  #")[0].strip() for line in lines[start:end])
    return Block(page, start + 1, tuple(text for text in texts if text), kind, reason)
