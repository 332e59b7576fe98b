"""Today: when you sat, each prompt with its reason, and how close each side is to its limit."""

from __future__ import annotations

import math
from datetime import date, timedelta

from sitbone.analysis.events import outcomes_told
from sitbone.analysis.timeline import Prompt
from sitbone.analysis.view import DayView, DoseCurve, day_view
from sitbone.analysis.why import why
from sitbone.dashboard.cushion.cushion_link import View
from sitbone.dashboard.cushion.watching import watch
from sitbone.dashboard.cushions import address, offer_cushions, show_only
from sitbone.dashboard.daychart import Window, dose_svg, ribbon_svg, window_of
from sitbone.dashboard.downloads import card_of_files
from sitbone.dashboard.frame import Page, sentence
from sitbone.dashboard.platform.elements import Element, html
from sitbone.dashboard.platform.here import HAS_COMMANDS
from sitbone.dashboard.reasons import outcome_words, show_reasons
from sitbone.dashboard.widgets import (
    OTHER_MARK,
    SIDE_MARKS,
    awaited,
    block,
    button,
    card,
    come_first,
    details,
    dose_meter,
    empty,
    link,
    simulated,
    stat,
    table,
    text,
    unsynced,
)
from sitbone.dashboard.work import now, with_store
from sitbone.dates import duration_text, unix_ms
from sitbone.diary.care import first_of_all
from sitbone.diary.entries import SIDES
from sitbone.errors import SitboneError
from sitbone.store.store import Store


async def build(day: str = "", cushion: str = "") -> None:
    """Fills the page. ``day``: ISO, today when empty; ``cushion``: a name or an id, all when empty."""
    today = now().date()
    shown = _parsed(day, today)
    _choice_of_day(shown, today, cushion)
    await offer_cushions("/", cushion, day=day)
    view, last_known, first = await awaited(with_store(_asked, shown, cushion), "Loading the day …")
    if view.simulated:
        simulated()
    if shown == today:
        come_first(first)
    if not view.totals.has_data:
        _nothing(shown, today, last_known, cushion)
        return
    with block("div", "today"):
        with card(_title(shown, today), classes="wide"):
            _Drawing(view).draw()
        with card("Dose"):
            _doses(view)
        with card("Summary"):
            _figures(view)
        card_of_files()


def _asked(store: Store, day: date, cushion: str) -> tuple[DayView, date | None, dict[str, list[str]]]:
    show_only(store, cushion)
    view = day_view(store, day, now())
    reach = store.reach_ms()
    return view, None if reach is None else view.zone.day(reach[1]), first_of_all(store, now())


def _parsed(text_of_day: str, today: date) -> date:
    try:
        return min(date.fromisoformat(text_of_day), today)
    except ValueError:
        return today


def _title(day: date, today: date) -> str:
    gone = (today - day).days
    name = f"{day:%A}, {day.day} {day:%B}"
    return f"Today, {name}" if gone == 0 else f"Yesterday, {name}" if gone == 1 else f"{name} {day.year}"


def _choice_of_day(day: date, today: date, cushion: str) -> None:
    with block("nav", "row days").props('aria-label="Days"'):
        link("‹ Day before", address("/", cushion, day=day - timedelta(days=1)), "button quiet")
        if day < today:
            link("Day after ›", address("/", cushion, day=day + timedelta(days=1)), "button quiet")
            link("Today", address("/", cushion), "button quiet")


def _nothing(day: date, today: date, last_known: date | None, cushion: str) -> None:
    with card(_title(day, today)):
        if last_known is None:
            unsynced("No records yet.")
            if HAS_COMMANDS:
                empty(
                    "Or look around first",
                    ["These two commands make six weeks of simulated data and show it:"],
                    "sitbone demo --weeks 6 --into weeks\nSITBONE_HOME=weeks sitbone dashboard",
                )
            return
        if day < today:
            empty("No records on this day.", [])
        else:
            unsynced("Nothing from today has been synced yet.")
        if last_known != day:
            link(f"Last day with records: {_title(last_known, today)}", address("/", cushion, day=last_known))
        if day == today:
            _Now().offer()


