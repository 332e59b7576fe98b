"""What the host's tests share."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sitbone.store.store import Store


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
