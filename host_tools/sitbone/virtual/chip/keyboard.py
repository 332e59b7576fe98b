# The micropython module with a kbd_intr that works on this terminal. The supervisor's pty has ISIG and VINTR set:
# Ctrl-C interrupts running code as the chip's UART does; kbd_intr(-1) makes it a byte like any other.
import termios

import worldlink
from micropython import *  # noqa: F403  all but what is defined below

_ISIG = worldlink.hello["isig"]  # its value differs between Linux and macOS


def kbd_intr(char):
    mode = termios.tcgetattr(0)
    mode[3] = mode[3] | _ISIG if char >= 0 else mode[3] & ~_ISIG
    termios.tcsetattr(0, termios.TCSANOW, mode)
