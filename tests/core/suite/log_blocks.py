"""Blocks of the log, byte for byte. The oracle is LOG_FORMAT.md: bytes worked out by hand, CRCs by crc32."""

import struct
from binascii import crc32

from support import raises

from cushion.core import records
from cushion.core.blocks import (
    MOST_RECORDS,
    DamagedBlock,
    Epochs,
    Writer,
    count,
    read_header,
    read_varint,
    signed_varint,
    varint,
    walk,
)

CUSHION = b"\x24\x6f\x28\x00\x00\x01"
# magic, version 2, size 40, 0, cushion, log 4711, session 3, first record 100, base 70.005 s, 0, Unix second, CRC
HEADER = b"SBLK\x02\x28\x00\x00" + CUSHION + b"\x67\x12\x03\x00\x00\x00\x64\x00\x00\x00\x46\x00\x00\x00\x05\x00\x00\x00"
HEADER += b"\x80\x43\xb1\x6a"
UNIX_S = 0x6AB14380

# Numbers and their bytes: seven bits a byte, the lowest first.
VARINTS = ((0, b"\0"), (127, b"\x7f"), (128, b"\x80\x01"), (300, b"\xac\x02"), (16384, b"\x80\x80\x01"))
SIGNED = ((0, b"\0"), (1, b"\x02"), (-1, b"\x01"), (-64, b"\x7f"), (64, b"\x80\x01"), (600, b"\xb0\x09"))

FIRST = (6000, 5000, 3000, 2000, 1200, 1000, 100000, 90000, 600, 2, 0, 10)
# Foretold: u 1200·6600/6000 = 1320 and 1000·5500/5000 = 1100, doses as before, 610 s. 5 permille and 1000 cs are more.
SECOND = (6600, 5500, 3000, 2000, 1320, 1105, 101000, 90000, 610, 2, 0, 10)
SECOND_SHORT = b"\x18\xb0\x09\xe8\x07\x0a\xd0\x0f"
# Foretold: u 1320·6599/6600 = 1319.8, cut, and 1105; the left dose grows by 1000 again. All of that is so.
THIRD = (6599, 5500, 3000, 2000, 1319, 1105, 102000, 90000, 620, 2, 0, 10)
THIRD_SHORT = b"\x00\x01\x00"
# The thighs, both doses and the seated time are off, too: -1, +2, 0, 0, -1000, +3, -10
FOURTH = (6599, 5500, 2999, 2002, 1319, 1105, 102000, 90003, 620, 2, 0, 10)
FOURTH_SHORT = b"\x73\x00\x00\x01\x04\xcf\x0f\x06\x13"
# Foretold: the left dose stays, the right one grows by 3 again.
FIFTH = (6599, 5500, 2999, 2002, 1319, 1105, 102000, 90006, 630, 2, 0, 10)
FIFTH_SHORT = b"\x00\x00\x00"


def epoch(values):
    return struct.pack("<HHHHHHIIIBBB", *values)


def with_crc(data, seed=0):
    return data + struct.pack("<I", crc32(data, seed))


def block_of(*frames, header=HEADER):
    """A block by hand: each frame's CRC is seeded with the one before it."""
    block = with_crc(header)
    for frame in frames:
        seed = struct.unpack("<I", block[-4:])[0]
        block += with_crc(frame, seed)
    return block


def writer():
    made = Writer()
    made.begin(CUSHION, 4711, 3, 100, 70, 5, UNIX_S)
    return made


def written(made):
    return bytes(made.block[: made.used])


def read(block):
    return list(walk(block, read_header(block)))


def damage_of(function):
    try:
        function()
    except DamagedBlock as error:
        return str(error)
    return ""


def test_a_header_lies_as_described_and_the_rest_is_blank():
    made = writer()
    assert written(made) == block_of() and made.used == 40
    assert len(made.block) == 512 and bytes(made.block[40:]) == b"\xff" * 472
    found = read_header(made.block)
    assert (found.version, found.cushion, found.log, found.session) == (2, CUSHION, 4711, 3)
    assert (found.first_seq, found.base_s, found.base_ms, found.unix_s) == (100, 70, 5, UNIX_S)
    assert MOST_RECORDS == 67  # of 472 bytes, seven at least for each


