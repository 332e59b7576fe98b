"""First code on the chip: motors off, choose the firmware version, and offer ways out when it does not run.

Versions lie in /fw/<id>, the modules of each in one file; /fw/current names the one to run and the one before it. A
start counts as failed until the firmware has run for some seconds and removed the count:

================  ==============================================================================================
/fw/trial         a new version's starts: after three that failed, the version before takes over
/fw/starts        any version's, since power came on: after three that failed, main.py serves the link and the log only
                  (safe mode); after six, not even that. A dip of the supply doesn't end the count
button held       the plain REPL; nothing of the firmware runs. Not where the press ended a deep sleep
================  ==============================================================================================

A start out of deep sleep is not counted: it follows one that was good, and happens many times a day.

The motors come first, from a table of its own: a reset of the chip (a watchdog's, a crash's) leaves its pins and PWM as
they were, and a package that can't be imported must not leave a motor running. A host that connects while the chip
starts sends Ctrl-C, which must not end this file: from the first line on it is a byte like any other.
"""

import micropython

try:
    for _ in range(2):  # one that came before the first line is raised where this loops
        micropython.kbd_intr(-1)
except KeyboardInterrupt:
    micropython.kbd_intr(-1)

import gc
import io
import os
import sys

import machine
import vfs

# What stops each board's motors: their gates, or their driver's EN. Of cushion/drivers/profiles.py; a test compares.
MOTOR_PINS = {
    "devkit": (26, 27),
    "devkit-b": (26, 27),
    "firebeetle": (26,),
    "s3-devkit": (16, 17),
    "xiao-s3": (7, 8),
}
DEFAULT_BOARD = "devkit"
NO_FILE = 2  # errno
MODULES = "/modules.pack"  # in a version's folder; `sitbone install` makes it
MOUNTED = "/run"
STARTING_PATH = (
    MOUNTED,
    ".frozen",
)  # each `import time` would look for a file of that name in every folder of the path
INDEX_DIGITS = 6  # at its beginning: the length of the index, which follows; then come the modules
FILE, FOLDER = 0x8000, 0x4000
PREFERRED_BYTES = 11  # MP_STREAM_GET_BUFFER_SIZE: what an import reads at a time
CTRL_C = 3
TRIALS = 3
SAFE_AFTER = 3
PLAIN_AFTER = 6
NORMAL, SAFE, PLAIN = 0, 1, 2
COLLECT_EVERY = 4096  # bytes: while modules load, so that what stays lies close; else a third of the heap ends in holes


class Modules:
    """A read-only file system over a file that holds all modules. To find a module among folders and files of littlefs
    takes some 600 reads of the flash; an index in memory takes none."""

    def __init__(self, path):
        self._file = open(path, "rb")
        self._index = self._read_index()

    def forget(self):
        """Gives back the index's memory: from here on it is read again where it is needed, which is seldom."""
        self._index = None

    def _read_index(self):
        self._file.seek(0)
        return self._file.read(int(self._file.read(INDEX_DIGITS)))

    def mount(self, readonly, mkfs):
        """Asked for by vfs.mount."""

    def stat(self, path):
        """Whether it is a file or a folder; the rest is nobody's business here."""
        if self._place(path):
            return (FILE,) + (0,) * 9
        if b"\n" + path.strip("/").encode() + b"/" in (self._index or self._read_index()):
            return (FOLDER,) + (0,) * 9
        raise OSError(NO_FILE)

    def open(self, path, mode):
        """A module, to be read to its end before the next is opened, as an import does."""
        place = self._place(path)
        if not place:
            raise OSError(NO_FILE)
        self._file.seek(int(place[0]))
        return Module(self._file, int(place[1]))

    def _place(self, path):
        name, index = b"\n" + path.strip("/").encode() + b" ", self._index or self._read_index()
        start = index.find(name)
        return start >= 0 and index[start + len(name) : index.find(b"\n", start + 1)].split()


class Module(io.IOBase):
    """So many bytes of a file, from where it stands."""

    def __init__(self, file, size):
        self._file = file
        self._left = size

    def readinto(self, buffer):
        """Asked for by the import."""
        count = self._file.readinto(memoryview(buffer)[: self._left])
        self._left -= count
        return count

    def ioctl(self, request, argument):
        """Asked for by the import: its buffer's size, and to close."""
        return 128 if request == PREFERRED_BYTES else 0


