"""The files of this browser: the names of dashboard/downloads.py.

Everything the page has stored goes out as one file that `sitbone restore` takes, and comes in from one that
`sitbone backup` wrote.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sitbone.dashboard.frame import announce
from sitbone.dashboard.platform import elements
from sitbone.dashboard.widgets import block, button, card, link, notice, on_page, text
from sitbone.dashboard.work import now, with_store
from sitbone.dates import counted
from sitbone.home import home
from sitbone.store.backup import back_up, restore
from sitbone.store.export import export
from sitbone.store.store import Store

TYPES = {"csv": "text/csv", "jsonl": "application/jsonl"}
SQLITE = "application/vnd.sqlite3"
SCRATCH = Path("/tmp")
REMIND_AFTER = timedelta(days=7)
LAST_EXPORT = "last-export"


def card_of_files() -> None:
    """The files to keep, and the way back in."""
    with card("Your data", classes="wide"):
        reminder = block("div", "reminder")
        _remind(reminder)
        with block("div", "row"):
            button("Export everything", lambda: _export(reminder), "main")
            with block("label", "button file"):
                text("Import an export", "span")
                chooser = block("input", "hidden").props("type=file accept=.sqlite")
                elements.on_file(chooser, on_page(_import))
        text(
            "One file with your records, diary and settings: keep it, or move it to another computer. There, sitbone"
            " restore reads it, and sitbone backup writes one to import here.",
            classes="muted small",
        )
        with block("div", "row"):
            link("Report to print", "/report", "button")
            for form, words in (("csv", "Records as CSV"), ("jsonl", "Records as JSON Lines")):
                button(words, lambda form=form: _offer_records(form))


def _remind(reminder: elements.Element) -> None:
    """Says when the last export was, and what may happen without one."""
    last = _last_export()
    reminder.clear()
    with reminder:
        if last is not None and now() - last < REMIND_AFTER:
            text(f"Last export: {last:%Y-%m-%d %H:%M}.")
            return
        since = "You have not exported your data yet." if last is None else f"Your last export was on {last:%Y-%m-%d}."
        notice(
            f"{since} A browser that runs short of room may remove what this page has stored: export it now.", "warn"
        )


def _last_export() -> datetime | None:
    try:
        return datetime.fromisoformat((home() / LAST_EXPORT).read_text())
    except (OSError, ValueError):
        return None


async def _export(reminder: elements.Element) -> None:
    path = SCRATCH / "export.sqlite"
    count = await with_store(back_up, path)
    elements.offer_file(_taken(path), f"sitbone-{now():%Y-%m-%d}.sqlite", SQLITE)
    (home() / LAST_EXPORT).write_text(now().isoformat())
    announce(f"Exported {counted(count, 'record')} and your diary.", "good")
    _remind(reminder)


async def _import(content: bytes) -> None:
    path = SCRATCH / "import.sqlite"
    path.write_bytes(content)
    had = await with_store(Store.count)
    try:
        count, before = await with_store(restore, path, f"{now():%Y%m%d-%H%M%S}")
    finally:
        path.unlink()
    kept = _taken(before)
    if had:
        elements.offer_file(kept, before.name, SQLITE)
    said = " What was here before is in your downloads." if had else ""
    announce(f"Imported {counted(count, 'record')} and the diary.{said}", "good")


async def _offer_records(form: str) -> None:
    path = SCRATCH / f"records.{form}"
    await with_store(export, form, path)
    elements.offer_file(_taken(path), f"sitbone-records-{now():%Y-%m-%d}.{form}", TYPES[form])


def _taken(path: Path) -> bytes:
    content = path.read_bytes()
    path.unlink()
    return content
