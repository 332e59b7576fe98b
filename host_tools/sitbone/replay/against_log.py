"""Compares the prompts of the replay with those in the log, and gives a reason for each difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cushion.core import records
from cushion.core.prompting import WHY_NAMES
from sitbone.analysis.timeline import Timeline
from sitbone.dates import Zone, duration_text
from sitbone.replay.log_reading import RESTART, Moment
from sitbone.replay.recording import Recording
from sitbone.replay.walk import Episode
from sitbone.store.blocks import name_of, number_of

NEAR_S = 10  # an epoch: the resolution of the log
RELATED_S = 900  # a prompt so much earlier or later is still the same one, missed


@dataclass
class Comparison:
    """``logged`` prompts, how many of them the replay ``found`` with equal level, cause and outcome, and the rest."""

    logged: int = 0
    found: int = 0
    differences: list[dict[str, Any]] = field(default_factory=list)

    @property
    def share(self) -> float | None:
        """None where the log holds no prompt."""
        return self.found / self.logged if self.logged else None

    def as_json(self) -> dict[str, Any]:
        """The document that `sitbone replay --against-log --json` prints."""
        share = None if self.share is None else round(self.share, 4)
        return {"episodes": self.logged, "found": self.found, "share": share, "differences": self.differences}


def compare(recordings: Sequence[Recording], timeline: Timeline, zone: Zone) -> Comparison:
    """Compares what each recording's replay decided with the prompts in the log (``timeline``)."""
    result = Comparison()
    for recording in recordings:
        log = recording.log
        logged = [
            _of_log(prompt)
            for prompt in timeline.prompts
            if prompt.cushion == log.cushion and log.from_s * 1000 <= prompt.at_ms < log.to_s * 1000
        ]
        _match(logged, recording, result, zone)
    result.differences.sort(key=lambda item: str(item["at"]))
    return result


def _of_log(prompt: Any) -> Episode:
    cause, side = number_of(records.CAUSES, prompt.cause), number_of(records.SIDES, prompt.side)
    ended = None if prompt.outcome is None else number_of(records.OUTCOMES, prompt.outcome)
    return Episode(round(prompt.at_ms / 1000), side, cause, prompt.level, ended)


def _match(logged: list[Episode], recording: Recording, result: Comparison, zone: Zone) -> None:
    """Takes episodes pair by pair, by time."""
    replayed = list(recording.followed.episodes)
    result.logged += len(logged)
    for episode in logged:
        near = min(replayed, key=lambda other: abs(other.at_s - episode.at_s), default=None)
        if near is not None and abs(near.at_s - episode.at_s) <= RELATED_S:
            replayed.remove(near)
        else:
            near = None
        if near is not None and _equal(episode, near):
            result.found += 1
            continue
        result.differences.append(_difference(episode, near, recording, zone))
    result.differences += [_difference(None, other, recording, zone) for other in replayed]


def _equal(one: Episode, other: Episode) -> bool:
    same = (one.level, one.cause, one.outcome) == (other.level, other.cause, other.outcome)
    return same and abs(one.at_s - other.at_s) <= NEAR_S


def _difference(logged: Episode | None, replayed: Episode | None, recording: Recording, zone: Zone) -> dict[str, Any]:
    at_s = (logged or replayed or Episode(0, 0, 0)).at_s
    return {
        "at": zone.iso(at_s * 1000),
        "logged": logged and _words(logged),
        "replayed": replayed and _words(replayed),
        "why": _why(logged, replayed, recording),
    }


def _words(episode: Episode) -> dict[str, Any]:
    return {
        "side": name_of(records.SIDES, episode.side),
        "level": episode.level,
        "cause": name_of(records.CAUSES, episode.cause),
        "outcome": None if episode.outcome is None else name_of(records.OUTCOMES, episode.outcome),
    }


def _why(logged: Episode | None, replayed: Episode | None, recording: Recording) -> str:
    at_s = (logged or replayed or Episode(0, 0, 0)).at_s
    if restart := _near_restart(at_s, recording):
        return restart
    if logged is None or replayed is None:
        return _why_alone(at_s, recording, in_log=logged is not None)
    if abs(logged.at_s - replayed.at_s) > NEAR_S:
        off_s = replayed.at_s - logged.at_s
        when = f"{duration_text(abs(off_s))} {'later' if off_s > 0 else 'earlier'}"
        return f"the replay prompts {when}: its dose or seated time, taken from epochs, reaches the limit then"
    if logged.cause != replayed.cause:
        return "dose and seated time reach their limits within one epoch; the replay sees the other first"
    if logged.outcome is None or replayed.outcome is None:
        return "one of them ends outside the records"
    if logged.outcome != replayed.outcome:
        return "it was ended by something shorter than an epoch, or within an epoch of a threshold"
    return "the person moved within an epoch of the moment when the next level was due"


def _near_restart(at_s: int, recording: Recording) -> str:
    """Whether the cushion restarted near the prompt, other than by waking from its sleep on an empty seat."""
    moments = [item for item in recording.items if isinstance(item, Moment) and item.what == RESTART]
    for moment in moments:
        if not moment.value[1] and abs(moment.at_s - at_s) <= RELATED_S:
            return "the cushion restarted around then, and the log cannot say when it went off"
    return ""


def _why_alone(at_s: int, recording: Recording, in_log: bool) -> str:
    if not in_log:
        return "only the replay prompts: on the cushion a wait after another prompt or a short rest came first"
    reasons = [bits for when_s, bits in recording.followed.held_back if at_s - RELATED_S <= when_s <= at_s]
    if reasons:
        held = ", ".join(name for bit, name in enumerate(WHY_NAMES) if reasons[-1] >> bit & 1)
        return f"the replay holds it back: {held}"
    waits = [episode for episode in recording.followed.episodes if 0 < at_s - episode.at_s <= 2 * RELATED_S]
    if waits:
        return "the replay is still waiting after another prompt that ended differently in the log"
    return "the replay's dose and seated time, from epochs, stay below the limits"
