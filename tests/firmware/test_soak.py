"""Days of the monitor with its log: every second accounted for, ticks that wrap, flat memory. See on_device/soak.py.

By default some short days around one wrap of the ticks; `SITBONE_SOAK=30` lives 30 whole ones, two wraps and more of a
chip that never sleeps, in an hour. With sleep, drift and a host: tests/end_to_end/test_soak.py.
"""

import json
import os
import subprocess

import pytest

from tests.core.interpreters import require
from tests.firmware.on_unix import FIRMWARE, ON_DEVICE, micropython

DAYS = int(os.environ.get("SITBONE_SOAK", "0"))
LIMIT_S = 14_400 if DAYS else 300


@pytest.mark.slow
@pytest.mark.timeout(LIMIT_S)
def test_every_second_is_accounted_for():
    require("unix")
    days, scale = (DAYS, 1) if DAYS else (6, 24)
    command = [*micropython("8M"), str(ON_DEVICE / "soak.py"), str(days), str(scale)]
    environment = {"PATH": os.environ.get("PATH", ""), "MICROPYPATH": f"{FIRMWARE}:{ON_DEVICE}:.frozen"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    shown = json.loads(done.stdout)
    assert shown["wraps"] >= max(1, days // 13)
    accounted_s = sum(shown["seconds"]) + shown["unknown_s"]
    # What is missing is the epoch that is still being collected.
    assert 0 <= shown["lived_s"] - accounted_s <= 250, shown
    assert shown["unknown_s"] >= 55 * days
    assert shown["events_lost"] == 0
    after_first = shown["heap"][1:]
    assert max(after_first) - min(after_first) < 4096, "memory is flat"
    assert max(shown["files"]) <= shown["room"] + 1
    last_third = shown["files"][-(days // 3) :]
    assert max(last_third) - min(last_third) <= 1, "one goes for one that comes"
