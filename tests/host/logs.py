"""Logs as a cushion would have written them, and a cushion that serves one, for tests of the host's side."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self

from cushion.core import records
from cushion.core.blocks import BLOCK_SIZE, Writer
from sitbone.errors import CushionGone, TransferDamaged
from sitbone.store.blocks import Block, read_block

CUSHION_ID = bytes.fromhex("246f28000001")
T0_MS = 1_790_000_000_000  # a day in September 2026, UTC


@dataclass
class LogWriter:
    """Packs records into blocks, as the firmware's log does. ``now_ms`` is the session's time, moved by the test."""

    session: int = 1
    next_seq: int = 1
    now_ms: int = 0
    unix_s: int = 0
    blocks: list[bytes] = field(default_factory=list)
    log_id: int = 4711
    _open: Writer | None = None

    def add(self, kind: int, *values: Any) -> int:
        return self.add_payload(kind, records.payload_of(kind, values))

    def add_payload(self, kind: int, payload: bytes) -> int:
        """A record of these bytes, whatever they mean."""
        now = divmod(self.now_ms, 1000)
        if self._open is None or not self._open.add(kind, payload, *now):
            self._begin()
            assert self._open is not None
            assert self._open.add(kind, payload, *now)
        self.next_seq += 1
        return self.next_seq - 1

    def restart(self) -> None:
        """A new session: its time begins at 0, and the block before it stays short."""
        self.blocks, self._open = self.data(), None
        self.session += 1
        self.now_ms = 0

    def _begin(self) -> None:
        if self._open is not None:
            self.blocks.append(bytes(self._open.block))
        self._open = Writer()
        base_s, base_ms = divmod(self.now_ms, 1000)
        self._open.begin(CUSHION_ID, self.log_id, self.session, self.next_seq, base_s, base_ms, self.unix_s)

    def data(self) -> list[bytes]:
        """All blocks; the last one only as far as it is used."""
        return self.blocks + ([bytes(self._open.block[: self._open.used])] if self._open is not None else [])

    # --- whole happenings

    def clock(self, unix_ms: int, source: int = 1) -> None:
        self.add(records.CLOCK, unix_ms // 1000, unix_ms % 1000, 0, 0, source)

    def epoch(self, dose_cs: int = 0, bad_zones: int = 0, seconds: int = 10, state: int = 2) -> None:
        zones = (5000, 5000, 3000, 3000)
        self.add(records.EPOCH, *zones, 900, 900, dose_cs, dose_cs, self.now_ms // 1000, state, bad_zones, seconds)

    def sit(self, length_ms: int, epoch_ms: int = 10_000) -> None:
        """Sits down, stays with an epoch record each `epoch_ms`, stands up."""
        self.add(records.SAT, 0)
        for _ in range(length_ms // epoch_ms):
            self.now_ms += epoch_ms
            self.epoch(self.now_ms // 20)
        self.add(records.STOOD, 0, length_ms, 100, 200, 0)


@dataclass
class FakeCushion:
    """A cushion at the other end of a perfect or a bad line: the seam is `sitbone.store.sync.Link`.

    ``cuts`` is, for each transfer to come, after how many bytes it breaks (None: not at all); ``flips`` in which byte
    a bit changes on its way.
    """

    log: LogWriter
    first_kept: int = 0  # blocks before this one were evicted
    cuts: list[int | None] = field(default_factory=list)
    flips: list[int | None] = field(default_factory=list)
    clock_unix_ms: int | None = None
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    settings: dict[str, int] = field(default_factory=dict)
    acked: dict[str, int] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def call(self, name: str, *args: Any) -> dict[str, Any]:
        self.calls.append((name, *args))
        if name == "status":
            return {"cushion": CUSHION_ID.hex(), "log": self.log.log_id}
        if name == "ack":
            host, log, seq = args
            assert (log, 0 < seq < self.log.next_seq) == (self.log.log_id, True)
            self.acked[host] = seq
            return {"acked": seq}
        if name == "clock":
            was, self.clock_unix_ms = self.clock_unix_ms, args[0]
            return {
                "session": self.log.session,
                "mono_ms": self.log.now_ms,
                "unix_ms": args[0],
                "was_unix_ms": was,
            }
        raise AssertionError(name)

    def read_log(self, since_seq: int) -> "FakeStream":
        cut = self.cuts.pop(0) if self.cuts else None
        flip = self.flips.pop(0) if self.flips else None
        return FakeStream(self.log, self.first_kept, since_seq, cut, flip)


class FakeStream:
    """One transfer of a `FakeCushion`."""

    def __init__(self, log: LogWriter, first_kept: int, since_seq: int, cut: int | None, flip: int | None) -> None:
        kept = log.data()[first_kept:]
        parsed = [read_block(block) for block in kept]
        self._sent = [data for data, block in zip(kept, parsed, strict=True) if _reaches(block, since_seq)]
        self._cut = cut
        self._flip = flip
        self.size_bytes = sum(map(len, self._sent))
        self.kept_first_seq = next((block.records[0].seq for block in parsed if block.records), None)
        self.last_seq: int | None = log.next_seq - 1

    def __iter__(self) -> Iterator[bytes]:
        sent = b"".join(self._sent)
        arriving = bytearray(sent)
        if self._flip is not None and arriving:
            arriving[self._flip % len(arriving)] ^= 0x10
        whole = len(arriving) if self._cut is None else min(self._cut, len(arriving))
        for start in range(0, whole - whole % BLOCK_SIZE, BLOCK_SIZE):
            yield bytes(arriving[start : start + BLOCK_SIZE])
        if self._cut is not None and self._cut < len(arriving):
            raise CushionGone("the cushion on /dev/fake stopped answering; check the cable and try again")
        if whole % BLOCK_SIZE:
            yield bytes(arriving[whole - whole % BLOCK_SIZE :])
        if hashlib.sha256(arriving).digest() != hashlib.sha256(sent).digest():
            raise TransferDamaged("the log from /dev/fake came damaged; check the cable and sync again")


def _reaches(block: Block, since_seq: int) -> bool:
    return not block.records or block.records[-1].seq >= since_seq


def office_morning(log: LogWriter | None = None) -> LogWriter:
    """Clock, two sits of 20 and 30 minutes with a verified break between, a prompt with its outcome."""
    log = log or LogWriter()
    log.add(records.BOOT, 1, 0, 0, 1, 0, 0)
    log.clock(T0_MS)
    log.now_ms += 1000
    log.sit(20 * 60_000)
    log.add(records.PROMPT, 1, 1, 1, 1, 120_000, 90_000, 1200, 1200, 1200, 1800)
    log.now_ms += 180_000
    log.add(records.OUTCOME, 1, 1, 1, 72_000, 0)
    log.add(records.BREAK, 0, 180_000, 1)
    log.sit(30 * 60_000)
    return log
