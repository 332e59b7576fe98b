"""How records lie in a block: 512 bytes that say by themselves whose they are and when they began.

Each record has a CRC of its own that is seeded with the one before it (the first with the header's), so a record is
valid only in its own place. An epoch that follows another in the same block is written as its difference from what
that one foretells: a seated day is hardly anything else. Field tables: LOG_FORMAT.md beside the storage code.
"""

import struct
from binascii import crc32

from cushion.core import records
from cushion.core.const import const

BLOCK_SIZE = 512
MAGIC = b"SBLK"
VERSION = 2
HEADER = (
    "<4sBBH6sHIIIHHI"  # magic version header_size 0 cushion log session first_seq base_s base_ms 0 unix_s, then crc
)
HEADER_SIZE = struct.calcsize(HEADER) + 4
END = 0xFF  # in the place of a kind: no more records in this block
FOLLOWING = 0x80  # in the place of a kind: an epoch as a difference, and its size in the other bits
_FOLLOWING_MAX = const(0x3F)
_LEAST_RECORD = const(7)  # kind, length, a byte of time, CRC
MOST_RECORDS = (BLOCK_SIZE - HEADER_SIZE) // _LEAST_RECORD
_MAX_DT_MS = const(1 << 29)  # a record further from the block's base begins a new block: ms stay small integers
FRAME_V1 = "<BBI"  # version 1: kind, payload length, ms since the block's base
_VARINT_BYTES = const(5)

EPOCH_FORM = records.KINDS[records.EPOCH][1]
EPOCH_SIZE = struct.calcsize(EPOCH_FORM)
# Fields of an epoch that may stay as foretold; one bit each, from bit 0 on. Those before are always told.
_LEFT_IT_PA = const(0)
_RIGHT_IT_PA = const(1)
_LEFT_U = const(4)
_LEFT_DOSE = const(6)
_SEATED = const(8)
_STATE = const(9)
_SECONDS = const(11)
OPTIONAL = (2, 3, 4, 5, 6, 7, 8)
_MOST_U = const(4000)


class DamagedBlock(ValueError):
    """A block whose header, or a record inside it, fails its check. The message says which."""


class Writer:
    """The block being filled: ``block[:used]`` is packed, ``used`` is 0 while none was begun."""

    def __init__(self):
        self.block = bytearray(BLOCK_SIZE)
        self.used = 0
        self._view = memoryview(self.block)
        self._seed = 0
        self._base_s = self._base_ms = self._last_dt_ms = 0
        self._epochs = Epochs()

    def begin(self, cushion, log, session, first_seq, base_s, base_ms, unix_s):
        """Starts a block whose first record is number `first_seq` and was made at `base_s` + `base_ms`."""
        self.block[:] = bytes([END]) * BLOCK_SIZE
        identity = (MAGIC, VERSION, HEADER_SIZE, 0, cushion, log, session, first_seq)
        struct.pack_into(HEADER, self.block, 0, *(identity + (base_s, base_ms, 0, unix_s)))
        self._seed = crc32(self._view[: HEADER_SIZE - 4])
        struct.pack_into("<I", self.block, HEADER_SIZE - 4, self._seed)
        self.used = HEADER_SIZE
        self._base_s, self._base_ms, self._last_dt_ms = base_s, base_ms, 0
        self._epochs = Epochs()

    def add(self, kind, payload, mono_s, mono_ms):
        """Packs one record; False when it needs a new block: no room, or too late or too early for this one."""
        if not self.used or mono_s - self._base_s > _MAX_DT_MS // 1000:
            return False
        dt_ms = (mono_s - self._base_s) * 1000 + mono_ms - self._base_ms
        if dt_ms < self._last_dt_ms:
            return False
        head = bytes([kind, len(payload)])
        if kind == records.EPOCH:
            short = self._epochs.shorten(payload)
            if short is not None:
                head, payload = bytes([FOLLOWING | len(short)]), short
        body = head + varint(dt_ms - self._last_dt_ms) + payload
        end = self.used + len(body) + 4
        if end > BLOCK_SIZE:
            return False
        self.block[self.used : end - 4] = body
        self._seed = crc32(body, self._seed)
        struct.pack_into("<I", self.block, end - 4, self._seed)
        self.used, self._last_dt_ms = end, dt_ms
        if kind == records.EPOCH:
            self._epochs.commit()
        return True


