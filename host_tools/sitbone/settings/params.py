"""The firmware's table of settings with names for its columns, and what each setting is for."""

from typing import NamedTuple

from cushion.core import settings

HELP = {
    "left_dose_limit_s": "dose limit of the left side (D_lim)",
    "right_dose_limit_s": "dose limit of the right side (D_lim)",
    "seated_limit_s": "limit of seated time since a verified break (T_max)",
    "recovery_tau_s": "time constant at which the dose fades while off-loaded",
    "verified_break_s": "off-loaded time that counts as a verified break",
    "settling_s": "no prompt for this long after sitting down",
    "creep_permille": "sensor creep under load to compensate",
    "snooze_s": "how long a snooze lasts",
    "mute_s": "how long a mute lasts",
    "quiet_from_min": "quiet hours begin (22:00)",
    "quiet_to_min": "quiet hours end (07:00); none if equal to the start",
    "utc_offset_min": "local time minus UTC, written by the host at each sync",
    "strength_percent": "vibration strength, as a share of each level's strength",
    "vehicle_mode": "1: log only, never prompt (in a vehicle)",
    "epoch_s": "length of an epoch in the log while seated",
    "vibration_side": "side that vibrates: 0 the loaded one, 1 left, 2 right, 3 both",
}


class Param(NamedTuple):
    """One setting: its range and default in ``unit``, and one line of ``help``."""

    name: str
    unit: str
    low: int
    high: int
    default: int
    help: str


PARAMS = tuple(Param(*row, HELP[row[0]]) for row in settings.SPEC)
BY_NAME = {param.name: param for param in PARAMS}
