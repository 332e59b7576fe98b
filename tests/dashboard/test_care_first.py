"""Red flags, pain of 7 or more and months without improvement come first, on Today and on Tune."""

from datetime import datetime, timedelta

from playwright.sync_api import expect

from sitbone.diary.diary_store import DiaryStore
from sitbone.diary.entries import new_pain
from sitbone.store.store import Store


def test_care_and_the_long_view_are_on_top(dashboard, page):
    now = datetime.now().astimezone()
    with Store(dashboard.home / "sitbone.sqlite") as store:
        for ago in range(100):
            at = now - timedelta(days=ago)
            DiaryStore(store).add("pain", new_pain(8 if ago == 2 else 4, at, at, "morning"))
    for path in ("/", "/tune"):
        page.goto(dashboard.at(path))
        found = page.locator("main .notice")
        expect(found.nth(0)).to_contain_text("pain 8 in the morning.")
        expect(found.nth(0)).to_contain_text("Seek care;")
        expect(found.nth(1)).to_contain_text("Both sides: no improvement in 12 weeks. Discuss this with a physician")
