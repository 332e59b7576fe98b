"""Serves the pages: each at its address, within the frame, with our looks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from nicegui import Client, context, ui
from nicegui.logging import log

from sitbone.dashboard.frame import Page, announce, draw_frame, sentence, show_error
from sitbone.dashboard.keeping_up import keep_up
from sitbone.dashboard.widgets import ended_with, text
from sitbone.errors import SitboneError

STATIC = Path(__file__).with_name("static")
KEPT_UP = ("/", "/trends", "/diary")
SLOWEST_PAGE_S = 60.0  # an old computer with years of data


def register(page: Page, pages: tuple[Page, ...]) -> None:
    """Registers a page with the framework."""

    async def show(**parameters: Any) -> None:
        with ended_with(context.client):
            _framed(page, pages)
            fill = partial(_filled, page, parameters)
            await (keep_up(fill) if page.path in KEPT_UP else fill())

    # The framework takes the address's parameters from the function's signature.
    show.__signature__ = _signature(page.build)  # type: ignore[attr-defined]
    ui.page(page.path, title=f"{page.title} – sitbone", response_timeout=SLOWEST_PAGE_S)(show)


async def _filled(page: Page, parameters: dict[str, Any]) -> None:
    try:
        await page.build(**parameters)
    except SitboneError as error:
        show_error(error)
    except Exception as error:  # noqa: BLE001  whatever it was, the page says so in a sentence
        log.exception("the page %s", page.path)
        show_error(error)


def register_missing(app: FastAPI, pages: tuple[Page, ...]) -> None:
    """Answers an address without a page, within the frame, so that every page is a click away."""
    missing = Page("", "Page not found", "", _say_missing)

    async def show(request: Request, _: Exception) -> Response:
        with Client(ui.page("", title=f"{missing.title} – sitbone"), request=request) as client:
            _framed(missing, pages)
            await missing.build()
        return client.build_response(request, 404)

    app.add_exception_handler(404, show)


def _framed(page: Page, pages: tuple[Page, ...]) -> None:
    ui.on_exception(lambda error: announce(sentence(error), "bad"))
    draw_frame(page, pages)


async def _say_missing() -> None:
    text("This page doesn't exist. Choose another one.")


def share_looks() -> None:
    """Puts the styles and the theme script into each page, which saves a request."""
    for name in ("dashboard.css", "cushion.css"):
        ui.add_head_html(f"<style>{(STATIC / name).read_text()}</style>", shared=True)
    ui.add_head_html(f"<script>{(STATIC / 'theme.js').read_text()}</script>", shared=True)
    log.addFilter(_is_unforeseen)


def _signature(build: Callable[..., Any]) -> Any:
    import inspect

    return inspect.signature(build, eval_str=True)


def _is_unforeseen(record: logging.LogRecord) -> bool:
    """An error that the page shows as a sentence needs no traceback in the terminal."""
    return not (record.exc_info and isinstance(record.exc_info[1], SitboneError))
