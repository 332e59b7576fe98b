"""The analysis of a lake: one document, the same by either engine, of which only what may be published is left."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from sitbone.cohort import engines, models
from sitbone.cohort.lake import Lake, Manifest
from sitbone.cohort.measures import COUNTS, MEANS
from sitbone.cohort.release import Cell, Key, publish
from sitbone.errors import SitboneError

OUTCOMES = ("morning_pain", "tolerated_min", "seated_h")  # compared between two arms
WHOLE = -1


def analyse(
    lake: Lake, engine: str = "duckdb", master: str = "local[*]", memory: str = engines.MEMORY
) -> dict[str, Any]:
    """The document that `sitbone cohort analyse --json` prints.

    Raises SitboneError for a lake without participants, or an engine that isn't there.
    """
    manifests = lake.manifests()
    if not manifests:
        raise SitboneError(f"the lake {lake.storage.uri} has no participants; add some with sitbone cohort add")
    with engines.opened(engine, lake, manifests, master, memory) as opened:
        answered = ask(opened)
    return document(lake, manifests, answered)


def ask(engine: engines.Engine) -> dict[str, Any]:
    """What the engine is asked for, as `pyarrow.Table`: it is all that differs between engines."""
    for name, sql in engines.sections().items():
        engine.make(name, sql)
    place = "participant, week, measure, value"
    return {
        "cells": engine.rows("cells", "*", "measure, arm, week"),
        "values": engine.rows("person_measure", "measure, participant, arm, week, value", place),
        "dose_pain": engine.rows("dose_pain", "participant, arm, epoch_day, dose_s, pain", "participant, epoch_day"),
    }


def document(lake: Lake, manifests: dict[str, Manifest], answered: dict[str, Any]) -> dict[str, Any]:
    """The published cells and models, from the engine's answers."""
    members = _members(answered["values"])
    cells: dict[Key, Cell] = {
        (row["measure"], row["arm"], row["week"]): {name: row[name] for name in ("people", "total", "squares")}
        for row in answered["cells"].to_pylist()
    }
    arms = sorted({item["arm"] for item in manifests.values()})
    by_arm = Counter(item["arm"] for item in manifests.values())
    for arm in arms:
        key = ("participants", arm, WHOLE)
        cells[key] = {"people": by_arm[arm], "total": by_arm[arm], "squares": 0}
        members[key] = [who for who, item in manifests.items() if item["arm"] == arm]
    estimates = _estimates(answered, arms, cells, members)
    publish(lake, manifests, cells, members)
    least = lake.study.min_cell
    return {
        "study": lake.study.name,
        "simulated": lake.study.simulated,
        "min_cell": least,
        "dates_shifted": lake.study.shift_dates,
        "arms": arms,
        "forgotten": lake.study.forgotten if lake.study.forgotten >= least else None,
        "cells": [_row(key, cell, least) for key, cell in sorted(cells.items()) if key not in estimates],
        "models": _published(estimates, cells, least),
    }


def _members(values: Any) -> dict[Key, list[str]]:
    found: dict[Key, list[str]] = defaultdict(list)
    columns = [values[name].to_pylist() for name in ("measure", "arm", "week", "participant")]
    for measure, arm, week, participant in zip(*columns, strict=True):
        found[measure, arm, week].append(participant)
    return found


def _estimates(
    answered: dict[str, Any], arms: list[str], cells: dict[Key, Cell], members: dict[Key, list[str]]
) -> dict[Key, models.Estimate]:
    """The models' estimates; each is a cell, too, of the people that it rests on."""
    pairs = answered["dose_pain"]
    found: dict[Key, models.Estimate | None] = {("dose_pain", "all", WHOLE): models.dose_and_pain(pairs)}
    members["dose_pain", "all", WHOLE] = pairs["participant"].unique().to_pylist()
    for outcome in OUTCOMES if len(arms) == 2 else ():
        weeks = _weeks_of(answered["values"], outcome)
        key = (f"slope_{outcome}", "all", WHOLE)
        found[key] = models.slopes_apart(weeks, arms, MEANS[outcome].scale)
        members[key] = weeks["participant"].unique().to_pylist()
    made = {key: estimate for key, estimate in found.items() if estimate is not None}
    for key, estimate in made.items():
        cells[key] = {"people": estimate["people"]}
    return made


def _weeks_of(values: Any, outcome: str) -> Any:
    import pyarrow.compute as pc

    return values.filter(pc.and_(pc.equal(values["measure"], outcome), pc.greater_equal(values["week"], 0)))


def _published(estimates: dict[Key, models.Estimate], cells: dict[Key, Cell], least: int) -> dict[str, Any]:
    slopes = {key[0]: item["p"] for key, item in estimates.items() if key[0].startswith("slope_")}
    claimed = models.claims(slopes)
    made = {}
    for key, estimate in estimates.items():
        hidden = cells[key].get("hidden")
        estimate = {name: value for name, value in estimate.items() if name not in ("people", "rows")}
        estimate["people_at_least"] = _rounded(cells[key].get("people", 0), least)
        extra = {"differs": claimed[key[0]]} if key[0] in claimed else {}
        made[key[0]] = {"hidden": hidden} if hidden else estimate | extra
    return made


def _row(key: Key, cell: Cell, least: int) -> dict[str, Any]:
    """A published cell. How many people a mean rests on is rounded down: beside the arm's size, the exact number would
    tell how few are missing."""
    measure, arm, week = key
    row: dict[str, Any] = {"measure": measure, "arm": arm} | ({} if week == WHOLE else {"week": week})
    if "hidden" in cell:
        return row | cell
    if measure == "participants":
        return row | {"people": cell["people"]}
    if measure in COUNTS:
        return row | {"count": cell["total"]}
    scale, most = MEANS[measure].scale, MEANS[measure].most
    interval = models.mean_interval(cell["people"], cell["total"], cell["squares"], scale, most)
    return row | {"people_at_least": _rounded(cell["people"], least)} | interval


def _rounded(people: int, least: int) -> int:
    return people // least * least
