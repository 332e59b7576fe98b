"""What all pages share: navigation, landmarks, colours, and how an error is shown."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from nicegui import Client, context, ui
from nicegui.logging import log

from sitbone.dashboard.widgets import block, button, ended_with, link, text
from sitbone.errors import SitboneError

STATIC = Path(__file__).with_name("static")
SLOWEST_PAGE_S = 60.0  # an old computer with years of data
UNFORESEEN = "Something went wrong; reload the page. Details are in the terminal that runs sitbone dashboard"
THEMES = {"system": "System", "light": "Light", "dark": "Dark"}


@dataclass(frozen=True)
class Page:
    """A page of the dashboard. ``icon``: SVG path data on a 24 by 24 grid; ``build`` fills the page and may take
    the address's query parameters by name."""

    path: str
    title: str
    icon: str
    build: Callable[..., Awaitable[None]]


def register(page: Page, pages: tuple[Page, ...]) -> None:
    """Registers a page with the framework."""

    async def show(**parameters: Any) -> None:
        with ended_with(context.client):
            _frame(page, pages)
            try:
                await page.build(**parameters)
            except SitboneError as error:
                show_error(error)
            except Exception as error:  # noqa: BLE001  whatever it was, the page says so in a sentence
                log.exception("the page %s", page.path)
                show_error(error)

    # The framework takes the address's parameters from the function's signature.
    show.__signature__ = _signature(page.build)  # type: ignore[attr-defined]
    ui.page(page.path, title=f"{page.title} – sitbone", response_timeout=SLOWEST_PAGE_S)(show)


def register_missing(app: FastAPI, pages: tuple[Page, ...]) -> None:
    """Answers an address without a page, within the frame, so that every page is a click away."""
    missing = Page("", "Page not found", "", _say_missing)

    async def show(request: Request, _: Exception) -> Response:
        with Client(ui.page("", title=f"{missing.title} – sitbone"), request=request) as client:
            _frame(missing, pages)
            await missing.build()
        return client.build_response(request, 404)

    app.add_exception_handler(404, show)


async def _say_missing() -> None:
    text("This page doesn't exist. Choose another one.")


def share_looks() -> None:
    """Puts the styles and the theme script into each page, which saves a request."""
    for name in ("dashboard.css", "cushion.css"):
        ui.add_head_html(f"<style>{(STATIC / name).read_text()}</style>", shared=True)
    ui.add_head_html(f"<script>{(STATIC / 'theme.js').read_text()}</script>", shared=True)
    log.addFilter(_is_unforeseen)


def show_error(error: Exception) -> None:
    """One sentence with what to do, in place of what cannot be shown."""
    with block("div", "notice bad").props("role=alert"):
        text(sentence(error))


def sentence(error: Exception) -> str:
    """An error as a page shows it."""
    words = (str(error) if isinstance(error, SitboneError) else UNFORESEEN).rstrip(".") + "."
    # A setting's name keeps its lower case, even at the start of a sentence.
    return words if "_" in words.partition(" ")[0] else words[:1].upper() + words[1:]


def announce(words: str, kind: str = "info", undo: Callable[[], Any] | None = None) -> None:
    """Shows at the top of the page what was just done, with a button to undo it where ``undo`` is given."""
    region = _status_region()
    region.clear()
    with region, block("div", f"notice {kind}"):
        text(words)
        if undo is not None:
            button("Undo", undo)
        button("×", region.clear, "quiet close", "Close this message")


def _status_region() -> ui.element:
    return next(item for item in context.client.layout.descendants() if "status" in item.classes)


def _frame(page: Page, pages: tuple[Page, ...]) -> None:
    client = context.client
    ui.on_exception(lambda error: announce(sentence(error), "bad"))
    with client.layout:
        bar = block("header", "topbar")
        with bar:
            link("sitbone", "/", "brand")
            ui.html(_theme_choice(), sanitize=False, tag="div").classes("theme")
            _navigation(page, pages)
    bar.move(target_index=0)
    ui.skip_link("Skip to content", target=client.content)
    block("div", "status").props("role=status")
    text(page.title, "h1")


def _navigation(page: Page, pages: tuple[Page, ...]) -> None:
    with block("nav", "pages").props('aria-label="Pages"'):
        for other in pages:
            with block("a").props(f"href={other.path}") as anchor:
                ui.html(_svg(other.icon), sanitize=False, tag="span")
                text(other.title, "span")
            if other is page:
                anchor.props("aria-current=page")


def _svg(path: str) -> str:
    return f'<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{escape(path)}"/></svg>'


def _theme_choice() -> str:
    options = "".join(f'<option value="{value}">{words}</option>' for value, words in THEMES.items())
    return f'<label for="theme">Theme</label><select id="theme">{options}</select>'


def _signature(build: Callable[..., Any]) -> Any:
    import inspect

    return inspect.signature(build, eval_str=True)


def _is_unforeseen(record: logging.LogRecord) -> bool:
    """An error that the page shows as a sentence needs no traceback in the terminal."""
    return not (record.exc_info and isinstance(record.exc_info[1], SitboneError))
