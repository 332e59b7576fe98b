"""The README's pictures of the dashboard: `python -m tests.dashboard.pictures [FOLDER]` takes them again.

FOLDER holds the data of `sitbone demo --weeks 6 --into FOLDER`; without it the demo is run first. Beside the pictures
`taken.json` keeps the words of each page, so that test_pictures.py notices when a picture is out of date.
"""

import json
import re
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from sitbone.store.store import Store, zone_of
from tests.dashboard.conftest import CHROMIUM, CHROMIUM_ARGS, PHONE, running
from tests.dashboard.cushions import sitbone

FOLDER = Path(__file__).resolve().parents[2] / "host_tools" / "pictures"
DESK: ViewportSize = {"width": 1280, "height": 820}
# Name: address, size of the window, colours. {day}: the last whole one with records.
PICTURES: dict[str, tuple[str, ViewportSize, Literal["light", "dark"]]] = {
    "today": ("/?day={day}", DESK, "light"),
    "trends": ("/trends", DESK, "light"),
    "phone": ("/?day={day}", PHONE, "dark"),
}
DAY = re.compile(r"(Today|Yesterday), .*|\w+day, \d+ \w+ \d+")


def last_day(home: Path) -> str:
    """The last day with records that is over, ISO: today's page has other links."""
    with Store(home / "sitbone.sqlite") as store:
        zone = zone_of(store)
        today_ms = zone.begin_ms(datetime.now().astimezone().date())
        ((last_ms,),) = store.rows("SELECT max(unix_ms) FROM record WHERE unix_ms < ?", today_ms)
        return zone.day(last_ms).isoformat()


def shown(page: Page) -> dict[str, list[str]]:
    """What of a page does not depend on the data: headings, links and legends."""
    headings = page.get_by_role("heading").all_inner_texts()
    return {
        "headings": ["<day>" if DAY.fullmatch(words) else words for words in headings],
        "links": page.get_by_role("link").all_inner_texts(),
        "legend": [words for words in page.locator(".legend li").all_inner_texts() if words != "no records"],
    }


def opened(browser: Browser, url: str, name: str, day: str) -> Page:
    """The page of a picture, drawn."""
    path, size, scheme = PICTURES[name]
    page = browser.new_page(viewport=size, color_scheme=scheme)
    page.goto(url.rstrip("/") + path.format(day=day))
    page.locator(".card").last.wait_for()
    page.wait_for_load_state("networkidle")
    return page


def take(home: Path, folder: Path) -> None:
    """All pictures, of this data, into a folder."""
    folder.mkdir(exist_ok=True)
    taken = {}
    with running(home) as dashboard, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        for name in PICTURES:
            page = opened(browser, dashboard.url, name, last_day(home))
            page.screenshot(path=folder / f"{name}.png")
            taken[name] = shown(page)
        browser.close()
    (folder / "taken.json").write_text(json.dumps(taken, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        data = Path(sys.argv[1] if len(sys.argv) > 1 else made)
        if not (data / "sitbone.sqlite").exists():
            done = sitbone(data, "demo", "--weeks", "6", "--into", data)
            assert done.returncode == 0, done.stderr
        take(data, FOLDER)
