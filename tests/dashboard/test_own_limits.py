"""A new board in a real browser: it has other limits than the person, who may set theirs; never silently."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from cushion.core import records
from sitbone.store.store import Store
from tests.dashboard.conftest import running
from tests.dashboard.cushions import SITTING, copied, plugged_in, write_seat
from tests.host.test_cushions import OFFICE, keep, log_from


@pytest.mark.slow
def test_a_new_board_is_offered_the_limits_of_the_old_one(tmp_path, installed_flash, page):
    home = tmp_path / "home"
    home.mkdir()
    with Store(home / "sitbone.sqlite") as store:
        log = log_from(datetime.now().astimezone() - timedelta(days=20))
        for index in (0, 1):
            log.add(records.SETTING, index, 1200, 900, "it hurt")
        keep(store, OFFICE, log)
        store.name_cushion(OFFICE, "office")
    copied(installed_flash, tmp_path / "flash.img")
    write_seat(tmp_path / "seat.csv", (3600, SITTING))
    port = tmp_path / "cushion"
    with (
        plugged_in(tmp_path / "flash.img", port, "--trace", tmp_path / "seat.csv"),
        running(home, "--port", str(port)) as dashboard,
    ):
        page.goto(dashboard.at("/cushion"))
        expect(page.locator(".connection")).to_contain_text("Connected to cushion", timeout=60_000)
        page.get_by_role("button", name="Sync now").click()
        expect(page.locator(".result .warn")).to_contain_text(
            "This cushion has other limits than yours: left 20.0 min, yours is 15.0 min", timeout=60_000
        )
        expect(page.get_by_label("left_dose_limit_s")).to_have_value("1200")
        page.get_by_role("button", name="Set my limits on this cushion").click()
        expect(page.locator(".status")).to_contain_text(
            "Set and confirmed by the cushion: left dose limit 15.0 min; right dose limit 15.0 min."
        )
        expect(page.get_by_label("left_dose_limit_s")).to_have_value("900", timeout=60_000)
        page.reload()
        page.get_by_text("Past changes").click()
        newest = page.get_by_role("list", name="Newest changes first")
        expect(newest).to_contain_text("it hurt (cushion office)")
        expect(newest).to_contain_text("as on your other cushion (cushion ")
