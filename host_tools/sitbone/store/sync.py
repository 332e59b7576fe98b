"""Sync: fetches what a cushion has logged since last time into the store, verified, and sets its clock.

Safe to interrupt at any moment and to repeat: the cursor is the highest number stored, and what is stored has been
verified. A transfer is stored in one transaction when it ends, however it ends (whole, cut, Ctrl-C): a log is 2 MB at
most, and killing the process loses nothing but time. One of four things can happen to a block on its way:
- it is intact: its records are stored;
- it is damaged, but the transfer's hash is right: it is damaged on the cushion. It is counted, the rest is stored;
- it is damaged and the hash is wrong: it was damaged on the way. Nothing after it is stored (the cursor would skip
  it), and the transfer is tried again from there;
- the line is cut: what came before is stored, and the transfer is tried again from there.

A cushion is not trusted: blocks of another cushion, two records with one number, and numbers that its log can't have
raise DamagedData, and nothing of that transfer is stored. Of a log in a newer format, what comes before it is.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from cushion.core.blocks import MOST_RECORDS
from sitbone.dates import counted, duration_text, next_offset, off_text, unix_ms, utc_offset_min
from sitbone.errors import CushionGone, DamagedData, NoCushion, SitboneError
from sitbone.store.anchors import Anchor
from sitbone.store.blocks import Block, Record, read_block, split_blocks
from sitbone.store.store import LogRestarted, Store

RETRIES = 3
RETRY_PAUSE_S = 1.0

Progress = Callable[[int, int], None]  # (done, of all), in bytes


class Log(Protocol):
    """A transfer under way, as `device.LogStream` describes it."""

    size_bytes: int
    last_seq: int | None
    kept_first_seq: int | None

    def __iter__(self) -> Iterator[bytes]: ...


class Link(Protocol):
    """What a sync needs of a connected cushion, as `device.Cushion` describes it."""

    def call(self, name: str, *args: object) -> dict[str, Any]: ...

    def read_log(self, since_seq: int) -> Log: ...


class Sync:
    """One sync. ``connect`` opens a connection (called again for each retry); ``now`` is the host's clock, aware."""

    def __init__(
        self,
        store: Store,
        connect: Callable[[], AbstractContextManager[Link]],
        now: Callable[[], datetime],
        progress: Progress | None = None,
        *,
        sets_clock: bool = True,
    ) -> None:
        """``sets_clock``: False where it was set a short while ago; each time takes a record in the cushion's log."""
        self._sets_clock = sets_clock
        self._store = store
        self._connect = connect
        self._now = now
        self._progress = progress
        self._cushion: int | None = None
        self._hardware = ""
        self._begun_s = time.monotonic()
        self._asked_from: int | None = None
        self._result: dict[str, Any] = {
            "cushion": None,
            "records": 0,
            "duplicates": 0,
            "bytes": 0,
            "seconds": 0.0,
            "first_seq": None,
            "last_seq": None,
            "lost": [],
            "damaged": 0,
            "clock_offset_ms": None,
            "before_last_sync_s": None,
            "acked": None,
            "complete": False,
        }

    def run(self) -> dict[str, Any]:
        """The result, as `sitbone sync --json` prints it. Raises CushionGone, with the result inside, when the last
        retry was cut off too; NoCushion when no cushion was there in the first place."""
        gone: CushionGone | None = None
        for attempt in range(1 + RETRIES):
            time.sleep(RETRY_PAUSE_S * attempt)  # a restarting cushion needs some seconds
            try:
                with self._connect() as link:
                    self._attempt(link)
                return self._finish(complete=True)
            except CushionGone as error:
                gone = error
            except NoCushion:
                # At first it means that there is no cushion; later, that the port went away in the middle.
                if gone is None:
                    raise
        result = self._finish(complete=False)
        raise CushionGone(f"{gone} ({result['records']} records that arrived are stored)", result) from gone

    def _attempt(self, link: Link) -> None:
        status = link.call("status")
        self._hardware = status["cushion"]
        self._result["cushion"] = status["cushion"]
        if self._cushion is None:
            self._cushion = self._store.cushion(status["cushion"], status.get("log", 0))
        if self._sets_clock:
            self._set_clock(link)
        try:
            self._pull(link, self._cushion)
        except LogRestarted:
            # The old records keep their numbers; the new log gets an era of its own.
            self._cushion = self._store.new_era(self._cushion)
            try:
                self._pull(link, self._cushion)
            except LogRestarted:
                raise DamagedData("the cushion sends another log each time; restart it, then sync again") from None
        self._acknowledge(link, status.get("log", 0))

    def _acknowledge(self, link: Link, log: int) -> None:
        """Acknowledges to the cushion what is on this disk: committed, flushed, and checked by the transfer's hash."""
        assert self._cushion is not None
        last = self._store.last_seq(self._cushion)
        if last:
            self._result["acked"] = link.call("ack", self._store.host_id(), log, last)["acked"]

    def _set_clock(self, link: Link) -> None:
        assert self._cushion is not None
        now = self._now()
        offset_min = utc_offset_min(now)
        last_ms = self._store.last_sync_ms()
        if last_ms is not None and unix_ms(now) < last_ms:
            self._result["before_last_sync_s"] = (last_ms - unix_ms(now)) // 1000
        sent_ms = unix_ms(now)
        answer = link.call("clock", sent_ms, offset_min)
        if answer["unix_ms"] != sent_ms:
            raise DamagedData("the cushion set its clock to another time than was sent; restart it, then sync again")
        if self._result["clock_offset_ms"] is None and answer["was_unix_ms"] is not None:
            self._result["clock_offset_ms"] = answer["was_unix_ms"] - answer["unix_ms"]
        self._store.add_clock_pair(self._cushion, answer["session"], Anchor(answer["mono_ms"], sent_ms), offset_min)
        change = list(next_offset(now) or (0, 0))
        if answer.get("next_offset", change) != change:  # older firmware doesn't know of it
            link.call("next_offset", *change)

    def _pull(self, link: Link, cushion: int) -> None:
        last = self._store.last_seq(cushion)
        # The last stored record is asked for once more: it shows whether this is still the same log.
        log = link.read_log(last or 0)
        if self._asked_from is None:
            self._asked_from = _oldest_expected(last, log.kept_first_seq)
        blocks = self._with_progress(log)
        try:
            if last is not None and (log.last_seq is None or log.last_seq < last):
                raise LogRestarted
            self._keep(blocks, cushion, log.last_seq or 0)
        except LogRestarted:
            # Read to its end, so that the console can take another call.
            for _ in blocks:
                pass
            self._asked_from = None
            raise
        if log.last_seq is not None:
            self._result["lost"] = self._store.gaps(cushion, self._asked_from, log.last_seq)

    def _keep(self, blocks: Iterator[Block], cushion: int, last_seq: int) -> None:
        """Stores the blocks of a transfer at its end, by the cases in the module's docstring."""
        sound: list[Block] = []
        doubtful: list[Block] = []
        try:
            for block in blocks:
                (doubtful if doubtful or block.damage else sound).append(block)
            sound += doubtful  # the transfer's hash is known to be right only here
        finally:
            newer = next((at for at, block in enumerate(sound) if block.is_newer), len(sound))
            kept = sound[:newer]  # the cursor would skip what could not be read
            _demand_possible(kept, self._hardware, last_seq)
            new, seen = self._store.add_blocks(cushion, kept)
            self._result["records"] += new
            self._result["duplicates"] += seen
            self._result["damaged"] += sum(1 for block in kept if block.damage)
        if newer < len(sound):
            raise SitboneError("the cushion's log is in a newer format; update sitbone, then sync again")

    def _with_progress(self, log: Log) -> Iterator[Block]:
        def counted() -> Iterator[bytes]:
            done = 0
            for data in log:
                done += len(data)
                self._result["bytes"] += len(data)
                if self._progress is not None:
                    self._progress(done, log.size_bytes)
                yield data

        return map(read_block, split_blocks(counted()))

    def _finish(self, complete: bool) -> dict[str, Any]:
        """The final result, which is also recorded in the store."""
        result = self._result
        result["complete"] = complete
        result["seconds"] = round(time.monotonic() - self._begun_s, 3)
        if self._cushion is None:
            return result  # cut off before it had sent its id
        result["last_seq"] = self._store.last_seq(self._cushion)
        result["first_seq"] = self._store.first_seq(self._cushion)
        self._store.add_sync(self._cushion, unix_ms(self._now()), result)
        return result


