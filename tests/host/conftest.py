"""What the host's tests share."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sitbone.store.store import Store


@pytest.fixture
def vienna(zone_of: Callable[[str], None]) -> None:
    """This computer is in Vienna, which has summer time."""
    zone_of("Europe/Vienna")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "sitbone.sqlite") as opened:
        yield opened