class Header:
    """A block's header, as integers; ``cushion`` is 6 bytes, ``unix_s`` 0 while the wall clock was unknown, ``log`` 0
    in version 1."""

    def __init__(self, fields, crc):
        _, self.version, _, _, self.cushion, self.log, self.session, self.first_seq = fields[:8]
        self.base_s, self.base_ms, _, self.unix_s = fields[8:]
        self.crc = crc


def read_header(block):
    """The `Header` of a block (bytes-like). Raises DamagedBlock when it isn't one of a version this code knows."""
    if len(block) < HEADER_SIZE or bytes(block[:4]) != MAGIC:
        raise DamagedBlock("no block begins here")
    view = memoryview(block)
    stored = struct.unpack_from("<I", block, HEADER_SIZE - 4)[0]
    if crc32(view[: HEADER_SIZE - 4]) != stored:
        raise DamagedBlock("block header fails its check")
    fields = struct.unpack_from(HEADER, block, 0)
    if not 1 <= fields[1] <= VERSION or fields[2] != HEADER_SIZE:
        raise DamagedBlock("log version {} is newer than this program".format(fields[1]))
    return Header(fields, stored)


def walk(block, header):
    """Yields ``(kind, dt_ms, payload)`` of each record, `dt_ms` since the block's base.

    Raises DamagedBlock at the first that fails its check: those before it were sound, those behind can't be trusted.
    """
    following = Epochs()
    dt_ms = 0
    for kind, step_ms, start, end in _frames(block, header):
        payload = bytes(block[start:end])
        if header.version == 1:
            dt_ms = step_ms
        else:
            dt_ms += step_ms
            if kind >= FOLLOWING:
                kind, payload = records.EPOCH, following.restore(payload)
            if kind == records.EPOCH:
                following.see(payload)
        if dt_ms > 1 << 32:
            raise DamagedBlock("record lies too far from its block's base")
        yield kind, dt_ms, payload


def count(block, header):
    """How many records a block holds. Raises DamagedBlock at one that fails its check."""
    total = 0
    for _ in _frames(block, header):
        total += 1
    return total


def _frames(block, header):
    """Yields ``(kind, ms, payload_start, payload_end)`` of each record whose CRC is right; kind as it was written."""
    view, offset, seed, size = memoryview(block), HEADER_SIZE, header.crc, len(block)
    is_v1 = header.version == 1
    while offset < size and block[offset] != END and block[offset] != 0:
        if is_v1:
            if offset + 10 > size:
                return
            kind, length, ms = struct.unpack_from(FRAME_V1, block, offset)
            start = offset + 6
        else:
            kind = block[offset]
            start = offset + 1
            if kind >= FOLLOWING:
                length = kind - FOLLOWING
            else:
                length = block[start] if start < size else BLOCK_SIZE
                start += 1
            ms, start = read_varint(block, start)
        end = start + length
        if length > records.PAYLOAD_MAX or (kind > FOLLOWING and length > _FOLLOWING_MAX) or end + 4 > size:
            raise DamagedBlock("record runs over its block's end")
        stored = struct.unpack_from("<I", block, end)[0]
        if crc32(view[offset:end], seed) != stored:
            raise DamagedBlock("record fails its check")
        if not is_v1:
            seed = stored
        yield kind, ms, start, end
        offset = end + 4


