"""What the log of a nine-hour day costs on the wire: in bytes, which are demanded; in seconds at 115,200 and 921,600
baud, streamed and by mpremote, which are printed."""

import json
import subprocess
import sys
import time
from datetime import datetime
from functools import partial

import pytest

from sitbone.board.device import Cushion
from sitbone.store.store import Store
from sitbone.store.sync import Sync
from sitbone.virtual import SitterSeat, VirtualCushion
from tests.end_to_end.bad_line import BadLine
from tests.end_to_end.conftest import live_until

LARGEST = "import os,json;print(json.dumps(max((os.stat('/log/'+n)[6],n) for n in os.listdir('/log'))))"
MPREMOTE = (sys.executable, "-m", "mpremote", "connect")
BAUDS = (115_200, 921_600)


@pytest.mark.bench
def test_a_day_over_the_wire(flash, tmp_path, capsys):
    with VirtualCushion(SitterSeat("office", seed=1), flash=flash) as cushion:
        live_until(cushion, 9 * 3_600_000)
        with BadLine(cushion.port, "drop", 0, seed=0) as line, Store(tmp_path / "counted.sqlite") as store:
            result = Sync(store, lambda: Cushion(line.port), lambda: datetime.now().astimezone()).run()
    assert 10_000 < result["bytes"] < 50_000, "under 5 s at 115200 baud"
    assert result["bytes"] / line.carried >= 0.9, "of the wire's bytes"
    assert (result["lost"], result["damaged"]) == ([], 0)
    shown = []
    for baud in BAUDS:
        with VirtualCushion(SitterSeat("office", seed=2), flash=flash, speed=1.0, baud=baud) as cushion:
            with Cushion(cushion.port) as link:
                stream = link.read_log(0)
                begun_s = time.monotonic()
                size = len(b"".join(stream))
                streamed_s = time.monotonic() - begun_s
                largest = json.loads(link.run(LARGEST))
                late = link.call("status")["late"]
            with Store(tmp_path / f"{baud}.sqlite") as store:
                sync = Sync(store, partial(Cushion, cushion.port), lambda: datetime.now().astimezone()).run()
            begun_s = time.monotonic()
            subprocess.run(
                [*MPREMOTE, cushion.port, "resume", "fs", "cp", f":/log/{largest[1]}", str(tmp_path / "copy")],
                check=True,
                capture_output=True,
            )
            stock_s = time.monotonic() - begun_s
        share = size / streamed_s / (baud / 10)
        shown.append(
            f"{baud} baud: {size} bytes streamed in {streamed_s:.2f} s ({share:.0%} of the wire), whole sync"
            f" {sync['seconds']:.2f} s; stock mpremote fs cp of {largest[0]} bytes {stock_s:.2f} s"
            f" ({largest[0] / stock_s / (baud / 10):.0%}); late steps {late}"
        )
    with capsys.disabled():
        print("\n" + "\n".join(shown))
