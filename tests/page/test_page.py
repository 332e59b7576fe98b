"""The page without a cushion: it opens, keeps to its policy, works without a network, and is readable to everyone."""

import re
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from sitbone.page.build import REPLACED
from tests.benchmarks.years import write_years
from tests.dashboard.conftest import PHONE, WIDE
from tests.page.conftest import STARTS_MS, Served

ADDRESSES = ("/", "/days", "/live", "/diary", "/rehab", "/cushion", "/report")
FIRST_SCREEN = ["index.html", "dashboard.css", "cushion.css", "page.css", "report.css", "theme.js", "page.js"]
FIRST_SCREEN += ["drawing.js", "serial.js", "worker.js", "files.js", "icon.svg", "manifest.webmanifest"]
MOST_BYTES = 3_000_000
WEIGHTY = ("serious", "critical")


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of five weeks."""
    path = tmp_path_factory.mktemp("weeks") / "sitbone.sqlite"
    write_years(path, 35 / 365, datetime.now().astimezone().date())
    return path


def bring_in(page: Page, served: Served, store: Path) -> None:
    served.open(page, "/cushion")
    page.locator("input[type=file][accept='.sqlite']").set_input_files(store)
    expect(page.locator(".status")).to_contain_text("Imported", timeout=STARTS_MS)


def test_the_first_screen_is_small(served: Served) -> None:
    sizes = [len(zlib.compress((served.folder / name).read_bytes(), 9)) for name in FIRST_SCREEN]
    assert sum(sizes) < MOST_BYTES


def test_it_keeps_a_pain_rating_over_a_reload(served: Served, page: Page) -> None:
    served.open(page, "/diary")
    page.get_by_role("button", name="Pain 3").click()
    page.get_by_role("button", name="On waking up").click()
    expect(page.locator(".status")).to_contain_text("Saved: pain 3")
    page.reload()
    expect(page.locator(".diary li")).to_contain_text("On waking up", timeout=STARTS_MS)


def test_a_second_tab_says_so(served: Served, page: Page) -> None:
    served.open(page)
    second = page.context.new_page()
    second.goto(served.url)
    expect(second.locator("#notices")).to_contain_text("open in another tab", timeout=STARTS_MS)
    page.close()
    second.reload()
    expect(second.locator("#drawn h1")).to_have_text("Today", timeout=STARTS_MS)


def test_a_browser_without_usb_says_so(served: Served, new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.add_init_script("delete Navigator.prototype.serial")
    page.goto(served.url)
    expect(page.locator("#notices")).to_contain_text("can't reach USB devices")
    expect(page.locator("#drawn h1")).to_have_text("Today", timeout=STARTS_MS)


def test_what_stands_in_has_the_names_that_pages_use(project_root: Path) -> None:
    package = project_root / "host_tools" / "sitbone"
    for module in REPLACED:
        name = module.rpartition(".")[2]
        original = (package.parent / module.replace(".", "/")).with_suffix(".py").read_text()
        standing_in = (package / "page" / "browser" / f"{name}.py").read_text()
        used = set()
        for path in (package / "dashboard").rglob("*.py"):
            text = path.read_text()
            used |= set(re.findall(rf"\b{name}\.(\w+)", text)) if "platform import" in text else set()
            for found in re.findall(rf"from {re.escape(module)} import \(?([\w\s,]+?)\)?\n", text):
                used |= {word.strip() for word in found.split(",") if word.strip()}
        missing = [word for word in used if _defines(original, word) and not _defines(standing_in, word)]
        assert not missing, (module, missing)


def _defines(text: str, name: str) -> bool:
    return (
        re.search(rf"^(?:async def|def|class) {name}\b|^{name}\b.*=|^from .*\b{name}\b", text, re.MULTILINE) is not None
    )


@pytest.mark.slow
def test_a_page_opens_without_a_network_after_the_first_visit(served: Served, page: Page, weeks: Path) -> None:
    bring_in(page, served, weeks)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("#drawn h1")).to_have_text("Cushion", timeout=STARTS_MS)
    page.locator("nav.pages a", has_text="Days").click()
    expect(page.locator("#drawn table")).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_page_is_readable_and_breaks_no_policy(
    served: Served, new_page: Callable[..., Page], weeks: Path, scheme: str
) -> None:
    page = new_page(color_scheme=scheme)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.add_init_script(
        "window.broken = [];"
        "addEventListener('securitypolicyviolation', (event) => broken.push(event.violatedDirective))"
    )
    bring_in(page, served, weeks)
    for address in ADDRESSES:
        page.goto(f"{served.url}#{address}")
        expect(page.locator("nav.pages a[aria-current=page]")).to_have_attribute("href", address)
        for size in (WIDE, PHONE):
            page.set_viewport_size(size)
            found = Axe().run(page).response["violations"]
            weighty = [(r["id"], [n["html"] for n in r["nodes"]]) for r in found if r["impact"] in WEIGHTY]
            assert not weighty, address
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], address
    assert page.evaluate("broken") == []
    assert [text for text in said if "Content Security Policy" in text] == []


@pytest.mark.slow
def test_what_is_imported_is_exported_again(served: Served, page: Page, weeks: Path, tmp_path: Path) -> None:
    bring_in(page, served, weeks)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export everything").click()
    download.value.save_as(tmp_path / "out.sqlite")
    tables = ("record", "clock_pair", "cushion", "pain")
    for table in tables:
        assert _rows(tmp_path / "out.sqlite", table) == _rows(weeks, table), table


def _rows(path: Path, table: str) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return sorted(map(repr, db.execute(f"SELECT * FROM {table}").fetchall()))
