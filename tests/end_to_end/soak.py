"""A life on battery with everything that can shift its time: deep sleep by a clock that is percents off, ticks that
wrap in every longer sit, a sync a day, sensors that are gone for a while each day; and what it is held against.

Oracle: the virtual world. Its own time places each start of the chip, and so each record; its journal knows when
somebody sat and when the sensors were gone.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from cushion.core import records
from cushion.core.blocks import BLOCK_SIZE
from cushion.storage.log import RESERVE_BYTES, SEGMENT_BLOCKS
from sitbone.board.device import Cushion
from sitbone.errors import NoCushion
from sitbone.store.blocks import fields_of
from sitbone.store.sync import Sync
from sitbone.virtual import SitterSeat, VirtualCushion
from sitbone.virtual.relay import RESTART_MS
from sitbone.virtual.sitters.sitter import Person
from tests.end_to_end.conftest import live_until

START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
START_MS = round(START.timestamp() * 1000)
DAY_MS = 86_400_000
SYNC_AT_MS = 16 * 3_600_000
BLIND_MS = 90_000
WRAP_AFTER_MS = 300_000
FIRST_TICKS_MS = (1 << 30) - WRAP_AFTER_MS
UNTOLD, AWAY, SEATED, UNKNOWN = range(4)
OF_STATE = {"unknown": UNKNOWN, "vacant": AWAY, "occupied": SEATED, "object": SEATED}  # an object is on the seat, too
LOOK = """
import gc, os
gc.collect()
def count(folder):
    return sum(1 if kind == 0x8000 else count(folder + "/" + name) for name, kind, *_ in os.ilistdir(folder))
def all_files():
    return sum(count("/" + name) for name, kind, *_ in os.ilistdir("/") if kind != 0x8000 and name != "run")
print(gc.mem_alloc(), all_files(), len(os.listdir("/log")))
"""
# Leaves so many bytes free, so that a month must evict.
FILL = """
import os
stat = os.statvfs("/")
left = stat[0] * stat[3] - {free_bytes}
with open("/filler", "wb") as file:
    while left > 0:
        file.write(bytes(4096))
        left -= 4096
"""


class Brief(Person):
    """Comes at nine, one and three, for half an hour or less: a short day for a short test."""

    def arrive(self):
        for day in range(40):
            for hour in (9, 13, 15.7):
                at_ms = day * DAY_MS + hour * 3_600_000 - self.start_s * 1000 + self.rng.uniform(-600_000, 600_000)
                self.plan(at_ms, self.sit_down)
                self.plan(at_ms + self.rng.uniform(400_000, 1_600_000), self.stand_up)


@dataclass
class Life:
    """What a life left behind: the world's journal, the result of each sync, and heap and files as of each."""

    journal: list = field(default_factory=list)
    syncs: list = field(default_factory=list)
    heap: list = field(default_factory=list)
    files: list = field(default_factory=list)
    segments: list = field(default_factory=list)
    end_ms: int = 0


def live(flash, store, sitter, days, drift_permille, segments):
    """Lives so many days; the last thing that happens is a sync."""
    life = Life(end_ms=days * DAY_MS)
    cushion = VirtualCushion(
        SitterSeat(sitter, seed=days, start=START),
        flash=flash,
        board="firebeetle",
        sleep_drift_permille=drift_permille,
        first_ticks_ms=FIRST_TICKS_MS,
        journal=life.journal.append,
    )
    with cushion:
        with Cushion(cushion.port) as device:
            device.run(FILL.format(free_bytes=RESERVE_BYTES + segments * SEGMENT_BLOCKS * BLOCK_SIZE))
        _visit(cushion, store, life)
        for day in range(days):
            _live_on_battery_until(cushion, day * DAY_MS + SYNC_AT_MS)
            _visit(cushion, store, life)
            cushion.break_part("ads1115")
            live_until(cushion, cushion.now_ms + BLIND_MS)
            cushion.break_part("ads1115", False)
            live_until(cushion, cushion.now_ms + 10_000)
        _live_on_battery_until(cushion, days * DAY_MS)
        _visit(cushion, store, life)
    return life


def _live_on_battery_until(cushion, world_ms):
    cushion.set_usb(False)
    live_until(cushion, world_ms)
    cushion.set_usb(True)


def _visit(cushion, store, life):
    """A sync, when the cushion is awake for it, and a look at its heap and files."""
    while True:
        live_until(cushion, cushion.now_ms + 1000)
        if cushion.pid is None:
            continue
        try:
            now = lambda: START + timedelta(milliseconds=cushion.now_ms)  # noqa: E731
            life.syncs.append(Sync(store, lambda: Cushion(cushion.port), now).run())
            with Cushion(cushion.port) as device:
                heap, files, segments = map(int, device.run(LOOK).split())
        except NoCushion:
            continue  # it has just fallen asleep
        life.heap.append(heap)
        life.files.append(files)
        life.segments.append(segments)
        return


# ---- what the host makes of it


def sessions_of(store, life):
    """The stored records of each start of the life, in order; those of the installation were before."""
    sessions: dict[int, list[Any]] = {}
    for _, _, record in store.everything():
        sessions.setdefault(record.session, []).append(record)
    return [sessions[number] for number in sorted(sessions)][-len(starts_ms(life)) :]


def account(sessions, end_ms):
    """What each second of the life was by the records, where the host has placed them. Between two sessions the cushion
    slept on an empty seat where the later one says so; else nobody looked."""
    seconds = np.zeros(end_ms // 1000, dtype=np.int8)

    def fill(from_ms, to_ms, what):
        seconds[max(0, round((from_ms - START_MS) / 1000)) : max(0, round((to_ms - START_MS) / 1000))] = what

    seen_until_ms = START_MS
    for rows in sessions:
        begin_ms = rows[0].unix_ms - rows[0].at_mono_ms
        fill(seen_until_ms, begin_ms, AWAY if any(row.kind == records.SLEPT for row in rows) else UNKNOWN)
        for row in rows:
            fields = fields_of(row.kind, row.payload)
            if row.kind == records.EPOCH:
                seen_until_ms = row.unix_ms
                fill(
                    row.unix_ms - fields["seconds"] * 1000, row.unix_ms, OF_STATE[records.STATES[int(fields["state"])]]
                )
            elif row.kind == records.UNKNOWN:
                fill(row.unix_ms - fields["unknown_ms"], row.unix_ms, UNKNOWN)
    return seconds


# ---- what the world knows


def truth(life):
    """What each second of the life was."""
    seconds = np.full(life.end_ms // 1000, AWAY, dtype=np.int8)
    for begin, end, what in (("sat", "stood", SEATED), ("broken", "repaired", UNKNOWN)):
        since_ms = None
        for entry in [*life.journal, {"kind": end, "t_ms": life.end_ms}]:
            if entry["kind"] == begin:
                since_ms = entry["t_ms"]
            elif entry["kind"] == end and since_ms is not None:
                seconds[round(since_ms / 1000) : round(entry["t_ms"] / 1000)] = what
                since_ms = None
    return seconds


def starts_ms(life):
    """The world's time at each start of the chip."""
    return [
        entry["t_ms"] + (RESTART_MS if entry["kind"] == "reset" else 0)
        for entry in life.journal
        if entry["kind"] == "reset" or (entry["kind"] == "power" and entry["on"])
    ]


def errors_ms(sessions, life):
    """How far from the truth each record was placed."""
    return [
        row.unix_ms - START_MS - start_ms - row.at_mono_ms
        for start_ms, rows in zip(starts_ms(life), sessions, strict=True)
        for row in rows
    ]
