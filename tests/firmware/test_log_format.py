"""LOG_FORMAT.md says what the code does: its tables are compared with the ones made from records.py, cell by cell."""

import re
import struct

import pytest

from cushion.core import records

WIDTHS = {"B": "u8", "H": "u16", "I": "u32", "i": "i32"}


def cells_of(form: str, names: tuple[str, ...]) -> list[tuple[int, str, str]]:
    """(offset, type, name) of each field of a struct format."""
    found, offset = [], 0
    for (count, code), name in zip(re.findall(r"(\d*)([BHIis])", form), names, strict=True):
        width = f"text to the end, at most {count} bytes" if code == "s" else WIDTHS[code]
        found.append((offset, width, name))
        offset += 0 if code == "s" else struct.calcsize("<" + code)
    return found


@pytest.fixture(scope="module")
def page(project_root):
    return (project_root / "firmware/cushion/storage/LOG_FORMAT.md").read_text()


def table_below(page: str, heading: str) -> list[tuple[int, str, str]]:
    section = page.split(f"\n### {heading}\n", 1)[1].split("\n#", 1)[0]
    rows = re.findall(r"^\| (\d+) \| ([^|]+) \| `(\w+)` \|", section, re.M)
    return [(int(offset), kind.strip(), name) for offset, kind, name in rows]


@pytest.mark.parametrize("kind", sorted(records.KINDS))
def test_each_record_is_described_as_it_is(page, kind):
    name, form, fields = records.KINDS[kind]
    assert table_below(page, f"{kind} `{name}`") == cells_of(form, fields)


def test_the_header_is_described_as_it_is(page):
    section = page.split("\n## Block header\n", 1)[1].split("\n## ", 1)[0]
    offsets = [int(offset) for offset in re.findall(r"^\| (\d+) \|", section, re.M)]
    codes = re.findall(r"(\d*)([BHIs])", records.HEADER)
    expected, offset = [], 0
    for count, code in codes:
        expected.append(offset)
        offset += int(count) if code == "s" else struct.calcsize("<" + code)
    assert offsets == [*expected, offset]
    assert offset + 4 == records.HEADER_SIZE


def test_no_kind_is_described_that_is_not_there(page):
    assert sorted(int(kind) for kind in re.findall(r"^### (\d+) `", page, re.M)) == sorted(records.KINDS)
