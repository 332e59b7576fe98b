"""What the host's tests share."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sitbone.install import install
from sitbone.store import Store


@pytest.fixture
def vienna(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This computer is in Vienna, which has summer time."""
    monkeypatch.setenv("TZ", "Europe/Vienna")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "sitbone.sqlite") as opened:
        yield opened


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``flash.img``, on which the firmware was installed once, and ``result.json``: what install said."""
    from sitbone.virtual import EmptySeat, VirtualCushion

    folder = tmp_path_factory.mktemp("installed")
    told: list[dict[str, Any]] = []
    with VirtualCushion(EmptySeat(), flash=folder / "flash.img", install=lambda port: told.append(install(port))):
        pass
    (folder / "result.json").write_text(json.dumps(told[0]))
    return folder
