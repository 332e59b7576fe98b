"""The regular records of a range as columns, by time: a year has a million, so there is no object for each."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

from cushion.core import records
from sitbone.store.store import Store

FORMAT = struct.Struct(records.KINDS[records.EPOCH][1])
NAMES = tuple(records.names_of(records.EPOCH))


@dataclass(frozen=True, slots=True)
class EpochTable:
    """Epochs as columns of one length, by time: ``end_ms`` when each was closed (UTC), ``cushion`` the store's number,
    ``fields`` the columns named in `records`."""

    end_ms: Sequence[int]
    cushion: Sequence[int]
    fields: Mapping[str, Sequence[int]]

    def __len__(self) -> int:
        return len(self.end_ms)

    def between(self, from_ms: int, to_ms: int) -> EpochTable:
        """Those closed after `from_ms`, up to `to_ms`: an epoch that ends with a day belongs to it."""
        part = slice(bisect_right(self.end_ms, from_ms), bisect_right(self.end_ms, to_ms))
        return self._each(lambda column: column[part])

    def of(self, cushion: int) -> EpochTable:
        """Those of one cushion."""
        if all(number == cushion for number in self.cushion):
            return self
        mine = [number == cushion for number in self.cushion]
        return self._each(lambda column: list(compress(column, mine)))

    @property
    def begin_ms(self) -> list[int]:
        """When each began, by the seconds that it counted."""
        return [end_ms - 1000 * s for end_ms, s in zip(self.end_ms, self.fields["seconds"], strict=True)]

    def rows(self, *names: str) -> Iterator[tuple[int, ...]]:
        """The named fields of each epoch."""
        return zip(*(self.fields[name] for name in names), strict=True)

    def _each(self, change: Callable[[Sequence[int]], Sequence[int]]) -> EpochTable:
        fields = {name: change(column) for name, column in self.fields.items()}
        return EpochTable(change(self.end_ms), change(self.cushion), fields)


def epoch_table(store: Store, from_ms: int, to_ms: int) -> EpochTable:
    """The epochs that were closed in [from_ms, to_ms)."""
    rows = [row for row in store.epochs(from_ms, to_ms) if len(row[2]) >= FORMAT.size]
    payloads = b"".join(payload[: FORMAT.size] for _, _, payload in rows)
    columns = list(zip(*FORMAT.iter_unpack(payloads), strict=True)) or [()] * len(NAMES)
    fields: dict[str, Sequence[int]] = dict(zip(NAMES, columns, strict=True))
    known = range(len(records.STATES))
    fields["state"] = [state if state in known else records.STATE_UNKNOWN for state in fields["state"]]
    return EpochTable([at_ms for at_ms, _, _ in rows], [cushion for _, cushion, _ in rows], fields)
