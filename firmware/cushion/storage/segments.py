"""Segment files of the log: names, the scan at start, and where a record lies. Names are the first sequence number."""

import os

from cushion.core.blocks import BLOCK_SIZE, HEADER_SIZE, MOST_RECORDS, DamagedBlock, count, read_header, walk
from cushion.core.const import const

SUFFIX = ".seg"
_LOOK_BACK_BLOCKS = const(16)  # for the last record of a kind


class Last:
    """Where the log ended: the last `session` and `seq` it holds and its `log` id, 0 for an empty log.

    ``path`` and ``size`` are the newest segment's; ``clean`` says that nothing in it is damaged.
    """

    def __init__(self):
        self.session = 0
        self.seq = 0
        self.log = 0
        self.path = ""
        self.size = 0
        self.clean = False


def make_folder(folder):
    """Makes the log's folder."""
    try:
        os.mkdir(folder)
    except OSError:
        pass  # it is there already


def names(folder):
    """Segment file names, oldest first."""
    return sorted(name for name in os.listdir(folder) if name.endswith(SUFFIX))


def path(folder, first_seq):
    """The path of the segment that begins with `first_seq`."""
    return "{}/{:010d}{}".format(folder, first_seq, SUFFIX)


def first_seq_of(name):
    """The first sequence number in a segment, from its name."""
    return int(name[: -len(SUFFIX)])


def size_of(file_path):
    """Bytes in a segment, 0 when it isn't there."""
    try:
        return os.stat(file_path)[6]
    except OSError:
        return 0


def bytes_free(folder):
    """Free bytes of the file system that holds `folder`: littlefs may count more blocks in use than there are."""
    stat = os.statvfs(folder)
    return max(0, stat[0] * stat[3])


def find_last(folder):
    """Scans the newest segments for the `Last` record. Damage skips as many numbers as could have been in its block."""
    last = Last()
    for name in reversed(names(folder)):
        clean = _scan(folder + "/" + name, first_seq_of(name), last)
        if not last.path:
            last.path = folder + "/" + name
            last.size = os.stat(last.path)[6]
            last.clean = clean
        if last.session:
            return last
    return last


def last_payload(folder, kind):
    """The payload of the last record of a kind, as far as the newest blocks have one; else None."""
    block, looked = bytearray(BLOCK_SIZE), 0
    for name in reversed(names(folder)):
        file_path = folder + "/" + name
        with open(file_path, "rb") as file:
            for offset in range((size_of(file_path) - 1) // BLOCK_SIZE * BLOCK_SIZE, -1, -BLOCK_SIZE):
                file.seek(offset)
                found = _last_in(memoryview(block)[: file.readinto(block)], kind)
                looked += 1
                if found is not None or looked == _LOOK_BACK_BLOCKS:
                    return found
    return None


def extent(folder, since_seq):
    """``[(path, start, end), …]``: whole blocks that hold every kept record from `since_seq` on."""
    found = []
    kept = names(folder)
    for index in range(len(kept)):
        is_last = index + 1 == len(kept)
        if not is_last and first_seq_of(kept[index + 1]) <= since_seq:
            continue
        file_path = folder + "/" + kept[index]
        end = os.stat(file_path)[6]
        start = _block_before(file_path, end, since_seq)
        if end > start:
            found.append((file_path, start, end))
    return found


def _scan(file_path, first_seq, last):
    """Brings `last` up to a segment's end; returns whether all of its blocks are sound."""
    block = bytearray(BLOCK_SIZE)
    expected, clean = first_seq, True
    last.seq = max(last.seq, first_seq - 1)
    with open(file_path, "rb") as file:
        while True:
            size = file.readinto(block)
            if not size:
                return clean
            held = MOST_RECORDS
            try:
                header = read_header(memoryview(block)[:size])
                if header.session >= last.session:
                    last.session, last.log = header.session, header.log or last.log
                expected = header.first_seq
                held = count(memoryview(block)[:size], header)
            except DamagedBlock:
                clean = False
            expected += held
            last.seq = max(last.seq, expected - 1)


def _last_in(block, kind):
    found = None
    try:
        for its_kind, _, payload in walk(block, read_header(block)):
            if its_kind == kind:
                found = payload
    except DamagedBlock:
        pass  # those before it are sound
    return found


def _block_before(file_path, end, since_seq):
    """Offset of the last block of a segment that begins at or before `since_seq` (0 if none does)."""
    start, header = 0, bytearray(HEADER_SIZE)
    with open(file_path, "rb") as file:
        for offset in range(0, end, BLOCK_SIZE):
            file.seek(offset)
            file.readinto(header)
            try:
                if read_header(header).first_seq > since_seq:
                    return start
            except DamagedBlock:
                continue
            start = offset
    return start
