"""Keeps an open page up to date: after a sync, after an entry on another page or by a command, and after midnight.

A page that nobody has touched since it was drawn is drawn again beside itself, then shown in one step. On one that
somebody has clicked or typed on, nothing may vanish: after a sync or midnight it says so, with a button.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from functools import cache

from nicegui import context, ui

from sitbone.dashboard.frame import announce
from sitbone.dashboard.work import now
from sitbone.errors import SitboneError
from sitbone.home import store_path
from sitbone.store.store import Store

LOOK_S = 1.0
CONTENT = "kept-up"
# Not display: none, in which a chart has no size.
ASIDE = "position: absolute; visibility: hidden; width: 100%; left: -200vw"
TOUCHED_JS = f"""
for (const kind of ["pointerdown", "input", "keydown"])
  document.addEventListener(kind, (event) => {{
    if (event.target.closest?.(".{CONTENT}")) emitEvent("page-touched", true);
  }}, true);
"""

Fill = Callable[[], Awaitable[None]]
Seen = tuple[int, int, date]  # of all data, of the syncs, of the calendar


async def keep_up(fill: Fill) -> None:
    """Calls ``fill`` within the page now, and again when what it showed has changed."""
    keeper = _Keeper(fill)
    await keeper.draw()
    ui.on("page-touched", keeper.touched)
    ui.run_javascript(TOUCHED_JS)
    ui.timer(LOOK_S, keeper.look)


class _Keeper:
    def __init__(self, fill: Fill) -> None:
        self._fill = fill
        self._client = context.client
        self._place = ui.element("div")
        self._content: ui.element | None = None
        self._seen: Seen | None = None
        self._version: object = None
        self._is_touched = self._is_busy = False

    def touched(self) -> None:
        self._is_touched = True

    async def draw(self) -> None:
        """Takes the number before it reads, so that what is written meanwhile is shown next time."""
        self._seen = _watched().seen()
        self._is_touched = False
        before = self._content
        with self._place, ui.element("div").classes(CONTENT) as content:
            self._content = content
            if before is not None:
                content.style(ASIDE)
            await self._fill()
        if before is not None:
            content.style(replace="")
            before.delete()

    async def look(self) -> None:
        if self._is_busy or not self._client.has_socket_connection:
            return
        version = (_watched().version(), now().date())
        if version == self._version:
            return
        self._version, self._is_busy = version, True
        try:
            seen = _watched().seen()
            if seen != self._seen and not self._is_touched:
                await self.draw()
            elif seen is not None and self._seen is not None and seen[1:] != self._seen[1:]:
                self._seen = seen
                with self._place:
                    announce("There is new data.", undo=self.draw, undo_words="Show it")
        finally:
            self._is_busy = False


class _Watched:
    """The database, to be asked each second whether anybody wrote to it: one connection for all pages, in the event
    loop's thread."""

    def __init__(self) -> None:
        self._store: Store | None = None
        self._file: int | None = None

    def version(self) -> tuple[int, int]:
        """The file's own number, which a restore changes, and the number of changes to it."""
        try:
            file = store_path().stat().st_ino
            if self._store is None or file != self._file:
                if self._store is not None:
                    self._store.close()
                self._store, self._file = Store(store_path()), file
            return file, self._store.changes_seen()
        except (OSError, SitboneError):
            return 0, 0

    def seen(self) -> Seen | None:
        """What a page compares. None where the store can't be read: the page itself says why."""
        self.version()
        try:
            return None if self._store is None else (*self._store.content_seen(), now().date())
        except SitboneError:
            return None


@cache
def _watched() -> _Watched:
    return _Watched()
