"""How soon the page shows Today when it has years of data. `SITBONE_YEARS="1 2"` says how many."""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.benchmarks.years import YEARS, write_years
from tests.dashboard.conftest import browser, new_page, page  # noqa: F401  fixtures
from tests.page.conftest import STARTS_MS, Served, brought, served  # noqa: F401  fixtures

IMPORT_MS = 600_000


@pytest.mark.bench
@pytest.mark.parametrize("years", YEARS)
def test_today_of_years(
    served: Served,  # noqa: F811
    new_page: Callable[..., Page],  # noqa: F811
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    years: float,
) -> None:
    store = tmp_path / "sitbone.sqlite"
    count = write_years(store, years, date.today())  # noqa: DTZ011  the page opens on its own today
    tab = new_page()
    served.open(tab, "/cushion")
    tab.locator("input[type=file][accept='.sqlite']").set_input_files(store)
    expect(tab.locator(".status")).to_contain_text("Imported", timeout=IMPORT_MS)
    runs = []
    for _ in range(3):
        served.open(tab, "/days")
        begun_s = time.perf_counter()
        tab.locator("nav.pages a", has_text="Today").click()
        expect(tab.locator(".ribbon")).to_be_visible(timeout=STARTS_MS)
        runs.append(time.perf_counter() - begun_s)
    with capsys.disabled():
        print(f"\n{years} years, {count} records: Today in the page {min(runs) * 1000:.0f} ms")
