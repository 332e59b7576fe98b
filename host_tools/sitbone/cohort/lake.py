"""The lake: one file per table, participant and month, and a manifest per participant, which alone says what counts.

    study.json                                          the study, its rules, the check of its key
    manifests/<participant>.json                        consent, provenance, and the files in force
    data/<table>/study=…/participant=…/month=…/<hash>.parquet
    releases/<number>.json                              what was published (release.py)

Replacing a manifest is the one step that changes what a reader sees. A file's name is the hash of its content: writing
the same month again is no work, and what a cut left behind is taken up or swept away by the next `write`.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sitbone.cohort import schema
from sitbone.cohort.privacy import Mask
from sitbone.cohort.storage import Storage
from sitbone.errors import SitboneError
from sitbone.report.tidy import TABLES

Manifest = dict[str, Any]
STUDY = "study.json"
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
MIN_CELL = 5


@dataclass(frozen=True)
class Study:
    """What holds for all of a lake."""

    name: str
    key_check: str
    shift_dates: bool = False
    min_cell: int = MIN_CELL
    simulated: bool = False
    forgotten: int = 0


class Lake:
    """A study's lake. Raises SitboneError where there is none yet, or one of a newer sitbone."""

    def __init__(self, uri: str) -> None:
        self.storage = Storage(uri)
        text = self.storage.get(STUDY)
        if text is None:
            raise SitboneError(f"there is no lake at {uri}; make one with sitbone cohort add or simulate")
        document = json.loads(text)
        version = document.pop("version")
        if version > schema.VERSION:
            raise SitboneError(f"the lake at {uri} was written by a newer sitbone; update this one")
        self.study = Study(**document)
        if version < schema.VERSION:
            self._upgrade()

    @classmethod
    def exists(cls, uri: str) -> bool:
        """Whether there is a lake."""
        return Storage(uri).get(STUDY) is not None

    @classmethod
    def make(cls, uri: str, study: Study) -> Lake:
        """Begins a lake."""
        if not SLUG.fullmatch(study.name):
            raise SitboneError(f"{study.name!r} can't name a study; use small letters, digits and hyphens: pilot-1")
        _put_study(Storage(uri), study)
        return cls(uri)

    def demand_key(self, mask: Mask) -> None:
        """Raises SitboneError where the key isn't the study's: the same person would be in the lake twice."""
        if mask.check() != self.study.key_check:
            raise SitboneError(f"this is not the key of the study {self.study.name}; name its key with --key")

    def manifest(self, participant: str) -> Manifest | None:
        """What is in force of a participant."""
        text = self.storage.get(_manifest_name(participant))
        return None if text is None else dict(json.loads(text))

    def manifests(self) -> dict[str, Manifest]:
        """All participants' manifests, by pseudonym."""
        names = sorted(name for name in self.storage.sizes("manifests") if name.endswith(".json"))
        texts = self.storage.get_all(names)
        found = [json.loads(text) for text in texts if text is not None]
        return {manifest["participant"]: manifest for manifest in found}

    def write(self, participant: str, tables: dict[str, Any], about: dict[str, Any]) -> bool:
        """Makes the tables (`pyarrow.Table` by name, as `schema.fields_of`) all there is of a participant.

        ``about``: what else the manifest holds. Returns whether anything changed. Repeating it completes what was cut.
        """
        before = self.manifest(participant)
        present = set() if before is None else self._files_in_force(participant, before)
        files: dict[str, dict[str, Any]] = {}
        for name, table in tables.items():
            for month, part in _months(table):
                data = _parquet(part)
                entry = {"file": _digest(data), "rows": part.num_rows, "bytes": len(data)}
                files.setdefault(name, {})[month] = entry
                path = self._path(name, participant, month, entry["file"])
                if path not in present:
                    self.storage.put(path, data)
        manifest = about | {"participant": participant, "schema": schema.VERSION, "files": files}
        changed = before is None or {**before, "added": None} != {**manifest, "added": None}
        if changed:
            self.storage.put(_manifest_name(participant), _json(manifest))
        self._sweep(participant, manifest)
        return changed

    def paths(self, table: str, manifests: dict[str, Manifest]) -> Iterator[tuple[str, str, str]]:
        """(path in the lake, participant, month) of each file in force of a table."""
        for participant, manifest in manifests.items():
            for month, entry in manifest["files"].get(table, {}).items():
                yield self._path(table, participant, month, entry["file"]), participant, month

    def forget(self, participant: str) -> int:
        """Removes every trace of a participant, and looks for one; returns how many files went.

        Raises SitboneError where a trace is left. The manifest goes first: from then on nothing counts them, and
        repeating it after a cut completes it. Their share of earlier releases stays as a number without a name.
        """
        from sitbone.cohort.release import forget_in_releases

        gone = [name for folder in self._folders(participant) for name in self.storage.sizes(folder)]
        had_manifest = self.manifest(participant) is not None
        forget_in_releases(self.storage, participant)
        if had_manifest:
            self._count_forgotten()
            self.storage.delete(_manifest_name(participant))
        for folder in self._folders(participant):
            self.storage.delete_folder(folder)
        self._demand_no_trace(participant)
        return len(gone) + had_manifest

    def _count_forgotten(self) -> None:
        self.study = Study(**{**vars(self.study), "forgotten": self.study.forgotten + 1})
        _put_study(self.storage, self.study)

    def _demand_no_trace(self, participant: str) -> None:
        """Every name, and every byte of every file in the lake, is searched for the pseudonym."""
        names = list(self.storage.sizes())
        left = [name for name in names if participant in name]
        needle = participant.encode()
        for start in range(0, len(names), 256):
            part = names[start : start + 256]
            texts = zip(part, self.storage.get_all(part), strict=True)
            left += [name for name, text in texts if text is not None and needle in text]
        if left:
            raise SitboneError(f"{len(left)} files still hold the participant, such as {left[0]}; run it again")

    def _sweep(self, participant: str, manifest: Manifest) -> None:
        """Deletes what no manifest names: files of the state before, and of adds that were cut."""
        kept = self._files_in_force(participant, manifest)
        for name in self.storage.sizes_of(self._folders(participant)):
            if name not in kept:
                self.storage.delete(name)

    def _files_in_force(self, participant: str, manifest: Manifest) -> set[str]:
        return {path for table in manifest["files"] for path, *_ in self.paths(table, {participant: manifest})}

    def _upgrade(self) -> None:
        """Brings each participant's files to the present version; study.json says so once all are."""
        for participant, manifest in self.manifests().items():
            version = manifest["schema"]
            if version < schema.VERSION:
                tables = {name: self._table(name, participant, manifest, version) for name in manifest["files"]}
                about = {name: value for name, value in manifest.items() if name not in ("schema", "files")}
                self.write(participant, tables, about)
        _put_study(self.storage, self.study)

    def _table(self, name: str, participant: str, manifest: Manifest, version: int) -> Any:
        import pyarrow as pa
        import pyarrow.parquet as pq

        paths = [path for path, *_ in self.paths(name, {participant: manifest})]
        parts = [pq.read_table(io.BytesIO(data)) for data in self.storage.get_all(paths) if data is not None]
        return schema.migrated(name, pa.concat_tables(parts), version)

    def _folders(self, participant: str) -> list[str]:
        return [self._folder(table, participant) for table in TABLES]

    def _folder(self, table: str, participant: str) -> str:
        return f"data/{table}/study={self.study.name}/participant={participant}"

    def _path(self, table: str, participant: str, month: str, file: str) -> str:
        return f"{self._folder(table, participant)}/month={month}/{file}.parquet"


def _put_study(storage: Storage, study: Study) -> None:
    storage.put(STUDY, _json({**vars(study), "version": schema.VERSION}))


def _manifest_name(participant: str) -> str:
    return f"manifests/{participant}.json"


def _months(table: Any) -> Iterator[tuple[str, Any]]:
    """The rows of each month; those whose day isn't known are of the month 0000-00."""
    import numpy as np

    days = table["epoch_day"].to_numpy(zero_copy_only=False)
    known = np.isfinite(days.astype(float))
    months = np.full(len(days), "0000-00", dtype="U7")
    months[known] = days[known].astype("int64").astype("datetime64[D]").astype("datetime64[M]").astype("U7")
    for month in np.unique(months).tolist():
        yield month, table.take(np.flatnonzero(months == month))


def _parquet(table: Any) -> bytes:
    import pyarrow.parquet as pq

    stream = io.BytesIO()
    pq.write_table(table, stream, compression="zstd", write_statistics=False)
    return stream.getvalue()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]


def _json(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, indent=1, sort_keys=True) + "\n").encode()
