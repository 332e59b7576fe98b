"""Days: the last weeks, one line each, with the way to that day."""

from __future__ import annotations

from datetime import date, timedelta

from sitbone.analysis.day_cache import whole_days
from sitbone.analysis.days import Day
from sitbone.dashboard.cushions import address
from sitbone.dashboard.frame import Page
from sitbone.dashboard.widgets import awaited, block, card, link, simulated, table, unsynced
from sitbone.dashboard.work import now, with_store
from sitbone.dates import duration_text
from sitbone.diary.entries import SIDES
from sitbone.store.store import Store

SHOWN_DAYS = 28


async def build(last: str = "") -> None:
    """Fills the page with the weeks up to a day (ISO), today when empty."""
    until = min(date.fromisoformat(last), now().date()) if last else now().date()
    found, is_simulated = await awaited(with_store(_asked, until), "Loading the days …")
    if is_simulated:
        simulated()
    with card("Your days", classes="wide"):
        if not found:
            unsynced("No records in these four weeks.")
        else:
            table("Newest first", ("Day", "Seated", "Longest sit", "Breaks", "Prompts", *_doses()), map(_row, found))
            with block("nav", "row").props('aria-label="Open a day"'):
                for day in found:
                    link(_short(day.day), address("/", "", day=day.day), "button quiet")
        with block("div", "row"):
            link("‹ Four weeks before", address("/days", "", last=until - timedelta(days=SHOWN_DAYS)), "button quiet")


def _asked(store: Store, last: date) -> tuple[list[Day], bool]:
    days = whole_days(store, last - timedelta(days=SHOWN_DAYS - 1), last)
    return days[::-1], store.any_simulated()


def _doses() -> tuple[str, ...]:
    return tuple(f"Highest dose {side}" for side in SIDES)


def _row(day: Day) -> tuple[str, ...]:
    doses = (f"{day.dose_max_s[side] / 60:.1f} min" for side in SIDES)
    breaks = f"{day.breaks_all}, {day.breaks_verified} verified"
    sat = (duration_text(day.seated_s), duration_text(day.longest_s))
    return (_short(day.day), *sat, breaks, str(day.episodes), *doses)


def _short(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


PAGE = Page("/days", "Days", "M4 5h16v16H4zM4 10h16M8 3v4M16 3v4", build)
