"""What the model proposes, and what it may never do. Oracle: the sentences of the guard, over plain dictionaries."""

from collections.abc import Callable
from datetime import date, timedelta
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitbone.diary.entries import Rating, SideDiary
from sitbone.tuning.decision import decide
from sitbone.tuning.picture import as_json, picture
from sitbone.tuning.rules import Change, Load, Proposal, propose

TODAY = date(2026, 3, 30)


def day(ago: int) -> date:
    return TODAY - timedelta(days=ago)


def calm(days: int = 60, pain: int = 1) -> SideDiary:
    return SideDiary({day(n): Rating(pain) for n in range(days)}, {day(n): Rating(pain) for n in range(1, days)})


def loads(dose_min: float = 21, days: int = 60) -> dict[date, Load]:
    return {day(n): Load(60 * dose_min, 30000, 29000) for n in range(days)}


def decided(diary: SideDiary, limit_s: int = 1200, changes: tuple[Change, ...] = (), dose_min: float = 21) -> Proposal:
    return decide(TODAY, limit_s, diary, loads(dose_min), changes)[0]


def test_months_of_calm_days_raise_the_limit_by_a_tenth_and_say_why() -> None:
    found = decided(calm())
    assert (found.action, found.from_s, found.to_s) == ("up", 1200, 1320)
    assert found.rule == "your days say that you probably tolerate more than the limit"
    assert found.evidence[0].startswith("what you tolerate is probably near ")
    assert found.evidence[1] == "Mon 23 Mar: highest dose 21.0 min, pain while sitting 1, next morning 1 (usual 1)"


def test_pain_beyond_what_the_limit_allows_lowers_it_to_what_is_tolerated() -> None:
    """Days at 30 min hurt, days at 18 don't: a limit of 30 is too high."""
    diary, doses = calm(), {}
    for ago in range(1, 60):
        long = ago % 2 == 0
        doses[day(ago)] = Load(60 * (30 if long else 18), 30000, 29000)
        diary.sittings = {**diary.sittings, day(ago): Rating(4 if long else 1)}
        diary.mornings = {**diary.mornings, day(ago - 1): Rating(3 if long else 1)}
    found, _ = decide(TODAY, 1800, diary, doses, ())
    assert (found.action, found.rule) == ("down", "your days say that you probably tolerate less than the limit")
    assert 1440 <= found.to_s <= 1600
    again, _ = decide(TODAY, found.to_s, diary, doses, [Change(day(3), 1800, found.to_s, day(3))])
    assert again.action == "hold"  # what is known moves slowly: one such reduction a week


def test_with_few_days_the_rules_answer() -> None:
    found, outlook = decide(TODAY, 1200, calm(15), loads(days=15), ())
    assert found == propose(TODAY, 1200, calm(15), loads(days=15), ())
    assert as_json(outlook) is None
    assert list(picture(None, 1200, 1320)) == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda d: d.mornings.update({day(5): Rating(3)}), "pain rules out a rise"),
        (lambda d: d.mornings.update({day(n): Rating(4) for n in range(60)}), "pain rules out a rise"),
        (lambda d: d.mornings.update({day(n): Rating(2) for n in range(7)}), "pain rules out a rise"),
        (lambda d: setattr(d, "flares", frozenset([day(6)])), "pain rules out a rise"),
        (lambda d: setattr(d, "red", [(day(40), "a sudden pop")]), "red flag"),
        (lambda d: d.mornings.pop(TODAY), "not enough data"),
        (
            lambda d: [ratings.pop(day(n)) for n in (1, 2, 3, 4) for ratings in (d.mornings, d.sittings)],
            "not enough data",
        ),
    ],
)
def test_what_forbids_a_rise(change: Callable[[SideDiary], None], rule: str) -> None:
    diary = calm()
    change(diary)
    found = decided(diary)
    assert (found.action, found.rule) == ("hold", rule)


def test_a_bad_day_six_weeks_ago_does_not() -> None:
    diary = calm()
    diary.sittings = {**diary.sittings, day(40): Rating(6)}
    assert decided(diary).action == "up"


def test_a_limit_that_no_day_tested_or_that_changed_this_week_stays() -> None:
    assert decided(calm(), dose_min=13).rule == "limit not tested yet"
    assert decided(calm(), changes=(Change(day(6), 1100, 1200),)).rule == "one change per week"


def test_always_the_same_3_never_raises_and_says_what_a_rating_needs() -> None:
    found = decided(calm(pain=3))
    assert found.action == "hold"
    assert "each of your" in found.evidence[0]


def test_pain_over_5_while_sitting_lowers_it_at_once() -> None:
    diary = calm()
    diary.sittings = {**diary.sittings, day(0): Rating(6)}
    found = decided(diary, dose_min=19)
    assert (found.action, found.to_s, found.rule) == ("down", 960, "pain over 5 while sitting")


def test_the_picture_shows_both_limits_in_their_places() -> None:
    found, outlook = decide(TODAY, 1200, calm(), loads(), ())
    document = as_json(outlook)
    assert document is not None
    assert document["low_s"] < document["middle_s"] < document["high_s"]
    assert sum(row["share"] for row in document["chances"]) == pytest.approx(1, abs=0.01)
    lines = list(picture(document, found.from_s, found.to_s))
    assert lines[0] == "how likely it is that you tolerate so many minutes:"
    assert any(line.startswith("  20 to 24 min") and line.endswith("<- limit now, new limit") for line in lines)


RATINGS = st.lists(st.one_of(st.none(), st.integers(0, 8), st.integers(0, 2)), min_size=70, max_size=70)


@settings(max_examples=40, deadline=None)
@given(RATINGS, RATINGS, st.integers(300, 2700), st.integers(8, 50))
def test_no_diary_whatever_raises_a_limit_against_pain(
    mornings: list[int | None], sittings: list[int | None], limit_s: int, dose_min: int
) -> None:
    diary = SideDiary(
        {day(n): Rating(pain) for n, pain in enumerate(mornings) if pain is not None},
        {day(n): Rating(pain) for n, pain in enumerate(sittings) if pain is not None and n > 0},
    )
    found, _ = decide(TODAY, limit_s, diary, loads(dose_min, 70), ())
    assert 300 <= found.to_s <= 2700
    if found.action != "up":
        return
    assert limit_s < found.to_s <= limit_s * 1.1
    week = [pain for pain in mornings[:7] if pain is not None]
    assert mornings[0] is not None
    assert median(week) <= 3
    assert max((pain for pain in sittings[:8] if pain is not None), default=0) <= 5
    assert max(pain for pain in mornings[:15] + sittings[:15] if pain is not None) < 7
    before = [pain for pain in mornings[42:49] if pain is not None]
    assert len(before) < 3 or median(week) <= median(before)
