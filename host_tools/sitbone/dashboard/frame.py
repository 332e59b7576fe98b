"""What all pages share: navigation, landmarks, colours, and how an error is shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from html import escape
from typing import Any

from sitbone.dashboard.platform import elements, here
from sitbone.dashboard.platform.elements import Element
from sitbone.dashboard.widgets import block, button, link, text
from sitbone.errors import SitboneError

UNFORESEEN = f"Something went wrong; reload the page. {here.DETAILS}"
THEMES = {"system": "System", "light": "Light", "dark": "Dark"}


@dataclass(frozen=True)
class Page:
    """A page of the dashboard. ``icon``: SVG path data on a 24 by 24 grid; ``build`` fills the page and may take
    the address's query parameters by name."""

    path: str
    title: str
    icon: str
    build: Callable[..., Awaitable[None]]


def show_error(error: Exception) -> None:
    """One sentence with what to do, in place of what cannot be shown."""
    with block("div", "notice bad").props("role=alert"):
        text(sentence(error))


def sentence(error: Exception) -> str:
    """An error as a page shows it."""
    words = (str(error) if isinstance(error, SitboneError) else UNFORESEEN).rstrip(".") + "."
    # A setting's name keeps its lower case, even at the start of a sentence.
    return words if "_" in words.partition(" ")[0] else words[:1].upper() + words[1:]


def announce(words: str, kind: str = "info", undo: Callable[[], Any] | None = None, undo_words: str = "Undo") -> None:
    """Shows at the top of the page what was just done, with a button to undo it where ``undo`` is given."""
    region = _status_region()
    region.clear()
    with region, block("div", f"notice {kind}"):
        text(words)
        if undo is not None:
            button(undo_words, undo)
        button("×", region.clear, "quiet close", "Close this message")


def _status_region() -> Element:
    return next(item for item in elements.client().layout.descendants() if "status" in item.classes)


def draw_frame(page: Page, pages: tuple[Page, ...]) -> None:
    """What stands around a page's content."""
    with elements.client().layout:
        bar = block("header", "topbar")
        with bar:
            link("sitbone", "/", "brand")
            elements.html(_theme_choice()).classes("theme")
            _navigation(page, pages)
    bar.move(target_index=0)
    elements.skip_link("Skip to content")
    block("div", "status").props("role=status")
    text(page.title, "h1")


def _navigation(page: Page, pages: tuple[Page, ...]) -> None:
    with block("nav", "pages").props('aria-label="Pages"'):
        for other in pages:
            with block("a").props(f"href={other.path}") as anchor:
                elements.html(_svg(other.icon), "span")
                text(other.title, "span")
            if other is page:
                anchor.props("aria-current=page")


def _svg(path: str) -> str:
    return f'<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{escape(path)}"/></svg>'


def _theme_choice() -> str:
    options = "".join(f'<option value="{value}">{words}</option>' for value, words in THEMES.items())
    return f'<label for="theme">Theme</label><select id="theme">{options}</select>'
