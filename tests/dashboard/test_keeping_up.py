"""An open page shows what was synced or entered elsewhere, and loses nothing that somebody is at."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from sitbone.dates import midnight, unix_ms
from sitbone.store.store import Store
from tests.dashboard.conftest import running
from tests.dashboard.cushions import sitbone
from tests.host.logs import CUSHION_ID
from tests.host.test_cushions import OFFICE, keep, log_from, sits

pytestmark = pytest.mark.slow

YESTERDAY = midnight(datetime.now().astimezone().date()) - timedelta(days=1)


@pytest.fixture
def served(tmp_path):
    with running(tmp_path) as dashboard:
        yield dashboard


def sync_arrives(home, *minutes):
    """As a sync leaves the store."""
    with Store(home / "sitbone.sqlite") as store:
        keep(store, OFFICE, sits(log_from(YESTERDAY + timedelta(hours=9)), *minutes))
        result = {"cushion": CUSHION_ID.hex(), "records": 1}
        store.add_sync(store.cushion(OFFICE), unix_ms(datetime.now().astimezone()), result)


def test_a_day_shows_a_sync_that_lands_and_one_that_was_touched_offers_it(served, page):
    sync_arrives(served.home, 20)
    page.goto(served.at(f"/?day={YESTERDAY.date()}"))
    figures = page.locator(".stats").filter(has_text="sits")
    expect(figures).to_contain_text("longest 20 min")
    sync_arrives(served.home, 20, 31)
    expect(figures).to_contain_text("longest 31 min")
    expect(figures).to_have_count(1)
    page.locator("main .card").first.click()
    sync_arrives(served.home, 20, 31, 45)
    page.get_by_role("button", name="Show it").click()
    expect(figures).to_contain_text("longest 45 min")


def test_the_diary_shows_what_a_command_adds_and_keeps_what_is_being_typed(served, page):
    page.goto(served.at("/diary"))
    assert sitbone(served.home, "pain", "add", "3", "--note", "from a command").returncode == 0
    expect(page.locator("main")).to_contain_text("from a command")
    page.locator("main").get_by_role("button", name="Edit").first.click()
    field = page.get_by_label("In your own words")
    field.fill("half a sen")
    sync_arrives(served.home, 20)
    expect(page.get_by_role("button", name="Show it")).to_be_visible()
    expect(field).to_have_value("half a sen")