class _Drawing:
    """The day as a picture; each prompt is a button that shows its reason."""

    def __init__(self, view: DayView) -> None:
        self._view = view
        self._window: Window = window_of(view)
        self._open: Prompt | None = None
        self._buttons: dict[int, Element] = {}

    def draw(self) -> None:
        """The ribbon, the answer to "why?", the curves, and tables of the same data."""
        _legend()
        with block("div", "ribbon"):
            html(ribbon_svg(self._view, self._window)).classes("drawing")
            self._marks()
        self._why = block("div", "why").props("role=status")
        svg, height_s = dose_svg(self._view, self._window)
        _curve_legend()
        with block("div", "curve"):
            html(svg).classes("drawing")
            text(f"{height_s / 60 / 1.08:.0f} min", "span", "top small muted").props("aria-hidden=true")
        self._hours()
        with details("Show as tables"):
            self._tables()

    def _marks(self) -> None:
        for prompt in self._view.totals.prompts:
            at = self._time(prompt.at_ms)
            words = f"{at}: prompt {prompt.side}, {_outcome(prompt)}. Why?"
            found = button(
                SIDE_MARKS.get(prompt.side, OTHER_MARK),
                lambda prompt=prompt: self._explain(prompt),
                f"prompt {prompt.side}",
                words,
            )
            found.style(f"left: {self._window.percent(prompt.at_ms):.2f}%").props("aria-expanded=false")
            found.props["title"] = words
            self._buttons[prompt.at_ms] = found
        for mark in self._view.totals.marks:
            dot = text("●", "span", "symptom").props("role=img")
            dot.style(f"left: {self._window.percent(mark.at_ms):.2f}%")
            dot.props["aria-label"] = dot.props["title"] = (
                f"{self._time(mark.at_ms)}: “hurts now”, marked with the button"
            )

    async def _explain(self, prompt: Prompt) -> None:
        """Opens the answer to "why?", or closes it."""
        self._open = None if self._open is prompt else prompt
        for at_ms, found in self._buttons.items():
            is_open = self._open is not None and self._open.at_ms == at_ms
            found.props(f"aria-expanded={str(is_open).lower()}")
        document = None if self._open is None else await with_store(why, prompt.seq, prompt.cushion)
        self._why.clear()
        if document is not None:
            with self._why:
                show_reasons(document)

    def _hours(self) -> None:
        with block("div", "hours").props("aria-hidden=true"):
            for left, hour in self._window.hours():
                text(hour, "span").style(f"left: {left:.2f}%")

    def _tables(self) -> None:
        totals = self._view.totals
        sits = [(self._time(s.start_ms), self._time(s.end_ms), duration_text(s.seconds)) for s in totals.bouts]
        table("Sits", ("From", "To", "Length"), sits)
        prompts = [
            (self._time(p.at_ms), p.side, p.cause, str(p.level), _outcome(p), _seconds(p.response_s))
            for p in totals.prompts
        ]
        table("Prompts", ("At", "Side", "Reason", "Highest level", "Outcome", "After"), prompts)
        breaks = [
            (
                self._time(b.start_ms),
                self._time(b.end_ms),
                duration_text((b.end_ms - b.start_ms) / 1000),
                _yes(b.verified),
            )
            for b in self._view.breaks
        ]
        table("Breaks", ("From", "To", "Length", "Verified"), breaks)

    def _time(self, at_ms: int) -> str:
        return f"{self._view.zone.local(at_ms):%H:%M}"


def _legend() -> None:
    with block("ul", "legend").props('aria-label="Legend"'):
        for kind, words in (
            ("sitting", "sitting"),
            ("away", "away"),
            ("unknown", "unknown"),
            ("faulty", "sensor fault"),
        ):
            with block("li"):
                block("span", f"swatch {kind}")
                text(words, "span")
        for side in (*SIDES, "both"):
            with block("li"):
                text(SIDE_MARKS[side], "span", f"side-{side}")
                text(f"prompt {side}", "span")
        with block("li"):
            text("●", "span", "symptom-key")
            text("hurts now", "span")