def test_records_lie_as_described():
    made = writer()
    assert made.add(records.BUTTON, b"\x02", 70, 5)
    assert made.add(records.OBJECT, b"\x01", 70, 305)
    assert made.add(records.CRASH, b"oh", 71, 0)
    block = block_of(b"\x0a\x01\x00\x02", b"\x15\x01\xac\x02\x01", b"\x13\x02\xb7\x05oh")
    assert written(made) == block
    assert read(block) == [(10, 0, b"\x02"), (21, 300, b"\x01"), (19, 995, b"oh")]
    assert count(block, read_header(block)) == 3
    assert read(bytes(made.block)) == read(block)  # blank space ends it, as the block's end does
    assert read(block + b"\x00" * 9) == read(block)


def test_epochs_that_follow_lie_as_described():
    made, at_s = writer(), 80
    for values in (FIRST, SECOND, THIRD, FOURTH, FIFTH):
        assert made.add(records.EPOCH, epoch(values), at_s, 5)
        at_s += 10
    step = b"\x90\x4e"  # 10,000 ms
    frames = [b"\x03\x1b" + step + epoch(FIRST)]
    for short in (SECOND_SHORT, THIRD_SHORT, FOURTH_SHORT, FIFTH_SHORT):
        frames.append(bytes([128 + len(short)]) + step + short)
    block = block_of(*frames)
    assert written(made) == block
    found = read(block)
    assert [(kind, dt_ms) for kind, dt_ms, _ in found] == [(3, 10000 * number) for number in range(1, 6)]
    assert [payload for _, _, payload in found] == [epoch(values) for values in (FIRST, SECOND, THIRD, FOURTH, FIFTH)]


def test_a_record_of_an_epochs_length_is_none():
    made = writer()
    for kind, values in ((3, FIRST), (3, SECOND), (1, FIRST), (19, FIRST), (3, THIRD)):
        assert made.add(kind, epoch(values), 70, 5)
    others = [bytes([kind, 27, 0]) + epoch(FIRST) for kind in (3, 1, 19)]
    block = block_of(others[0], b"\x88\x00" + SECOND_SHORT, *others[1:], b"\x83\x00" + THIRD_SHORT)
    assert written(made) == block
    assert [kind for kind, _, _ in read(block)] == [3, 3, 1, 19, 3] and read(block)[4][2] == epoch(THIRD)


def test_doses_are_foretold_to_fall_as_they_fell():
    epochs = Epochs()
    for left_cs, right_cs in ((100000, 90000), (60000, 60000)):
        epochs.see(epoch(FIRST[:6] + (left_cs, right_cs) + FIRST[8:]))
    assert epochs.shorten(epoch(FIRST[:6] + (20000, 30000, 610) + FIRST[9:])) == b"\x00\x00\x00"


def test_an_epoch_of_another_length_foretells_nothing():
    block = block_of(b"\x03\x1b\x00" + epoch(FIRST), b"\x03\x1a\x00" + epoch(SECOND)[:26], b"\x88\x00" + SECOND_SHORT)
    assert damage_of(lambda: read(block)) == "an epoch follows none"
    epochs = Epochs()
    epochs.see(epoch(FIRST))
    assert epochs.shorten(epoch(SECOND)[:26]) is None
    epochs.see(epoch(SECOND))
    epochs.see(epoch(SECOND)[:26])
    epochs.see(epoch(SECOND))
    assert epochs.shorten(epoch(THIRD)) == b"\x10\x01\x00\xd0\x0f"  # the growth of 1000 was of before


def test_each_block_begins_with_a_whole_epoch():
    made = writer()
    assert made.add(records.EPOCH, epoch(FIRST), 70, 5)
    made.begin(CUSHION, 4711, 3, 100, 70, 5, UNIX_S)
    assert made.add(records.EPOCH, epoch(SECOND), 70, 5)
    assert written(made) == block_of(b"\x03\x1b\x00" + epoch(SECOND))


def test_a_record_lies_within_fifty_days_of_its_blocks_base():
    far = b"\x80\x80\x80\x80\x10"  # 2^32 ms
    assert read(block_of(b"\x0a\x01" + far + b"\x02")) == [(10, 1 << 32, b"\x02")]
    for step in (b"\x81\x80\x80\x80\x10", b"\x80\x80\x80\x80\x20"):
        damage = damage_of(lambda step=step: read(block_of(b"\x0a\x01" + step + b"\x02")))
        assert damage == "record lies too far from its block's base"


