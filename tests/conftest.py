"""What every test may ask for."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]


# A shell that starts the tests in the background has them ignore Ctrl-C, and all programs that they start, too.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# CI judges a change, not luck: there each property sees the same examples at every run.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


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
