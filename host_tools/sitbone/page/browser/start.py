"""The page's beginning and its addresses: what static/worker.js calls."""

from __future__ import annotations

import asyncio
import gc
import inspect
import logging
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sitbone.dashboard.frame import Page, announce, draw_frame, sentence, show_error
from sitbone.dashboard.pages import diary, live, rehab, today
from sitbone.errors import SitboneError
from sitbone.page.browser import cushion_page, days, elements, report_page

LOG = logging.getLogger(__name__)
TIDY_EVERY_S = 20.0
PAGES: tuple[Page, ...] = (
    today.PAGE,
    days.PAGE,
    live.PAGE,
    diary.PAGE,
    rehab.PAGE,
    cushion_page.PAGE,
    report_page.PAGE,
)


async def go(address: str) -> None:
    """Opens the page at an address such as ``/?day=2026-11-02``; Today where there is none."""
    parts = urlsplit(address)
    page = next((page for page in PAGES if page.path == parts.path), PAGES[0])
    here = elements.begin()
    with here.content:
        draw_frame(page, PAGES)
        try:
            await page.build(**_parameters(page, dict(parse_qsl(parts.query))))
        except Exception as error:  # noqa: BLE001  whatever it was, the page says so in a sentence
            _note(error)
            show_error(error)


async def happen(number: int, event: str, value: Any) -> None:
    """Something happened to an element."""
    try:
        await elements.happen(number, event, value.to_bytes() if hasattr(value, "to_bytes") else value)
    except Exception as error:  # noqa: BLE001  as above
        _say(error)


async def seen(is_seen: bool) -> None:
    """The browser shows the page, or hides it."""
    elements.seen(is_seen)


def _parameters(page: Page, asked: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in asked.items() if name in inspect.signature(page.build).parameters}


def _say(error: Exception) -> None:
    """Shows on the open page what went wrong."""
    _note(error)
    with elements.client().content:
        announce(sentence(error), "bad")


def _note(error: Exception) -> None:
    if not isinstance(error, SitboneError):
        LOG.exception("unforeseen", exc_info=error)


async def _tidy() -> None:
    """Collects garbage from here, from time to time, and never by itself: in the middle of work that is suspended,
    Python 3.14's collector reads stacks that aren't there, and the page dies (memory access out of bounds)."""
    while True:
        gc.collect()
        await asyncio.sleep(TIDY_EVERY_S)


gc.disable()
elements.on_error(_say)
_running = [asyncio.ensure_future(_tidy())]
