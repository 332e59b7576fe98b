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


def save_settings(settings):
    """Writes the settings as their next version."""
    settings.version += 1
    _make_folder()
    atomic.save(SETTINGS, settings.to_state())


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
    _make_folder()
    atomic.save(CALIBRATION, calibration.to_state())


def _make_folder():
    try:
        os.mkdir(FOLDER)
    except OSError:
        pass  # it is there already
