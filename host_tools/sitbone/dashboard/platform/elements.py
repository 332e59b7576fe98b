"""What pages are made of, drawn by NiceGUI.

Pages, cards and charts know only this module. The page that needs no installation draws them in a browser without
NiceGUI, by a module of the same names.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import Client, context, ui
from nicegui.elements.mixins.text_element import TextElement
from nicegui.events import GenericEventArguments

Element = ui.element
Words = TextElement
Handler = Callable[..., Awaitable[None] | None]

SEEN_JS = """
(() => {
  const seen = () => emitEvent("page-seen", !document.hidden);
  document.addEventListener("visibilitychange", seen);
  seen();
})()
"""
READ_FILE_JS = "(event) => event.target.files[0]?.text().then((text) => { emit(text); event.target.value = ''; })"


def element(tag: str) -> Element:
    """An element to put others into, in a ``with``."""
    return ui.element(tag)


def words(tag: str, text: str) -> Words:
    """An element with text in it."""
    return TextElement(tag=tag, text=text)


def html(content: str, tag: str = "div") -> Element:
    """An element with our own HTML in it: what people typed must have been escaped."""
    return ui.html(content, sanitize=False, tag=tag)


def text_field(label: str, value: str = "") -> Any:
    """A line to type in; ``value`` is what it holds."""
    return ui.input(label, value=value)


def number_field(
    label: str = "", value: float | None = None, low: float | None = None, high: float | None = None, digits: int = 0
) -> Any:
    """A number to type in; ``value`` is None while it is empty."""
    return ui.number(label, value=value, min=low, max=high, precision=digits, format=None if digits else "%d")


def client() -> Client:
    """The visitor's page: ``layout`` and its ``content``, and ``delete_handlers``, called when the visitor leaves."""
    return context.client


def skip_link(text: str) -> None:
    """A link to the page's content, for those who don't see the navigation."""
    ui.skip_link(text, target=context.client.content)


def on_seen(handler: Callable[[bool], None]) -> None:
    """Calls the handler with whether the page is visible: now, and with each change."""
    ui.on("page-seen", lambda event: handler(bool(event.args)))
    ui.run_javascript(SEEN_JS)


def on_file(chooser: Element, handler: Handler) -> None:
    """Calls the handler with the text of each file chosen in an ``<input type=file>``."""

    def chosen(event: GenericEventArguments) -> Awaitable[None] | None:
        return handler(str(event.args))

    chooser.on("change", chosen, js_handler=READ_FILE_JS)


def timer(every_s: float, call: Handler) -> None:
    """Calls again and again, as long as the page is open."""
    ui.timer(every_s, call)


def offer_file(content: str | bytes, name: str, media_type: str) -> None:
    """Gives the visitor a file to keep."""
    ui.download.content(content, name, media_type)
