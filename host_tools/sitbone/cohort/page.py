"""The report for the study team: who took part, what is missing, and the figures that may be published."""

from __future__ import annotations

from typing import Any

from cushion import VERSION
from sitbone.cohort.measures import COUNTS, FLAGS, FLOW, MEANS
from sitbone.report.document import Block, Report, Section, Table, Text

SIMULATED = "Simulated data, not from real people."
TITLES = {"slope_" + name: measure.title for name, measure in MEANS.items()}
Cells = dict[tuple[str, str, int | None], dict[str, Any]]


def page_of(document: dict[str, Any], made: str) -> Report:
    """The report, of the document that `analysis.analyse` gives. ``made``: when, in words."""
    cells: Cells = {(row["measure"], row["arm"], row.get("week")): row for row in document["cells"]}
    arms = document["arms"]
    lead: list[Block] = [Text(SIMULATED, warning=True)] if document["simulated"] else []
    lead += [Text(_about(document))]
    sections = [
        Section("Who took part", [_flow(cells, arms), *_forgotten(document)], wide=True),
        Section("Over the whole follow-up", [_means(cells, arms)], wide=True),
        Section("Week by week", [_weeks(cells, arms, name) for name in MEANS if MEANS[name].weekly], wide=True),
        Section("A day's dose and the next morning", [_dose_pain(document["models"])], wide=True),
        Section("Data quality", [_counts(cells, arms, FLAGS, "People with")], wide=True),
    ]
    if len(arms) == 2:
        sections.insert(3, Section("Between the arms", _between(document["models"], arms), wide=True))
    return Report(f"Study {document['study']}", made, lead, sections)


def _about(document: dict[str, Any]) -> str:
    least = document["min_cell"]
    return (
        f"Written by sitbone {VERSION}. A dose is seat load over time, not tendon pressure; nothing here is a"
        f" diagnosis. No figure rests on fewer than {least} people, and none can be subtracted from an earlier report"
        " to find fewer; “hidden” marks what that rule strikes."
        f" Numbers of people are rounded down to a multiple of {least}."
        " Means are over people, each counting once, with 95 % intervals."
    )


def _forgotten(document: dict[str, Any]) -> list[Block]:
    if document["forgotten"] is None:
        return []
    return [Text(f"{document['forgotten']} participants withdrew and had their data deleted.")]


def _flow(cells: Cells, arms: list[str]) -> Table:
    rows = [["in the study", *(_figure(cells.get(("participants", arm, None))) for arm in arms)]]
    rows += _counts(cells, arms, FLOW, "").rows
    caption = "Each line counts the participants of whom that holds; the rest is missing."
    return Table(caption, ["Participants", *arms], rows)


def _counts(cells: Cells, arms: list[str], names: tuple[str, ...], head: str) -> Table:
    rows = [[COUNTS[name], *(_figure(cells.get((name, arm, None))) for arm in arms)] for name in names]
    return Table("", [head, *arms], rows)


def _means(cells: Cells, arms: list[str]) -> Table:
    rows = []
    for name in MEANS:
        found = [cells.get((name, arm, None)) for arm in arms]
        if any(found):
            rows.append([_title(name), *map(_figure, found), *map(_people, found)])
    flare = [_figure(cells.get(("has_flare", arm, None))) for arm in arms]
    rows.append(["People with a flare", *flare, *("" for _ in arms)])
    return Table("Mean (95 % interval)", ["Measure", *arms, *(f"people, {arm}" for arm in arms)], rows)


def _weeks(cells: Cells, arms: list[str], name: str) -> Table:
    weeks = sorted({week for title, _, week in cells if title == name and week is not None})
    rows = []
    for week in weeks:
        found = [cells.get((name, arm, week)) for arm in arms]
        rows.append([str(week + 1), *map(_figure, found), *map(_people, found)])
    return Table(_title(name), ["Week", *arms, *(f"people, {arm}" for arm in arms)], rows)


def _between(models: dict[str, Any], arms: list[str]) -> list[Block]:
    rows = [[TITLES[name], *_estimate(model), _verdict(model)] for name, model in models.items() if name in TITLES]
    caption = (
        f"How much faster it rises in {arms[1]} than in {arms[0]}, per four weeks: mixed model with a random intercept"
        " and slope by person. “differs” only where all outcomes together would be wrong in one of twenty studies"
        " (Holm)."
    )
    return [Table(caption, ["Outcome", "Difference", "95 % interval", "Verdict"], rows)]


def _verdict(model: dict[str, Any]) -> str:
    if "hidden" in model:
        return "hidden"
    return "differs" if model["differs"] else "no difference shown"


def _dose_pain(models: dict[str, Any]) -> Block:
    model = models.get("dose_pain")
    if model is None:
        return Text("Too few people with doses and ratings for a model.")
    caption = "Points of pain per ten more minutes of highest dose, within a person: an association, not an effect."
    return Table(caption, ["Mixed model", "Estimate", "95 % interval"], [["Next morning's pain", *_estimate(model)]])


def _estimate(model: dict[str, Any]) -> list[str]:
    if "hidden" in model:
        return ["hidden", ""]
    return [f"{model['estimate']:+.2f}", f"{model['low']:+.2f} to {model['high']:+.2f}"]


def _title(name: str) -> str:
    measure = MEANS[name]
    return f"{measure.title}, {measure.unit}" if measure.unit else measure.title


def _people(cell: dict[str, Any] | None) -> str:
    return "" if cell is None or "hidden" in cell else f"{cell['people_at_least']}+"


def _figure(cell: dict[str, Any] | None) -> str:
    if cell is None:
        return "–"
    if "hidden" in cell:
        return "hidden"
    if "mean" in cell:
        return f"{cell['mean']:.1f} ({cell['low']:.1f} to {cell['high']:.1f})"
    return str(cell["count"] if "count" in cell else cell["people"])
