# Mounts the flash at "/", puts the chip's modules in place and runs the firmware's two entry files.
import os
import sys

import clock
import flash
import keyboard
import tasks
import vfs
import worldlink

CHIP_MODULES = ("time", "select", "machine", "esp32", "network")
PRIVATE = (
    "worldlink",
    "models",
    "clock",
    "scheduler",
    "flash",
    "keyboard",
    "tasks",
    "pins",
    "analog",
    "timers",
    "rtc",
    "power",
    "i2c",
    "parts",
)
_failed = False
RAW_REPL_MARK = "\x00raw\x00"  # wire.RAW_REPL_MARK: from here the supervisor hides the friendly banner


def power_up():
    # Imported while host files can still be reached; later imports find these in sys.modules, before the built-in ones.
    for name in CHIP_MODULES:
        __import__(name)
    # These two are built in beyond replacement by a file: their place is taken instead.
    sys.modules["micropython"] = keyboard
    sys.modules["_asyncio"] = tasks
    _mount(flash.FileBdev(worldlink.hello["flash"], worldlink.hello["blocks"]))
    sys.path[:] = ["", ".frozen", "/lib"]
    for name in PRIVATE:  # a firmware module of the same name must not meet ours
        del sys.modules[name]
    worldlink.send(worldlink.BOOTED, clock.now_ms(), b"1" if _exists("/main.py") else b"0")
    if worldlink.hello["probe"] and _exists("/main.py"):
        worldlink.await_death()
    clock.start()


def _mount(bdev):
    vfs.umount("/")
    try:
        fs = vfs.VfsLfs2(bdev)
    except OSError:
        if not bdev.is_blank():
            worldlink.send(worldlink.BAD_FLASH, 0, b"")
            worldlink.await_death()
        vfs.VfsLfs2.mkfs(bdev)
        fs = vfs.VfsLfs2(bdev)
    vfs.mount(fs, "/")
    os.chdir("/")


def _exists(path):
    try:
        os.stat(path)
        return True
    except OSError:
        return False


def run(name, namespace):
    # As ports/esp32/main.c: after a soft reset from the raw REPL, or a boot.py that ended with an exception, main.py
    # does not run; shared/runtime/pyexec.c makes Ctrl-C an interrupt while a file runs, and only then.
    global _failed
    if not _exists(name) or (name == "main.py" and (worldlink.hello["raw"] or _failed)):
        return
    _failed = True
    try:
        with open(name) as file:
            code = compile(file.read(), name, "exec")
        keyboard.kbd_intr(3)
        exec(code, namespace)
        keyboard.kbd_intr(-1)
        _failed = False
    except SystemExit:
        worldlink.send(worldlink.SOFT_RESET, clock.now_ms(), b"")
        worldlink.await_death()
    except BaseException as error:  # noqa: BLE001  all that is left falls to the REPL, as on the chip
        keyboard.kbd_intr(-1)
        sys.print_exception(error)
        worldlink.send(worldlink.FAULT, clock.now_ms(), repr(error).encode()[:200])


def hand_over_to_repl():
    del sys.modules["startup"]
    clock.at_repl()
    keyboard.kbd_intr(3)
    worldlink.send(worldlink.AT_REPL, clock.now_ms(), b"")
    if worldlink.hello["raw"]:
        sys.stdout.write(RAW_REPL_MARK)
