"""Log blocks as the host holds them: the cushion's own record code, with types around it."""

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cushion.core import field_names, records
from cushion.core.blocks import BLOCK_SIZE, HEADER_SIZE, MAGIC, VERSION, DamagedBlock, read_header, walk

Fields = dict[str, int | str]


@dataclass(frozen=True, slots=True)
class Record:
    """One verified record. ``mono_ms`` counts from the boot that began its session; ``payload`` is the bytes as
    logged."""

    seq: int
    session: int
    mono_ms: int
    kind: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Block:
    """A block's verified records, and what was wrong with it ("" when nothing was).

    ``unix_s`` is the device's own clock at ``base_ms`` of the session, 0 while it was not set; ``log`` distinguishes
    the log from an erased one, 0 in version 1.
    """

    cushion: str
    session: int
    base_ms: int
    unix_s: int
    records: tuple[Record, ...]
    damage: str = ""
    log: int = 0
    is_newer: bool = False  # of a format that only a newer program can read


NOTHING = Block("", 0, 0, 0, ())


def split_blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """A transfer's bytes, split into blocks. A block is BLOCK_SIZE long, or shorter where the cushion restarted after
    it: then the next block begins at the next valid header."""
    held = b""
    for chunk in chunks:
        held += chunk
        while len(held) >= BLOCK_SIZE + HEADER_SIZE:
            size = _block_size(held)
            yield held[:size]
            held = held[size:]
    while held:
        size = _block_size(held)
        yield held[:size]
        held = held[size:]


def _block_size(held: bytes) -> int:
    at = held.find(MAGIC, 1)
    while 0 < at < BLOCK_SIZE:
        try:
            read_header(held[at : at + HEADER_SIZE])
        except DamagedBlock:
            at = held.find(MAGIC, at + 1)
        else:
            return at
    return min(BLOCK_SIZE, len(held))


def read_block(data: bytes) -> Block:
    """The block in ``data`` (at most BLOCK_SIZE bytes), of any version. Records after a damaged one are not trusted:
    their sequence numbers are counted from the block's start."""
    try:
        header = read_header(data)
    except DamagedBlock as error:
        is_newer = len(data) > len(MAGIC) and data.startswith(MAGIC) and data[len(MAGIC)] > VERSION
        return Block("", 0, 0, 0, (), str(error), is_newer=is_newer)
    base_ms = header.base_s * 1000 + header.base_ms
    found: list[Record] = []
    damage = ""
    try:
        for kind, dt_ms, payload in walk(data, header):
            seq = header.first_seq + len(found)
            found.append(Record(seq, header.session, base_ms + dt_ms, kind, payload))
    except DamagedBlock as error:
        damage = f"{error} (record {header.first_seq + len(found)})"
    return Block(header.cushion.hex(), header.session, base_ms, header.unix_s, tuple(found), damage, header.log)


def fields_of(kind: int, payload: bytes) -> Fields:
    """A record's payload as ``{field: number or text}``; {} for a kind or a payload that this version doesn't know."""
    try:
        fields: Fields = records.fields_of(kind, payload)
    except (ValueError, TypeError, struct.error):
        return {}
    return fields


def in_table(names: Sequence[str], value: int | str) -> bool:
    """Whether this version has a word for a number; one that it hasn't is shown, but counts as nothing."""
    return 0 <= int(value) < len(names)


def kind_name(kind: int) -> str:
    """The name of a record kind; "kind 99" for one that this version doesn't know."""
    return str(records.KINDS[kind][0]) if kind in records.KINDS else f"kind {kind}"


def named(fields: Fields) -> Fields:
    """The same fields, with names for the numbers that have names."""
    out: Fields = {}
    for name, value in fields.items():
        words = field_names.NAMED_FIELDS.get(name, ())
        out[name] = words[int(value)] if words and in_table(words, value) else value
    return out


def name_of(names: Sequence[str], value: int | str) -> str:
    """The name of a number in one of the records' tables; "7" for one that a newer firmware may have added."""
    return names[int(value)] if in_table(names, value) else str(value)


def number_of(names: Sequence[str], name: str) -> int:
    """The number that `name_of` made a name of."""
    return names.index(name) if name in names else int(name)
