"""The page Live in a real browser, before a virtual cushion on which the test sits down, shifts and gets up."""

import sys

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from sitbone.board.port_holder import holder_of
from sitbone.virtual import Seat, VirtualCushion
from tests.dashboard.conftest import PHONE, WIDE, running
from tests.dashboard.cushions import SITTING, copied, plugged_in, sitbone, unplug, until, write_seat

UPDATES = 40
WEIGHTY = ("serious", "critical")
# Counts what a person would see move: a picture counts when its number has changed in the page.
WATCH = """
() => {
  const seat = document.querySelector(".seat"), spoken = document.querySelector("[aria-label=Summary]");
  window.pictures = [];
  window.spoken = 0;
  new MutationObserver(() => pictures.push([+seat.dataset.monoMs, +seat.dataset.steps]))
    .observe(seat, { attributeFilter: ["data-number"] });
  new MutationObserver(() => { window.spoken += 1; })
    .observe(spoken, { childList: true, characterData: true, subtree: true });
}
"""
# As when another window or tab comes to the front.
HIDE = """
() => {
  Object.defineProperty(document, "hidden", { get: () => true });
  document.dispatchEvent(new Event("visibilitychange"));
}
"""


class SeatInHand(Seat):
    """Loads as the test says, with the small movements of a person."""

    longest_chunk_ms = 500

    def __init__(self) -> None:
        self.levels_mv = SITTING

    def moments_ms(self, start_ms: int, end_ms: int):
        return np.arange(start_ms, end_ms, 250, dtype=np.int64)

    def zones_mv(self, t_ms):
        fidget = np.where(t_ms // 250 % 80 < 4, 30, t_ms // 250 * 7 % 5)[:, None]
        levels = np.array(self.levels_mv, dtype=float)
        return np.where(levels > 0, levels + fidget, 0.0)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("place")


@pytest.fixture(scope="module")
def seat(place, installed_flash):
    """Somebody sits from the beginning, more on the left."""
    found = SeatInHand()
    with VirtualCushion(found, flash=copied(installed_flash, place / "flash.img"), link=place / "cushion", speed=1):
        yield found


@pytest.fixture(scope="module")
def dashboard(home, place):
    with running(home, "--port", str(place / "cushion")) as found:
        yield found


def at_live(dashboard, page: Page) -> Page:
    page.goto(dashboard.at("/live"))
    expect(page.locator(".seat-card .lead")).to_contain_text("You are sitting", timeout=60_000)
    return page


@pytest.mark.slow
def test_the_picture_moves_with_each_of_the_cushions_samples(dashboard, seat, page, capsys):
    seat.levels_mv = SITTING
    at_live(dashboard, page)
    page.evaluate(WATCH)
    page.wait_for_function(f"pictures.length > {UPDATES}", timeout=60_000)
    pictures, spoken = page.evaluate("[pictures, spoken]")
    (first_ms, first), (last_ms, last) = pictures[0], pictures[-1]
    seconds = (last_ms - first_ms) / 1000
    rate = (len(pictures) - 1) / seconds
    seen, taken = len({steps for _, steps in pictures}), last - first + 1
    with capsys.disabled():
        sys.stdout.write(
            f"\n  live in the browser: {rate:.1f} pictures a second of the cushion's time;"
            f" {seen} of {taken} samples seen ({taken / seconds:.1f} are taken a second)\n"
        )
    assert rate >= 4
    assert seen >= 0.9 * taken
    assert spoken <= seconds / 5 + 1


@pytest.mark.slow
def test_the_figures_are_the_cushions(dashboard, seat, page):
    seat.levels_mv = SITTING
    at_live(dashboard, page)
    expect(page.locator(".sides .of-left")).to_have_text("◀ Left 58 %")
    expect(page.locator(".sides .of-right")).to_have_text("42 % Right ▶")
    expect(page.get_by_text("Not calibrated yet")).to_be_visible()
    expect(page.get_by_text("Next prompt in about")).to_be_visible()
    expect(page.get_by_role("meter", name="left dose")).to_be_visible()


@pytest.mark.slow
def test_a_wedge_before_and_after(dashboard, seat, page):
    seat.levels_mv = SITTING
    at_live(dashboard, page)
    table = page.get_by_role("region", name="Before and after", exact=True)
    marked = page.get_by_text("Marked “before”")

    def mark() -> bool:
        page.get_by_role("button", name="Mark before").click()
        expect(page.locator(".status .notice")).to_be_visible()
        return marked.is_visible()

    until(mark, "five seconds of sitting never came together")
    expect(table.get_by_role("row", name="Left share")).to_contain_text("58")
    seat.levels_mv = (700, 700, 500, 500)
    expect(table.get_by_role("row", name="Left share")).to_contain_text("-8")
    expect(page.locator(".seat .ring").first).not_to_have_attribute("r", "0")
    page.reload()
    expect(table.get_by_role("row", name="Left share")).to_contain_text("-8")
    page.get_by_role("button", name="Clear both").click()
    expect(table.get_by_role("row", name="Left share")).not_to_contain_text("-8")


@pytest.mark.slow
def test_an_empty_seat_has_nothing_to_mark(dashboard, seat, page):
    seat.levels_mv = (0, 0, 0, 0)
    page.goto(dashboard.at("/live"))
    expect(page.locator(".seat-card .lead")).to_have_text("The seat is empty.", timeout=30_000)
    page.get_by_role("button", name="Mark before").click()
    expect(page.locator(".status")).to_contain_text("Nobody sat for 5 seconds; sit as you normally do for that long")
    expect(page.get_by_text("No prompt while the seat is empty.")).to_be_visible()
    seat.levels_mv = SITTING


@pytest.mark.slow
def test_two_browsers_see_the_same_cushion_and_a_second_dashboard_says_who_holds_it(
    dashboard, seat, new_page, tmp_path, place
):
    seat.levels_mv = SITTING
    pages = [at_live(dashboard, new_page()), at_live(dashboard, new_page(viewport=PHONE))]
    for page in pages:
        page.evaluate(WATCH)
    for page in pages:
        page.wait_for_function("pictures.length > 5")
    with running(tmp_path, "--port", str(place / "cushion")) as second:
        page = new_page()
        page.goto(second.at("/live"))
        expect(page.locator(".connection")).to_contain_text(
            f"is in use by sitbone dashboard (process {dashboard.process.pid}); close it, then try again."
        )
        expect(page.get_by_text("No cushion yet.")).to_be_visible()
        # The first disconnects, the second connects by itself.
        pages[0].get_by_role("button", name="Disconnect").click()
        expect(pages[1].locator(".connection")).to_contain_text("Disconnected")
        expect(page.locator(".connection")).to_contain_text("Connected to cushion")
    pages[1].get_by_role("button", name="Connect", exact=True).click()
    expect(pages[0].locator(".connection")).to_contain_text("Connected to cushion")


def test_the_command_line_has_the_port_when_nobody_looks(dashboard, seat, page, place):
    at_live(dashboard, page)
    assert "is in use by sitbone dashboard" in sitbone(dashboard.home, "status", "--port", place / "cushion").stderr
    page.evaluate(HIDE)
    until(lambda: not holder_of(str(place / "cushion")))
    assert sitbone(dashboard.home, "status", "--port", place / "cushion").returncode == 0
    page.reload()
    expect(page.locator(".connection")).to_contain_text("Connected to cushion")
    page.goto(dashboard.at("/diary"))
    until(lambda: not holder_of(str(place / "cushion")))


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_readable_to_everyone(dashboard, seat, new_page, scheme):
    page = at_live(dashboard, new_page(color_scheme=scheme))
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        found = Axe().run(page).response["violations"]
        assert not [(rule["id"], [n["html"] for n in rule["nodes"]]) for rule in found if rule["impact"] in WEIGHTY]
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.slow
def test_unplugged_in_the_middle_and_back(installed_flash, tmp_path, page):
    """The cable is pulled: what was seen stays, one sentence says what to do, and it comes back by itself."""
    flash, link = copied(installed_flash, tmp_path / "flash.img"), tmp_path / "cushion"
    trace = write_seat(tmp_path / "seat.csv", (3600, SITTING))
    with running(tmp_path / "home") as dashboard:
        with plugged_in(flash, link, "--trace", trace) as cushion:
            page.goto(dashboard.at("/live"))
            expect(page.locator(".connection")).to_contain_text("No cushion found; plug it in")
            page.get_by_label("Port, or path of a virtual cushion").fill(str(link))
            page.get_by_label("Port, or path of a virtual cushion").press("Enter")
            expect(page.locator(".seat-card .lead")).to_contain_text("You are sitting", timeout=60_000)
            unplug(cushion)
            expect(page.locator(".connection")).to_contain_text("Connection lost")
            expect(page.locator(".connection")).to_contain_text("Reconnecting…")
            expect(page.locator(".seat")).to_have_class("seat old")
            expect(page.locator(".seat-card .lead")).to_contain_text("Last seen: You are sitting")
            expect(page.locator(".seat .value").first).not_to_have_text("–")
        with plugged_in(flash, link, "--trace", trace):
            expect(page.locator(".connection")).to_contain_text("Connected to cushion", timeout=60_000)
            expect(page.locator(".seat")).to_have_class("seat")
