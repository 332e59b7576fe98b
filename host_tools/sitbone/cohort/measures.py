"""The measures of the analysis, as people read them. Names and units of the values are those of analysis.sql."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """``scale``: what a value is divided by; ``weekly``: there is one for each week, too. None can be below 0."""

    title: str
    unit: str
    scale: int
    weekly: bool = False

    @property
    def most(self) -> float:
        """The highest value that there can be."""
        return 100.0 if self.unit == "%" else float("inf")


MEANS = {
    "days_a_week": Measure("Days with data, a week", "days", 100, weekly=True),
    "valid_share": Measure("Valid among the days with data", "%", 100),
    "seated_h": Measure("Seated on a valid day", "h", 100, weekly=True),
    "breaks": Measure("Breaks on a valid day", "", 100, weekly=True),
    "dose_min": Measure("Highest dose of a valid day", "min", 100, weekly=True),
    "within_1": Measure("Stood up within 1 minute of a prompt", "%", 100),
    "within_3": Measure("Stood up within 3 minutes", "%", 100),
    "within_5": Measure("Stood up within 5 minutes", "%", 100),
    "morning_pain": Measure("Pain in the morning, 0 to 10", "", 100, weekly=True),
    "tolerated_min": Measure("Highest dose with a next morning of at most 3", "min", 100, weekly=True),
    "flares": Measure("Flares", "", 100),
}
COUNTS = {
    "has_any_data": "with any data",
    "has_valid_data": "with a valid day",
    "has_diary": "with ratings in the morning",
    "has_data_at_the_end": "with data in the last two weeks",
    "has_flare": "with a flare",
    "has_few_valid_days": "fewer than half of the days valid",
    "has_invalid_days": "three or more days with a sensor out of order or too little data",
    "has_days_outside": "days outside the follow-up: a clock that was wrong, or data of before",
}
FLOW = ("has_any_data", "has_valid_data", "has_diary", "has_data_at_the_end")
FLAGS = ("has_few_valid_days", "has_invalid_days", "has_days_outside")
