# The flash chip: a file as a block device for littlefs. Writes go straight to the file, with no buffer of ours between:
# what the firmware flushed is in the image when the process is killed, and what it did not flush is not.
#
# Each operation is counted, and takes the time that the supervisor has given it: a call into C, as on the chip.
import clock
import worldlink

BLOCK_BYTES = 4096
_PROGRAM_BYTES = 256
_READ_US, _PROGRAM_US, _ERASE_US = worldlink.hello["flash_us"]
reads = programs = erases = 0  # since this start


class FileBdev:
    def __init__(self, path, blocks):
        self._file = open(path, "r+b")
        self._blocks = blocks
        self._erased = b"\xff" * BLOCK_BYTES

    def is_blank(self):
        # The two superblocks decide: anything else there is somebody's data, never to be formatted away.
        head = bytearray(2 * BLOCK_BYTES)
        self.readblocks(0, head, 0)
        return all(b == 0xFF for b in head)

    def readblocks(self, block, buf, offset=0):
        global reads
        reads += 1
        if _READ_US:
            clock.c_call(_READ_US)
        self._file.seek(block * BLOCK_BYTES + offset)
        self._file.readinto(buf)

    def writeblocks(self, block, buf, offset=None):
        global programs
        if offset is None:
            offset = 0
            self._erase(block)
        pages = (len(buf) + _PROGRAM_BYTES - 1) // _PROGRAM_BYTES
        programs += pages
        if _PROGRAM_US:
            clock.c_call(pages * _PROGRAM_US)
        self._file.seek(block * BLOCK_BYTES + offset)
        self._file.write(buf)

    def _erase(self, block):
        global erases
        erases += 1
        if _ERASE_US:
            clock.c_call(_ERASE_US)
        self._file.seek(block * BLOCK_BYTES)
        self._file.write(self._erased)

    def ioctl(self, op, arg):
        if op == 4:
            return self._blocks
        if op == 5:
            return BLOCK_BYTES
        if op == 6:
            self._erase(arg)
        return 0
