"""A way to name a port that no search finds: the names of dashboard/platform/choosing.py."""

from __future__ import annotations

from collections.abc import Callable

from sitbone.dashboard.widgets import block, text


def offer_choice(connect: Callable[[str], None]) -> None:
    """A button that opens the browser's own list of ports; the search finds what was chosen there."""
    with block("div", "row"):
        # The browser shows its list only upon a click that it has seen itself: static/page.js waits for this one.
        text("Choose the cushion …", "button", "button main").props("type=button data-choose=port")
