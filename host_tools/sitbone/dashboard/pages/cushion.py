"""Cushion: sync, status, calibration and settings."""

from __future__ import annotations

from sitbone.dashboard.cushion.by_itself import ByItself
from sitbone.dashboard.cushion.calibrating import Calibrating
from sitbone.dashboard.cushion.settings_form import SettingsForm
from sitbone.dashboard.cushion.status import Status
from sitbone.dashboard.cushion.syncing import Syncing
from sitbone.dashboard.cushion.watching import Connection, watch
from sitbone.dashboard.frame import Page
from sitbone.dashboard.platform.here import HAS_COMMANDS
from sitbone.dashboard.widgets import block


async def build() -> None:
    """Fills the page."""
    connection = Connection()
    with block("div", "columns"):
        syncing = Syncing()
        status = Status()
    by_itself = ByItself() if HAS_COMMANDS else None
    calibrating = Calibrating()
    settings = SettingsForm()
    watch(connection.show, syncing.show, status.show, calibrating.show, settings.show)
    if by_itself is not None:
        await by_itself.load()
    await syncing.load()
    await settings.load()


PAGE = Page(
    "/cushion",
    "Cushion",
    "M5 9a3 3 0 0 1 3-3h8a3 3 0 0 1 3 3v8a2 2 0 0 1-2 2h-3v-3a2 2 0 0 0-4 0v3H7a2 2 0 0 1-2-2z",
    build,
)
