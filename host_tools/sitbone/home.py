"""Where sitbone keeps its data: SITBONE_HOME, or else the platform's user data directory."""

import os
import stat
from pathlib import Path

from sitbone.errors import SitboneError
from sitbone.files import PRIVATE_FOLDER, make_private

STORE_NAME = "sitbone.sqlite"


def home() -> Path:
    """The data directory, created if necessary, and the user's alone. Raises SitboneError when it can't be written and
    holds nothing to read."""
    path = _home_path()
    try:
        is_new = not path.exists()
        path.mkdir(PRIVATE_FOLDER, parents=True, exist_ok=True)
    except OSError as error:
        raise SitboneError(f"cannot create {path} ({error.strerror}); set SITBONE_HOME to a folder you own") from None
    store = path / STORE_NAME
    if not os.access(path, os.W_OK | os.X_OK) and not os.access(store, os.R_OK):
        raise SitboneError(f"cannot write to {path}; set SITBONE_HOME to a folder you own")
    if (is_new or store.exists()) and path != Path.home() and not path.stat().st_mode & stat.S_ISVTX:
        make_private(path, PRIVATE_FOLDER)
    return path


def store_path() -> Path:
    """The database file inside `home`."""
    return home() / STORE_NAME


def _home_path() -> Path:
    chosen = os.environ.get("SITBONE_HOME")
    if chosen:
        return Path(chosen).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("sitbone", appauthor=False))
