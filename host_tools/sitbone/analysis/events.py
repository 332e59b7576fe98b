"""Every event that the cushion logged, when it happened and why, as data and as one line for a person."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from cushion.core import records
from cushion.core.charge import STAGE_NAMES
from cushion.core.prompting import WHY_NAMES
from sitbone.dates import Zone, counted, duration_text, unix_ms
from sitbone.settings.params import PARAMS
from sitbone.store.blocks import Fields, fields_of, kind_name, name_of, named
from sitbone.store.store import Store, Stored, zone_of

ZONE_TITLES = ("left sitting bone", "right sitting bone", "left thigh", "right thigh")
OUTCOME_NAMES = {"partial": "short break", "shift": "weight shift", "suppressed": "muted"}  # others are plain words


def events(store: Store, start: datetime | None, end: datetime | None) -> list[dict[str, Any]]:
    """What happened in [start, end), by time, as ``{"seq", "at", "kind", "cushion", fields…, "text"}``.

    ``at`` is local ISO time, in the time zone of that day, and ``t_ms`` the same moment in device ms since its session
    began: when it happened, which is ``ago_ms`` before it was logged. Without bounds, events of unknown time follow,
    with ``at`` null.
    """
    placed = store.read(None, _ms(start), _ms(end))
    unplaced = store.unplaced() if start is None and end is None else []
    zone = zone_of(store)
    labels = {number: store.label(number) for number in store.cushions()}
    return [event(record, zone, labels[record.cushion]) for record in (*placed, *unplaced)]


def event(record: Stored, zone: Zone, cushion: str) -> dict[str, Any]:
    """One stored record as an event; ``cushion`` is what the person calls it."""
    fields = fields_of(record.kind, record.payload)
    return {
        "seq": record.seq,
        "at": None if record.unix_ms is None else zone.iso(record.unix_ms),
        "kind": kind_name(record.kind),
        "cushion": cushion,
        **_in_words(record.kind, fields),
        "session": record.session,
        "t_ms": record.at_mono_ms,
        "text": text_of(record.kind, fields),
    }


def text_of(kind: int, fields: Fields) -> str:
    """What happened, in words. A kind that this version doesn't know is named by its number."""
    if kind not in records.KINDS or not fields:
        return kind_name(kind)
    text = _TEXTS.get(kind)
    if text is not None:
        return text(fields)
    words = ", ".join(f"{name} {value}" for name, value in named(fields).items())
    return f"{kind_name(kind)} {words}"


def outcomes_told(counts: Mapping[str, int]) -> str:
    """'12 × break, 3 × short break': how prompts ended."""
    return ", ".join(f"{count} × {OUTCOME_NAMES.get(name, name)}" for name, count in counts.items())


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else unix_ms(moment)


def _in_words(kind: int, fields: Fields) -> Fields:
    out = named(fields)
    if not fields:
        return out
    if kind == records.SUPPRESSED:
        out["why"] = _whys(fields["why"])
    elif kind == records.UNKNOWN:
        out["why"] = name_of(records.GAPS, fields["why"])
    elif kind == records.SETTING:
        out["name"] = _setting_name(fields)
    return out


def _whys(bits: int | str) -> str:
    """The names of the reasons that a bit field holds."""
    return ", ".join(name for bit, name in enumerate(WHY_NAMES) if int(bits) >> bit & 1) or "no reason given"


def _ms_text(value: int | str) -> str:
    return duration_text(int(value) / 1000)


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f} min"


def _of(seconds: float, limit_s: float) -> str:
    return f"{seconds / 60:.1f} of {limit_s / 60:.1f} min"


def _side(value: int | str) -> str:
    return "both sides" if value == records.SIDE_BOTH else name_of(records.SIDES, value)


def _prompt(fields: Fields) -> str:
    side, level = int(fields["side"]), fields["level"]
    return f"prompt level {level}, {_side(side)}: {_cause(fields, side)}"


def _cause(fields: Fields, side: int) -> str:
    if name_of(records.CAUSES, fields["cause"]) == "time":
        seated, limit = int(fields["seated_s"]), int(fields["seated_limit_s"])
        return f"seated {_of(seated, limit)} since the last verified break"
    # Level 3 vibrates on both sides for whichever is due.
    sides = [name for name in ("left", "right") if _is_due(fields, name)]
    if not sides:
        return "no dose limit reached"
    name_it = len(sides) > 1 or name_of(records.SIDES, side) != sides[0]
    return " and ".join(_dose(fields, name, name_it) for name in sides)


def _is_due(fields: Fields, side: str) -> bool:
    return int(fields[f"{side}_dose_cs"]) >= int(fields[f"{side}_limit_s"]) * 100


def _dose(fields: Fields, side: str, name_it: bool) -> str:
    dose, limit = int(fields[f"{side}_dose_cs"]) / 100, int(fields[f"{side}_limit_s"])
    return f"{side + ' ' if name_it else ''}dose {_of(dose, limit)}"


def _outcome(fields: Fields) -> str:
    name = name_of(records.OUTCOMES, fields["outcome"])
    after = f" after {_ms_text(fields['response_ms'])}" if fields["response_ms"] else ""
    why = f" ({_whys(fields['why'])})" if name == "suppressed" else ""
    return f"outcome: {OUTCOME_NAMES.get(name, name)}{after}{why}"


def _stood(fields: Fields) -> str:
    lost = " or earlier, during a gap in the data" if fields["gap"] else ""
    left, right = (_minutes(int(fields[f"{side}_dose_cs"]) / 100) for side in ("left", "right"))
    return f"stood up after {_ms_text(fields['bout_ms'])}{lost}; dose {left} left, {right} right"