def test_an_epoch_of_another_state_is_told_whole_and_growth_goes_on_from_it():
    epochs = Epochs()
    assert epochs.shorten(epoch(FIRST)) is None
    epochs.commit()
    for place, value in ((9, 1), (10, 4), (11, 9)):
        other = list(SECOND)
        other[place] = value
        assert epochs.shorten(epoch(other)) is None
    epochs.see(epoch(SECOND))
    assert epochs.shorten(epoch(THIRD)) == THIRD_SHORT
    assert epochs.shorten(epoch(THIRD) + b"\0") is None
    epochs.commit()  # of a length that is none: nothing is foretold of what follows
    assert epochs.shorten(epoch(FOURTH)) is None


def test_loads_are_foretold_as_before_where_no_ratio_can_be():
    last = (0, 5000, 0, 0, 500, 65535, 0, 0, 0, 2, 0, 10)
    now = (10, 5000, 0, 0, 500, 65535, 0, 0, 10, 2, 0, 10)
    epochs = Epochs()
    epochs.see(epoch(last))
    assert epochs.shorten(epoch(now)) == b"\x00\x14\x00"
    epochs = Epochs()
    epochs.see(epoch((100, 100, 0, 0, 4000, 4001, 0, 0, 0, 2, 0, 10)))
    # 4000 doubles with the pressure; 4001 is none of a load's values and stays
    assert epochs.shorten(epoch((200, 200, 0, 0, 8000, 4001, 0, 0, 10, 2, 0, 10))) == b"\x00\xc8\x01\xc8\x01"


def test_what_no_epoch_makes_is_damage():
    follows = Epochs()
    assert damage_of(lambda: follows.restore(THIRD_SHORT)) == "an epoch follows none"
    follows.see(epoch(FIRST))
    assert follows.restore(SECOND_SHORT) == epoch(SECOND)
    assert damage_of(lambda: follows.restore(b"")) == "an epoch follows none"
    for short in (b"\x80\x00\x00", b"\x00\x00\x00\x00"):
        assert damage_of(lambda short=short: follows.restore(short)) == "an epoch's difference is too long"
    # 6000 - 6001 Pa; 3000 + 62,536 Pa, one more than 16 bits hold, and two more; 100,000 cs - 100,001
    thigh = b"\x01\x00\x00\x90\xd1\x07"
    for short in (b"\x00\xe1\x5d\x00", thigh, b"\x01\x00\x00\x92\xd1\x07", b"\x10\x00\x00\xc1\x9a\x0c"):
        assert damage_of(lambda short=short: follows.restore(short)) == "an epoch's value is out of range"
    # a left dose of 100,000 cs and 4,294,867,295 more, which 32 bits hold; and one more
    assert follows.restore(b"\x10\x00\x00\xbe\xe5\xf3\xff\x1f")[12:16] == b"\xff\xff\xff\xff"
    assert damage_of(lambda: follows.restore(b"\x10\x00\x00\xc0\xe5\xf3\xff\x1f")) == "an epoch's value is out of range"
    assert follows.restore(b"\x01\x00\x00\x8e\xd1\x07")[4:6] == b"\xff\xff"
    assert follows.restore(b"\x10\x00\x00\xbf\x9a\x0c")[12:16] == b"\x00\x00\x00\x00"


def test_numbers_are_packed_as_described():
    for value, data in VARINTS:
        assert varint(value) == data
        assert read_varint(b"x" + data + b"y", 1) == (value, 1 + len(data))
    for value, data in SIGNED:
        assert signed_varint(value) == data
    assert read_varint(b"\xff\xff\xff\xff\x0f", 0) == (4294967295, 5)
    for data in (b"", b"\x80", b"\x80\x80\x80\x80\x80\x01"):
        assert damage_of(lambda data=data: read_varint(data, 0)) == "a number has no end"


def test_a_block_is_full_where_no_more_fits():
    made = writer()
    for second in (70, 71):
        assert made.add(records.CRASH, b"x" * 200, second, 5)
    assert made.used == 40 + 207 + 208  # a second takes two bytes
    assert not made.add(records.CRASH, b"x" * 50, 72, 5)
    assert made.add(records.CRASH, b"x" * 49, 72, 5) and made.used == 512
    assert read(bytes(made.block))[2] == (19, 2000, b"x" * 49)
    assert not made.add(records.BUTTON, b"", 72, 5)


