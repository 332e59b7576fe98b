"""Where a lake lies: a folder, or an object store (s3://…), through pyarrow's file systems."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sitbone.errors import SitboneError

AT_ONCE = 16  # requests to an object store


class Storage:
    """Named blobs under one root. ``put`` is atomic: a reader sees the old or the new content, never a part.

    ``uri`` is a folder, or what `pyarrow.fs.FileSystem.from_uri` takes: ``s3://bucket/prefix?endpoint_override=…``, the
    credentials being in the environment. Raises SitboneError where the place can't be reached.
    """

    def __init__(self, uri: str) -> None:
        fs = _pyarrow_fs()
        self.uri, self.is_local = uri, "://" not in uri
        with self._reached():
            if self.is_local:
                self.filesystem, self.root = fs.LocalFileSystem(), str(Path(uri).expanduser().absolute())
            else:
                self.filesystem, self.root = fs.FileSystem.from_uri(_with_single_requests(uri))
        self._fs = fs

    def path(self, name: str) -> str:
        """The path in the file system."""
        return f"{self.root}/{name}"

    def put(self, name: str, data: bytes) -> None:
        """Writes a blob. An object store replaces objects whole; a folder needs the rename."""
        path = self.path(name)
        with self._reached():
            if self.is_local:
                folder, _, last = path.rpartition("/")
                self.filesystem.create_dir(folder, recursive=True)
                path = f"{folder}/.{last}.part"
            with self.filesystem.open_output_stream(path) as stream:
                stream.write(data)
            if self.is_local:
                self.filesystem.move(path, self.path(name))

    def get(self, name: str) -> bytes | None:
        """The content, None where there is no such blob."""
        with self._reached():
            try:
                with self.filesystem.open_input_stream(self.path(name)) as stream:
                    return bytes(stream.read())
            except FileNotFoundError:
                return None

    def get_all(self, names: list[str]) -> list[bytes | None]:
        """The contents, in the order of the names."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(self.get, names))

    def fetch(self, names: list[str], folder: Path) -> None:
        """Copies blobs into a folder, under their names. Raises SitboneError where one is gone meanwhile."""

        def one(name: str) -> None:
            data = self.get(name)
            if data is None:
                raise SitboneError(f"{name} went from the lake while it was read; try again")
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(one, names))

    def sizes(self, prefix: str = "") -> dict[str, int]:
        """Name and size in bytes of every blob below a folder, unfinished ones included."""
        where = self.path(prefix).rstrip("/")
        selector = self._fs.FileSelector(where, recursive=True, allow_not_found=True)
        with self._reached():
            found = self.filesystem.get_file_info(selector)
        cut = len(self.root) + 1
        return {info.path[cut:]: info.size for info in found if info.type == self._fs.FileType.File}

    def sizes_of(self, folders: list[str]) -> dict[str, int]:
        """`sizes` of several folders."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return {name: size for found in pool.map(self.sizes, folders) for name, size in found.items()}

    def delete(self, name: str) -> None:
        """Deletes a blob, if it is there."""
        with self._reached():
            try:
                self.filesystem.delete_file(self.path(name))
            except FileNotFoundError:
                return

    def delete_folder(self, name: str) -> None:
        """Deletes a folder and all below it, if it is there."""
        with self._reached():
            try:
                self.filesystem.delete_dir(self.path(name))
            except FileNotFoundError:
                return

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise
        except (OSError, ValueError) as error:
            reason = " ".join(str(error).split())[:200]
            raise SitboneError(
                f"cannot use the lake {self.uri} ({reason}); check its address and your rights"
            ) from None


def _with_single_requests(uri: str) -> str:
    """S3 takes a small object in one request; without this each is an upload of three."""
    if not uri.startswith("s3://") or "allow_delayed_open" in uri:
        return uri
    return f"{uri}{'&' if '?' in uri else '?'}allow_delayed_open=true"


def _pyarrow_fs() -> Any:
    try:
        import pyarrow.fs
    except ImportError:
        raise SitboneError("a cohort needs more packages; run pip install 'sitbone[cohort]'") from None
    return pyarrow.fs
