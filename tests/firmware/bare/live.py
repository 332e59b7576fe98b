"""Starts the firmware as a chip does, by boot.py and main.py, lives a while, and says what of the heap it took.

The test puts the names in capitals before this text. It runs flat: the 32-bit interpreter's collector does not see what
only a calling function holds, so it may be called from here alone, while nothing else runs.
"""

import builtins
import gc
import json
import sys

sys.path.insert(0, ROOT + "/bare")
import asyncio
import disk
import esp32
import machine
import os
import time
import vfs

alive = [0] * (SECONDS // VISIT_EVERY_S + 2)  # at once: a list that grows would be taken for the firmware
visits = 0


def note():
    global visits
    gc.collect()
    alive[visits] = gc.mem_alloc() - before
    visits += 1


def visit():
    """What a host asks for when it comes by."""
    from cushion.link import calls

    if not disk.files.get("etc/settings.json"):
        calls.clock(1_800_000_000_000, 60)
        calls.settings_set({"epoch_s": 12}, "a reason")
    for call in (calls.status, calls.live, calls.settings_show):
        call()
    if COLLECT:
        note()


with open(ROOT + "/fw/boot.py") as file:
    boot = file.read()
with open(ROOT + "/fw/main.py") as file:
    main = file.read()
if HOW != "installed":
    with open(ROOT + "/fw.romfs", "rb") as file:
        firmware = vfs.VfsRom(file.read())
else:
    firmware = vfs.VfsPosix(ROOT + "/fw")
vfs.umount("/")
vfs.mount(disk.Disk(), "/")
vfs.mount(firmware, "/rom" if HOW == "frozen" else "/fw/0")
builtins.open = disk.Disk().open
if HOW != "frozen":
    disk.files["fw/current"] = "0\n\n"
asyncio.end_ms, asyncio.visit, asyncio.visit_every_ms = SECONDS * 1000, visit, VISIT_EVERY_S * 1000
sys.path[:] = ["/rom"] if HOW == "frozen" else []
names = {"__name__": "__main__"}
gc.collect()
if not COLLECT:
    gc.disable()
before = gc.mem_alloc()
exec(boot, names)
exec(main, names)
note()
print(json.dumps({"before": before, "alive": alive[:visits], "ms": time.ticks_ms()}))
