"""The data as files, made when they are asked for: records, and the report for a physiotherapist."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, PlainTextResponse, Response
from starlette.background import BackgroundTask

from sitbone.dashboard.frame import sentence
from sitbone.dashboard.work import now, with_store
from sitbone.errors import SitboneError
from sitbone.export import export
from sitbone.store import Store

TYPES = {"csv": "text/csv", "jsonl": "application/jsonl"}


def register(app: FastAPI) -> None:
    """Makes the files' addresses known."""
    app.get("/download/records.{form}")(records)


async def records(form: str) -> Response:
    """Every stored record as ``csv`` or ``jsonl``."""
    if form not in TYPES:
        return PlainTextResponse("There is no such file; take csv or jsonl.", 404)
    try:
        path = await with_store(_exported, form)
    except SitboneError as error:
        return PlainTextResponse(sentence(error), 500)
    return _file(path, f"sitbone-records-{_stamp(now())}.{form}", TYPES[form])


def _exported(store: Store, form: str) -> Path:
    with tempfile.NamedTemporaryFile(suffix=f".{form}", delete=False) as file:
        path = Path(file.name)
    export(store, form, path)
    return path


def _file(path: Path, name: str, media_type: str) -> Response:
    return FileResponse(path, media_type=media_type, filename=name, background=BackgroundTask(path.unlink))


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d")
