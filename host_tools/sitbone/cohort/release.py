"""What may be published: no cell of fewer people than the minimum, and none that differs from the same cell of an
earlier release by fewer people. The lake remembers who was in which cell of which release.

Two releases of one cell whose people differ by one would give that one's value away, by subtraction. Somebody whose
data changed counts as one who left and one who joined. A count of people is also hidden where it, or the rest of its
group, is below the minimum. Totals over the arms aren't published: an arm that is hidden would follow from them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from sitbone.cohort.lake import Lake, Manifest
from sitbone.cohort.storage import Storage

Key = tuple[str, str, int]  # measure, arm, week (-1: the whole follow-up)
Cell = dict[str, Any]
TOO_FEW, HELD_BACK = "too few people", "held back until more people have joined or changed"
COUNT = "has_"  # a measure of this name counts people
OF_HEALTH = ("has_flare",)


@dataclass
class Release:
    """Who was in each published cell: ``members`` are pseudonyms with the state of their data; ``gone`` counts those
    who were forgotten since."""

    states: dict[str, str] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    gone: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> bytes:
        """For the lake: the people once, each cell's as bits in their order."""
        people = sorted(self.states)
        place = {person: index for index, person in enumerate(people)}
        bits = {key: hex(sum(1 << place[person] for person in found)) for key, found in self.members.items()}
        return json.dumps({"states": self.states, "members": bits, "gone": self.gone}, sort_keys=True).encode()

    @classmethod
    def of_json(cls, text: bytes) -> Release:
        """From the lake."""
        document = json.loads(text)
        people = sorted(document["states"])
        members = {
            key: [people[index] for index, bit in enumerate(reversed(bin(int(bits, 16))[2:])) if bit == "1"]
            for key, bits in document["members"].items()
        }
        return cls(document["states"], members, document["gone"])

    def without(self, participant: str) -> Release:
        """The same without a person, of whom each cell keeps a count."""
        gone = dict(self.gone)
        for key, found in self.members.items():
            if participant in found:
                gone[key] = gone.get(key, 0) + 1
        members = {key: [person for person in found if person != participant] for key, found in self.members.items()}
        return Release({who: state for who, state in self.states.items() if who != participant}, members, gone)


def state_of(manifest: Manifest) -> str:
    """What tells one state of a person's data from another."""
    import hashlib

    kept = {name: manifest[name] for name in ("files", "arm", "enrolled_day", "until_day")}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:12]


def publish(lake: Lake, manifests: dict[str, Manifest], cells: dict[Key, Cell], members: dict[Key, list[str]]) -> None:
    """Strikes from each cell what mustn't be published, leaving ``hidden``: why; and remembers the release.

    A cell has ``people``, and what else is struck. Releases that publish nothing new aren't remembered again.
    """
    states = {who: state_of(manifest) for who, manifest in manifests.items()}
    earlier = _releases(lake.storage)
    least = lake.study.min_cell
    for key, cell in cells.items():
        reason = _reason(cell, key, members[key], states, list(earlier.values()), least)
        if reason:
            cell.clear()
            cell["hidden"] = reason
    shown = {_text(key): sorted(members[key]) for key, cell in cells.items() if "hidden" not in cell}
    people = {who for found in shown.values() for who in found}
    now = Release({who: states[who] for who in people}, shown)
    if not any(vars(now) == vars(release) for release in earlier.values()):
        number = max(earlier, default=0) + 1
        lake.storage.put(_name(number), now.as_json())


def _reason(
    cell: Cell, key: Key, found: list[str], states: dict[str, str], earlier: list[Release], least: int
) -> str | None:
    """Why a cell can't be published; None where it can."""
    if len(found) < least:
        return TOO_FEW
    if key[0].startswith(COUNT) and _tells_of_few(key[0], cell["total"], len(found), least):
        return TOO_FEW
    text = _text(key)
    now = {(who, states[who]) for who in found}
    for release in earlier:
        if text not in release.members:
            continue
        then = {(who, release.states[who]) for who in release.members[text]}
        joined, left = len(now - then), len(then - now) + release.gone.get(text, 0)
        if 0 < joined < least or 0 < left < least:
            return HELD_BACK
    return None


def _tells_of_few(measure: str, count: int, people: int, least: int) -> bool:
    """Whether a count of people, or the rest of its group, is below the minimum. None at all is nobody; but of health,
    that it is everybody or nobody would be known of each."""
    if count in (0, people):
        return measure in OF_HEALTH
    return count < least or people - count < least


def forget_in_releases(storage: Storage, participant: str) -> None:
    """Takes a person out of every remembered release."""
    for number, release in _releases(storage).items():
        if participant in release.states:
            storage.put(_name(number), release.without(participant).as_json())


def _releases(storage: Storage) -> dict[int, Release]:
    names = sorted(name for name in storage.sizes("releases") if name.endswith(".json"))
    texts = zip(names, storage.get_all(names), strict=True)
    return {int(name[len("releases/") : -len(".json")]): Release.of_json(text) for name, text in texts if text}


def _name(number: int) -> str:
    return f"releases/{number:06}.json"


def _text(key: Key) -> str:
    return "|".join(map(str, key))
