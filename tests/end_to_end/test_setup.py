"""`sitbone setup` as a person types it, in a terminal: from a board without firmware to the first break.

The person is simulated by what they are asked: they read the terminal, press, sit, lean and answer. Unplugged in the
middle of a step, the command says how to go on, and the next one does.
"""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import numpy as np
import pytest

from sitbone.store.store import Store
from sitbone.virtual import Seat, VirtualCushion
from tests.core.interpreters import require

START = datetime(2026, 9, 21, 9, 0, tzinfo=UTC)
BOARD = "devkit-b"
HANG_S = 240  # without a word from the command, however slow the machine
NEUTRAL_KPA = (6.0, 6.0, 4.0, 4.0)
LEANS = {"left": (1.85, 0.15, 1.1, 0.9), "right": (0.15, 1.85, 0.9, 1.1), "forward": (0.4, 0.4, 1.5, 1.5)}


class Scripted(Seat):
    """The loads that the test puts on it, in kPa on sensors of 13 uS/kPa with bias resistors, with small movements.
    They jump from one to the next, as nobody's do: a board without bias resistors may take that for a wire."""

    longest_chunk_ms = 1000

    def __init__(self):
        self.kpa: tuple[float, ...] = (0.0,) * 4
        self._bias_s = 0.0

    def wire(self, bias_ohm, supply_mv):
        super().wire(bias_ohm, supply_mv)
        self._bias_s = 1 / bias_ohm

    def moments_ms(self, start_ms, end_ms):
        return np.arange(start_ms, end_ms, 250, dtype=np.int64)

    def zones_mv(self, t_ms):
        stirs = 1 + 0.012 * np.sin(np.asarray(t_ms)[:, None] / np.array([2100.0, 2300.0, 2700.0, 3100.0]))
        ratio = (13e-6 * np.array(self.kpa) * stirs + self._bias_s) * 3300
        return 3300 * ratio / (1 + ratio)

    def sit(self, shares=(1.0,) * 4):
        self.kpa = tuple(kpa * share for kpa, share in zip(NEUTRAL_KPA, shares, strict=True))

    def press(self, zone):
        self.kpa = tuple(15.0 if at == zone else 0.0 for at in range(4))

    def leave(self):
        self.kpa = (0.0,) * 4


class Terminal:
    """The command in a pty; what it shows is answered as it comes."""

    def __init__(self, *words, home):
        self._master, slave = pty.openpty()
        command = [sys.executable, "-m", "sitbone.cli", "setup", *words]
        env = os.environ | {"SITBONE_HOME": str(home), "TERM": "dumb", "COLUMNS": "200"}
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True
        )
        os.close(slave)
        self.shown = ""
        self._read_to = 0

    def until(self, pattern):
        """Waits for a text after the last one that was waited for; returns the match."""
        silent_s = time.monotonic()
        while (found := re.compile(pattern).search(self.shown, self._read_to)) is None:
            assert time.monotonic() - silent_s < HANG_S, self.shown[-2000:]
            if select.select([self._master], [], [], 1.0)[0]:
                try:
                    data = os.read(self._master, 65536)
                except OSError:  # it ended
                    data = b""
                assert data, f"it ended before {pattern!r}: {self.shown[-2000:]}"
                self.shown += data.decode().replace("\r", "")
                silent_s = time.monotonic()
        self._read_to = found.end()
        return found

    def type(self, text):
        os.write(self._master, text.encode())

    def interrupt(self):
        os.killpg(self.process.pid, signal.SIGINT)

    def code(self):
        """Reads on to its end."""
        while True:
            try:
                if not os.read(self._master, 65536):
                    break
            except OSError:
                break
        os.close(self._master)
        return self.process.wait(HANG_S)


@pytest.mark.slow
def test_from_a_board_without_firmware_to_the_first_break(tmp_path):
    require("unix")
    seat = Scripted()
    with VirtualCushion(seat, flash=tmp_path / "flash.img", speed=40, start=START, board=BOARD) as cushion:
        words = ("--port", cushion.port, "--board", BOARD)
        run = Terminal(*words, home=tmp_path)
        run.until("1 of 9: Find the board")
        run.until("2 of 9: Install the firmware")
        run.until(r"It runs firmware \d")
        run.until("3 of 9: Press each sensor")
        run.until("Press Enter")
        run.type("\n")
        for zone, title in enumerate(("left sitting bone", "right sitting bone", "left thigh")):
            run.until(f"Press hard on the sensor of the {title}")
            seat.press(zone)
            run.until("Let go")
            seat.leave()
        run.until("Press hard on the sensor of the right thigh")
        # Stopped in the middle: the step begins again, the ones before don't.
        run.interrupt()
        run.until(re.escape(f"What is done stays. To go on with this step: sitbone setup --port {cushion.port}"))
        assert run.code() == 130

        run = Terminal(*words, home=tmp_path)
        run.until("3 of 9: Press each sensor")
        assert "1 of 9" not in run.shown
        run.until("Press Enter")
        run.type("\n")
        for zone in range(4):
            run.until("Press hard on the sensor")
            seat.press(zone)
            run.until("Let go")
            seat.leave()
        run.until("4 of 9: The empty seat")
        run.until("Press Enter")
        run.type("\n")
        run.until("5 of 9: Your neutral sit")
        seat.sit()
        run.until("Press Enter")
        run.type("\n")
        run.until("6 of 9: Lean to each side")
        run.until("Press Enter")
        run.type("\n")
        for way, shares in LEANS.items():
            run.until(f"lean {way}")
            seat.sit(shares)
        run.until("the cushion is calculating")
        seat.sit()
        run.until("the sum of your load changed")
        run.until("7 of 9: How strong it vibrates")
        run.until("Press Enter")
        run.type("\n")
        while run.until(r"Did you feel it|Strength set to (\d+) %").group(1) is None:
            run.type("y\n")
        run.until("8 of 9: Your own numbers")
        run.until("Which side hurts")
        run.type("left\n")
        run.until("How many minutes can you sit")
        run.type("7\n")
        run.until(r"first limit: 5\.6 min \(four fifths of the 7 min")
        run.until("9 of 9: Your first sit")
        run.until("seated .* min, next prompt in")
        run.until("It vibrates now: get up")
        seat.leave()
        run.until("You got up. That was a break")
        run.until("From now on")
        assert run.code() == 0
        assert Terminal(*words, home=tmp_path).until("From now on")
    with Store(tmp_path / "sitbone.sqlite") as store:
        assert store.rows("SELECT side FROM affected_side") == [("left",)]
        changed = dict(store.rows("SELECT name, in_force FROM setting_change"))
    assert changed == {"left_dose_limit_s": 336, "strength_percent": changed["strength_percent"]}
