"""One person's store or export becomes their part of the lake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from cushion import VERSION
from sitbone.cohort import schema
from sitbone.cohort.lake import Lake
from sitbone.cohort.privacy import CONSENTS, Mask, hidden
from sitbone.cohort.sources import Rows, read_person
from sitbone.errors import SitboneError
from sitbone.report.tidy import arrow_table

EPOCH = date(1970, 1, 1)
NO_ARM = "all"


@dataclass(frozen=True)
class Enrolment:
    """What the study knows of a participant.

    ``consents``: of `privacy.CONSENTS`; ``enrolled`` and ``until``: first and last day of the follow-up, None where the
    first day with data and the day of adding stand for them.
    """

    participant: str
    arm: str = NO_ARM
    consents: tuple[str, ...] = ()
    enrolled: date | None = None
    until: date | None = None


def add(lake: Lake, mask: Mask, path: Path, enrolment: Enrolment, now: datetime) -> bool:
    """Adds a person, or what is new of them; returns whether anything changed. Repeating it after a cut completes it.

    Raises SitboneError where the source can't be read, the key isn't the study's, or the arm is another than before.
    """
    lake.demand_key(mask)
    pseudonym = mask.pseudonym(enrolment.participant)
    before = lake.manifest(pseudonym)
    if before is not None and before["arm"] != enrolment.arm:
        raise SitboneError(
            f"{enrolment.participant} is in the arm {before['arm']}, not {enrolment.arm}; give the same arm,"
            " or first run sitbone cohort forget"
        )
    rows, kind = read_person(path)
    provenance = {"kind": kind, "content": mask.fingerprint(rows), "sitbone": VERSION}
    rows = {
        name: [hidden(row, mask, enrolment.participant, enrolment.consents) for row in found]
        for name, found in rows.items()
    }
    days = enrolment_days(rows, enrolment, mask, now.date())
    about = {
        "arm": enrolment.arm,
        "consents": sorted(enrolment.consents),
        "provenance": provenance,
        "added": now.isoformat(timespec="seconds") if not mask.shift_dates else None,
        "dates_shifted": mask.shift_dates,
        **days,
    }
    return lake.write(pseudonym, {name: lake_table(name, found) for name, found in rows.items()}, about)


def enrolment_days(rows: Rows, enrolment: Enrolment, mask: Mask, today: date) -> dict[str, int]:
    """First and last day of the follow-up, as days since 1970-01-01, moved like the participant's dates.

    Raises SitboneError where there is neither a day with data nor an enrolment, or the days are in the wrong order.
    """
    with_data = sorted(date.fromisoformat(row["date"]) for row in rows["days"])
    move = timedelta(days=mask.shift_days(enrolment.participant))
    if enrolment.enrolled is None and not with_data:
        raise SitboneError(f"{enrolment.participant} has no day with data; give the day of enrolment with --enrolled")
    first = with_data[0] if enrolment.enrolled is None else enrolment.enrolled - move
    # Beside moved dates the day of adding, which can be guessed, would tell by how much they were moved.
    default = with_data[-1] + move if mask.shift_dates and with_data else today
    last = (enrolment.until or default) - move
    if last < first:
        raise SitboneError(f"the follow-up of {enrolment.participant} ends before it begins; check --enrolled, --until")
    return {"enrolled_day": (first - EPOCH).days, "until_day": (last - EPOCH).days}


def lake_table(name: str, rows: list[dict[str, Any]]) -> Any:
    """The rows as a `pyarrow.Table` of `schema.schema_of`, sorted as they came."""
    source = schema.DAY_OF[name]
    # CSV knows no difference between no text and an empty one; so there is none here.
    rows = [{column: None if value == "" else value for column, value in row.items()} for row in rows]
    numbered = [row | {schema.DAY[0]: _epoch_day(row.get(source))} for row in rows]
    return arrow_table(numbered, schema.fields_of(name))


def _epoch_day(text: str | None) -> int | None:
    return (date.fromisoformat(text[:10]) - EPOCH).days if text else None


def parse_consents(text: str) -> tuple[str, ...]:
    """``notes,names`` as flags. Raises SitboneError for anything else."""
    found = tuple(word.strip() for word in text.split(",") if word.strip())
    unknown = [word for word in found if word not in CONSENTS]
    if unknown:
        raise SitboneError(f"{unknown[0]!r} is not something to consent to; give {' or '.join(CONSENTS)}")
    return found
