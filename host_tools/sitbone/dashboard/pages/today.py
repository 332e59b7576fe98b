"""Today: when you sat, what the cushion said and why, and how near each side is to its limit."""

from sitbone.dashboard.frame import Page
from sitbone.dashboard.widgets import card, empty
from sitbone.dashboard.work import now, with_store
from sitbone.history import history, last_days


async def build() -> None:
    """Fills the page."""
    days = await with_store(history, *last_days(now(), 1))
    with card("Your day"):
        if not days:
            empty("Nothing has been recorded today.", ["Connect the cushion and fetch what it noted."], "sitbone sync")


PAGE = Page("/", "Today", "M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18", build)
