"""A lake's rows for other programs: FHIR bundles by participant, or a data package. Each row is one person's, under a
pseudonym: not for publication."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from sitbone.cohort import schema
from sitbone.cohort.engines import dataset
from sitbone.cohort.lake import Lake, Manifest
from sitbone.files import whole
from sitbone.report.fhir import bundle_of
from sitbone.report.tidy import TABLES, package

FORMS = ("fhir", "datapackage")
PARTICIPANT = ("participant", "string", "pseudonym")
REGISTRY = (
    PARTICIPANT,
    ("arm", "string", "the arm that the study put the participant in"),
    ("enrolled_day", "integer", "first day of the follow-up, counted from 1970-01-01"),
    ("until_day", "integer", "its last day"),
)


def export(lake: Lake, folder: Path, form: str) -> int:
    """Writes the files; returns how many participants they hold."""
    folder.mkdir(parents=True, exist_ok=True)
    manifests = lake.manifests()
    WRITERS[form](lake, folder, manifests)
    return len(manifests)


def _write_fhir(lake: Lake, folder: Path, manifests: dict[str, Manifest]) -> None:
    for participant, manifest in manifests.items():
        days = dataset(lake, "days", {participant: manifest}).to_table().sort_by("epoch_day").to_pylist()
        with whole(folder / f"{participant}.json") as part:
            part.write_text(bundle_of(lake.study.name, participant, days), encoding="utf-8")


def _write_package(lake: Lake, folder: Path, manifests: dict[str, Manifest]) -> None:
    from pyarrow import csv

    tables = {name: (title, (PARTICIPANT, *schema.fields_of(name))) for name, (title, _) in TABLES.items()}
    for name, (_, fields) in tables.items():
        columns = [field for field, *_ in fields]
        batches = dataset(lake, name, manifests).scanner(columns=columns)
        with whole(folder / f"{name}.csv") as part, csv.CSVWriter(part, batches.projected_schema) as writer:
            for batch in batches.to_batches():
                writer.write_batch(batch)
    tables["participants"] = ("Who takes part", REGISTRY)
    with whole(folder / "participants.csv") as part:
        part.write_text(_registry(manifests), encoding="utf-8")
    document = package("csv", tables, lake.study.name, f"Study {lake.study.name}")
    with whole(folder / "datapackage.json") as part:
        part.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def _registry(manifests: dict[str, Manifest]) -> str:
    names = [name for name, *_ in REGISTRY]
    lines = [",".join(str(manifest[name]) for name in names) for _, manifest in sorted(manifests.items())]
    return "\n".join([",".join(names), *lines]) + "\n"


WRITERS: dict[str, Callable[[Lake, Path, dict[str, Manifest]], None]] = {
    "fhir": _write_fhir,
    "datapackage": _write_package,
}
