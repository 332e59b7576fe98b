"""The append-only log on littlefs: segments of 512-byte blocks, every commit flushed to the flash.

A record is acknowledged once `commit` has returned: littlefs keeps what was flushed through any power cut. Each commit
is one write of complete records, so nothing half-written can ever be made permanent. Format: LOG_FORMAT.md.
"""

import os

from cushion.core import records
from cushion.core.records import BLOCK_SIZE, HEADER_SIZE, MAX_DT_MS, RECORD_OVERHEAD
from cushion.storage import segments

FOLDER = "/log"
SEGMENT_BLOCKS = 128
ERASED_BLOCK = bytes([records.END]) * BLOCK_SIZE
RESERVE_BYTES = 96 * 1024  # kept free for settings, a firmware update and littlefs itself


class Log:
    """The cushion's log.

    ``session`` counts starts of the firmware; ``next_seq`` is the number the next record gets; ``durable_seq`` the last
    one a power cut can no longer take (0 = none yet); ``failed_writes`` counts commits the flash refused.
    """

    def __init__(self, cushion_id, folder=FOLDER):
        self.cushion_id = cushion_id
        self.failed_writes = 0
        self._folder = folder
        self._block = bytearray(BLOCK_SIZE)
        self._view = memoryview(self._block)
        self._block_seq = 1  # number of the block's first record
        self._used = 0  # bytes packed into the block; 0 = no block begun
        self._written = 0  # of them, bytes that are on the flash
        self._seed = 0
        self._base_s = 0
        self._base_ms = 0
        self._file = None
        self._room = 0  # blocks the open segment can still take
        self._pad = 0  # bytes that bring an adopted segment to whole blocks
        self._evicted = (0, 0)
        segments.make_folder(folder)
        last = segments.find_last(folder)
        self.session = last.session + 1
        self.next_seq = last.seq + 1
        self.durable_seq = last.seq
        self._adopt(last)

    def add(self, kind, payload, mono_s, mono_ms, unix_s):
        """Packs one record, made at `mono_s` + `mono_ms` after this start; returns its sequence number."""
        dt_ms = self._dt_ms(mono_s, mono_ms)
        if self._used == 0 or dt_ms < 0 or self._used + RECORD_OVERHEAD + len(payload) > BLOCK_SIZE:
            self._finish_block()
            self._begin_block(mono_s, mono_ms, unix_s)
            dt_ms = 0
        self._used = records.pack_record(self._block, self._used, self._seed, kind, dt_ms, payload)
        seq = self.next_seq
        self.next_seq += 1
        return seq

    def commit(self):
        """Puts everything added so far onto the flash; False when the flash refused (the monitor goes on)."""
        if self._used == self._written:
            return True
        try:
            self._append(self._view[self._written : self._used])
        except OSError:
            self.failed_writes += 1
            self._abandon_segment()
            return False
        self._written = self._used
        self.durable_seq = self.next_seq - 1
        return True

    def take_evicted(self):
        """``(first_seq, last_seq)`` of what was evicted since the last call, (0, 0) for nothing."""
        evicted, self._evicted = self._evicted, (0, 0)
        return evicted

    def first_seq(self):
        """The oldest record still kept, or the next one to come where nothing is."""
        names = segments.names(self._folder)
        return segments.first_seq_of(names[0]) if names else self.next_seq

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

    def _dt_ms(self, mono_s, mono_ms):
        """Time since the block's base, or -1 where it is too long for this block."""
        if mono_s - self._base_s > MAX_DT_MS // 1000:
            return -1
        return (mono_s - self._base_s) * 1000 + mono_ms - self._base_ms

    def _begin_block(self, mono_s, mono_ms, unix_s):
        self._block_seq = self.next_seq
        self._block[:] = ERASED_BLOCK
        self._base_s, self._base_ms = mono_s, mono_ms
        self._seed = records.pack_header(
            self._block, self.cushion_id, self.session, self.next_seq, mono_s, mono_ms, unix_s
        )
        self._used, self._written = HEADER_SIZE, 0

    def _finish_block(self):
        """Fills the block on the flash to its full size, so that the next one begins on a multiple of 512 bytes."""
        if self._used:
            self._used = BLOCK_SIZE
            self.commit()
            self._used = self._written = 0

    def _append(self, data):
        if self._written == 0:
            if self._room == 0:
                self._open_segment()
            self._room -= 1
        if self._pad:
            data = ERASED_BLOCK[: self._pad] + bytes(data)
        self._file.write(data)
        self._file.flush()
        self._pad = 0

    def _adopt(self, last):
        """Goes on in the newest segment, so that many short runs do not make many small files."""
        blocks = (last.size + BLOCK_SIZE - 1) // BLOCK_SIZE
        if last.clean and blocks < SEGMENT_BLOCKS:
            self._file = open(last.path, "ab")
            self._room = SEGMENT_BLOCKS - blocks
            self._pad = blocks * BLOCK_SIZE - last.size

    def _open_segment(self):
        if self._file is not None:
            self._file.close()
        self._make_room()
        self._file = open(segments.path(self._folder, self._block_seq), "ab")
        self._room = SEGMENT_BLOCKS

    def _abandon_segment(self):
        """After a failed write nobody knows where the file ends: whatever comes next begins a new segment."""
        try:
            if self._file is not None:
                self._file.close()
        except OSError:
            pass  # it is being given up
        self._file = None
        self._room = self._pad = 0
        self._used = self._written = 0

    def _make_room(self):
        """Evicts the oldest segments until the reserve is free again."""
        while self.bytes_free() < RESERVE_BYTES:
            names = segments.names(self._folder)
            if len(names) < 2:
                return
            first, last = segments.first_seq_of(names[0]), segments.first_seq_of(names[1]) - 1
            os.remove(self._folder + "/" + names[0])
            self._evicted = (self._evicted[0] or first, last)
