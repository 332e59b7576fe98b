"""The charts over days, as the browser draws them."""

from datetime import datetime, timedelta

import pytest

from sitbone.dates import midnight, unix_ms
from sitbone.diary.diary_store import DiaryStore
from sitbone.store.store import Store
from tests.benchmarks.years import write_years
from tests.dashboard.conftest import PHONE, WIDE

DAYS = 28
WITHOUT = ((2, 3), (7, 7), (15, 16))  # from and to, places on the axis; single ones and pairs, odd and even
SHADES_JS = """element => {
  const chart = getElement(element).chart;
  const at = (place) => chart.convertToPixel({xAxisIndex: 0}, place);
  const shades = chart.getZr().storage.getDisplayList().filter((item) => item.type === "polygon");
  const places = (x) => (x - at(0)) / (at(1) - at(0));
  return shades.map((item) => item.shape.points.map((point) => places(point[0])))
    .map((xs) => [Math.min(...xs) + 0.5, Math.max(...xs) - 0.5]);
}"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Four weeks up to today, with days without any record."""
    folder = tmp_path_factory.mktemp("home")
    today = datetime.now().astimezone().date()
    write_years(folder / "sitbone.sqlite", DAYS / 365, today)
    begins = [unix_ms(midnight(today - timedelta(days=DAYS - 1 - place))) for place in range(DAYS)]
    with Store(folder / "sitbone.sqlite") as store, store.transaction() as db:
        for first, last in WITHOUT:
            db.execute("DELETE FROM record WHERE unix_ms BETWEEN ? AND ?", (begins[first], begins[last + 1]))
    return folder


@pytest.mark.parametrize("size", [pytest.param(WIDE, marks=pytest.mark.slow), PHONE], ids=["wide", "phone"])
def test_just_the_days_without_records_are_shaded(dashboard, new_page, size):
    page = new_page(viewport=size)
    page.goto(dashboard.at("/trends"))
    page.locator(".chart canvas").last.wait_for()
    for chart in page.locator(".nicegui-echart").all():
        shaded = chart.evaluate(SHADES_JS)
        assert [pytest.approx(days, abs=0.1) for days in WITHOUT] == shaded


def test_a_year_ends_with_the_long_view(dashboard, home, page):
    with Store(home / "sitbone.sqlite") as store:
        day = datetime.now().astimezone().date().isoformat()
        DiaryStore(store).add("visa_h", {"day": day, "entered_ms": 1, "total": 58})
    page.goto(dashboard.at("/trends?weeks=52"))
    view = page.locator(".chart", has_text="The long view")
    view.get_by_text("Show as table").click()
    row = view.locator("tr").last
    assert row.locator("td").all_inner_texts()[-2] == "58"
    page.goto(dashboard.at("/trends?weeks=12"))
    page.locator(".chart canvas").last.wait_for()
    assert view.count() == 0
