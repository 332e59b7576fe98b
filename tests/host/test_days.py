"""Dates and durations as people type them."""

from datetime import UTC, datetime

import pytest

from sitbone.dates import duration_text, iso, midnight, parse_duration_s, parse_when, unix_ms
from sitbone.errors import UsageError

NOW = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)


pytestmark = pytest.mark.usefixtures("vienna")


@pytest.mark.parametrize(
    ("text", "end", "expected"),
    [
        ("today", False, "2026-03-31T00:00:00.000+02:00"),
        ("today", True, "2026-04-01T00:00:00.000+02:00"),
        ("yesterday", False, "2026-03-30T00:00:00.000+02:00"),
        ("2026-03-29", False, "2026-03-29T00:00:00.000+01:00"),
        ("2026-03-29", True, "2026-03-30T00:00:00.000+02:00"),
        ("2026-03-31T14:30", True, "2026-03-31T14:30:00.000+02:00"),
        ("2026-03-31T14:30Z", False, "2026-03-31T16:30:00.000+02:00"),
        ("now", False, "2026-03-31T14:00:00.000+02:00"),
    ],
)
def test_when(text: str, end: bool, expected: str) -> None:
    assert iso(unix_ms(parse_when(text, NOW, end))) == expected


@pytest.mark.parametrize("text", ["", "31.3.2026", "tomorrowish", "2026-02-30", "9999999-01-01"])
def test_no_when(text: str) -> None:
    with pytest.raises(UsageError, match="is not a date or time; give"):
        parse_when(text, NOW)


def test_a_day_with_a_clock_change_has_23_hours() -> None:
    begin, end = parse_when("2026-03-29", NOW), parse_when("2026-03-29", NOW, end=True)
    assert unix_ms(end) - unix_ms(begin) == 23 * 3_600_000
    assert begin == midnight(begin.date())


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("30m", 1800), ("8h", 28800), ("1h30m", 5400), ("2 d", 172800), ("45", 45)]
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration_s(text) == seconds


@pytest.mark.parametrize("text", ["", "8 hours", "h", "1h30", "-5s", "8h!"])
def test_no_durations(text: str) -> None:
    with pytest.raises(UsageError, match="is not a duration"):
        parse_duration_s(text)


def test_duration_texts() -> None:
    assert [duration_text(seconds) for seconds in (0.4, 59.6, 72, 1200, 3599.9, 7500)] == [
        "0 s",
        "1 min",
        "1 min 12 s",
        "20 min",
        "1 h 00 min",
        "2 h 05 min",
    ]
