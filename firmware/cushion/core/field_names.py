"""The names of each record kind's fields, in the order of its format in records.py. Only who reads a log imports this.

``ago_ms``: the thing itself happened this long before the record was written (it took that long to be sure).
"""

from cushion.core import records

NAMES = {
    records.BOOT: "reset_cause wake_reason major minor patch settings_source",
    records.CLOCK: "unix_s unix_ms was_unix_s was_unix_ms source",
    records.EPOCH: (
        "left_it_pa right_it_pa left_thigh_pa right_thigh_pa left_u right_u left_dose_cs right_dose_cs "
        "seated_s state bad_zones seconds"
    ),
    records.SAT: "ago_ms",
    records.STOOD: "ago_ms bout_ms left_dose_cs right_dose_cs gap",
    records.BREAK: "ago_ms break_ms verified",
    records.SHIFT: "ago_ms shift_ms side lowest_u",
    records.PROMPT: (
        "episode level side cause left_dose_cs right_dose_cs seated_s left_limit_s right_limit_s seated_limit_s"
    ),
    records.OUTCOME: "episode outcome level response_ms why",
    records.BUTTON: "gesture",
    records.SYMPTOM: "left_dose_cs right_dose_cs seated_s state",
    records.SNOOZE: "snooze_s accepted",
    records.MUTE: "mute_s on",
    records.SUPPRESSED: "cause side why",
    records.FAULT: "zone quality on",
    records.UNKNOWN: "ago_ms unknown_ms why",
    records.SETTING: "index was now reason",
    records.CALIBRATION: (
        "left_it_tare_ns right_it_tare_ns left_thigh_tare_ns right_thigh_tare_ns left_it_ref_pa "
        "right_it_ref_pa left_thigh_ref_pa right_thigh_ref_pa source"
    ),
    records.CRASH: "text",
    records.EVICTED: "first_seq last_seq",
    records.OBJECT: "on ago_ms",
    records.OFFLOAD: "ago_ms offload_ms",
    records.HAPTIC: "pattern side asked_ms granted_ms",
    records.DROPPED: "count",
    records.BATTERY: "mv percent stage",
    records.SLEPT: "slept_s",
    records.CHANGES: "change undoes count",
    records.POWER_FAILED: "in_a_row",
}

# Names for the numbers of a field, for whoever reads the log.
NAMED_FIELDS = {
    "side": records.SIDES,
    "cause": records.CAUSES,
    "outcome": records.OUTCOMES,
    "state": records.STATES,
    "gesture": records.GESTURES,
    "quality": records.QUALITIES,
    "settings_source": records.SETTINGS_SOURCES,
}
