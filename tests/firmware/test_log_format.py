"""LOG_FORMAT.md says what the code does: its tables are compared with the ones made from records.py, cell by cell."""

import json
import re
import struct

import pytest

from cushion.core import blocks, records

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
    name, form = records.KINDS[kind]
    assert table_below(page, f"{kind} `{name}`") == cells_of(form, records.names_of(kind))


def test_the_header_is_described_as_it_is(page):
    section = page.split("\n## Block header\n", 1)[1].split("\n## ", 1)[0]
    offsets = [int(offset) for offset in re.findall(r"^\| (\d+) \|", section, re.M)]
    codes = re.findall(r"(\d*)([BHIs])", blocks.HEADER)
    expected, offset = [], 0
    for count, code in codes:
        expected.append(offset)
        offset += int(count) if code == "s" else struct.calcsize("<" + code)
    assert offsets == [*expected, offset]
    assert offset + 4 == blocks.HEADER_SIZE


def test_no_kind_is_described_that_is_not_there(page):
    assert sorted(int(kind) for kind in re.findall(r"^### (\d+) `", page, re.M)) == sorted(records.KINDS)


GOLDEN = ("version_1", "version_2")


@pytest.mark.parametrize("name", GOLDEN)
def test_a_segment_of_each_version_stays_readable(project_root, name):
    """Oracle: what was given to the log of that version when the file was made. These files are never made again."""
    folder = project_root / "tests/firmware/golden"
    data, found = (folder / f"{name}.seg").read_bytes(), []
    for at in range(0, len(data), blocks.BLOCK_SIZE):
        block = data[at : at + blocks.BLOCK_SIZE]
        header = blocks.read_header(block)
        assert header.cushion.hex() == "246f28a1b2c3"
        base_ms = header.base_s * 1000 + header.base_ms
        for seq, (kind, dt_ms, payload) in enumerate(blocks.walk(block, header), header.first_seq):
            fields = records.fields_of(kind, payload)
            about = {"seq": seq, "session": header.session, "mono_ms": base_ms + dt_ms, "kind": kind}
            found.append({**about, "fields": fields})
    assert found == json.loads((folder / f"{name}.json").read_text())


def test_the_newest_version_has_a_golden_file():
    assert GOLDEN[-1] == f"version_{blocks.VERSION}"
