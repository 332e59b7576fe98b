"""What all pages share: they come, from here alone, by keyboard too, and in the colours that one chose."""

import pytest
from playwright.sync_api import Page, expect

from sitbone.dashboard.frame import sentence
from sitbone.dashboard.pages import PAGES
from sitbone.errors import SitboneError


@pytest.mark.parametrize("path", [page.path for page in PAGES])
def test_each_page_comes_and_asks_for_nothing_else_than_the_dashboard(dashboard, page: Page, path):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(dashboard.at(path))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("navigation", name="Pages").get_by_role("link")).to_have_count(len(PAGES))
    assert asked
    assert not [url for url in asked if not url.startswith((dashboard.url, "data:"))]


def test_the_first_tab_stop_skips_to_the_content(dashboard, page: Page):
    page.goto(dashboard.url)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()


def test_the_colours_follow_the_system_until_one_chooses_and_the_choice_is_kept(dashboard, new_page):
    page = new_page(color_scheme="dark")
    page.goto(dashboard.url)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_label("Theme").select_option("light")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(page.get_by_label("Theme")).to_have_value("light")


def test_an_error_is_a_sentence_and_a_setting_keeps_its_name():
    assert sentence(SitboneError("no cushion; plug it in")) == "No cushion; plug it in."
    assert sentence(SitboneError("mute_s = 9 is out of range; give 600")) == "mute_s = 9 is out of range; give 600."
