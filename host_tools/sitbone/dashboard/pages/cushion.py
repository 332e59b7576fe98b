"""Cushion: how it is, what it noted, its calibration and its settings."""

from __future__ import annotations

from sitbone.dashboard.cushion.calibrating import Calibrating
from sitbone.dashboard.cushion.condition import Condition
from sitbone.dashboard.cushion.fetching import Fetching
from sitbone.dashboard.cushion.settings_form import SettingsForm
from sitbone.dashboard.cushion.watching import Connection, watch
from sitbone.dashboard.frame import Page
from sitbone.dashboard.widgets import block


async def build() -> None:
    """Fills the page."""
    connection = Connection()
    with block("div", "columns"):
        fetching = Fetching()
        condition = Condition()
    calibrating = Calibrating()
    settings = SettingsForm()
    watch(connection.show, fetching.show, condition.show, calibrating.show, settings.show)
    await fetching.load()
    await settings.load()


PAGE = Page(
    "/cushion",
    "Cushion",
    "M5 9a3 3 0 0 1 3-3h8a3 3 0 0 1 3 3v8a2 2 0 0 1-2 2h-3v-3a2 2 0 0 0-4 0v3H7a2 2 0 0 1-2-2z",
    build,
)
