"""First code on the chip: motors off, choose the firmware version, and offer a way out (safe mode).

Versions lie in /fw/<id>; /fw/current names the one to run and the one before it. A new version is on trial until it has
run for some seconds: after three starts that did not get there, the one before takes over. Holding the button at start
leaves the plain REPL (safe mode) and runs nothing.
"""

import os
import sys

TRIALS = 3


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


def choose_version():
    """The version to run, "" for none; counts the starts of one on trial and gives up on it after three."""
    current, previous = (read_lines("/fw/current") + ["", ""])[:2]
    trial = read_lines("/fw/trial")
    if not trial:
        return current
    starts = int(trial[0] or 0)
    if starts < TRIALS:
        write_file("/fw/trial", str(starts + 1))
        return current
    if previous:
        write_file("/fw/current", previous + "\n\n")
        os.remove("/fw/trial")
    return previous


version = choose_version()
safe_mode = not version
if version:
    sys.path.insert(0, "/fw/" + version)
    try:
        from cushion.drivers import board

        board.motors_off()
        safe_mode = board.button_held()
    except Exception as error:  # noqa: BLE001  a firmware that can't be imported must not lock anybody out
        sys.print_exception(error)
        safe_mode = True
if safe_mode:
    print("sitbone: safe mode; nothing runs. Install the firmware with: sitbone install --port PORT")
