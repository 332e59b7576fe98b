"""What keeps a person from being known: pseudonyms by a keyed hash, words left out, dates moved. The key is never in
the lake: without it nobody gets from a pseudonym to a person, nor from a moved date to the true one."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sitbone.cohort.schema import FREE_TEXT
from sitbone.errors import SitboneError
from sitbone.files import whole

KEY_BYTES = 32
PSEUDONYM_DIGITS = 20  # 80 bits: no two of a million people collide
CONSENTS = ("notes", "names")
MOST_SHIFT_WEEKS = 52


def make_key(path: Path) -> None:
    """Writes a new random key, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path, private=True) as part:
        part.write_text(secrets.token_hex(KEY_BYTES) + "\n", encoding="ascii")


def read_key(path: Path) -> bytes:
    """The study's key. Raises SitboneError where the file is no such key."""
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        raise SitboneError(f"there is no key at {path}; name the study's key with --key") from None
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise SitboneError(f"{path} is not a study's key; name the right file with --key")
    return key


@dataclass(frozen=True)
class Mask:
    """How one study hides its participants."""

    key: bytes
    study: str
    shift_dates: bool

    def check(self) -> str:
        """What shows that a key is the study's, and nothing else about it."""
        return self._hash("check", "")

    def pseudonym(self, participant: str) -> str:
        """The participant's name in the lake, 20 hex digits."""
        return self._hash("participant", participant)

    def cushion(self, participant: str, cushion: str) -> str:
        """A cushion's name in the lake."""
        return self._hash(f"cushion {participant}", cushion)[:8]

    def fingerprint(self, content: Any) -> str:
        """What tells one content from another, and nothing about it to who lacks the key."""
        return self._hash("content", json.dumps(content, sort_keys=True, default=str))

    def shift_days(self, participant: str) -> int:
        """By how many days the participant's dates lie too early: whole weeks, so that weekdays stay; 0 to 51 of them,
        or none where the study doesn't shift."""
        if not self.shift_dates:
            return 0
        return int(self._hash("shift", participant), 16) % MOST_SHIFT_WEEKS * 7

    def _hash(self, purpose: str, text: str) -> str:
        message = "\0".join((self.study, purpose, text)).encode()
        return hmac.new(self.key, message, hashlib.sha256).hexdigest()[:PSEUDONYM_DIGITS]


def hidden(row: dict[str, Any], mask: Mask, participant: str, consents: tuple[str, ...]) -> dict[str, Any]:
    """A row without what the participant hasn't agreed to, its dates moved."""
    row = dict(row)
    if "notes" not in consents:
        row |= {name: None for name in FREE_TEXT if name in row}
    if row.get("cushion") and "names" not in consents:
        row["cushion"] = mask.cushion(participant, str(row["cushion"]))
    days = mask.shift_days(participant)
    if days:
        row |= {name: _earlier(row[name], days) for name in row if _is_moment(name) and row[name]}
    return row


def _is_moment(name: str) -> bool:
    return name in ("date", "day") or name.endswith(("_utc", "_local"))


def _earlier(text: str, days: int) -> str:
    moment = datetime.fromisoformat(text) - timedelta(days=days)
    if len(text) == len("2026-03-31"):
        return moment.date().isoformat()
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