def _demand_possible(blocks: list[Block], hardware: str, last_seq: int) -> None:
    """Raises DamagedData for blocks that this cushion's log can't hold."""
    known: dict[int, Record] = {}
    for block in blocks:
        if block.records and block.cushion != hardware:
            raise DamagedData(f"the cushion sent records of another cushion ({block.cushion}); none is stored")
        for record in block.records:
            if record.seq > last_seq + MOST_RECORDS:
                raise DamagedData(f"the cushion sent record {record.seq}, but its last is {last_seq}; none is stored")
            if known.setdefault(record.seq, record) != record:
                raise DamagedData(f"the cushion sent two different records with number {record.seq}; none is stored")


def _oldest_expected(last: int | None, kept_first: int | None) -> int:
    """The first number this sync should bring. Numbers begin at 0 or 1; records overwritten since then count as
    lost."""
    if last is not None:
        return last + 1
    return min(1, kept_first or 0)


def sync_lines(result: dict[str, Any]) -> list[str]:
    """The result of a sync, in lines for a person."""
    lines = [f"{counted(result['records'], 'new record')}, {result['bytes']} bytes in {result['seconds']:.1f} s"]
    lines += [f"lost on the cushion: records {first} to {last}" for first, last in result["lost"]]
    if result["damaged"]:
        lines.append(f"damaged on the cushion: {counted(result['damaged'], 'block')}, left out")
    if behind_s := result.get("before_last_sync_s"):
        behind = f"this computer's clock is {duration_text(behind_s)} before your last sync"
        lines.append(f"{behind}: set it, then sync again; see sitbone clock")
    if result["clock_offset_ms"] is None:
        lines.append("clock: was not set; set now")
    else:
        off_s = result["clock_offset_ms"] / 1000
        lines.append(f"clock: was {off_text(off_s)} {'ahead' if off_s > 0 else 'behind'}; set now")
    return lines
