"""Cushion: what the dashboard's page has, installing the firmware, and the files of this browser."""

from __future__ import annotations

from sitbone.dashboard.downloads import card_of_files
from sitbone.dashboard.frame import Page
from sitbone.dashboard.pages import cushion
from sitbone.page.browser.installing import Installing


async def build() -> None:
    """Fills the page."""
    installing = Installing()
    await cushion.build()
    installing.place()
    card_of_files()


PAGE = Page(cushion.PAGE.path, cushion.PAGE.title, cushion.PAGE.icon, build)
