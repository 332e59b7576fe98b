"""Runs on the Unix port: a real littlefs on a RAM block device, mounted at "/", that survives a `power_cut`.

What was never flushed is gone after the cut, as on the chip: the file system is left as it lies and mounted anew.
"""

import os
import sys

import vfs

BLOCK = 4096


class Ram:
    """A block device in memory, erased to 0xFF. Its blocks outlive the file system that is mounted on it."""

    def __init__(self, blocks):
        self.blocks = blocks
        self.refuses = False
        self.data = bytearray(b"\xff" * (BLOCK * blocks))

    def readblocks(self, block, buffer, offset=0):
        start = block * BLOCK + offset
        buffer[:] = self.data[start : start + len(buffer)]

    def writeblocks(self, block, buffer, offset=0):
        if self.refuses:
            raise OSError(5)
        start = block * BLOCK + offset
        self.data[start : start + len(buffer)] = buffer

    def ioctl(self, op, argument):
        if op == 4:
            return self.blocks
        if op == 5:
            return BLOCK
        if op == 6:
            self.data[argument * BLOCK : (argument + 1) * BLOCK] = b"\xff" * BLOCK
        return 0


def fresh(blocks=128):
    """Formats a new flash and mounts it; returns the device."""
    device = Ram(blocks)
    vfs.VfsLfs2.mkfs(device)
    mount(device)
    return device


def mount(device):
    """Mounts at "/" whatever is on the device. Host files are out of reach from here on."""
    vfs.umount("/")
    vfs.mount(vfs.VfsLfs2(device), "/")
    os.chdir("/")
    sys.path[:] = [".frozen"]


power_cut = mount
