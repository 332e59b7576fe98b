"""Whose data a page shows: that of all cushions, or of one; a row of links where there is a choice."""

from __future__ import annotations

from urllib.parse import urlencode

from sitbone.dashboard.widgets import awaited, block, link
from sitbone.dashboard.work import with_store
from sitbone.store.store import Store


def address(path: str, cushion: str, **parameters: object) -> str:
    """A page's address, with the choice of cushion kept."""
    chosen = {name: value for name, value in {**parameters, "cushion": cushion}.items() if value}
    return f"{path}?{urlencode(chosen)}" if chosen else path


async def offer_cushions(path: str, cushion: str, **parameters: object) -> None:
    """Links to the same page for each cushion; nothing where there is only one."""
    labels = await awaited(with_store(_labels), "Loading the cushions …")
    if len(labels) < 2:
        return
    with block("nav", "row").props('aria-label="Cushions"'):
        for label in ("", *labels):
            found = link(label or "All cushions", address(path, label, **parameters), "button")
            if label == cushion:
                found.classes("main").props("aria-current=page")


def show_only(store: Store, cushion: str) -> None:
    """Limits a store that was opened for one question to the chosen cushion. Raises SitboneError for an unknown one."""
    if cushion:
        store.show_only(store.hardware_of(cushion))


def _labels(store: Store) -> list[str]:
    names = store.names()
    return [str(names.get(row["cushion"], row["cushion"])) for row in store.cushion_rows()]
