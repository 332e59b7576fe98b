"""The README shows the dashboard as it is: each page still has the headings, links and legends that its picture was
taken with. Colours may drift before somebody takes them again; words and order may not."""

import json
import re
from datetime import datetime, timedelta

import pytest

from sitbone.diary.diary_store import DiaryStore
from sitbone.diary.entries import new_pain
from sitbone.store.store import Store
from tests.benchmarks.years import write_years
from tests.dashboard.pictures import FOLDER, PICTURES, last_day, opened, shown

MOST_BYTES = 200_000


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Other data than the pictures': what is compared does not depend on it."""
    folder = tmp_path_factory.mktemp("home")
    now = datetime.now().astimezone()
    write_years(folder / "sitbone.sqlite", 14 / 365, now.date() - timedelta(days=1))
    with Store(folder / "sitbone.sqlite") as store:
        DiaryStore(store).add("pain", new_pain(2, now - timedelta(days=1), now, "morning"))
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_of_the_page_as_it_is(dashboard, browser, home, name):
    page = opened(browser, dashboard.url, name, last_day(home))
    kept = json.loads((FOLDER / "taken.json").read_text())[name]
    assert shown(page) == kept, "take the pictures again: python -m tests.dashboard.pictures"
    page.close()


def test_the_readme_shows_them_and_they_are_small(project_root):
    text = (project_root / "README.md").read_text()
    for name in PICTURES:
        assert re.search(rf'<img src="host_tools/pictures/{name}\.png"[^>]* alt="[^"]+"', text)
        assert (FOLDER / f"{name}.png").stat().st_size < MOST_BYTES
