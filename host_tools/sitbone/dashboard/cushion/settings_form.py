"""The cushion's settings as a form: each with its unit, range and meaning; to change, undo, save and load."""

from __future__ import annotations

from functools import partial
from typing import Any

from sitbone.dashboard.cushion.cushion_link import View, shared
from sitbone.dashboard.cushion.settings_work import (
    changed,
    changes_of,
    list_changes,
    undone_last,
    undone_words,
    values_of,
)
from sitbone.dashboard.frame import announce
from sitbone.dashboard.platform.elements import number_field, offer_file, on_file, text_field
from sitbone.dashboard.widgets import block, button, card, details, on_page, text
from sitbone.dashboard.work import with_store
from sitbone.errors import UsageError
from sitbone.settings.params import BY_NAME, PARAMS, Param
from sitbone.settings.spec import BY_SYNC, checked, exported, parsed


class SettingsForm:
    """The card on the page. ``await load()`` once it stands."""

    def __init__(self) -> None:
        self._link = shared()
        self._values: dict[str, int] = {}
        self._version: int | None = None
        with card("Settings"):
            self._empty = text("The cushion stores its settings: connect it to see them.", "p", "muted")
            self._form = block("div", "form")
            self._form.visible = False
            with self._form:
                self._build()
            with details("Past changes"):
                self._history = block("div")

    def _build(self) -> None:
        self._fields: dict[str, Any] = {}
        with block("div", "settings"):
            for param in PARAMS:
                if param.name not in BY_SYNC:
                    self._fields[param.name] = _field(param)
        self._reason = text_field("Reason, kept with the change").props("outlined dense").classes("reason")
        with block("div", "row"):
            button("Save changes", self._save, "main")
            button("Undo last change", self._undo)
        with block("div", "row"):
            button("Save to a file", self._export, "quiet")
            with block("label", "button quiet file"):
                text("Load from a file", "span")
                chooser = block("input", "hidden").props("type=file accept=.json,application/json")
                on_file(chooser, on_page(self._import))

    async def load(self) -> None:
        """Past changes, from the stored log."""
        changes = await with_store(changes_of)
        self._history.clear()
        with self._history:
            list_changes(changes)

    async def show(self, view: View) -> None:
        """Reads the settings when they have changed in the cushion."""
        if view.state != "connected" or view.status is None or view.status["safe_mode"]:
            return
        if view.status["settings_version"] != self._version:
            self._fill(await self._link.run(values_of))
            self._version = view.status["settings_version"]

    def _fill(self, values: dict[str, int]) -> None:
        """Keeps what somebody is typing, unless the setting itself has changed."""
        for name, field in self._fields.items():
            if values[name] != self._values.get(name):
                field.value = values[name]
        self._values = values
        self._empty.visible, self._form.visible = False, True

    # --- what the buttons do

    async def _save(self) -> None:
        wanted = {name: checked(name, _whole(name, field.value)) for name, field in self._fields.items()}
        asked = {name: value for name, value in wanted.items() if value != self._values[name]}
        if not asked:
            announce("Nothing to save. Change a number first.", "warn")
            return
        await self._apply(asked, str(self._reason.value or "").strip() or "by hand")

    async def _apply(self, asked: dict[str, int], reason: str) -> None:
        announce("Talking to the cushion …")
        answer = await self._link.run(partial(changed, asked=asked, reason=reason))
        await self._show_answer("Saved", answer, asked)
        self._reason.value = ""

    async def _undo(self) -> None:
        announce("Talking to the cushion …")
        answer = await self._link.run(undone_last)
        announce(undone_words(answer), "warn" if answer["clamped"] else "good")
        await self._show_values(answer)

    async def _show_answer(self, what: str, answer: dict[str, Any], asked: dict[str, int]) -> None:
        said = ", ".join(f"{name} = {value}" for name, value in answer["applied"].items())
        less = [f"{name}: you asked for {asked[name]}, the cushion allows less for now" for name in answer["clamped"]]
        announce("; ".join([f"{what} and confirmed by the cushion: {said}", *less]) + ".", "warn" if less else "good")
        await self._show_values(answer)

    async def _show_values(self, answer: dict[str, Any]) -> None:
        self._fill(await self._link.run(values_of))
        for name in answer["clamped"]:
            self._fields[name].value = answer["applied"][name]
        await self.load()

    async def _export(self) -> None:
        values = await self._link.run(values_of)
        offer_file(exported(values), "sitbone-settings.json", "application/json")

    async def _import(self, said: str) -> None:
        found = {name: value for name, value in parsed(said, "the file").items() if name not in BY_SYNC}
        asked = {name: value for name, value in found.items() if value != self._values[name]}
        if not asked:
            announce("Nothing to change: the cushion already has these settings.", "warn")
            return
        await self._apply(asked, "import")


def _field(param: Param) -> Any:
    words = f"{param.help[:1].upper()}{param.help[1:]}"
    # A unit such as "0 or 1" already gives the range.
    allowed = param.unit if param.unit[:1].isdigit() else f"{param.low} to {param.high} {param.unit}"
    with block("div", "setting"):
        with block("div", "said"):
            text(words, "span")
            text(f"{allowed}, default {param.default}; {param.name}", "span", "muted small")
        field = number_field(low=param.low, high=param.high)
        field.props("outlined dense")
        field.props["aria-label"] = f"{param.name}, {allowed}: {words}"
    return field


def _whole(name: str, value: float | None) -> int:
    if value is None or value != int(value):
        raise UsageError(f"{name} needs a whole number from {BY_NAME[name].low} to {BY_NAME[name].high}")
    return int(value)
