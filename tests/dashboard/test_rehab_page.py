"""The Rehab page: exercises added, rated on the next morning, removed; criteria that never change the stage."""

import json
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from sitbone.diary.diary_store import DiaryStore
from sitbone.diary.rehab import new_exercise
from sitbone.store.store import Store
from tests.dashboard.cushions import sitbone


@pytest.fixture
def exercises(dashboard):
    """What the command line says is in the log."""
    return lambda: json.loads(sitbone(dashboard.home, "rehab", "list", "--json").stdout)["exercises"]


@pytest.mark.slow
def test_an_exercise_is_added_rated_removed_and_back(dashboard, page, exercises):
    page.goto(dashboard.at("/rehab"))
    expect(page.locator("main")).to_contain_text("as agreed with your physiotherapist")
    page.get_by_role("button", name="Heavy and slow").click()
    page.get_by_role("button", name="Add exercise").click()
    expect(page.locator(".status")).to_contain_text("The exercise needs a name; type one")
    page.get_by_role("textbox", name="Exercise").fill("hip <b>thrust</b>")
    page.get_by_label("Sets").fill("4")
    page.get_by_label("Repetitions").fill("8")
    page.get_by_label("Load, kg").fill("60.5")
    page.get_by_label("Pain during").fill("1")
    page.get_by_role("button", name="Add exercise").click()
    entry = page.get_by_role("listitem").filter(has_text="hip <b>thrust</b>")
    expect(entry).to_contain_text("4 × 8, 60.5 kg, pain 1 during, next morning not rated yet")
    entry.get_by_text("How was the next morning?").click()
    entry.get_by_role("button", name="Pain 2").click()
    expect(entry).to_contain_text("2 next morning")
    (row,) = exercises()
    assert (row["stage"], row["sets"], row["load_kg"], row["pain_next"]) == ("heavy-slow", 4, 60.5, 2)
    entry.get_by_role("button", name="Remove").click()
    expect(page.locator(".status")).to_contain_text("Removed")
    assert exercises() == []
    page.locator(".status").get_by_role("button", name="Undo").click()
    expect(page.locator(".status")).to_contain_text("Exercise restored.")
    assert len(exercises()) == 1
    page.reload()
    expect(page.get_by_role("button", name="Heavy and slow")).to_have_attribute("aria-pressed", "true")
    page.get_by_text("Side, strength and note").click()
    heights = [page.get_by_role("button", name=name).bounding_box()["height"] for name in ("Add exercise", "Both legs")]
    assert heights[0] == heights[1]
    page.get_by_role("textbox", name="Exercise").fill("squat")
    page.get_by_label("Sets").fill("2000")
    page.get_by_role("button", name="Add exercise").click()
    expect(page.locator(".status")).to_contain_text("Sets 2000 is out of range; give 0 to 1000.")


def test_met_criteria_are_to_be_discussed_and_an_open_red_flag_comes_first(dashboard, page):
    now = datetime.now().astimezone()
    with Store(dashboard.home / "sitbone.sqlite") as store:
        diary = DiaryStore(store)
        for ago in (7, 5, 3, 1):
            values = {"sets": 5, "hold_s": 45, "pain_during": 1, "pain_next": 1}
            diary.add("rehab", new_exercise(now - timedelta(days=ago), "isometric", "bridge", **values))
        diary.add("rehab", new_exercise(now, "isometric", "bridge", pain_during=0, pain_next=0))
    page.goto(dashboard.at("/rehab"))
    expect(page.locator("main")).to_contain_text("Criteria met: discuss the next stage with your physiotherapist.")
    expect(page.locator("main")).to_contain_text("This log never changes your stage")
    assert sitbone(dashboard.home, "pain", "flags", "--add", "numbness").returncode == 0
    page.reload()
    expect(page.locator("main .notice.bad").first).to_contain_text("before any exercise")
    page.get_by_role("link", name="See the diary").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Diary")