class Epochs:
    """What the epochs of one block so far foretell of the next.

    Foretold are: the same thigh pressures, relative loads in the ratio of the sitting bones' pressures, doses that grow
    as much as the last time, seated time that grows by the epoch's length, the same state, bad zones and length.
    """

    def __init__(self):
        self._last = None
        self._growth = (0, 0)  # of the doses, from the epoch before the last to the last
        self._next = None

    def see(self, payload):
        """Takes an epoch of the block (its whole payload)."""
        values = struct.unpack_from(EPOCH_FORM, payload, 0) if len(payload) == EPOCH_SIZE else None
        last = self._last
        if values is not None and last is not None:
            self._growth = (values[_LEFT_DOSE] - last[_LEFT_DOSE], values[_LEFT_DOSE + 1] - last[_LEFT_DOSE + 1])
        else:
            self._growth = (0, 0)
        self._last = values

    def shorten(self, payload):
        """The difference of this epoch from what is foretold, or None where it must be told in full."""
        self._next = payload
        last = self._last
        if last is None or len(payload) != EPOCH_SIZE:
            return None
        values = struct.unpack(EPOCH_FORM, payload)
        if values[_STATE:] != last[_STATE:]:
            return None
        pa = (values[_LEFT_IT_PA], values[_RIGHT_IT_PA])
        out = signed_varint(pa[0] - last[0]) + signed_varint(pa[1] - last[1])
        mask = 0
        for bit in range(len(OPTIONAL)):
            field = OPTIONAL[bit]
            difference = values[field] - self._foretold(field, pa)
            if difference:
                mask |= 1 << bit
                out += signed_varint(difference)
        return bytes([mask]) + out

    def commit(self):
        """The epoch that was shortened last has been written."""
        self.see(self._next)

    def restore(self, short):
        """The whole payload of an epoch that was written as a difference. Raises DamagedBlock where that makes none."""
        last = self._last
        if last is None or not short:
            raise DamagedBlock("an epoch follows none")
        values, mask, offset = list(last), short[0], 1
        for field in (_LEFT_IT_PA, _RIGHT_IT_PA):
            difference, offset = _read_signed(short, offset)
            values[field] += difference
        pa = (values[_LEFT_IT_PA], values[_RIGHT_IT_PA])
        for bit in range(len(OPTIONAL)):
            field = OPTIONAL[bit]
            values[field] = self._foretold(field, pa)
            if mask >> bit & 1:
                difference, offset = _read_signed(short, offset)
                values[field] += difference
        if mask >> len(OPTIONAL) or offset != len(short):
            raise DamagedBlock("an epoch's difference is too long")
        for field in range(_STATE):
            if not 0 <= values[field] < (1 << 16 if field < _LEFT_DOSE else 1 << 32):
                raise DamagedBlock("an epoch's value is out of range")
        return struct.pack(EPOCH_FORM, *values)

    def _foretold(self, field, pa):
        last = self._last
        if _LEFT_U <= field < _LEFT_DOSE:
            side = field - _LEFT_U
            if last[side] and last[field] <= _MOST_U:
                return pa[side] * last[field] // last[side]
        elif _LEFT_DOSE <= field < _SEATED:
            return last[field] + self._growth[field - _LEFT_DOSE]
        elif field == _SEATED:
            return last[field] + last[_SECONDS]
        return last[field]


def varint(value):
    """A number, 7 bits a byte, the lowest first; the top bit says that more follow."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def signed_varint(value):
    """A signed number, its sign in the lowest bit."""
    return varint(value << 1 if value >= 0 else (-value << 1) - 1)


def read_varint(data, offset):
    """``(number, offset behind it)``. Raises DamagedBlock where there is none."""
    value = shift = 0
    for at in range(offset, min(len(data), offset + _VARINT_BYTES)):
        value |= (data[at] & 127) << shift
        if data[at] < 128:
            return value, at + 1
        shift += 7
    raise DamagedBlock("a number has no end")


def _read_signed(data, offset):
    value, offset = read_varint(data, offset)
    return (-value >> 1 if value & 1 else value >> 1), offset
