"""What pages are made of, drawn by the browser: the names of dashboard/platform/elements.py.

Python runs in a worker, which may not touch the page. Each change becomes an operation, and what one turn of the event
loop brings is sent to static/drawing.js at once.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import re
from collections.abc import Awaitable, Callable, Iterator
from inspect import isawaitable
from itertools import count
from types import TracebackType
from typing import Any, Self

import sitbone_page

Handler = Callable[..., Awaitable[None] | None]

PROP = re.compile(r'([^\s=]+)(?:=(?:"([^"]*)"|(\S+)))?')
NOT_FOR_A_BROWSER = {"outlined", "dense", "stack-label"}  # the framework's own looks

_operations: list[list[Any]] = []
_numbers = count(1)
_known: dict[int, Element] = {}
_open: dict[int, list[Element]] = {}  # what each task is filling, the innermost last


def _do(*operation: Any) -> None:
    if not _operations:
        asyncio.get_event_loop().call_soon(flush)
    _operations.append(list(operation))


def _filling() -> list[Element]:
    try:
        task = asyncio.current_task()
    except RuntimeError:
        task = None
    return _open.setdefault(0 if task is None else id(task), [])


def flush() -> None:
    """Sends what has changed."""
    if _operations:
        sitbone_page.draw(json.dumps(_operations))
        _operations.clear()


class _Props(dict[str, str]):
    """An element's attributes, to set one by one, or several by a call: ``props('role=group aria-label="Pain"')``."""

    def __init__(self, element: Element) -> None:
        super().__init__()
        self._element = element

    def __call__(self, add: str = "", *, remove: str = "") -> Any:
        for name in remove.split():
            if name in self:
                del self[name]
        for name, quoted, plain in PROP.findall(add):
            if name not in NOT_FOR_A_BROWSER:
                self[name] = quoted or plain
        return self._element

    def __setitem__(self, name: str, value: str) -> None:
        if self.get(name) != value:
            super().__setitem__(name, value)
            _do("attribute", self._element.target, name, str(value))

    def __delitem__(self, name: str) -> None:
        super().__delitem__(name)
        _do("attribute", self._element.target, name, None)


class _Classes(list[str]):
    """An element's classes, to look into, or to change by a call."""

    def __init__(self, element: Element) -> None:
        super().__init__()
        self._element = element

    def __call__(self, add: str = "", *, remove: str = "") -> Any:
        self[:] = dict.fromkeys([*(name for name in self if name not in remove.split()), *add.split()])
        _do("attribute", self._element.number, "class", " ".join(self))
        return self._element


class Element:
    """An element of the page, put into the one whose ``with`` it is made in."""

    def __init__(self, tag: str, text: str = "", html: str = "") -> None:
        self.number = next(_numbers)
        _known[self.number] = self
        filling = _filling()
        self.parent: Element | None = filling[-1] if filling else None
        self.children: list[Element] = []
        self.target = self.number  # what gets its attributes
        self.props = _Props(self)
        self.classes = _Classes(self)
        self._visible = True
        self._text = text
        self._handlers: dict[str, list[Handler]] = {}
        _do("new", self.number, tag, self.parent.number if self.parent else 0)
        if text:
            _do("text", self.number, text)
        if html:
            _do("html", self.number, html)
        if self.parent:
            self.parent.children.append(self)

    def __enter__(self) -> Self:
        _filling().append(self)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        filling = _filling()
        filling.remove(self)
        if not filling:
            _open.pop(next(key for key, value in _open.items() if value is filling))

    @property
    def html_id(self) -> str:
        return f"c{self.number}"

    @property
    def text(self) -> str:
        return self._text

    @text.setter
    def text(self, words: str) -> None:
        if words != self._text:
            self._text = words
            _do("text", self.number, words)

    @property
    def visible(self) -> bool:
        return self._visible

    @visible.setter
    def visible(self, is_visible: bool) -> None:
        if is_visible != self._visible:
            self._visible = is_visible
            _do("attribute", self.number, "hidden", None if is_visible else "")

    def style(self, add: str = "") -> Self:
        _do("style", self.number, add)
        return self

    def on(self, event: str, handler: Handler) -> Self:
        self._handlers.setdefault(event, []).append(handler)
        _do("on", self.number, event)
        return self

    def happen(self, event: str, value: Any) -> Iterator[Awaitable[None]]:
        """Calls what waits for an event."""
        for handler in self._handlers.get(event, ()):
            result = handler(value) if event == "file" or _asks_for_it(handler) else handler()
            if isawaitable(result):
                yield result

    def clear(self) -> None:
        """Removes what is inside."""
        for child in self.children:
            child._forget()
        self.children = []
        _do("clear", self.number)

    def delete(self) -> None:
        """Removes it from the page."""
        self._forget()
        if self.parent:
            self.parent.children.remove(self)
        _do("remove", self.number)

    def move(self, target_index: int) -> None:
        """Puts it before its parent's other children."""
        _do("move", self.number, target_index)

    def update(self) -> None:
        """Changes are sent by themselves."""

    def descendants(self) -> Iterator[Element]:
        """All elements inside, each before those inside it."""
        for child in self.children:
            yield child
            yield from child.descendants()

    def _forget(self) -> None:
        _known.pop(self.number, None)
        for child in self.children:
            child._forget()


