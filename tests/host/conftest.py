"""What the host's tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sitbone.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "sitbone.sqlite") as opened:
        yield opened
