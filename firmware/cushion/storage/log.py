"""The append-only log on littlefs: segments of 512-byte blocks, every commit flushed to the flash.

A record is acknowledged once `commit` has returned True: littlefs keeps what was flushed through any power cut. Each
write is one of complete records, so nothing half-written can ever be made permanent. Format: LOG_FORMAT.md.
"""

import os
from binascii import crc32

from cushion.core import records
from cushion.core.blocks import BLOCK_SIZE, END, Writer
from cushion.core.const import const
from cushion.storage import segments

FOLDER = "/log"
SEGMENT_BLOCKS = 128
RESERVE_BYTES = 96 * 1024  # kept free for settings, a firmware update and littlefs itself
_MOST_PENDING = const(64)  # records held while the flash refuses; beyond, the oldest of them go and are counted
OWN_KINDS = (records.EVICTED, records.DROPPED)
_NO_SPACE = const(28)  # errno
_TRIES = const(4)  # of one commit, each with a segment less where there was no space


class Log:
    """The cushion's log.

    ``session`` counts starts of the firmware and ``log_id`` distinguishes this log from an erased one; ``durable_seq``
    is the last record a power cut can no longer take (0 = none yet); ``failed_writes`` counts writes the flash refused.
    """

    def __init__(self, cushion_id, folder=FOLDER):
        self.cushion_id = cushion_id
        self.failed_writes = 0
        self._folder = folder
        self._writer = Writer()
        self._view = memoryview(self._writer.block)
        self._written = 0  # bytes of the block that are on the flash
        self._pending: list = []  # records that are not: (kind, payload, mono_s, mono_ms, unix_s)
        self._dropped = 0  # records, since the last `dropped` record
        self._evicted_first = 0  # of the segments that are gone, while no `evicted` record is durable
        self._file = None
        self._room = 0  # blocks the open segment can still take
        self._pad = 0  # bytes that bring an adopted segment to whole blocks
        self._victims: list = []  # segments to remove once their `evicted` record is durable
        segments.make_folder(folder)
        last = segments.find_last(folder)
        self.session = last.session + 1
        self.log_id = last.log if last.session else _new_log_id()
        self.durable_seq = last.seq
        self._adopt(last)

    def add(self, kind, payload, mono_s, mono_ms, unix_s):
        """Takes one record, made at `mono_s` + `mono_ms` after this start, for the next `commit`."""
        if len(self._pending) >= _MOST_PENDING:
            self._drop_oldest()
        self._pending.append((kind, payload, mono_s, mono_ms, unix_s))

    def commit(self):
        """Puts everything added so far onto the flash; False when the flash refused: it is tried again next time.

        A write that failed is repeated in a new segment, with the same numbers; where there is no space the oldest
        segment goes for it.
        """
        for _ in range(_TRIES):
            try:
                while self._pending:
                    self._write_block()
                self._evict_told()
                return True
            except OSError as error:
                self.failed_writes += 1
                self._abandon_segment()
                if error.args[0] == _NO_SPACE and not self._evict_untold():
                    return False
        return False

    def next_seq(self):
        """The number that the next record added will get."""
        return self.durable_seq + len(self._pending) + 1

    def first_seq(self):
        """The oldest record still kept, or the next one to come where nothing is."""
        names = segments.names(self._folder)
        return segments.first_seq_of(names[0]) if names else self.next_seq()

    def bytes_free(self):
        """Room on the file system."""
        return segments.bytes_free(self._folder)

    def extent(self, since_seq):
        """Which committed bytes hold the records from `since_seq` on: a list of ``(path, start, end)``."""
        return segments.extent(self._folder, since_seq)

    def close(self):
        """Commits and lets go of the file."""
        self.commit()
        if self._file is not None:
            self._file.close()
            self._file = None
        self._room = self._writer.used = 0

    def _write_block(self):
        """Packs pending records into the open block, or a new one, and makes those that fit durable."""
        packed = self._pack()
        if not packed:
            self._begin_block()
            packed = self._pack()
        self._append()
        for kind, _, _, _, _ in self._pending[:packed]:
            if kind == records.DROPPED:
                self._dropped = 0
            elif kind == records.EVICTED:
                self._evicted_first = 0
        self._pending = self._pending[packed:]
        self.durable_seq += packed

    def _pack(self):
        """How many of the pending records the open block takes."""
        packed = 0
        for kind, payload, mono_s, mono_ms, _ in self._pending:
            if not self._writer.add(kind, payload, mono_s, mono_ms):
                break
            packed += 1
        return packed

    def _begin_block(self):
        """Fills the block on the flash to its full size, so that the next one begins on a multiple of 512 bytes."""
        if self._writer.used:
            self._pad = BLOCK_SIZE - self._writer.used
        if self._room == 0:
            self._open_segment()
        self._room -= 1
        _, _, mono_s, mono_ms, unix_s = self._pending[0]
        self._written = 0
        self._writer.begin(self.cushion_id, self.log_id, self.session, self.durable_seq + 1, mono_s, mono_ms, unix_s)

    def _append(self):
        """One write and one flush: littlefs makes it all durable, or nothing of it."""
        new = self._view[self._written : self._writer.used]
        self._file.write(bytes([END]) * self._pad + bytes(new) if self._pad else new)
        self._file.flush()
        self._written, self._pad = self._writer.used, 0

    def _adopt(self, last):
        """Goes on in the newest segment, so that many short runs do not make many small files."""
        blocks = (last.size + BLOCK_SIZE - 1) // BLOCK_SIZE
        if last.clean and blocks < SEGMENT_BLOCKS:
            self._open(last.path, last.size)

    def _open_segment(self):
        if self._file is not None:
            self._file.close()
            self._file = None
        self._choose_victims()
        file_path = segments.path(self._folder, self.durable_seq + 1)
        self._open(file_path, segments.size_of(file_path))

    def _open(self, file_path, size):
        blocks = (size + BLOCK_SIZE - 1) // BLOCK_SIZE
        self._file = open(file_path, "ab")
        self._room = SEGMENT_BLOCKS - blocks
        self._pad = blocks * BLOCK_SIZE - size

    def _abandon_segment(self):
        """After a failed write nobody knows where the file ends: whatever comes next begins a new segment."""
        try:
            if self._file is not None:
                self._file.close()
        except OSError:
            pass  # it is being given up
        self._file = None
        self._room = self._pad = self._written = self._writer.used = 0

    # --- eviction: the oldest segments go. What a host has acknowledged is always older than what none has.

    def _choose_victims(self):
        """Chooses the oldest segments until the reserve would be free, and logs it in the segment that begins now;
        they are removed once that is durable."""
        names = segments.names(self._folder)
        missing = RESERVE_BYTES - self.bytes_free()
        self._victims = []
        while missing > 0 and len(self._victims) + 1 < len(names):
            name = names[len(self._victims)]
            missing -= segments.size_of(self._folder + "/" + name)
            self._victims.append(name)
        if self._victims:
            self._log_evicted(names)

    def _log_evicted(self, names):
        first = segments.first_seq_of(names[0])
        last = segments.first_seq_of(names[len(self._victims)]) - 1
        self._tell(records.EVICTED, (min(first, self._evicted_first or first), last))

    def _tell(self, kind, values):
        """Puts a record of the log's own before the others, in the place of an earlier one that isn't durable yet."""
        record = (kind, records.payload_of(kind, values)) + self._pending[0][2:]
        for index in range(len(self._pending)):
            if self._pending[index][0] == kind:
                self._pending[index] = record
                return
        self._pending.insert(0, record)

    def _drop_oldest(self):
        index = 0
        while self._pending[index][0] in OWN_KINDS:
            index += 1
        self._pending.pop(index)
        self._dropped += 1
        self._tell(records.DROPPED, (min(self._dropped, 0xFFFF),))

    def _evict_told(self):
        for name in self._victims:
            os.remove(self._folder + "/" + name)
        self._victims = []

    def _evict_untold(self):
        """Frees a segment's space when there is none left to log it first; False when only the newest is left."""
        names = segments.names(self._folder)
        if len(names) < 2 or not self._pending:
            return False
        self._victims = names[:1]
        self._log_evicted(names)
        self._evicted_first = self._evicted_first or segments.first_seq_of(names[0])
        self._evict_told()
        return True


def _new_log_id():
    """Drawn when a log begins on an empty flash, never 0."""
    return (crc32(os.urandom(8)) & 0xFFFF) or 1
