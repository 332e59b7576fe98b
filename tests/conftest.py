"""What every test may ask for."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def project_root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Recorded and semi-synthetic data that is not part of the project; a test that needs it is skipped without it."""
    folder = Path(os.environ.get("SITBONE_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("no shared data here; name its folder in SITBONE_SHARED_DATA")
    return folder
