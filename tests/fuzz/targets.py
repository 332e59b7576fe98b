"""What is fuzzed: the readers of data from elsewhere. Each target takes bytes and returns; anything it raises is a bug.

Run as a program it lets atheris look for inputs that reach new code: targets.py NAME CORPUS… [libFuzzer options].
"""

import contextlib
import importlib
import os
import sys
import tempfile
from binascii import crc32
from dataclasses import replace
from pathlib import Path

if __name__ == "__main__":
    import atheris

    # Imported here first, to be instrumented: without it the search is blind for what it reads.
    with atheris.instrument_imports(include=["cushion", "sitbone"]):
        for name in ("cushion.storage.segments", "sitbone.store.blocks", "sitbone.replay.trace"):
            importlib.import_module(name)

from cushion.core import blocks
from cushion.storage import segments
from sitbone.replay.trace import TraceError, read_trace
from sitbone.store.blocks import read_block, split_blocks

GOLDEN = Path(__file__).parents[1] / "firmware" / "golden"
REPAIR = b"REPAIR"  # in front of an input whose CRCs are to be put right, so that what lies behind them is reached
_memory = Path("/dev/shm")
FOLDER = Path(tempfile.mkdtemp(dir=_memory if _memory.is_dir() else None))


def _records(data):
    return [record for part in split_blocks([data]) for record in read_block(part).records]


KNOWN = {record for path in sorted(GOLDEN.glob("*.seg")) for record in _records(path.read_bytes())}
KNOWN_BUT_NUMBERS = {replace(record, seq=0) for record in KNOWN}
VERSION_1 = blocks.MAGIC + b"\x01"


def host_decoder(data):
    """Splits and reads a transfer: nothing but records that were once written may come of it."""
    if data.startswith(REPAIR):
        _records(repair(data[len(REPAIR) :]))
        return
    # In version 1 a record's CRC did not hold its place in the block: cut out whole, one changes the others' numbers.
    has_v1 = VERSION_1 in data
    for record in _records(data):
        assert record in KNOWN or (has_v1 and replace(record, seq=0) in KNOWN_BUT_NUMBERS), f"accepted {record}"


def firmware_scan(data):
    """What the firmware does with a segment when it starts, and when a host asks for records from a number on."""
    if data.startswith(REPAIR):
        data = repair(data[len(REPAIR) :])
    folder = FOLDER / "log"
    folder.mkdir(exist_ok=True)
    path = folder / "0000000001.seg"
    path.write_bytes(data)
    last = segments.find_last(str(folder))
    assert last.size == len(data)
    for since_seq in (0, last.seq):
        for _, start, end in segments.extent(str(folder), since_seq):
            assert 0 <= start < end <= len(data)


def trace_reader(data):
    """A recording from anywhere: a trace, or one line that says what is wrong."""
    path = FOLDER / "trace.csv"
    path.write_bytes(data)
    shown, trace = "", None
    try:
        trace = read_trace(path)
    except TraceError as error:
        shown = str(error)
    if trace is None:
        assert "; " in shown
        assert "\n" not in shown
        return
    assert (trace.t_ms[1:] > trace.t_ms[:-1]).all()
    assert trace.mv.min() >= 0
    assert trace.mv.max() <= 3350


def repair(data):
    """The same blocks with right CRCs, as far as their structure goes."""
    data = bytearray(data)
    for start in range(0, len(data), blocks.BLOCK_SIZE):
        block = memoryview(data)[start : start + blocks.BLOCK_SIZE]
        if len(block) < blocks.HEADER_SIZE:
            break
        block[:4] = blocks.MAGIC
        block[4] = block[4] % 2 + 1
        block[5] = blocks.HEADER_SIZE
        seed = crc32(block[: blocks.HEADER_SIZE - 4])
        block[blocks.HEADER_SIZE - 4 : blocks.HEADER_SIZE] = seed.to_bytes(4, "little")
        with contextlib.suppress(blocks.DamagedBlock, IndexError):
            _repair_records(block, seed)
    return bytes(data)


def _repair_records(block, seed):
    offset, is_v1 = blocks.HEADER_SIZE, block[4] == 1
    while block[offset] not in (0, blocks.END):
        if is_v1:
            end = offset + 6 + block[offset + 1]
        elif block[offset] >= blocks.FOLLOWING:
            end = blocks.read_varint(block, offset + 1)[1] + block[offset] - blocks.FOLLOWING
        else:
            end = blocks.read_varint(block, offset + 2)[1] + block[offset + 1]
        if end + 4 > len(block):
            return
        crc = crc32(block[offset:end], seed)
        block[end : end + 4] = crc.to_bytes(4, "little")
        seed = seed if is_v1 else crc
        offset = end + 4


TARGETS = {target.__name__: target for target in (host_decoder, firmware_scan, trace_reader)}


def seeds(name):
    """Sound inputs to begin with."""
    if name == "trace_reader":
        rows = "\n".join(f"{250 * row},{600 + row % 7},{580.5 - row % 3},300,310" for row in range(12))
        text = f"t_ms,left_it_mv,right_it_mv,left_thigh_mv,right_thigh_mv\n{rows}\n"
        return [text.encode(), b"t_ms,left_it_mv,occupied\n0,1,1\n250,2,\n", b"\x1f\x8b" + bytes(20), b"t_ms,x\n1,2\n"]
    data = [path.read_bytes() for path in sorted(GOLDEN.glob("*.seg"))]
    parts = [whole[start : start + 1024] for whole in data for start in range(0, len(whole), 1024)]
    return parts + [REPAIR + part for part in parts]


def main():
    name, *arguments = sys.argv[1:]
    corpus = FOLDER / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(seeds(name)):
        (corpus / str(number)).write_bytes(seed)
    atheris.Setup([sys.argv[0], str(corpus), *arguments], TARGETS[name])
    os.chdir(FOLDER)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
