"""Whether a sync happens by itself, and a button that sets it up."""

from __future__ import annotations

import asyncio

from sitbone.dashboard.frame import announce
from sitbone.dashboard.widgets import block, button, card, text


class ByItself:
    """The card on the page. ``await load()`` once it stands."""

    def __init__(self) -> None:
        with card("In the background"):
            self._place = block("div", "by-itself")

    async def load(self) -> None:
        """Asks the system."""
        from sitbone.autosync import service

        is_installed = await asyncio.to_thread(service.is_installed)
        is_running = is_installed and await asyncio.to_thread(service.is_running)
        self._place.clear()
        with self._place:
            if is_running:
                text("A cushion that is plugged in syncs by itself, also after you log in again.")
                return
            text(
                "Set up, but it doesn't run: syncs wait for you."
                if is_installed
                else "Not set up: the cushion is synced only when you ask for it."
            )
            button("Start again" if is_installed else "Sync by itself", self._install, "main")

    async def _install(self) -> None:
        from sitbone.autosync import service

        await asyncio.to_thread(service.install, [])
        announce("From now on a cushion that is plugged in syncs by itself. To stop: sitbone autosync remove", "good")
        await self.load()
