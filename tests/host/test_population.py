"""What the tuning rules do to simulated people. The small crowd is in `make test`, the whole one in `make evaluate`."""

import json
import os
from typing import Any

import pytest

from sitbone.population import POLICIES, Person, measure

SMALL, WHOLE = 24, 500


def told(found: dict[str, Any]) -> str:
    return json.dumps(found, indent=1)


def check_what_must_always_hold(found: dict[str, Any]) -> None:
    assert found["raised_within_7_days_of_a_flare"] == 0
    assert found["rose_more_than_a_tenth_in_7_days"] == 0
    assert found["rises"] > found["people"]
    assert found["near_or_rightly_stopped_who_follow"]["share"] >= found["near_or_rightly_stopped"]["share"]
    flares = found["flares_a_person"]
    assert flares["tuned"]["mean"] < min(flares["never"]["mean"], flares["timer"]["mean"])


def test_a_small_crowd() -> None:
    found = measure(SMALL)
    check_what_must_always_hold(found)
    assert found["near_or_rightly_stopped"]["share"] > max(found["near_never"]["share"], found["near_timer"]["share"])


def test_the_same_seed_lives_the_same_lives() -> None:
    assert [Person(7).live(policy) for policy in POLICIES] == [Person(7).live(policy) for policy in POLICIES]


@pytest.mark.bench
@pytest.mark.skipif("SITBONE_PEOPLE" not in os.environ, reason="make evaluate runs it: it takes minutes")
def test_the_population(capsys: pytest.CaptureFixture[str]) -> None:
    found = measure(int(os.environ.get("SITBONE_PEOPLE", WHOLE)))
    with capsys.disabled():
        print(f"\n{told(found)}")  # noqa: T201  the figures are what it is for
    check_what_must_always_hold(found)
    assert found["fewer_flares_than_never"]["low"] > 0
    assert found["fewer_flares_than_timer"]["low"] > 0
