"""Why did it vibrate, or why not: the inputs, thresholds and gates of one decision, from the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cushion.core import prompting, records
from cushion.core.charge import LOG_ONLY
from cushion.core.pauses import is_quiet
from sitbone.analysis.events import OUTCOME_NAMES, ZONE_TITLES, text_of
from sitbone.analysis.timeline import LONGEST_MS, Prompt, Timeline, gather
from sitbone.dates import Zone, duration_text
from sitbone.diary.entries import SIDES
from sitbone.errors import SitboneError
from sitbone.store.blocks import fields_of, name_of
from sitbone.store.store import Store, Stored, readable, zone_of

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
EPOCH_BEFORE_MS = 120_000  # the load is that of the last epoch, if it is no older
DECISIONS = (records.PROMPT, records.SUPPRESSED)
STATES = (records.SNOOZE, records.MUTE, records.BATTERY, records.OBJECT, records.FAULT)
THRESHOLDS = ("left_dose_limit_s", "right_dose_limit_s", "seated_limit_s")


def why(store: Store, seq: int | None = None, cushion: int | None = None) -> dict[str, Any]:
    """One decision in full: the prompt or the held-back prompt with this record number, or the latest prompt; of one
    cushion (the store's number), or of any.

    Keys: ``seq``, ``at`` (local ISO), ``kind`` (prompt or suppressed), ``text``, ``cause``, ``side``; ``inputs`` (dose
    and limit of each side, seated time and its limit, s; load in permille of the neutral sit, null where unknown; since
    when the person sat; the last verified break); ``thresholds`` (value in force, since when, why); ``gates`` (name,
    ``held`` it back, text); for a prompt ``levels``, ``outcome``, ``response_s``, ``stood_s``. Raises SitboneError when
    there is no such record.
    """
    return _Decision(store, _record(store, seq, cushion)).document()


def _record(store: Store, seq: int | None, cushion: int | None) -> Stored:
    found = store.read(DECISIONS if seq is not None else [records.PROMPT])
    found = [record for record, _ in readable(found) if seq in (None, record.seq) and cushion in (None, record.cushion)]
    if not found:
        what = (
            "nothing has vibrated yet"
            if seq is None
            else f"record {seq} is neither a prompt nor one that was held back"
        )
        raise SitboneError(f"{what}; see sitbone events")
    return found[-1]


@dataclass(frozen=True, slots=True)
class _Then:
    """The cushion's state at a moment, by the records before it."""

    snoozed_until_ms: int
    muted_until_ms: int
    battery_low: bool
    object_on: bool
    faults: tuple[str, ...]


class _Decision:
    """One record of a decision, and everything related to it."""

    def __init__(self, store: Store, record: Stored) -> None:
        assert record.unix_ms is not None
        self._at_ms = record.unix_ms
        self._cushion = store.label(record.cushion)
        self._record = record
        self._fields = fields_of(record.kind, record.payload)
        self._zone: Zone = zone_of(store)
        self._timeline: Timeline = gather(store, self._at_ms - EPOCH_BEFORE_MS, self._at_ms + 1)
        before = store.read(STATES, self._at_ms - LONGEST_MS, self._at_ms + 1)
        same = [item for item in before if (item.cushion, item.session) == (record.cushion, record.session)]
        self._then = _states(same)

    def document(self) -> dict[str, Any]:
        fields = self._fields
        prompt = self._prompt()
        document = {
            "seq": self._record.seq,
            "at": self._zone.iso(self._at_ms),
            "kind": "suppressed" if prompt is None else "prompt",
            "cushion": self._cushion,
            "text": text_of(self._record.kind, fields),
            "cause": name_of(records.CAUSES, fields["cause"]),
            "side": name_of(records.SIDES, fields["side"]),
            "inputs": self._inputs(),
            "thresholds": [self._threshold(name) for name in THRESHOLDS],
            "gates": [{"name": name, "held": held, "text": text} for name, held, text in self._gates()],
        }
        if prompt is not None:
            levels = [{"at": self._zone.iso(at), "side": side, "level": level} for at, side, level in prompt.levels]
            document |= {"levels": levels, "outcome": prompt.outcome}
            document |= {"response_s": prompt.response_s, "stood_s": prompt.stood_s}
        return document

    def _prompt(self) -> Prompt | None:
        """The prompt that the record's vibration belongs to."""
        if self._record.kind != records.PROMPT:
            return None
        key = (self._record.cushion, self._record.session, int(self._fields["episode"]))
        mine = [item for item in self._timeline.prompts if (item.cushion, item.session, item.episode) == key]
        return next(item for item in mine if any(at_ms == self._at_ms for at_ms, _, _ in item.levels))

    def _inputs(self) -> dict[str, Any]:
        limits = {side: self._setting(f"{side}_dose_limit_s") for side in SIDES}
        values: dict[str, Any] = {"limit_s": limits, "seated_limit_s": self._setting("seated_limit_s")}
        epochs = self._timeline.epochs.between(self._at_ms - EPOCH_BEFORE_MS, self._at_ms + 1)
        own = epochs.of(self._record.cushion)
        last = {name: column[-1] for name, column in own.fields.items()} if len(own) else None
        values["load_permille"] = {side: _known_u(last, f"{side}_u") for side in SIDES}
        known = self._fields if "left_dose_cs" in self._fields else last
        if known is not None:
            values["dose_s"] = {side: int(known[f"{side}_dose_cs"]) / 100 for side in SIDES}
            values["seated_s"] = int(known["seated_s"])
        else:
            values |= {"dose_s": dict.fromkeys(SIDES), "seated_s": None}
        own_bouts = self._timeline.own_bouts.get(self._record.cushion, [])
        own_breaks = self._timeline.own_breaks.get(self._record.cushion, [])
        sits = [bout for bout in own_bouts if bout.start_ms <= self._at_ms <= bout.end_ms]
        breaks = [item for item in own_breaks if item.verified and item.end_ms <= self._at_ms]
        return values | {
            "sat_since": self._zone.iso(sits[-1].start_ms) if sits else None,
            "sat_s": (self._at_ms - sits[-1].start_ms) / 1000 if sits else None,
            "last_break": {
                "end": self._zone.iso(breaks[-1].end_ms),
                "length_s": (breaks[-1].end_ms - breaks[-1].start_ms) / 1000,
            }
            if breaks
            else None,
        }

    def _setting(self, name: str) -> int:
        return self._timeline.thresholds.at(self._record.cushion, name, self._at_ms)

    def _threshold(self, name: str) -> dict[str, Any]:
        steps = self._timeline.thresholds.steps
        mine = [step for step in steps if (step.cushion, step.name) == (self._record.cushion, name)]
        since = [step for step in mine if step.at_ms <= self._at_ms]
        return {
            "name": name,
            "value": self._setting(name),
            "since": self._zone.iso(since[-1].at_ms) if since else None,
            "reason": since[-1].reason if since else "",
        }

    def _gates(self) -> Iterator[tuple[str, bool, str]]:
        """Everything that can hold a prompt back: its name, whether it did, and its state."""
        bits = int(self._fields["why"]) if self._record.kind == records.SUPPRESSED else 0
        then, local = self._then, self._zone.local(self._at_ms)
        quiet_from, quiet_to = self._setting("quiet_from_min"), self._setting("quiet_to_min")
        quiet = is_quiet(local.hour * 60 + local.minute, quiet_from, quiet_to)
        hours = f"{_clock(quiet_from)} to {_clock(quiet_to)}" if quiet_from != quiet_to else "none set"
        vehicle = self._setting("vehicle_mode")
        hour, day = (self._count(window_ms) for window_ms in (HOUR_MS, DAY_MS))
        yield "settling", False, f"holds prompts back for the first {self._setting('settling_s')} s of a sit"
        yield "quiet hours", bool(bits & prompting.QUIET), f"{hours}; {'within them' if quiet else 'outside them'}"
        yield "mute", bool(bits & prompting.MUTED), self._until("muted", then.muted_until_ms)
        yield "snooze", False, self._until("snoozed", then.snoozed_until_ms)
        yield "vehicle mode", bool(bits & prompting.VEHICLE), "on" if vehicle else "off"
        yield "battery", bool(bits & prompting.LOW_BATTERY), "too low to vibrate" if then.battery_low else "high enough"
        yield "object", bool(bits & prompting.OBJECT), "on the seat" if then.object_on else "none on the seat"
        yield "sensors", bool(bits & prompting.UNTRUSTED), ", ".join(then.faults) or "no faults"
        yield "3 an hour", bool(bits & prompting.HOUR_LIMIT), f"{hour} in the hour before"
        yield "16 a day", bool(bits & prompting.DAY_LIMIT), f"{day} in the 24 hours before"

    def _until(self, word: str, until_ms: int) -> str:
        return f"{word} until {self._zone.local(until_ms):%H:%M}" if until_ms > self._at_ms else f"not {word}"

    def _count(self, window_ms: int) -> int:
        """Prompts that began within a window before this one."""
        mine = [item for item in self._timeline.prompts if item.cushion == self._record.cushion]
        begins = [item.at_ms for item in mine if not any(at_ms == self._at_ms for at_ms, _, _ in item.levels)]
        return sum(self._at_ms - window_ms < at_ms < self._at_ms for at_ms in begins)


def _states(before: list[Stored]) -> _Then:
    snoozed_ms = muted_ms = 0
    battery_low = object_on = False
    faults: dict[int, str] = {}
    for record, fields in readable(before):
        assert record.unix_ms is not None
        if record.kind == records.SNOOZE and fields["accepted"]:
            snoozed_ms = record.unix_ms + int(fields["snooze_s"]) * 1000
        elif record.kind == records.MUTE:
            muted_ms = record.unix_ms + int(fields["mute_s"]) * 1000 if fields["on"] else 0
        elif record.kind == records.BATTERY:
            battery_low = int(fields["stage"]) >= LOG_ONLY
        elif record.kind == records.OBJECT:
            object_on = bool(fields["on"])
        elif record.kind == records.FAULT:
            faults.pop(int(fields["zone"]), None)
            if fields["on"]:
                zone = int(fields["zone"])
                faults[zone] = f"{name_of(ZONE_TITLES, zone)}: {name_of(records.QUALITIES, fields['quality'])}"
    return _Then(snoozed_ms, muted_ms, battery_low, object_on, tuple(faults.values()))


def _known_u(epoch: Mapping[str, int] | None, name: str) -> int | None:
    value = records.UNKNOWN_U if epoch is None else epoch[name]
    return None if value == records.UNKNOWN_U else value


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def lines(document: dict[str, Any]) -> Iterator[str]:
    """The decision in lines for a person."""
    inputs = document["inputs"]
    yield f"{_when(document['at'])}  {document['text']} (record {document['seq']}, cushion {document['cushion']})"
    if inputs["sat_since"]:
        yield f"  sitting since {inputs['sat_since'][11:16]}, for {duration_text(inputs['sat_s'])}"
    if inputs["last_break"]:
        length = duration_text(inputs["last_break"]["length_s"])
        yield f"  last verified break ended at {inputs['last_break']['end'][11:16]}, after {length}"
    for side in SIDES:
        dose, limit = inputs["dose_s"][side], inputs["limit_s"][side]
        load = inputs["load_permille"][side]
        shown = "unknown" if dose is None else f"{dose / 60:.1f} of {limit / 60:.1f} min"
        yield f"  {side} dose {shown}; load {'unknown' if load is None else f'{load / 10:.0f} % of your neutral sit'}"
    seated = "unknown" if inputs["seated_s"] is None else f"{inputs['seated_s'] / 60:.1f}"
    yield f"  seated {seated} of {inputs['seated_limit_s'] / 60:.1f} min since the last verified break"
    for item in document["thresholds"]:
        since = f"since {_when(item['since'])[:10]}" if item["since"] else "unchanged"
        yield f"  {item['name']} = {item['value']}, {since}" + (f" ({item['reason']})" if item["reason"] else "")
    for gate in document["gates"]:
        yield f"  {'held back by' if gate['held'] else 'allowed by'} {gate['name']}: {gate['text']}"
    if len(document.get("levels", [])) > 1:
        yield "  vibrated " + ", ".join(f"level {item['level']} at {item['at'][11:19]}" for item in document["levels"])
    if document["kind"] == "prompt":
        after = f" after {duration_text(document['response_s'])}" if document["response_s"] else ""
        name = document["outcome"]
        yield f"  outcome: {OUTCOME_NAMES.get(name, name) if name else 'not logged'}{after}"


def _when(at: str) -> str:
    return at[:19].replace("T", " ")
