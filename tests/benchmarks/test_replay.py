"""How long weeks of one person's log take to follow, and to replay under other settings."""

import time
from pathlib import Path

import pytest

from sitbone.settings.spec import in_force
from sitbone.store.store import Store
from tests.host.test_log_replay import Diarist

DAYS, SETTINGS = 28, 40


@pytest.mark.bench
def test_weeks_under_many_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Eight sits a day of 48 minutes, epochs of ten seconds; read, followed, then replayed on one core."""
    diarist = Diarist()
    for _ in range(DAYS):
        for _ in range(8):
            diarist.sit(48, 900, 800).away(400)
        diarist.away(20_000)
    with Store(tmp_path / "weeks.sqlite") as store:
        began_s = time.process_time()
        weeks = diarist.weeks(store)
        followed_s = time.process_time() - began_s
    began_s = time.process_time()
    for index in range(SETTINGS):
        limit_s = 600 + index * 50
        weeks.replays(in_force({"left_dose_limit_s": limit_s, "right_dose_limit_s": limit_s}))
    replayed_s = time.process_time() - began_s
    with capsys.disabled():
        print(
            f"\n{DAYS} days: {followed_s:.2f} s of processor time to read and follow, "
            f"{replayed_s / SETTINGS:.3f} s for each setting replayed"
        )
