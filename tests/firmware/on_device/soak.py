"""Runs on the Unix port: the monitor, its log and its engine for many virtual days, on a real littlefs and a board of
stubs; time is the script's. Usage: DAYS SCALE. Prints JSON.

Each day: eight bouts of 50 minutes on the seat, the rest away, a minute without any sensor at noon, divided by SCALE;
the log is read as a host would at the end of each day. Ticks begin shortly before they wrap.
"""

import gc
import json
import os
import random
import sys

TICKS = 1 << 30
BEGIN_TICKS = TICKS - 3 * 3_600_000
FLASH_BLOCKS = 128  # a quarter of a board's: full after ten days, so that a month shows whether it stays so


class Time:
    """Stands in for the chip's time module: ticks that wrap as there, moved by the script."""

    ms = BEGIN_TICKS

    def ticks_ms(self):
        return self.ms % TICKS

    @staticmethod
    def ticks_diff(later, earlier):
        return ((later - earlier + TICKS // 2) % TICKS) - TICKS // 2


clock = Time()
sys.modules["time"] = clock

import flash  # noqa: E402  after the module it must find is in its place

from cushion.core import blocks, calibration, field_names, records, settings  # noqa: E402, F401

# (field_names while the host's folders can still be seen)
from cushion.core.sensing import NO_READING  # noqa: E402
from cushion.monitor import Monitor  # noqa: E402
from cushion.storage import log  # noqa: E402


class Board:
    """Everything a monitor touches, in one; its seat reads what the script says."""

    profile = {"supply_mv": 3300, "dead_mv": 0, "bias_ohm": 0, "spread_permille": 0}
    divider_ohm = (3300, 3300, 3300, 3300)
    present = (True, True, True, True)
    mv = 0

    def __init__(self):
        self.zones = self.haptics = self.battery = self.clock = self
        self.vibrations = 0

    def read(self, levels_100uv=None):
        if levels_100uv is not None:
            for zone in range(4):
                noise = random.randint(-12, 12) if self.mv > 0 else 0
                levels_100uv[zone] = self.mv if self.mv <= 0 else self.mv * 10 - zone * 900 + noise

    def play(self, pattern, side, strength, habituated):
        self.vibrations += 1
        return True

    def local_minute(self, offset_min):
        return 600

    def stage(self):
        return 0

    def percent(self):
        return 80

    def service(self, dt_ms):
        pass

    def off(self):
        pass

    feed = off

    def disturbs(self):
        return False

    is_low = is_present = is_known = disturbs

    def unix_s(self):
        return 0


class Account:
    """What a host makes of the log: seconds by state, and those classified as unknown."""

    def __init__(self):
        self.seconds = [0, 0, 0, 0]
        self.unknown_ms = self.next_seq = self.records = 0
        self.next_seq = 1

    def read(self, the_log):
        for path, start, _ in the_log.extent(self.next_seq):
            with open(path, "rb") as file:
                file.seek(start)
                while True:
                    block = file.read(512)
                    if not block:
                        break
                    header = blocks.read_header(block)
                    seq = header.first_seq
                    for kind, _, payload in blocks.walk(block, header):
                        if seq >= self.next_seq:
                            assert seq == self.next_seq, "a gap"
                            self._count(kind, payload)
                            self.next_seq += 1
                        seq += 1

    def _count(self, kind, payload):
        self.records += 1
        if kind == records.EPOCH:
            fields = records.fields_of(kind, payload)
            self.seconds[fields["state"]] += fields["seconds"]
        elif kind == records.UNKNOWN:
            self.unknown_ms += records.fields_of(kind, payload)["unknown_ms"]


def live(monitor, seconds, mv, step_ms):
    monitor.board.mv = mv
    for _ in range(seconds * 1000 // step_ms):
        clock.ms += step_ms
        monitor.step()


def main(days, scale):
    flash.fresh(FLASH_BLOCKS)
    random.seed(5)
    board = Board()
    the_log = log.Log(b"abcdef")
    chosen = settings.Settings()
    monitor = Monitor(board, the_log, chosen, calibration.Calibration())
    account, heap, files = Account(), [], []
    for _ in range(days):
        for bout in range(8):
            live(monitor, 3000 // scale, 600, 1000)
            if bout == 4:
                live(monitor, 60, NO_READING, 1000)
            live(monitor, 600 // scale, 0, 1000)
        live(monitor, (86400 - 8 * 3600) // scale, 0, 4000)
        account.read(the_log)
        gc.collect()
        heap.append(gc.mem_alloc())
        files.append(len(os.listdir("/log")))
    shown = {"days": days, "lived_s": monitor.mono_s, "wraps": clock.ms // TICKS, "heap": heap, "files": files}
    shown["seconds"], shown["unknown_s"] = account.seconds, account.unknown_ms // 1000
    shown["room"] = (FLASH_BLOCKS * flash.BLOCK - log.RESERVE_BYTES) // (log.SEGMENT_BLOCKS * 512)
    shown["records"], shown["events_lost"] = account.records, monitor.engine.events.lost
    shown["vibrations"] = board.vibrations
    print(json.dumps(shown))


main(int(sys.argv[1]), int(sys.argv[2]))
