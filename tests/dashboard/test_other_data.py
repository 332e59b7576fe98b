"""The pages over several cushions, and over logs that hold anything: a choice that works, and no page that fails."""

import random
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from sitbone.dates import midnight
from sitbone.store.store import Store
from tests.dashboard.conftest import running
from tests.fuzz import hostile
from tests.host.logs import CUSHION_ID
from tests.host.test_cushions import HOME, OFFICE, keep, log_from, sits

PAGES = ("/", "/trends", "/diary", "/rehab", "/tune", "/live", "/cushion")
YESTERDAY = midnight(datetime.now().astimezone().date()) - timedelta(days=1)


@pytest.mark.slow
def test_the_choice_of_cushion_is_kept_from_page_to_page(tmp_path, page):
    with Store(tmp_path / "sitbone.sqlite") as store:
        keep(store, OFFICE, sits(log_from(YESTERDAY + timedelta(hours=9)), 29, 20, 10))
        keep(store, HOME, sits(log_from(YESTERDAY + timedelta(hours=18)), 40))
        store.name_cushion(OFFICE, "office & desk")
        store.name_cushion(HOME, "sofa")
    with running(tmp_path) as dashboard:
        page.goto(dashboard.at(f"/?day={YESTERDAY.date()}"))
        choice = page.get_by_role("navigation", name="Cushions")
        expect(choice.get_by_role("link")).to_have_text(["All cushions", "office & desk", "sofa"])
        figures = page.locator(".stats").filter(has_text="sits")
        expect(figures).to_contain_text("longest 40 min")
        choice.get_by_role("link", name="office & desk").click()
        expect(page.locator(".stats").filter(has_text="sits")).to_contain_text("longest 29 min")
        expect(choice.get_by_role("link", name="office & desk")).to_have_attribute("aria-current", "page")
        page.get_by_role("link", name="Day before").click()
        expect(choice.get_by_role("link", name="office & desk")).to_have_attribute("aria-current", "page")
        page.goto(dashboard.at("/trends?cushion=sofa"))
        expect(page.get_by_role("navigation", name="Cushions").get_by_role("link", name="sofa")).to_have_attribute(
            "aria-current", "page"
        )
        page.goto(dashboard.at("/?cushion=nonesuch"))
        expect(page.get_by_role("alert")).to_contain_text("No cushion is called nonesuch")


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_log_breaks_a_page(tmp_path, page, seed):
    """`running` also demands that the dashboard itself reported nothing unforeseen."""
    store, log = hostile.base(tmp_path / "sitbone.sqlite", datetime.now().astimezone())
    with store:
        hostile.spoil(log, random.Random(seed), 400)
        store.add_blocks(store.cushion(CUSHION_ID.hex(), log.log_id), hostile.blocks_of(log))
    with running(tmp_path) as dashboard:
        for path in PAGES:
            page.goto(dashboard.at(path))
            expect(page.locator("main")).not_to_contain_text("Loading")
            expect(page.locator("main .card, main section").first).to_be_visible()
            expect(page.locator("body")).not_to_contain_text("Something went wrong")
