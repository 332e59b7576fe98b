"""Files made on request: the records, and the report for a physiotherapist."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, PlainTextResponse, Response
from starlette.background import BackgroundTask

from sitbone.dashboard.frame import sentence
from sitbone.dashboard.widgets import block, card, link, text
from sitbone.dashboard.work import computed, now, with_store
from sitbone.errors import SitboneError
from sitbone.report.content import report_of
from sitbone.report.html import html
from sitbone.report.pdf import write_pdf
from sitbone.store.export import export
from sitbone.store.store import Store

TYPES = {"csv": "text/csv", "jsonl": "application/jsonl"}
REPORTS = {"html": "text/html", "pdf": "application/pdf"}


def register(app: FastAPI) -> None:
    """Registers the files' addresses."""
    app.get("/download/records.{form}")(records)
    app.get("/download/report.{form}")(report)


async def records(form: str) -> Response:
    """Every stored record as ``csv`` or ``jsonl``."""
    if form not in TYPES:
        return PlainTextResponse("No such file. Choose csv or jsonl.", 404)
    try:
        path = await with_store(_exported, form)
    except SitboneError as error:
        return PlainTextResponse(sentence(error), 500)
    return _file(path, f"sitbone-records-{_stamp(now())}.{form}", TYPES[form])


async def report(form: str) -> Response:
    """The page for the person and their physiotherapist, as ``html`` or ``pdf``."""
    if form not in REPORTS:
        return PlainTextResponse("No such file. Choose html or pdf.", 404)
    try:
        path = await computed(_reported, form)
    except SitboneError as error:
        return PlainTextResponse(sentence(error), 500)
    return _file(path, f"sitbone-report-{_stamp(now())}.{form}", REPORTS[form])


def card_of_files() -> None:
    """The links to all files."""
    with card("Downloads", classes="wide"):
        text("A report on the last four weeks for you and your physiotherapist, and all records synced so far.")
        with block("div", "row"):
            link("Report as PDF", "/download/report.pdf", "button", download=True)
            link("Report as HTML", "/download/report.html", "button", download=True)
            link("Records as CSV", "/download/records.csv", "button", download=True)
            link("Records as JSON Lines", "/download/records.jsonl", "button", download=True)


def _reported(store: Store, form: str) -> Path:
    content = report_of(store, now())
    with tempfile.NamedTemporaryFile(suffix=f".{form}", delete=False) as file:
        path = Path(file.name)
    if form == "pdf":
        write_pdf(content, path)
    else:
        path.write_text(html(content), encoding="utf-8")
    return path


def _exported(store: Store, form: str) -> Path:
    with tempfile.NamedTemporaryFile(suffix=f".{form}", delete=False) as file:
        path = Path(file.name)
    export(store, form, path)
    return path


def _file(path: Path, name: str, media_type: str) -> Response:
    return FileResponse(path, media_type=media_type, filename=name, background=BackgroundTask(path.unlink))


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d")
