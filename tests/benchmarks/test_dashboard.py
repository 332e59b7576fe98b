"""How long a page takes in a real browser over years of data: from the click to what can be read and clicked,
by the browser's clock."""

import statistics
from datetime import datetime

import pytest

from tests.benchmarks.years import YEARS, write_years
from tests.dashboard.conftest import browser, new_page, page, running

__all__ = ["browser", "new_page", "page"]
pytestmark = [pytest.mark.bench, pytest.mark.slow]

TIMES = 7
# The last thing that comes on each page, and how many of it.
PAGES = {
    "/": (".ribbon .prompt", 1),
    "/trends?weeks=4": (".chart canvas", 8),
    "/trends?weeks=52": (".chart canvas", 8),
    "/diary": (".numbers button", 11),
}
SEEN_JS = """([selector, count]) => new Promise(done => {
    const look = () => {
        const found = document.querySelectorAll(selector);
        if (found.length >= count && found[count - 1].offsetWidth) done(performance.now());
        else requestAnimationFrame(look);
    };
    look();
})"""


@pytest.mark.parametrize("years", YEARS)
def test_pages_over_years(years, tmp_path, page):
    today = datetime.now().astimezone().date()
    count = write_years(tmp_path / "sitbone.sqlite", years, today)
    print(f"\n{years} years, {count} records")
    with running(tmp_path) as dashboard:
        for path, last in PAGES.items():
            taken = [_opened(page, dashboard.at(path), last) for _ in range(TIMES + 1)]
            first, *others = taken
            shown = f"first {first:.2f} s, then median {statistics.median(others):.3f} s, best {min(others):.3f} s"
            print(f"  {path}: {shown}")


def _opened(page, url, last):
    """Seconds from the navigation's start until the last element is laid out, by the browser's own clock."""
    page.goto(url, wait_until="commit", timeout=120_000)
    return page.evaluate(SEEN_JS, list(last)) / 1000
