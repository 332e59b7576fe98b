"""Day-level sitting and breaks as FHIR R5 Observations, one bundle a participant, validated by fhir.resources.

There is no accepted code for what a seat sensor sees: the codes are this project's own, and CODES is their list.
"""

from __future__ import annotations

import uuid
from typing import Any

from sitbone.errors import SitboneError

SYSTEM = "urn:sitbone:measure"
UCUM = "http://unitsofmeasure.org"
CATEGORY = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "activity"}],
}
# column -> (code, what it is, unit as read, UCUM code, what the column is divided by)
CODES = {
    "seated_s": ("seated-time", "Time seated on the cushion in a day", "min", "min", 60),
    "longest_s": ("longest-sit", "Longest sit of a day", "min", "min", 60),
    "breaks_verified": ("breaks", "Breaks between sits of a day", "breaks", "{breaks}", 1),
}


def bundle_of(study: str, participant: str, days: list[dict[str, Any]]) -> str:
    """A collection of the days' observations as JSON. ``days``: rows of the table days, with ``date``."""
    try:
        from fhir.resources.bundle import Bundle
    except ImportError:
        raise SitboneError("FHIR needs fhir.resources; run pip install 'sitbone[cohort]'") from None
    entries = [_entry(study, participant, day, column) for day in days for column in CODES if day[column] is not None]
    bundle = Bundle.model_validate({"resourceType": "Bundle", "type": "collection", "entry": entries})
    return str(bundle.model_dump_json(indent=1))


def _entry(study: str, participant: str, day: dict[str, Any], column: str) -> dict[str, Any]:
    code, title, unit, ucum, scale = CODES[column]
    when = day["date"].isoformat()
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{SYSTEM}/{study}/{participant}/{when}/{code}")
    observation = {
        "resourceType": "Observation",
        "id": str(name),
        "status": "final",
        "category": [CATEGORY],
        "code": {"coding": [{"system": SYSTEM, "code": code, "display": title}], "text": title},
        "subject": {"identifier": {"system": f"urn:sitbone:study:{study}", "value": participant}},
        "effectiveDateTime": when,
        "valueQuantity": {"value": day[column] / scale, "unit": unit, "system": UCUM, "code": ucum},
        "device": {"display": "sitbone seat cushion"},
    }
    return {"fullUrl": f"urn:uuid:{name}", "resource": observation}
