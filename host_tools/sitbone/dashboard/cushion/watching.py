"""A page that shows the cushion: updated for as long as somebody looks at it, with the state of the connection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sitbone.dashboard.cushion.cushion_link import CushionLink, View, shared
from sitbone.dashboard.frame import sentence
from sitbone.dashboard.platform import elements
from sitbone.dashboard.platform.choosing import offer_choice
from sitbone.dashboard.widgets import block, button, details, notice, text
from sitbone.errors import SitboneError

Show = Callable[[View], Awaitable[None] | None]

TICK_S = 0.1


def watch(*shows: Show) -> None:
    """Calls each of ``shows`` whenever the view changes, and keeps the cushion connected while the page is visible."""
    watcher = _Watcher(shows)
    elements.on_seen(watcher.seen)
    elements.timer(TICK_S, watcher.look)
    elements.timer(TICK_S, watcher.tick)


class _Watcher:
    def __init__(self, shows: tuple[Show, ...]) -> None:
        self._shows = shows
        self._link, self._client = shared(), elements.client()
        self._is_seen = True
        self._view: View | None = None

    def seen(self, is_seen: bool) -> None:
        self._is_seen = is_seen

    def look(self) -> None:
        """On a timer of its own, because showing may have to wait for the cushion."""
        if self._is_seen and self._client.has_socket_connection:
            self._link.look()

    async def tick(self) -> None:
        view = self._link.view
        if view is not self._view and self._client.has_socket_connection:
            self._view = view
            for show in self._shows:
                shown = show(view)
                if shown is not None:
                    await shown


class Connection:
    """The state of the connection as a sentence, and the buttons that change it."""

    def __init__(self) -> None:
        self._link = shared()
        self._shown: tuple[Any, ...] = ()
        with block("section", "connection").props('aria-label="Connection"'):
            with block("div", "row spread"):
                self._says = block("div", "says").props("role=status")
                self._actions = block("div", "row")
            self._chooser = _Chooser(self._link)

    def show(self, view: View) -> None:
        """Redraws the sentence when it changes."""
        shown = (view.state, view.port, view.problem, self._link.is_free, _name(view))
        if shown == self._shown:
            return
        self._shown = shown
        self._says.clear()
        with self._says:
            _say(view, self._link)
        self._actions.clear()
        with self._actions:
            if self._link.is_free:
                button("Connect", self._link.take, "main")
            elif view.state == "connected":
                button("Disconnect", self._link.let_go, "", "Disconnect, so that other programs can use the cushion")
        self._chooser.show(view)


class _Chooser:
    """The choice of a port: the existing ones as buttons, or one typed in."""

    def __init__(self, link: CushionLink) -> None:
        self._link = link
        self._ports: tuple[str, ...] | None = None
        with details("Choose another port", "chooser") as self._whole:
            with block("div", "row") as self._buttons:
                pass
            offer_choice(self._link.choose)

    def show(self, view: View) -> None:
        """The ports of the last search; unfolded when one must be chosen."""
        if view.state == "failed":
            self._whole.props("open")
        if view.ports == self._ports:
            return
        self._ports = view.ports
        self._buttons.clear()
        with self._buttons:
            for port in view.ports:
                button(port, lambda port=port: self._link.choose(port))
            button("Search again", lambda: self._link.choose(None))


def _name(view: View) -> str:
    return "" if view.status is None else str(view.status["cushion"])


def _say(view: View, link: CushionLink) -> None:
    if link.is_free:
        text("Disconnected. Other programs can use the cushion.")
    elif view.state == "connected" and view.problem:
        notice(sentence(SitboneError(view.problem)), "bad")
    elif view.state == "connected":
        text(f"Connected to cushion {_name(view)} on {view.port}." if view.status else f"Connected on {view.port} …")
    elif view.state == "gone":
        notice(f"Connection lost: {view.problem}. Reconnecting…", "bad")
    elif view.state == "failed":
        notice(sentence(SitboneError(view.problem)), "bad")
    else:
        text("Looking for the cushion …")
