"""Runs on the Unix port: what so many days of sitting cost a 2 MB flash, counted at its block device.

A day is nine hours on the seat without a break, an epoch each 10 s and an event each 5 minutes, a sync, a restart: more
than a person sits. Usage: wear.py DAYS. Prints JSON.
"""

import json
import random
import sys

import flash
import vfs

from cushion.core import records
from cushion.storage import acks, log, settings_file

BLOCKS = 512
FIRMWARE_BYTES = 200 * 1024  # two versions of it, as an update leaves them


class Counting(flash.Ram):
    """Counts what happens to each block."""

    def __init__(self, blocks):
        super().__init__(blocks)
        self.erases = [0] * blocks
        self.written = 0

    def writeblocks(self, block, buffer, offset=0):
        self.written += len(buffer)
        super().writeblocks(block, buffer, offset)

    def ioctl(self, op, argument):
        if op == 6:
            self.erases[argument] += 1
        return super().ioctl(op, argument)


def live_a_day(day):
    the_log = log.Log(b"abcdef")
    commits = 0
    for second in range(0, 9 * 3600, 10):
        wobble = random.randint(-40, 40)
        load = (5000 + wobble, 5100 - wobble, 2100, 2000, 900 + wobble // 5, 910 - wobble // 5)
        values = load + (second * 99, second * 98, second, 2, 0, 10)
        the_log.add(records.EPOCH, records.payload_of(records.EPOCH, values), second, 0, 0)
        commits += the_log.commit()
        if second % 300 == 0:
            the_log.add(records.SHIFT, records.payload_of(records.SHIFT, (1000, 17000, 1, 600)), second, 500, 0)
            commits += the_log.commit()
    acks.Acks(the_log.log_id, the_log.durable_seq).take("host", the_log.durable_seq)
    the_log.close()
    return commits


def main(days):
    device = Counting(BLOCKS)
    vfs.VfsLfs2.mkfs(device)
    flash.mount(device)
    settings_file.make_folder()
    with open("/firmware", "wb") as file:
        for _ in range(FIRMWARE_BYTES // 1024):
            file.write(bytes(1024))
    before, written, commits = sum(device.erases), device.written, 0
    sizes = 0
    for day in range(days):
        free = log.segments.bytes_free("/log") if day else 0
        commits += live_a_day(day)
        if day == 1:
            sizes = free - log.segments.bytes_free("/log")
    erases = sum(device.erases) - before
    shown = {"days": days, "commits_a_day": commits // days, "erases_a_day": erases // days}
    shown["log_bytes_a_day"] = sizes
    shown["erases_a_commit"] = round(erases / commits, 3)
    shown["written_bytes_a_day"] = (device.written - written) // days
    shown["most_worn_block"] = max(device.erases)
    shown["mean_block"] = round(sum(device.erases) / BLOCKS, 1)
    print(json.dumps(shown))


main(int(sys.argv[1]))
