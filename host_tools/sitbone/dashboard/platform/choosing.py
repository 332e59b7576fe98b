"""A way to name a port that no search finds."""

from __future__ import annotations

from collections.abc import Callable

from sitbone.dashboard.platform import elements
from sitbone.dashboard.widgets import block, button


def offer_choice(connect: Callable[[str], None]) -> None:
    """A way to name a port that no search finds: a line to type it in; ``connect`` gets it."""

    def typed() -> None:
        path = str(field.value or "").strip()
        if path:
            connect(path)

    with block("div", "row"):
        field = elements.text_field("Port, or path of a virtual cushion").props("outlined dense").classes("path")
        field.on("keydown.enter", lambda _: typed())
        button("Connect to this port", typed)
