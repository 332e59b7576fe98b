"""Report: the page for the person and the physiotherapist, to print."""

from __future__ import annotations

from sitbone.dashboard.frame import Page
from sitbone.dashboard.platform.elements import html
from sitbone.dashboard.widgets import awaited, block, text
from sitbone.dashboard.work import now, with_store
from sitbone.report.content import report_of
from sitbone.report.html import body
from sitbone.store.store import Store


async def build() -> None:
    """Fills the page."""
    with block("div", "row no-print"):
        text("Print, or save as PDF", "button", "button main").props("type=button data-print=page")
    content = await awaited(with_store(_made), "Making the report …")
    html(content).classes("report")


def _made(store: Store) -> str:
    return body(report_of(store, now()))


PAGE = Page("/report", "Report", "M7 3h8l4 4v14H7zM15 3v4h4M10 12h6M10 16h6", build)