def _asks_for_it(handler: Handler) -> bool:
    """Whether a handler wants the value of its event, as the framework tells it: by a parameter that must be given."""
    parameters = inspect.signature(handler).parameters.values()
    return any(item.default is item.empty and item.kind is not item.VAR_POSITIONAL for item in parameters)


Words = Element


class Field(Element):
    """A line to type in, with its label."""

    def __init__(self, label: str, kind: str, value: Any) -> None:
        super().__init__("label")
        with self:
            if label:
                Element("span", label)
            typed = Element("input")
        self.target = typed.number
        self.classes("typed")
        self.props["type"] = kind
        self._value = value
        self._show()
        typed.on("input", self._typed)
        self._input = typed

    def on(self, event: str, handler: Handler) -> Self:
        self._input.on(event, handler)
        return self

    @property
    def value(self) -> Any:
        return self._value

    @value.setter
    def value(self, value: Any) -> None:
        self._value = value
        self._show()

    def _show(self) -> None:
        _do("value", self.target, "" if self._value is None else str(self._value))

    def _typed(self, said: str) -> None:
        self._value = said


class NumberField(Field):
    """The same for a number; None while there is none."""

    def _typed(self, said: str) -> None:
        try:
            self._value = float(said)
        except ValueError:
            self._value = None


class Client:
    """What is open: one page at a time."""

    has_socket_connection = True

    def __init__(self) -> None:
        self.delete_handlers: list[Callable[[], None]] = []
        self.timers: list[asyncio.Task[None]] = []
        _do("begin")
        self.layout = Element("div").classes("nicegui-layout")
        with self.layout:
            self.content = Element("main").classes("nicegui-content")
            self.content.props["id"] = "content"

    async def connected(self) -> None:
        """It always is."""

    def end(self) -> None:
        """The visitor leaves."""
        self.has_socket_connection = False
        for call in list(self.delete_handlers):
            call()
        for task in self.timers:
            task.cancel()
        self.layout.delete()


_client: list[Client] = []
_failed: list[Callable[[Exception], None]] = []


def on_error(handler: Callable[[Exception], None]) -> None:
    """Calls the handler with each error that nobody else sees."""
    _failed[:] = [handler]


def begin() -> Client:
    """Opens an empty page in place of the one that was open."""
    if _client:
        _client.pop().end()
    _client.append(Client())
    return _client[0]


def client() -> Client:
    """The open page."""
    return _client[0]


def element(tag: str) -> Element:
    return Element(tag)


def words(tag: str, text: str) -> Words:
    return Element(tag, text)


def html(content: str, tag: str = "div") -> Element:
    return Element(tag, html=content)


def text_field(label: str, value: str = "") -> Any:
    return Field(label, "text", value)


def number_field(
    label: str = "", value: float | None = None, low: float | None = None, high: float | None = None, digits: int = 0
) -> Any:
    field = NumberField(label, "number", value)
    for name, bound in (("min", low), ("max", high)):
        if bound is not None:
            field.props[name] = str(bound)
    field.props["step"] = "any" if digits else "1"
    return field


def skip_link(text: str) -> None:
    """The page's own file has one."""


_seen: list[bool] = [True]
_watchers: list[Callable[[bool], None]] = []


def on_seen(handler: Callable[[bool], None]) -> None:
    _watchers.append(handler)
    here = client()
    here.delete_handlers.append(lambda: _watchers.remove(handler))
    handler(_seen[0])


def seen(is_seen: bool) -> None:
    """The browser shows the page, or hides it."""
    _seen[0] = is_seen
    for handler in list(_watchers):
        handler(is_seen)


def on_file(chooser: Element, handler: Handler) -> None:
    chooser.on("file", handler)


def timer(every_s: float, call: Handler) -> None:
    here = client()

    async def run() -> None:
        while here.has_socket_connection:
            try:
                with here.content:
                    result = call()
                    if isawaitable(result):
                        await result
            except Exception as error:  # noqa: BLE001  the page says so in a sentence, and goes on
                _failed[0](error)
            await asyncio.sleep(every_s)

    here.timers.append(asyncio.ensure_future(run()))


def offer_file(content: str | bytes, name: str, media_type: str) -> None:
    sitbone_page.offer(content, name, media_type)


async def happen(number: int, event: str, value: Any) -> None:
    """An event of an element that may have gone meanwhile."""
    found = _known.get(number)
    for waiting in found.happen(event, value) if found else ():
        await waiting
