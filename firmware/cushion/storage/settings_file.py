"""The person's settings and calibration, kept across restarts."""

import os

from cushion.core import calibration as calibrations
from cushion.core import settings as specs
from cushion.storage import atomic

FOLDER = "/etc"
SETTINGS = FOLDER + "/settings.json"
CALIBRATION = FOLDER + "/calibration.json"


def load_settings():
    """``(Settings, source, problems)``; a file that can't be used falls back to the last good one, then to defaults."""
    state, source = atomic.load(SETTINGS)
    if state is None:
        return specs.Settings(), source, []
    try:
        settings, problems = specs.from_state(state)
    except ValueError as error:
        return specs.Settings(), "default", [str(error)]
    return settings, source, problems


def save_settings(settings, unlogged=None):
    """Writes the settings as their next version. `unlogged`: changes, as JSON, that the log does not have yet: should
    the power go before it has, the next start finds them with `load_unlogged`."""
    settings.version += 1
    _save(settings, unlogged)


def settings_logged(settings):
    """Writes them as they are: the log has the changes of the last `save_settings`."""
    _save(settings, None)


def load_unlogged():
    """What the last `save_settings` was given and `settings_logged` did not clear, or None."""
    state, _ = atomic.load(SETTINGS)
    return state.get("unlogged") if isinstance(state, dict) else None


def _save(settings, unlogged):
    state = settings.to_state()
    if unlogged is not None:
        state["unlogged"] = unlogged
    make_folder()
    atomic.save(SETTINGS, state)


def load_calibration():
    """The person's Calibration, or an uncalibrated one."""
    state, _ = atomic.load(CALIBRATION)
    if state is None:
        return calibrations.Calibration()
    try:
        return calibrations.from_state(state)
    except ValueError:
        return calibrations.Calibration()


def save_calibration(calibration):
    """Writes the calibration."""
    make_folder()
    atomic.save(CALIBRATION, calibration.to_state())


def make_folder():
    """Makes the folder of these files."""
    try:
        os.mkdir(FOLDER)
    except OSError:
        pass  # it is there already