def _curve_legend() -> None:
    with block("ul", "legend").props('aria-label="Legend of the dose"'):
        for side in SIDES:
            with block("li").style(f"--mark: var(--{side})"):
                block("span", f"key line{' dashed' if side == 'right' else ''}")
                text(f"{SIDE_MARKS[side]} dose {side}", "span")
        with block("li").style("--mark: var(--muted)"):
            block("span", "key step dotted")
            text("limit", "span")


def _doses(view: DayView) -> None:
    """Today: the last synced dose, and on request the live one. Every day: the highest."""
    if view.totals.end_ms > unix_ms(now()):
        for curve in view.doses:
            _last_synced(view, curve)
        _Now().offer()
    with block("dl", "stats"):
        for side in SIDES:
            over = view.totals.over_s[side]
            note = f"over the limit for {duration_text(over)}" if over else "never over the limit"
            stat(f"{view.totals.dose_max_s[side] / 60:.1f} min", f"{SIDE_MARKS[side]} {side}, highest of the day", note)
    text("Dose is seat load over time, not pressure on the tendon.", classes="muted small")


def _last_synced(view: DayView, curve: DoseCurve) -> None:
    known = [index for index, value in enumerate(curve.dose_s["left"]) if not math.isnan(value)]
    if not known:
        return
    for side in SIDES:
        dose_meter(side, curve.dose_s[side][known[-1]], curve.limit_s[side][known[-1]])
    at = view.zone.local(curve.at_ms[known[-1]])
    text(f"As of {at:%H:%M}, from the last sync. It fades while you are off the seat.", classes="muted small")


class _Now:
    """Dose and next prompt from the connected cushion. Only on request, because it occupies the port."""

    def __init__(self) -> None:
        self._place = block("div", "now")
        self._shown: tuple[object, ...] = ()

    def offer(self) -> None:
        """The button that shows them."""
        with self._place:
            button("Show live dose", lambda: watch(self._show))

    def _show(self, view: View) -> None:
        """Redraws only when a figure changes: the cushion answers several times a second."""
        live = view.live or {"dose_s": (), "next_prompt_s": None}
        shown = (view.live is None, view.problem, [dose_s // 6 for dose_s in live["dose_s"]], live["next_prompt_s"])
        if shown == self._shown:
            return
        self._shown = shown
        self._place.clear()
        with self._place:
            if view.live is None:
                text("Looking for the cushion …" if not view.problem else sentence(SitboneError(view.problem)))
                return
            for side, dose_s, limit_s in zip(SIDES, view.live["dose_s"], view.live["limit_s"], strict=True):
                dose_meter(side, dose_s, limit_s)
            due_s = view.live["next_prompt_s"]
            text(
                "No prompt is due."
                if due_s is None
                else f"Next prompt in about {due_s / 60:.0f} min if you keep sitting like this."
            )


def _figures(view: DayView) -> None:
    totals = view.totals
    with block("dl", "stats"):
        stat(duration_text(totals.seated_s), "seated")
        stat(str(len(totals.bouts)), "sits", f"longest {duration_text(totals.longest_s)}")
        stat(str(totals.breaks_all), "breaks", f"{totals.breaks_verified} verified")
        stat(str(totals.episodes), "prompts", outcomes_told(totals.outcomes))
        stat(_share(totals.valid_share), "valid data", _missing(totals.unknown_s))


def _share(share: float | None) -> str:
    return "none" if share is None else f"{100 * share:.0f} %"


def _missing(unknown_s: float) -> str:
    return f"{duration_text(unknown_s)} missing" if unknown_s else ""


def _outcome(prompt: Prompt) -> str:
    return outcome_words(prompt.outcome) if prompt.outcome else "outcome unknown"


def _seconds(seconds: float | None) -> str:
    return "–" if seconds is None else duration_text(seconds)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


PAGE = Page("/", "Today", "M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18", build)
