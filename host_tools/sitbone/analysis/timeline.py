"""The records of a range as events: sits, breaks, prompts with their outcomes, marks, and the epochs."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, replace

from cushion.core import records
from sitbone.analysis.epochs import EpochTable, epoch_table
from sitbone.analysis.spans import Span, apart, clipped, merged
from sitbone.analysis.thresholds import Thresholds
from sitbone.store.blocks import Fields, fields_of, name_of
from sitbone.store.store import Store, Stored

LONGEST_MS = 24 * 3_600_000  # a sit or gap that began before the range is still found if it is no longer than this
SAME_MS = 5000  # two records of one moment, each as precise as a decision second and its debounce
LONGEST_EPOCH_MS = 900_000  # on an empty seat, with the oldest firmware


@dataclass(frozen=True, slots=True)
class Break:
    """An empty seat between two sits, UTC ms; ``verified``: long enough to count as a break."""

    start_ms: int
    end_ms: int
    verified: bool


@dataclass(slots=True)
class Prompt:
    """One prompt: its vibrations and its outcome.

    ``levels``: (UTC ms, side, level) of each vibration, level 1 first; ``outcome`` None where no record tells it;
    ``response_s`` until the relief that ended it began, None without one. ``stood_s``: until the person stood up, None
    while that was not seen; ``watched_s``: how long the sit was seen after the prompt.
    """

    seq: int
    cushion: int
    session: int
    episode: int
    cause: str
    levels: list[tuple[int, str, int]]
    outcome: str | None = None
    response_s: float | None = None
    stood_s: float | None = None
    watched_s: float = 0.0

    @property
    def at_ms(self) -> int:
        return self.levels[0][0]

    @property
    def side(self) -> str:
        return self.levels[0][1]

    @property
    def level(self) -> int:
        """The highest level it reached."""
        return max(level for _, _, level in self.levels)

    def stood_within(self, seconds: float) -> bool | None:
        """Whether the person stood up within this time; None where unknown."""
        if self.stood_s is not None and self.stood_s <= seconds:
            return True
        return False if self.watched_s >= seconds else None


@dataclass(frozen=True, slots=True)
class Mark:
    """ "It hurts now", by the button: when (UTC ms), and the doses (s) and the seated time (s) at that moment."""

    at_ms: int
    left_s: float
    right_s: float
    seated_s: int


@dataclass(slots=True)
class Timeline:
    """What happened in a range and LONGEST_MS around it; of the epochs those that lie in it.

    ``bouts`` and ``breaks`` are the person's: somebody with several cushions sits on one at a time, so of sits that
    overlap the longest counts, and a break only where nobody sat elsewhere. ``own_bouts`` and ``own_breaks`` are each
    cushion's. ``doses`` are the (UTC ms, left s, right s) that events came at, ``unknown`` the stretches that the
    cushion knows it missed, ``slept`` those that it slept through on an empty seat. A sit that turned out to be a thing
    is in none of them; the epochs of that time say so (their ``state``).
    """

    epochs: EpochTable
    thresholds: Thresholds
    times_ms: list[int] = field(default_factory=list)  # of every record read
    bouts: list[Span] = field(default_factory=list)
    breaks: list[Break] = field(default_factory=list)
    prompts: list[Prompt] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    doses: list[tuple[int, float, float]] = field(default_factory=list)
    unknown: list[Span] = field(default_factory=list)
    slept: list[Span] = field(default_factory=list)
    own_bouts: dict[int, list[Span]] = field(default_factory=dict)
    own_breaks: dict[int, list[Break]] = field(default_factory=dict)

    def within(self, from_ms: int, to_ms: int) -> Timeline:
        """The part that concerns [from_ms, to_ms); the epochs up to the one that begins in it and ends after it."""
        return Timeline(
            self.epochs.between(from_ms, to_ms + LONGEST_EPOCH_MS),
            self.thresholds,
            [at_ms for at_ms in self.times_ms if from_ms <= at_ms < to_ms],
            clipped(self.bouts, from_ms, to_ms),
            [item for item in self.breaks if item.start_ms < to_ms and item.end_ms > from_ms],
            [item for item in self.prompts if from_ms <= item.at_ms < to_ms],
            [item for item in self.marks if from_ms <= item.at_ms < to_ms],
            [item for item in self.doses if from_ms <= item[0] < to_ms],
            [item for item in self.unknown if item.start_ms < to_ms and item.end_ms > from_ms],
            clipped(self.slept, from_ms, to_ms),
        )


def gather(store: Store, from_ms: int, to_ms: int) -> Timeline:
    """What happened in [from_ms, to_ms), and what is needed from the days before and after to know it."""
    timeline = Timeline(epoch_table(store, from_ms, to_ms + LONGEST_EPOCH_MS), Thresholds(store))
    reader = _Reader(timeline)
    for record in store.read(_HANDLERS, from_ms - LONGEST_MS, to_ms + LONGEST_MS):
        reader.take(record, fields_of(record.kind, record.payload))
    reader.close(store)
    return timeline


class _Reader:
    """Reads records by time into a Timeline."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._sats: dict[tuple[int, int], Stored] = {}  # sits that have not ended yet, by (cushion, session)
        self._bouts: dict[int, list[Span]] = {}
        self._ends: dict[int, list[tuple[int, bool]]] = {}  # of each cushion's sits: when, and whether by standing up
        self._prompts: dict[tuple[int, int, int], Prompt] = {}
        self._things: dict[int, list[Span]] = {}  # of each cushion: from when a thing came to when it was gone

    def take(self, record: Stored, fields: Fields) -> None:
        """Adds one placed record; one that this version can't read is skipped."""
        handler = _HANDLERS.get(record.kind)
        if not fields or handler is None or record.unix_ms is None:
            return
        self._timeline.times_ms.append(record.unix_ms)
        handler(self, record, record.unix_ms, fields)
        if "left_dose_cs" in fields:
            doses = (int(fields["left_dose_cs"]) / 100, int(fields["right_dose_cs"]) / 100)
            self._timeline.doses.append((record.unix_ms, *doses))

    def close(self, store: Store) -> None:
        """Ends the reading: a sit without an end lasts until its session's end; prompts get the time of standing up."""
        self._take_back()
        for sat in self._sats.values():
            assert sat.unix_ms is not None
            # In device time, so that setting the clock in the middle doesn't make a sit longer.
            length_ms = store.session_end_ms(sat.cushion, sat.session) - sat.at_mono_ms
            self._bouts.setdefault(sat.cushion, []).append(Span(sat.unix_ms, sat.unix_ms + length_ms))
            self._ends.setdefault(sat.cushion, []).append((sat.unix_ms + length_ms, False))
        for ends in self._ends.values():
            ends.sort()
        for prompt in self._timeline.prompts:
            self._follow(prompt, self._ends.get(prompt.cushion, []))
        own = {cushion: merged(bouts) for cushion, bouts in self._bouts.items()}
        self._timeline.own_bouts = own
        self._timeline.bouts = apart(own)
        others = {cushion: [b for other, bouts in own.items() if other != cushion for b in bouts] for cushion in own}
        breaks = {
            cushion: [item for item in items if not clipped(others.get(cushion, []), item.start_ms, item.end_ms)]
            for cushion, items in self._timeline.own_breaks.items()
        }
        self._timeline.breaks = apart(breaks)

    def _take_back(self) -> None:
        """What was recorded of a thing while it was taken for a person: a sit without an end, and the break before it,
        which went on. Epochs of that time know better now."""
        for cushion, things in self._things.items():
            begins = [thing.start_ms for thing in things]
            for key, sat in list(self._sats.items()):
                if sat.cushion == cushion and _near(begins, sat.unix_ms or 0):
                    del self._sats[key]
            breaks = self._timeline.own_breaks.get(cushion, [])
            self._timeline.own_breaks[cushion] = [item for item in breaks if not _near(begins, item.end_ms)]
            self._relabel(cushion, things)

    def _relabel(self, cushion: int, things: list[Span]) -> None:
        epochs = self._timeline.epochs
        states = list(epochs.fields["state"])
        for thing in things:
            for at in range(bisect_right(epochs.end_ms, thing.start_ms), bisect_right(epochs.end_ms, thing.end_ms)):
                if epochs.cushion[at] == cushion:
                    states[at] = records.STATE_OBJECT
        self._timeline.epochs = replace(epochs, fields={**epochs.fields, "state": states})

    def _follow(self, prompt: Prompt, ends: list[tuple[int, bool]]) -> None:
        at = bisect_left(ends, (prompt.at_ms, False))
        if at < len(ends):
            end_ms, stood = ends[at]
            prompt.watched_s = (end_ms - prompt.at_ms) / 1000
            prompt.stood_s = prompt.watched_s if stood else None

    def _sat(self, record: Stored, _: int, __: Fields) -> None:
        self._sats[record.cushion, record.session] = record

    def _stood(self, record: Stored, at_ms: int, fields: Fields) -> None:
        self._sats.pop((record.cushion, record.session), None)
        self._bouts.setdefault(record.cushion, []).append(Span(at_ms - int(fields["bout_ms"]), at_ms))
        self._ends.setdefault(record.cushion, []).append((at_ms, not fields["gap"]))

    def _break(self, record: Stored, at_ms: int, fields: Fields) -> None:
        found = Break(at_ms - int(fields["break_ms"]), at_ms, fields["verified"] == 1)
        self._timeline.own_breaks.setdefault(record.cushion, []).append(found)

    def _prompt(self, record: Stored, at_ms: int, fields: Fields) -> None:
        key = (record.cushion, record.session, int(fields["episode"]))
        vibration = (at_ms, name_of(records.SIDES, fields["side"]), int(fields["level"]))
        known = self._prompts.get(key)
        if known is not None and vibration[2] > 1 and known.outcome is None:
            known.levels.append(vibration)
            return
        cause = name_of(records.CAUSES, fields["cause"])
        self._prompts[key] = Prompt(record.seq, *key, cause, [vibration])
        self._timeline.prompts.append(self._prompts[key])

    def _outcome(self, record: Stored, _: int, fields: Fields) -> None:
        prompt = self._prompts.get((record.cushion, record.session, int(fields["episode"])))
        if prompt is not None and prompt.outcome is None:
            prompt.outcome = name_of(records.OUTCOMES, fields["outcome"])
            prompt.response_s = int(fields["response_ms"]) / 1000 if fields["response_ms"] else None

    def _unknown(self, _: Stored, at_ms: int, fields: Fields) -> None:
        self._timeline.unknown.append(Span(at_ms - int(fields["unknown_ms"]), at_ms))

    def _symptom(self, _: Stored, at_ms: int, fields: Fields) -> None:
        left_s, right_s = (int(fields[f"{side}_dose_cs"]) / 100 for side in ("left", "right"))
        self._timeline.marks.append(Mark(at_ms, left_s, right_s, int(fields["seated_s"])))

    def _slept(self, _: Stored, at_ms: int, fields: Fields) -> None:
        self._timeline.slept.append(Span(at_ms - int(fields["slept_s"]) * 1000, at_ms))

    def _object(self, record: Stored, at_ms: int, fields: Fields) -> None:
        things = self._things.setdefault(record.cushion, [])
        if fields["on"] and "ago_ms" in fields:
            things.append(Span(at_ms, at_ms + int(fields["ago_ms"])))
        elif things and not fields["on"]:
            things[-1] = Span(things[-1].start_ms, at_ms)


def _near(moments_ms: list[int], at_ms: int) -> bool:
    return any(abs(moment_ms - at_ms) <= SAME_MS for moment_ms in moments_ms)


_HANDLERS = {
    records.OBJECT: _Reader._object,
    records.SAT: _Reader._sat,
    records.STOOD: _Reader._stood,
    records.BREAK: _Reader._break,
    records.PROMPT: _Reader._prompt,
    records.OUTCOME: _Reader._outcome,
    records.UNKNOWN: _Reader._unknown,
    records.SYMPTOM: _Reader._symptom,
    records.SLEPT: _Reader._slept,
}
