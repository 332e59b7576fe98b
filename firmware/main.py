"""Composition root: opens the board, builds the application, runs it, and puts the motors away whatever happens.

A Ctrl-C from the serial port would tear a file that is being written, or end this one: here it is a byte like others.
"""

import micropython

try:
    for _ in range(2):  # as in boot.py: MicroPython switches Ctrl-C on again for each file
        micropython.kbd_intr(-1)
except KeyboardInterrupt:
    micropython.kbd_intr(-1)

import io
import os
import sys

PLAIN = 2  # boot.py's
LAST_WORDS = "/fw/crash"
LAST_WORDS_BYTES = 400


def main(safe):
    """Runs the cushion until the chip restarts; in safe mode, or with a wrong board profile, only its link and log."""
    from cushion.drivers.board import Board, WrongBoard

    try:
        board = Board()
    except WrongBoard as error:
        serve(str(error))
        return
    if safe:
        board.close()
        serve("three starts failed; " + last_words())
        return
    try:
        from cushion.app import App

        app = App(board)
        if modules is not None:
            modules.forget()
        sys.path.extend(("", "/lib"))  # what boot.py left out: a host's snippets may import from there
        app.run()
    finally:
        board.close()


def serve(reason):
    """Safe mode: the link and the log."""
    from cushion.safe import SafeApp

    SafeApp(reason).run()


def last_words():
    """Why the last start failed, in one line."""
    try:
        with open(LAST_WORDS) as file:
            return file.read().strip().split("\n")[-1]
    except OSError:
        return "the reason is unknown"


def keep_last_words(error):
    """A start that fails this early can't write to the log: the next one does."""
    text = io.StringIO()
    sys.print_exception(error, text)
    try:
        with open(LAST_WORDS + ".new", "w") as file:
            file.write(text.getvalue()[-LAST_WORDS_BYTES:])
        os.rename(LAST_WORDS + ".new", LAST_WORDS)
    except OSError:
        pass  # no space


# Set by boot.py, which shares these globals.
start_mode, modules = globals().get("start_mode", 0), globals().get("modules")
if start_mode == PLAIN:
    micropython.kbd_intr(3)
else:
    try:
        main(start_mode != 0)
    except Exception as error:  # noqa: BLE001  whatever it is, another start may be better, and boot.py counts them
        sys.print_exception(error)
        keep_last_words(error)
        from cushion.drivers.board import restart

        restart()
