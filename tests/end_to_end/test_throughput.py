"""What a day costs on the wire, counted in bytes: no clock is involved. (Seconds: tests/benchmarks/test_link.py.)"""

from datetime import datetime

from sitbone.device import Cushion
from sitbone.store import Store
from sitbone.sync import Sync
from sitbone.virtual import SitterSeat, VirtualCushion
from tests.end_to_end.bad_line import BadLine
from tests.end_to_end.conftest import live_until


def test_a_nine_hour_day_is_small_and_its_sync_is_mostly_payload(flash, tmp_path):
    with VirtualCushion(SitterSeat("office", seed=1), flash=flash, speed=None) as cushion:
        live_until(cushion, 9 * 3_600_000)
        with BadLine(cushion.port, "drop", 0, seed=0) as line, Store(tmp_path / "sitbone.sqlite") as store:
            result = Sync(store, lambda: Cushion(line.port), lambda: datetime.now().astimezone()).run()
    assert 10_000 < result["bytes"] < 50_000, "under 5 s at 115200 baud"
    assert result["bytes"] / line.carried >= 0.9, "of the wire's bytes"
    assert (result["lost"], result["damaged"]) == ([], 0)
