"""Each page as a person meets it: readable to assistive technology by axe-core's rules, in light and dark, on a desk
and on a phone, where nothing scrolls sideways."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from sitbone.dashboard.pages import PAGES
from sitbone.diary.diary_store import DiaryStore
from sitbone.diary.entries import new_pain
from sitbone.store.store import Store
from tests.benchmarks.years import write_years
from tests.dashboard.conftest import PHONE, WIDE

DAYS = 35
WEIGHTY = ("serious", "critical")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Five weeks of days, and a diary with all that an entry may have."""
    folder = tmp_path_factory.mktemp("home")
    now = datetime.now().astimezone()
    write_years(folder / "sitbone.sqlite", DAYS / 365, now.date())
    with Store(folder / "sitbone.sqlite") as store:
        diary = DiaryStore(store)
        for ago in range(1, DAYS):
            felt = (now - timedelta(days=ago)).replace(hour=7)
            note = "after a long drive" if ago == 3 else ""
            diary.add("pain", new_pain(ago % 4, felt, now, "morning", sleep=7, stress=2, note=note))
            diary.add("pain", new_pain(ago % 3, felt.replace(hour=20), now, "sitting", "left", onset_min=20))
        diary.add("red_flag", {"day": now.date().isoformat(), "entered_ms": 0, "what": "pop", "note": ""})
    return folder


@pytest.fixture(scope="module", params=["light", pytest.param("dark", marks=pytest.mark.slow)])
def page(request, browser) -> Iterator[Page]:
    """One for all pages: what they share is fetched once."""
    context = browser.new_context(color_scheme=request.param, viewport=WIDE)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(
    "path", [page.path if page.path == "/" else pytest.param(page.path, marks=pytest.mark.slow) for page in PAGES]
)
def test_a_page_is_readable_to_everyone(dashboard, page, path):
    page.goto(dashboard.at(path))
    expect(page.locator(".card").first).to_be_visible()
    _unfold(page)
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        found = Axe().run(page).response["violations"]
        weighty = [
            (rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found if rule["impact"] in WEIGHTY
        ]
        assert not weighty
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def _unfold(page: Page) -> None:
    """Opens what can be opened: it must be readable, too. The first of each kind: charts have a table each."""
    page.evaluate("[...document.querySelectorAll('details')].slice(0, 4).forEach(item => { item.open = true; })")
