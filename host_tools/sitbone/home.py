"""Where sitbone keeps its data: SITBONE_HOME, or else the platform's user data directory."""

import os
from pathlib import Path

from sitbone.errors import SitboneError


def home() -> Path:
    """The data directory, created if necessary. Raises SitboneError when it can't be written."""
    path = _home_path()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SitboneError(f"cannot create {path} ({error.strerror}); set SITBONE_HOME to a folder you own") from None
    if not os.access(path, os.W_OK | os.X_OK):
        raise SitboneError(f"cannot write to {path}; set SITBONE_HOME to a folder you own")
    return path


def store_path() -> Path:
    """The database file inside `home`."""
    return home() / "sitbone.sqlite"


def _home_path() -> Path:
    chosen = os.environ.get("SITBONE_HOME")
    if chosen:
        return Path(chosen).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("sitbone", appauthor=False))