def test_a_record_too_early_or_too_late_needs_another_block():
    assert not Writer().add(records.BUTTON, b"\x01", 0, 0)
    made = writer()
    assert not made.add(records.BUTTON, b"\x01", 70, 4)
    assert made.add(records.BUTTON, b"\x01", 75, 0)
    assert not made.add(records.BUTTON, b"\x01", 74, 999)
    assert made.add(records.BUTTON, b"\x01", 75, 0)
    assert not made.add(records.BUTTON, b"\x01", 70 + 536871, 5)  # 2^29 ms are 536,870.9 s
    assert made.add(records.BUTTON, b"\x01", 70 + 536870, 5)
    made.begin(CUSHION, 4711, 3, 103, 0, 0, 0)
    assert made.add(records.BUTTON, b"\x01", 0, 0)


def test_headers_that_are_none():
    whole = block_of()
    assert damage_of(lambda: read_header(b"")) == damage_of(lambda: read_header(whole[:39])) == "no block begins here"
    for first in (b"X", b"A"):
        assert damage_of(lambda first=first: read_header(first + whole[1:])) == "no block begins here"
    for at in (4, 20, 35, 36, 39):
        other = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
        assert damage_of(lambda other=other: read_header(other)) == "block header fails its check"
    for last in (b"\0", b"\xff"):
        assert damage_of(lambda last=last: read_header(whole[:39] + last)) == "block header fails its check"
    for version in (0, 3):
        other = with_crc(HEADER[:4] + bytes([version]) + HEADER[5:])
        assert damage_of(lambda other=other: read_header(other)).startswith("log version %d is newer" % version)
    for size in (b"\x27", b"\x29"):
        assert raises(DamagedBlock, lambda size=size: read_header(with_crc(HEADER[:5] + size + HEADER[6:])))
    assert read_header(with_crc(HEADER[:4] + b"\x01" + HEADER[5:])).version == 1


def test_damage_ends_the_block_where_it_is():
    frames = (b"\x0a\x01\x00\x02", b"\x15\x01\x00\x01", b"\x0a\x01\x00\x03")
    whole = block_of(*frames)
    header, found = read_header(whole), []

    def read_on(block):
        for kind, _, _ in walk(block, header):
            found.append(kind)

    flipped = whole[:51] + b"\x02" + whole[52:]
    assert damage_of(lambda: read_on(flipped)) == "record fails its check"
    assert found == [10]
    assert damage_of(lambda: count(flipped, header)) == "record fails its check"
    swapped = whole[:40] + whole[48:56] + whole[40:48] + whole[56:]  # right CRCs, another place
    assert damage_of(lambda: read_on(swapped)) == "record fails its check"
    for cut in (41, 42, 43, 44, 47):
        assert damage_of(lambda cut=cut: read_on(whole[:cut])) != ""
    assert found == [10]


def test_lengths_that_no_record_has():
    header = read_header(block_of())
    longest = b"\x13\xc8\x00" + b"x" * 200
    assert [size for _, _, size in read(block_of(longest))] == [b"x" * 200]
    for frame in (b"\x13\xc9\x00" + b"x" * 201, b"\xc0\x00" + b"x" * 64):
        assert damage_of(lambda frame=frame: count(block_of(frame), header)) == "record runs over its block's end"
    assert count(block_of(b"\xbf\x00" + b"x" * 63), header) == 1
    assert damage_of(lambda: read(block_of(b"\x80\x00"))) == "an epoch follows none"


def test_version_1_is_read():
    header = HEADER[:4] + b"\x01" + HEADER[5:14] + b"\0\0" + HEADER[16:]
    seed = crc32(header)
    block = with_crc(header)
    for frame in (b"\x0a\x01\x2c\x01\x00\x00\x02", b"\x15\x01\x10\x27\x00\x00\x01"):
        block += with_crc(frame, seed)  # all seeded with the header's, times from the block's base
    assert read(block) == [(10, 300, b"\x02"), (21, 10000, b"\x01")]
    assert read(block + b"\x0a\x01\x00\x00\x00\x00\x02\x00\x00") == read(block)  # too short for any: left out
    empty = with_crc(b"\x0a\x00\x05\x00\x00\x00", seed)
    assert read(block + empty)[2:] == [(10, 5, b"")]
    assert raises(DamagedBlock, lambda: read(block[:-1] + b"\0" * 1))