def read_lines(path):
    """Lines of a small file, none when it isn't there."""
    try:
        with open(path) as file:
            return file.read().split("\n")
    except OSError:
        return []


def write_file(path, text):
    """Replaces a small file as a whole."""
    with open(path + ".new", "w") as file:
        file.write(text)
    os.rename(path + ".new", path)


def count_of(lines):
    """The number in a counting file; what isn't one counts as none."""
    return int(lines[0]) if lines and lines[0].isdigit() else 0


def stop_motors():
    """Drives the motors' pins low. None is touched where nobody knows which they are: an unreadable board file, a
    profile of another chip."""
    name = DEFAULT_BOARD
    try:
        with open("/etc/board") as file:
            name = file.readline().strip() or name
    except (OSError, ValueError) as error:
        if getattr(error, "errno", 0) != NO_FILE:
            return
    chip = getattr(sys.implementation, "_machine", "").upper()
    if "ESP32" not in chip or ("S3" in chip) == ("s3" in name):
        for gpio in MOTOR_PINS.get(name, ()):
            machine.Pin(gpio, machine.Pin.OUT, value=0)


def choose_version():
    """The version to run, "" for none; counts the starts of one on trial and gives up on it after three."""
    current, previous = (read_lines("/fw/current") + ["", ""])[:2]
    trial = read_lines("/fw/trial")
    if not trial:
        return current
    starts = count_of(trial)
    if starts < TRIALS:
        write_file("/fw/trial", str(starts + 1))
        return current
    if previous:
        write_file("/fw/current", previous + "\n\n")
        os.remove("/fw/trial")
        write_file("/fw/starts", "0")
    return previous


def choose_mode(fresh):
    """How much of the firmware may run, after so many starts that failed; counts this one.

    Somebody who switches it off and on begins a new count: what cut those starts short was the power.
    """
    starts = 0 if fresh else count_of(read_lines("/fw/starts"))
    write_file("/fw/starts", str(starts + 1))
    if starts >= PLAIN_AFTER:
        return PLAIN
    return SAFE if starts >= SAFE_AFTER else NORMAL


def prepare_board():
    """How much may run, by the button, and by the starts before this one."""
    from cushion.drivers import board

    if board.slept():
        return NORMAL  # the button may well be held: it ends a deep sleep
    try:
        if board.button_held():
            return PLAIN
    except board.WrongBoard:
        return SAFE  # main.py shows the reason
    return choose_mode(board.lost_power())


try:
    stop_motors()
except Exception as error:  # noqa: BLE001  whatever it is, the rest is worth a try
    sys.print_exception(error)
gc.threshold(COLLECT_EVERY)
try:
    version = choose_version()
except OSError as error:  # a flash that refuses writes must not keep the cushion from running
    sys.print_exception(error)
    version = (read_lines("/fw/current") + [""])[0]
start_mode, modules = PLAIN, None
try:
    if version:
        sys.path.insert(0, "/fw/" + version)
        modules = Modules("/fw/" + version + MODULES)
        vfs.mount(modules, MOUNTED)
        sys.path[:] = STARTING_PATH
except (OSError, ValueError) as error:  # a version of before that file, or nothing that would start
    if getattr(error, "errno", 0) != NO_FILE:
        sys.print_exception(error)
try:
    if not version and "fw" not in os.listdir("/"):
        os.mkdir("/fw")  # nothing was ever installed: the firmware is frozen into MicroPython, or nowhere
    start_mode = prepare_board()
except OSError as error:
    sys.print_exception(error)
    start_mode = NORMAL
except Exception as error:  # noqa: BLE001  a firmware that can't be imported must not lock out the user
    sys.print_exception(error)
if start_mode == PLAIN:
    micropython.kbd_intr(CTRL_C)
    print("sitbone: the firmware is not running; install it with sitbone install --port PORT")
# main.py shares these globals: what it doesn't need would stay in memory for good.
done = "MOTOR_PINS stop_motors read_lines write_file count_of choose_version choose_mode prepare_board"
if modules is None:  # the firmware is built into MicroPython, or of a version before that file
    done += " Modules Module"
for name in done.split():
    globals().pop(name, None)
