"""The pieces that pages are made of: plain HTML elements with our classes, readable even without the style sheet."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from html import escape
from inspect import isawaitable
from typing import Any, TypeVar

from sitbone.dashboard.platform import elements, here
from sitbone.dashboard.platform.elements import Element, Words

T = TypeVar("T")
SOON_S = 0.7  # nobody minds waiting this long for a page
SIDE_MARKS = {"left": "◀", "right": "▶", "both": "◆"}  # a shape beside each colour
OTHER_MARK = "•"  # of a side that this version has no word for


def text(words: str, tag: str = "p", classes: str = "") -> Words:
    """An element with text in it; what people typed is shown as they typed it."""
    return elements.words(tag, words).classes(classes)


def block(tag: str = "div", classes: str = "") -> Element:
    """An element to put others into."""
    return elements.element(tag).classes(classes)


def card(title: str = "", level: int = 2, classes: str = "") -> Element:
    """A section with a heading, to put things into."""
    section = block("section", f"card {classes}")
    return _headed(section, title, level) if title else section


def emptied(section: Element, title: str) -> Element:
    """A card with only its heading left, to be filled again."""
    section.clear()
    return _headed(section, title, 2)


def _headed(section: Element, title: str, level: int) -> Element:
    with section:
        heading = text(title, f"h{level}")
    return section.props(f"aria-labelledby={heading.html_id}")


def button(words: str, on_click: Callable[..., Any], classes: str = "", label: str = "") -> Words:
    """A button; ``label``: what a screen reader says where the words alone are not enough."""
    found = text(words, "button", f"button {classes}").props("type=button").on("click", on_page(on_click))
    if label:
        found.props["aria-label"] = label
    return found


def on_page(handler: Callable[..., Any]) -> Callable[..., Awaitable[None]]:
    """The handler, run in its page rather than in the element it hangs on, which it may remove, and only for as long
    as the page is open."""
    client = elements.client()

    @wraps(handler)
    async def run(*args: Any) -> None:
        with client.content, ended_with(client):
            result = handler(*args)
            if isawaitable(result):
                await result

    return run


@contextmanager
def ended_with(client: Any) -> Iterator[None]:
    """Cancels the task inside when the visitor leaves: nothing may touch the elements of a page that is gone."""
    task = asyncio.current_task()
    assert task is not None

    def end() -> None:
        task.cancel()

    client.delete_handlers.append(end)
    try:
        yield
    finally:
        client.delete_handlers.remove(end)


def link(words: str, target: str, classes: str = "", download: bool = False) -> Words:
    """A link to another address of the dashboard, or to a file that the browser keeps."""
    found = text(words, "a", classes)
    found.props["href"] = target
    if download:
        found.props["download"] = ""
    return found


def stat(value: str, words: str, note: str = "") -> None:
    """A figure and its name. Belongs into a ``block("dl", "stats")``."""
    with block("div", "stat"):
        text(words, "dt")
        text(value, "dd", "value")
        if note:
            text(note, "dd", "note")


def notice(words: str, kind: str = "info") -> Element:
    """A sentence that stands out; ``kind``: info, good, warn or bad."""
    found = block("div", f"notice {kind}").props("role=alert" if kind == "bad" else "role=note")
    with found:
        text(words)
    return found


def come_first(found: dict[str, list[str]]) -> None:
    """What needs care, and what to discuss with a physician: on top of the page, from `diary.care`."""
    for name, kind in (("care", "bad"), ("physician", "warn")):
        if found[name]:
            with notice("Before anything else:" if kind == "bad" else "The long view:", kind), block("ul"):
                for line in found[name]:
                    text(f"{line[:1].upper()}{line[1:]}.", "li")


def empty(what: str, do: Iterable[str], command: str = "") -> None:
    """Says what is still missing and what to do next."""
    with block("div", "empty"):
        text(what, "p", "lead")
        for line in do:
            text(line)
        if command:
            text(command, "code")


def unsynced(what: str) -> None:
    """Says what is missing until the next sync, and the two ways to sync."""
    where = "on the Cushion page or in a terminal" if here.HAS_COMMANDS else "on the Cushion page"
    empty(what, [f"Connect the cushion by USB, then sync it {where}."])
    with block("div", "row"):
        link("Go to Cushion", "/cushion", "button")
        if here.HAS_COMMANDS:
            text("sitbone sync", "code")


def simulated() -> None:
    """Says that the page shows simulated data."""
    notice("Simulated data, not from a real person.")


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Element:
    """A table whose first column names its rows; it scrolls within itself. One element, however long."""
    first = "".join(f'<th scope="col">{escape(words)}</th>' for words in head)
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>{"".join(f"<td>{escape(words)}</td>" for words in others)}</tr>'
        for name, *others in rows
    )
    content = f"<table><caption>{escape(caption)}</caption><thead><tr>{first}</tr></thead><tbody>{body}</tbody></table>"
    # A region that scrolls must be reachable by keyboard.
    whole = elements.html(content).classes("scroll").props("tabindex=0 role=region")
    whole.props["aria-label"] = caption
    return whole


def listed(label: str, entries: Iterable[tuple[str, str]]) -> None:
    """A list of entries, each with its small print below: reads well on a phone, where a wide table doesn't."""
    with block("ul", "log") as whole:
        whole.props["aria-label"] = label
        for words, more in entries:
            with block("li"), block("div", "said"):
                text(words, "span")
                text(more, "span", "muted small")


def details(summary: str, classes: str = "") -> Element:
    """Content to unfold: what is not needed at first glance."""
    found = block("details", classes)
    with found:
        text(summary, "summary")
    return found


async def awaited(result: Awaitable[T], words: str) -> T:
    """The result, for a page that is being built. If it takes long, the page opens without it and shows ``words``."""
    task = asyncio.ensure_future(result)
    try:
        await asyncio.wait({task}, timeout=SOON_S)
        if not task.done():
            waiting = text(words, classes="muted").props("role=status")
            await elements.client().connected()
            await asyncio.wait({task})
            waiting.delete()
        return task.result()
    finally:
        task.cancel()  # does something only when the visitor has left


def dose_meter(side: str, dose_s: float, limit_s: float) -> None:
    """A side's dose against its limit."""
    dose, limit = dose_s / 60, limit_s / 60
    words = f"{dose:.1f} of {limit:.1f} min"
    with block("div", f"meter {side}" + (" over" if dose >= limit else "")):
        text(f"{SIDE_MARKS[side]} {side.capitalize()}", "span", "name")
        bar = block("span", "bar").props(f"role=meter aria-valuemin=0 aria-valuemax={limit:.1f}")
        bar.props["aria-valuenow"] = f"{min(dose, limit):.1f}"
        bar.props["aria-valuetext"] = words
        bar.props["aria-label"] = f"{side} dose"
        with bar:
            block("span", "fill").style(f"width: {min(100, 100 * dose / limit) if limit else 0:.1f}%")
        text(words, "span", "says")
