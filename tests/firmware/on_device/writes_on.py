"""Runs on the Unix port: the firmware's storage on a flash image in a file, writing until it is killed.

Each record carries the next number. After each commit that number is printed: it is acknowledged. Usage: IMAGE FIRST.
"""

import sys

import flash
import vfs

from cushion.core import records
from cushion.storage import log, settings_file


class Image(flash.Ram):
    """The chip's flash as a file, written through without a buffer, so that SIGKILL is a power cut."""

    def __init__(self, path, blocks):
        self.blocks = blocks
        self.refuses = False
        self._file = open(path, "r+b")

    def readblocks(self, block, buffer, offset=0):
        self._file.seek(block * flash.BLOCK + offset)
        self._file.readinto(buffer)

    def writeblocks(self, block, buffer, offset=0):
        self._file.seek(block * flash.BLOCK + offset)
        self._file.write(buffer)

    def ioctl(self, op, argument):
        if op == 6:
            self.writeblocks(argument, b"\xff" * flash.BLOCK)
            return 0
        return super().ioctl(op, argument)


def main(path, number):
    device = Image(path, 64)
    try:
        fs = vfs.VfsLfs2(device)
    except OSError:
        vfs.VfsLfs2.mkfs(device)
        fs = vfs.VfsLfs2(device)
    vfs.umount("/")
    vfs.mount(fs, "/")
    log.RESERVE_BYTES = 160 * 1024
    log.SEGMENT_BLOCKS = 16
    chosen, source, _ = settings_file.load_settings()
    print("started", source, chosen.snooze_s)
    the_log = log.Log(b"abcdef")
    while True:
        the_log.add(records.SYMPTOM, records.payload_of(records.SYMPTOM, (number, 0, 0, 2)), number, 0, 0)
        if not the_log.commit():
            print("refused")
        print("record", number)
        number += 1
        if number % 5 == 0:
            chosen.change("snooze_s", 300 + number % 600, 0)
            print("saving", 300 + number % 600)
            settings_file.save_settings(chosen)
            print("saved", 300 + number % 600)


main(sys.argv[1], int(sys.argv[2]))