def _break(fields: Fields) -> str:
    return f"end of a {'verified ' if fields['verified'] else ''}break of {_ms_text(fields['break_ms'])}"


def _clock(fields: Fields) -> str:
    source = name_of(records.CLOCK_SOURCES, fields["source"])
    if source == "kept":
        return "clock kept through the restart"
    was_ms = int(fields["was_unix_s"]) * 1000 + int(fields["was_unix_ms"])
    if not was_ms:
        return "clock set; it was not set before"
    off_ms = was_ms - int(fields["unix_s"]) * 1000 - int(fields["unix_ms"])
    return f"clock set; it was {abs(off_ms) / 1000:.1f} s {'fast' if off_ms > 0 else 'slow'}"


def _setting_name(fields: Fields) -> str:
    index = int(fields["index"])
    return PARAMS[index].name if index < len(PARAMS) else f"setting {index}"


def _setting(fields: Fields) -> str:
    reason = f" ({fields['reason']})" if fields["reason"] else ""
    return f"{_setting_name(fields)} from {fields['was']} to {fields['now']}{reason}"


def _changes(fields: Fields) -> str:
    undoes = f", undoes change {fields['undoes']}" if fields["undoes"] else ""
    return f"change {fields['change']} of {counted(int(fields['count']), 'setting')}{undoes}"


def _fault(fields: Fields) -> str:
    zone = int(fields["zone"])
    quality = name_of(records.QUALITIES, fields["quality"])
    if fields["quality"] == records.DRIFTING:
        fits = "doesn't fit any more; calibrate again" if fields["on"] else "fits again"
        return f"calibration, {name_of(ZONE_TITLES, zone)}: it {fits}"
    return f"sensor fault{'' if fields['on'] else ' over'}, {name_of(ZONE_TITLES, zone)}: {quality}"


def _boot(fields: Fields) -> str:
    version = f"{fields['major']}.{fields['minor']}.{fields['patch']}"
    return f"cushion started, firmware {version}, settings: {named(fields)['settings_source']}"


GAP_TEXTS = {
    "gap": "readings stopped",
    "sensors": "no working sensor",
    "restart": "cushion restarted",
    "asleep": "asleep; on waking, somebody was there whom the wake sensor had not seen",
}
CALIBRATION_TEXTS = {
    "default": "defaults",
    "host": "sent by a computer",
    "autotare": "empty seat zeroed automatically",
    "leans": "sensors fitted to your leans",
}
BATTERY_TEXTS = {
    "fine": "charged",
    "low": "low",
    "log only": "too low to vibrate, still logging",
    "off": "empty, switched off",
}


def _unknown(fields: Fields) -> str:
    why = name_of(records.GAPS, fields["why"])
    return f"no data for {_ms_text(fields['unknown_ms'])}: {GAP_TEXTS.get(why, why)}"


def _calibration(fields: Fields) -> str:
    source = name_of(records.CALIBRATION_SOURCES, fields["source"])
    return f"calibration: {CALIBRATION_TEXTS.get(source, source)}"


def _battery(fields: Fields) -> str:
    stage = name_of(STAGE_NAMES, fields["stage"])
    return f"battery {BATTERY_TEXTS.get(stage, stage)}: {fields['percent']} %, {int(fields['mv']) / 1000:.2f} V"


def _power_failed(fields: Fields) -> str:
    again = f", {fields['in_a_row']} times in a row" if int(fields["in_a_row"]) > 1 else ""
    return f"the power failed while it vibrated{again}: check the battery and the cable"


def _object(fields: Fields) -> str:
    if not fields["on"]:
        return "object gone, or somebody in its place"
    return "an object came onto the seat: not counted as sitting" if "ago_ms" in fields else "object on the seat"


_TEXTS: dict[int, Callable[[Fields], str]] = {
    records.BOOT: _boot,
    records.CLOCK: _clock,
    records.SAT: lambda fields: "sat down",
    records.STOOD: _stood,
    records.BREAK: _break,
    records.SHIFT: lambda fields: f"weight off the {_side(fields['side'])} for {_ms_text(fields['shift_ms'])}",
    records.OFFLOAD: lambda fields: f"weight off both sides for {_ms_text(fields['offload_ms'])}",
    records.PROMPT: _prompt,
    records.OUTCOME: _outcome,
    records.SUPPRESSED: lambda fields: f"prompt held back ({_whys(fields['why'])}): {_why_due(fields)}",
    records.BUTTON: lambda fields: f"button: {named(fields)['gesture']}",
    records.SYMPTOM: lambda fields: '"it hurts now" (button)',
    records.SNOOZE: lambda fields: (
        f"snooze of {duration_text(int(fields['snooze_s']))}" if fields["accepted"] else "snooze refused"
    ),
    records.MUTE: lambda fields: f"muted for {duration_text(int(fields['mute_s']))}" if fields["on"] else "mute ended",
    records.FAULT: _fault,
    records.UNKNOWN: _unknown,
    records.SETTING: _setting,
    records.CRASH: lambda fields: f"firmware error: {' | '.join(map(str.strip, str(fields['text']).splitlines()))}",
    records.EVICTED: lambda fields: f"records {fields['first_seq']} to {fields['last_seq']} overwritten by new ones",
    records.CALIBRATION: _calibration,
    records.BATTERY: _battery,
    records.SLEPT: lambda fields: f"cushion slept for {duration_text(int(fields['slept_s']))}, seat empty",
    records.CHANGES: _changes,
    records.OBJECT: _object,
    records.POWER_FAILED: _power_failed,
}


def _why_due(fields: Fields) -> str:
    cause = name_of(records.CAUSES, fields["cause"])
    return f"dose limit reached, {_side(fields['side'])}" if cause == "dose" else "seated limit reached"
