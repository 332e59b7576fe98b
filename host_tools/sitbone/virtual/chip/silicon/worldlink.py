# The chip's end of the two pipes to the supervisor. Up: tagged frames. Down: one hello, then a chunk of world per
# request. protocol.py on the host describes the same bytes.
import json
import os
import struct
from array import array

import uctypes

BOOTED = b"B"
BAD_FLASH = b"X"
CHUNK = b"C"
PIN = b"P"
HARD_RESET = b"H"
SOFT_RESET = b"S"
WDT_BITE = b"W"
WDT_ARMED = b"A"
DEEPSLEEP = b"D"
RTC_SET = b"T"
RTC_MEMORY = b"M"
AT_REPL = b"I"
FAULT = b"F"
ALIVE = b"L"
WARNING = b"N"
SAMPLED = b"1"
USB_LOST = b"U"

HEADER = "<qqIHHHH"
HEADER_BYTES = struct.calcsize(HEADER)
MAX_CHUNK_BYTES = 4096

_down_fd, _up_fd = (int(fd) for fd in os.getenv("SITBONE_LINK").split(","))
_down = open(_down_fd, "rb")
_up = open(_up_fd, "wb")

words = array("H", bytes(MAX_CHUNK_BYTES))  # the last reply; readings are taken from it without unpacking
_bytes = uctypes.bytearray_at(uctypes.addressof(words), MAX_CHUNK_BYTES)
_view = memoryview(_bytes)
_owed = False  # a reply is on its way that nobody has read: Ctrl-C can strike between request and reply


def _die():
    # The supervisor is gone. SystemExit would unwind, and so commit half-written files.
    os.system("kill -9 $PPID")


def _read_exactly(view):
    got = 0
    interrupt = None
    while got < len(view):
        try:
            n = _down.readinto(view[got:])
        except KeyboardInterrupt as error:
            interrupt = error  # kept until the reply is whole, else the next request would read its tail
            continue
        if not n:
            _die()
        got += n
    return interrupt


def _read_hello():
    size = bytearray(4)
    _read_exactly(memoryview(size))
    body = bytearray(struct.unpack("<I", size)[0])
    _read_exactly(memoryview(body))
    return json.loads(bytes(body))


def send(tag, t_ms, payload):
    _up.write(struct.pack("<BqH", tag[0], t_ms, len(payload)) + payload)


def _read_reply():
    global _owed
    interrupt = _read_exactly(_view[:HEADER_BYTES])
    header = struct.unpack_from(HEADER, _bytes)
    body_bytes = header[3] * 10 + header[4] * 4
    if body_bytes:
        interrupt = _read_exactly(_view[HEADER_BYTES : HEADER_BYTES + body_bytes]) or interrupt
    _owed = False
    if interrupt:
        raise interrupt
    return header


def request(t_ms):
    # (start_ms, end_ms, pace_milli, rows, edges, battery_dmv, flags); the rows are in `words`.
    global _owed
    if _owed:
        _read_reply()
    _owed = True
    send(CHUNK, t_ms, usage())
    return _read_reply()


def usage():
    return b""  # power.py puts its own here


def await_death():
    # A reset must not unwind the firmware's stack (see _die): the supervisor ends this process.
    while True:
        try:
            if not _down.readinto(_view[:1]):
                _die()
        except KeyboardInterrupt:
            pass


hello = _read_hello()
