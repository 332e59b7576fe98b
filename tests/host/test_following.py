"""Said once which side hurts: entries are about it, and the other side's limit follows at its distance."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitbone.diary.diary_store import DiaryStore
from sitbone.store.store import Store
from sitbone.tuning.following import following
from sitbone.tuning.rules import Change, Load, Proposal
from tests.host.test_tune import Run, home, kept, run  # noqa: F401  fixtures

TODAY = date(2026, 9, 21)
SINCE = TODAY - timedelta(days=60)
VALID = {TODAY - timedelta(days=ago): Load(1300.0, 20_000.0, 19_000.0) for ago in range(1, 9)}
UNRATED = Proposal("hold", 1500, 1500, "not enough data", ["0 of 7 days have both ratings"])


def sore(to_s: int = 1320, action: str = "up", from_s: int = 1200) -> Proposal:
    return Proposal(action, from_s, to_s, "a calm week", [])


def followed(found: Proposal = UNRATED, lead: Proposal | None = None, **changed: Any) -> Proposal:
    given_: dict[str, Any] = {"changes": ((), ()), "loads": VALID} | changed
    return following(found, lead or sore(), "left", SINCE, given_["changes"], given_["loads"], TODAY)


def test_it_rises_as_far_as_the_sore_side_and_says_why() -> None:
    found = followed()
    assert (found.action, found.from_s, found.to_s) == ("up", 1500, 1650)
    assert found.rule == "no ratings of its own: it follows the left side"
    assert found.evidence == [
        "at the distance it had: 25.0 min beside 20.0 min on Thu 23 Jul, when you set which side hurts"
    ]


def test_it_catches_up_by_a_tenth_and_goes_no_further_than_the_ratio() -> None:
    # The sore side went from 20 to 30 min, this one stayed at 25: its ratio allows 37.5, a tenth at a time.
    rose = [Change(SINCE + timedelta(days=7), 1200, 1800)]
    assert followed(lead=sore(1800, "hold", 1800), changes=((), rose)).to_s == 1650
    # It is at 37 min now, and had 25: less than a twentieth is left.
    own = [Change(SINCE + timedelta(days=14), 1500, 2220)]
    held = Proposal("hold", 2220, 2220, "not enough data", [])
    found = followed(held, sore(1800, "hold", 1800), changes=(own, rose))
    assert (found.action, found.to_s) == ("hold", 2220)
    assert found.rule == "nothing to follow on the left side, and no ratings of its own"


@pytest.mark.parametrize(
    "held",
    [
        Proposal("hold", 1500, 1500, "red flag", []),
        Proposal("hold", 1500, 1500, "one change per week", []),
        Proposal("hold", 1500, 1500, "pain rules out a rise", []),
        Proposal("down", 1500, 1200, "pain over 5 while sitting", []),
        Proposal("up", 1500, 1600, "your days say so", []),
    ],
    ids=lambda held: held.rule,
)
def test_what_its_own_pain_or_ratings_say_stands(held: Proposal) -> None:
    assert followed(held) is held


def test_without_valid_data_and_after_a_stop_it_stays() -> None:
    invalid = {day: Load(load.dose_s, load.recorded_s, load.valid_s / 2) for day, load in VALID.items()}
    assert followed(loads=invalid) is UNRATED
    assert followed(loads={}) is UNRATED
    assert followed(lead=sore(1200, "stop")) is UNRATED


@given(st.integers(300, 2700), st.integers(300, 2700), st.integers(300, 2700), st.integers(300, 2700))
def test_it_is_never_lowered_nor_ahead_of_the_sore_side(own_s: int, then_s: int, sore_s: int, sore_then_s: int) -> None:
    changes = ([Change(TODAY, then_s, own_s)], [Change(TODAY, sore_then_s, sore_s)])
    found = followed(
        Proposal("hold", own_s, own_s, "not enough data", []), sore(sore_s, "hold", sore_s), changes=changes
    )
    assert own_s <= found.to_s <= max(own_s, min(own_s * 1.1, 2700, then_s * sore_s / sore_then_s))


@pytest.fixture
def only_left(kept: Store) -> Store:  # noqa: F811
    """Two calm weeks whose ratings are all about the left side."""
    with kept.transaction() as db:
        db.execute("UPDATE pain SET side = 'left'")
    return kept


def test_tune_before_and_after_it_is_said(only_left: Store, run: Run) -> None:  # noqa: F811
    before = json.loads(run("tune", "--json"))
    assert (before["left"]["action"], before["right"]["action"]) == ("up", "hold")
    assert run("pain", "side") == "not said yet; for example: sitbone pain side left\n"
    assert run("pain", "side", "left") == "left, since 2026-09-21\n"
    after = json.loads(run("tune", "--json"))
    assert after["left"] == before["left"]
    assert (after["right"]["action"], after["right"]["to_s"]) == ("up", 1320)
    assert "no ratings of its own: it follows the left side" in run("tune")


def test_entries_are_about_the_side_that_hurts(home: Path, run: Run) -> None:  # noqa: F811
    run("pain", "2", "--morning")
    run("pain", "side", "right")
    run("pain", "3", "--morning", "--sat", "1")
    run("pain", "1", "--sitting", "--side", "left")
    assert json.loads(run("pain", "side", "--json")) == {"side": "right", "since": "2026-09-21"}
    run("pain", "side", "both")
    run("pain", "4", "--sitting")
    with Store(home / "sitbone.sqlite") as store:
        sides = {row["pain"]: row["side"] for row in DiaryStore(store).pains() if row["pain"] != 1}
        assert sides == {2: "both", 3: "right", 4: "both"}
        assert sorted(row["side"] for row in DiaryStore(store).pains() if row["pain"] == 1) == ["left", "right"]
