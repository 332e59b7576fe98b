"""Logs that pass every check and hold anything: each kind of record, each field at its edges, short, long and unknown.

A newer firmware writes such logs, and so does a broken or a malicious one.
"""

import random
import re
import shutil
import struct
import time
from binascii import crc32
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from cushion.core import records
from cushion.core.blocks import END, FOLLOWING, HEADER_SIZE, DamagedBlock, read_varint
from sitbone.diary.diary_store import DiaryStore
from sitbone.diary.entries import new_pain
from sitbone.diary.rehab import new_exercise
from sitbone.store.blocks import Block, read_block
from sitbone.store.store import Store
from tests.host.logs import CUSHION_ID, LogWriter

DAY_MS = 86_400_000
EDGES = {
    "B": (0, 1, 2, 3, 4, 7, 8, 9, 77, 127, 128, 200, 254, 255),
    "H": (0, 1, 2, 5, 255, 256, 1200, 4000, 4001, 32767, 32768, 65534, 65535),
    "I": (0, 1, 999, 10_000, 120_000, 1 << 24, (1 << 31) - 1, 1 << 31, (1 << 32) - 1),
    "i": (-(1 << 31), -1, 0, 1, 599, 600, 1200, 2700, 2701, (1 << 31) - 1),
}
TEXTS = (
    b"",
    b"tune: calm",
    "\N{PERFORMING ARTS} \N{CHAIR}".encode(),
    b"\xed\xa0\xbd\xed\xb8\x80",  # an emoji as MicroPython's json made it of two escapes
    b"\xff\xfe\x00",
    b"\x1b[2J\x1b]0;owned\x07\r\n\x9b2J",
    "\u202egnp.exe\u2066\u200f".encode(),
    b"<script>alert(1)</script>",
    b"=1+2",
    b"[red]x[/bold]",
)


def base(path: Path, now: datetime) -> tuple[Store, LogWriter]:
    """A store with three sound mornings and a diary; more can be written to the same log."""
    store, log = _sound_mornings(path, now)
    _wake(log, now)
    return store, log


def _sound_mornings(path: Path, now: datetime) -> tuple[Store, LogWriter]:
    store = Store(path)
    log = LogWriter()
    for days in (3, 2, 1):
        begin_ms = round((now - timedelta(days=days)).timestamp() * 1000)
        log.add(records.BOOT, 1, 0, 0, 1, 0, 0)
        log.clock(begin_ms)
        sit_down_and_stand_up(log)
        log.restart()
    store.add_blocks(store.cushion(CUSHION_ID.hex(), log.log_id), [read_block(data) for data in log.data()])
    diary = DiaryStore(store)
    for days in (2, 1):
        at = now - timedelta(days=days)
        for moment in ("morning", "sitting"):
            diary.add("pain", new_pain(2, at, at, moment, onset_min=10 if moment == "sitting" else None))
    diary.add("rehab", new_exercise(now, "isometric", "bridge", sets=3, reps=8))
    return store, log


def _wake(log: LogWriter, now: datetime) -> None:
    log.add(records.BOOT, 1, 0, 0, 1, 0, 0)
    log.clock(round((now - timedelta(hours=6)).timestamp() * 1000))


class Template:
    """What `base` makes, made once and then copied: most of a small store's cost is its tables and its first sync."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self._path, self._now = folder / "template.sqlite", now
        store, self._log = _sound_mornings(self._path, now)
        store.close()  # what it still had in its log of writes is in the file now

    def copied(self, path: Path) -> LogWriter:
        """Puts the store at ``path``; returns its log, to be written on."""
        shutil.copyfile(self._path, path)
        log = replace(self._log, blocks=list(self._log.blocks))
        _wake(log, self._now)
        return log


def sit_down_and_stand_up(log: LogWriter) -> None:
    """Two sits with a prompt and a break between them."""
    log.sit(8 * 60_000, 60_000)
    log.add(records.PROMPT, 1, 1, 1, 1, 120_000, 90_000, 1200, 1200, 1200, 1800)
    log.now_ms += 180_000
    log.add(records.OUTCOME, 1, 1, 1, 72_000, 0)
    log.add(records.BREAK, 0, 180_000, 1)
    log.sit(10 * 60_000, 60_000)


def payload(rng: random.Random, kind: int) -> bytes:
    """One record's bytes: a field or all of them at an edge, sometimes cut or with more behind."""
    form = records.KINDS[kind][1]
    codes = re.findall(r"[BHIi]", form)
    values = [rng.choice(EDGES[code]) if rng.random() < 0.5 else rng.choice((0, 1, 2)) for code in codes]
    data = struct.pack("<" + "".join(codes), *values)
    if form.endswith("s"):
        data += rng.choice(TEXTS)
    shape = rng.random()
    if shape < 0.15:
        data = data[: rng.randrange(len(data) + 1)]
    elif shape < 0.3:
        data += rng.randbytes(rng.randint(1, 20))
    return data[: records.PAYLOAD_MAX]


def spoil(log: LogWriter, rng: random.Random, count: int) -> None:
    """Appends so many hostile records."""
    kinds = sorted(records.KINDS)
    for _ in range(count):
        log.now_ms += rng.choice((0, 1, 250, 10_000, 60_000, 3_600_000))
        if rng.random() < 0.1:
            log.add_payload(rng.randint(max(kinds) + 1, 126), rng.randbytes(rng.randint(0, 40)))
        else:
            kind = rng.choice(kinds)
            log.add_payload(kind, payload(rng, kind))
        if rng.random() < 0.05:
            log.restart()
            if rng.random() < 0.2:
                log.session += rng.choice((0, 1, 1000, 1 << 20))
                log.next_seq += rng.choice((0, 1, 1000, 1 << 20))
                log.now_ms = rng.choice((0, 86_400_000, 1 << 32, 1 << 40))
            log.unix_s = rng.choice((0, 0, 1, round(time.time()), (1 << 32) - 1))


def blocks_of(log: LogWriter, first: int = 0) -> Iterator[Block]:
    return (read_block(data) for data in log.data()[first:])


def repaired(block: bytes) -> bytes:
    """The block with its header's CRC and those of its records put right (version 2 and later)."""
    data = bytearray(block)
    seed = crc32(data[: HEADER_SIZE - 4])
    data[HEADER_SIZE - 4 : HEADER_SIZE] = seed.to_bytes(4, "little")
    at = HEADER_SIZE
    while at < len(data) and data[at] not in (0, END):
        try:
            size, start = (data[at] - FOLLOWING, at + 1) if data[at] >= FOLLOWING else (data[at + 1], at + 2)
            _, start = read_varint(data, start)
        except (DamagedBlock, IndexError):
            break
        end = start + size
        if end + 4 > len(data):
            break
        seed = crc32(data[at:end], seed)
        data[end : end + 4] = seed.to_bytes(4, "little")
        at = end + 4
    return bytes(data)
