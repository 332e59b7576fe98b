"""What a person does on the pages, from the first start on, checked by what the command line says afterwards."""

import csv
import json
import re
from datetime import date, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from sitbone.analysis.why import why
from sitbone.diary.diary_store import DiaryStore
from sitbone.diary.entries import new_pain
from sitbone.store.store import Store
from tests.benchmarks.years import write_years
from tests.dashboard.conftest import PHONE, running
from tests.dashboard.cushions import sitbone

DAYS = 14


def pains(home):
    return json.loads(sitbone(home, "pain", "list", "--json").stdout)["entries"]


def status(page: Page):
    return page.locator(".status")


class TestTheFirstStartWithoutData:
    @pytest.mark.parametrize(
        ("path", "says"),
        [
            ("/", "sitbone sync"),
            ("/trends", "sitbone sync"),
            ("/diary", "Choose a number"),
            ("/tune", "Not enough data"),
            ("/rehab", "Add one above"),
            ("/live", "Plug in the cushion"),
            ("/cushion", "Connect the cushion to see its battery"),
        ],
    )
    def test_each_page_says_what_to_do_next(self, dashboard, page, path, says):
        page.goto(dashboard.at(path))
        expect(page.locator("main")).to_contain_text(says)

    @pytest.mark.slow
    @pytest.mark.parametrize("path", ["/", "/trends", "/tune"])
    def test_the_first_sync_is_a_click_away(self, dashboard, page, path):
        page.goto(dashboard.at(path))
        page.get_by_role("link", name="Go to Cushion").click()
        expect(page.get_by_role("button", name="Sync now")).to_be_visible()

    def test_an_address_that_is_not_there_leads_back(self, dashboard, page):
        assert page.goto(dashboard.at("/nowhere")).status == 404
        expect(page.get_by_text("This page doesn't exist")).to_be_visible()
        page.get_by_role("link", name="Diary").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Diary")

    @pytest.mark.slow
    @pytest.mark.parametrize("query", ["?day=yesterday", "?day=2999-01-01", "?day=", "?day=<b>"])
    def test_a_day_that_is_none_is_today(self, dashboard, page, query):
        page.goto(dashboard.at(f"/{query}"))
        expect(page.get_by_role("heading", level=2).first).to_contain_text("Today,")


class TestTheDiary:
    def test_two_clicks_add_pain_and_one_undoes_it(self, dashboard, page):
        page.goto(dashboard.at("/diary"))
        page.get_by_role("button", name="Pain 3", exact=True).click()
        page.get_by_role("button", name="On waking up", exact=True).click()
        expect(status(page)).to_contain_text("Saved: pain 3, on waking up.")
        (entry,) = pains(dashboard.home)
        assert (entry["pain"], entry["moment"], entry["side"]) == (3, "morning", "both")
        expect(page.locator(".diary li")).to_contain_text("On waking up")
        status(page).get_by_role("button", name="Undo").click()
        expect(page.locator(".diary li")).to_have_count(0)
        assert pains(dashboard.home) == []

    @pytest.mark.slow
    def test_a_message_is_closed_once_read(self, dashboard, page):
        page.goto(dashboard.at("/diary"))
        page.get_by_role("button", name="Pain 1", exact=True).click()
        page.get_by_role("button", name="At another time", exact=True).click()
        expect(status(page)).to_contain_text("Saved")
        status(page).get_by_role("button", name="Close this message").click()
        expect(status(page)).to_be_empty()

    def test_by_keyboard_alone(self, dashboard, page):
        page.goto(dashboard.at("/diary"))
        page.get_by_role("button", name="Pain 2", exact=True).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Pain 2", exact=True)).to_have_attribute("aria-pressed", "true")
        page.get_by_role("button", name="While sitting", exact=True).focus()
        page.keyboard.press("Space")
        expect(status(page)).to_contain_text("Saved: pain 2, while sitting.")

    def test_an_entry_is_corrected_and_the_correction_undone(self, dashboard, new_page):
        page = new_page(viewport=PHONE)
        sitbone(dashboard.home, "pain", "4", "--sitting", "--note", "first words")
        page.goto(dashboard.at("/diary"))
        page.locator("li", has_text="first words").get_by_role("button", name="Edit").click()
        page.get_by_label("Pain, 0 to 10").fill("1")
        page.get_by_role("button", name="Left", exact=True).click()
        page.get_by_label("Minutes of sitting until it began").fill("25")
        page.get_by_label("In your own words").fill("<b>better</b> words")
        page.get_by_role("button", name="Save").click()
        expect(status(page)).to_contain_text("Saved: pain 1")
        expect(page.locator("li", has_text="<b>better</b> words")).to_contain_text("began after 25 min of sitting")
        (entry,) = (entry for entry in pains(dashboard.home) if "words" in entry["note"])
        assert (entry["pain"], entry["side"], entry["onset_min"]) == (1, "left", 25)
        status(page).get_by_role("button", name="Undo").click()
        expect(page.locator("li", has_text="first words")).to_be_visible()
        (entry,) = (entry for entry in pains(dashboard.home) if "words" in entry["note"])
        assert (entry["pain"], entry["side"], entry["onset_min"]) == (4, "both", None)

    @pytest.mark.slow
    def test_a_correction_that_cannot_be_meant_is_refused_in_a_sentence_and_nothing_is_lost(self, dashboard, page):
        sitbone(dashboard.home, "pain", "5", "--sitting", "--note", "stays")
        page.goto(dashboard.at("/diary"))
        page.locator("li", has_text="stays").get_by_role("button", name="Edit").click()
        page.get_by_label("Pain, 0 to 10").fill("3")
        page.get_by_label("Day and time").fill("2999-01-01T10:00")
        page.get_by_role("button", name="Save").click()
        expect(status(page)).to_contain_text("2999-01-01 10:00 is in the future; give the time when you felt it.")
        expect(page.get_by_label("Pain, 0 to 10")).to_have_value("3")
        assert [entry["pain"] for entry in pains(dashboard.home) if entry["note"] == "stays"] == [5]

    @pytest.mark.slow
    def test_an_entry_is_removed_and_put_back(self, dashboard, page):
        sitbone(dashboard.home, "pain", "2", "--morning", "--note", "goes away")
        page.goto(dashboard.at("/diary"))
        page.locator("li", has_text="goes away").get_by_role("button", name="Remove").click()
        expect(page.locator("li", has_text="goes away")).to_have_count(0)
        assert not [entry for entry in pains(dashboard.home) if entry["note"] == "goes away"]
        status(page).get_by_role("button", name="Undo").click()
        expect(page.locator("li", has_text="goes away")).to_be_visible()
        assert [entry for entry in pains(dashboard.home) if entry["note"] == "goes away"]

    @pytest.mark.slow
    def test_pain_of_seven_says_to_seek_care(self, dashboard, page):
        page.goto(dashboard.at("/diary"))
        page.get_by_role("button", name="Pain 7", exact=True).click()
        page.get_by_role("button", name="At another time", exact=True).click()
        expect(status(page)).to_contain_text("a reason to see a doctor or physiotherapist")

    def test_a_red_flag_is_reported_and_cleared_by_a_clinician(self, dashboard, page):
        page.goto(dashboard.at("/diary"))
        page.get_by_text("Report a red flag").click()
        page.get_by_role("button", name="New numbness").click()
        expect(status(page)).to_contain_text("Reported: new numbness. Seek care.")
        assert "new numbness" in sitbone(dashboard.home, "pain", "flags").stdout
        page.get_by_text("Cleared by a clinician").click()
        page.get_by_role("button", name="Clear open flags").click()
        expect(status(page)).to_contain_text("Enter who cleared it")
        page.get_by_label("Who cleared it, and what they said").fill("Dr. Lee: harmless")
        page.get_by_role("button", name="Clear open flags").click()
        expect(status(page)).to_contain_text("Cleared.")
        assert "no open red flag" in sitbone(dashboard.home, "pain", "flags").stdout


@pytest.mark.parametrize("path", ["/", "/trends", "/diary", "/tune"])
def test_damaged_data_is_a_sentence_with_what_to_do(damaged, page, path):
    page.goto(damaged.at(path))
    expect(page.get_by_role("alert")).to_contain_text("is damaged")
    expect(page.get_by_role("alert")).to_contain_text("restore a backup")


@pytest.fixture(scope="module")
def damaged(tmp_path_factory):
    home = tmp_path_factory.mktemp("damaged")
    (home / "sitbone.sqlite").write_bytes(b"no database" * 1000)
    with running(home) as found:
        yield found


class TestADayWithRecords:
    yesterday: date
    count: int

    @pytest.fixture(scope="class")
    @classmethod
    def recorded(cls, tmp_path_factory):
        """Two weeks of days up to yesterday, with a diary."""
        home = tmp_path_factory.mktemp("recorded")
        now = datetime.now().astimezone()
        cls.yesterday = now.date() - timedelta(days=1)
        cls.count = write_years(home / "sitbone.sqlite", DAYS / 365, cls.yesterday)
        with Store(home / "sitbone.sqlite") as store:
            for ago in range(10):
                felt = (now - timedelta(days=ago + 1)).replace(hour=7)
                DiaryStore(store).add("pain", new_pain(ago % 4, felt, now, "morning"))
        with running(home) as found:
            yield found

    @pytest.mark.parametrize("path", ["/", "/trends", "/diary", "/tune", "/rehab"])
    def test_simulated_data_is_said_to_be(self, recorded, page, path):
        page.goto(recorded.at(path))
        expect(page.get_by_text("Simulated data, not from a real person.")).to_be_visible()

    def test_today_leads_to_the_last_day_with_records(self, recorded, page):
        page.goto(recorded.url)
        page.get_by_role("link", name=re.compile("Last day with records")).click()
        expect(page.get_by_role("heading", level=2).first).to_contain_text("Yesterday,")

    def test_a_prompt_shows_its_reason(self, recorded, page):
        page.goto(recorded.at(f"/?day={self.yesterday}"))
        prompt = page.get_by_role("button", name=re.compile("prompt left.*Why")).first
        prompt.click()
        expect(prompt).to_have_attribute("aria-expanded", "true")
        with Store(recorded.home / "sitbone.sqlite") as store:
            prompts = [row for row in _events(recorded.home, self.yesterday) if row["kind"] == "prompt"]
            expected = why(store, prompts[0]["seq"])
        reasons = page.locator(".reasons")
        expect(reasons).to_contain_text(expected["text"].split(": ")[1])
        expect(reasons).to_contain_text(f"{expected['inputs']['dose_s']['left'] / 60:.1f} min")
        expect(reasons).to_contain_text(f"{expected['inputs']['limit_s']['left'] / 60:.1f} min")
        prompt.click()
        expect(reasons).to_have_count(0)

    def test_the_figures_are_those_of_the_history(self, recorded, page):
        (day,) = json.loads(sitbone(recorded.home, "history", "--from", self.yesterday, "--json").stdout)["days"]
        page.goto(recorded.at(f"/?day={self.yesterday}"))
        expect(page.locator(".stat", has_text="sits")).to_contain_text(str(len(day["bouts"])))
        page.get_by_text("Show as tables").click()
        expect(page.get_by_role("region", name="Sits").locator("tbody tr")).to_have_count(len(day["bouts"]))

    @pytest.mark.slow
    def test_trends_have_each_figure_as_a_chart_and_as_a_table(self, recorded, page):
        page.goto(recorded.at("/trends?weeks=12"))
        charts = page.locator(".chart")
        expect(charts).to_have_count(8)
        expect(page.locator(".chart canvas")).to_have_count(8)
        seated = charts.filter(has=page.get_by_role("heading", name="Seated time"))
        seated.get_by_text("Show as table").click()
        cells = seated.locator("tbody td").all_inner_texts()
        assert len(cells) == 12 * 7
        assert cells.count("–") == 12 * 7 - DAYS
        expect(seated).to_contain_text("no records")

    @pytest.mark.slow
    @pytest.mark.parametrize("form", ["csv", "jsonl"])
    def test_the_records_are_downloaded_whole(self, recorded, page, form, tmp_path):
        page.goto(recorded.at(f"/?day={self.yesterday}"))
        with page.expect_download() as download:
            page.get_by_role("link", name={"csv": "Records as CSV", "jsonl": "Records as JSON Lines"}[form]).click()
        download.value.save_as(tmp_path / "records")
        assert download.value.suggested_filename.endswith(f".{form}")
        with (tmp_path / "records").open(newline="") as file:
            rows = list(csv.DictReader(file)) if form == "csv" else [json.loads(line) for line in file]
        assert len([row for row in rows if row.get("cushion")]) == self.count, "the others are the diary's"
        assert rows[0]["cushion"] == "026f28000001"

    @pytest.mark.slow
    @pytest.mark.parametrize(("name", "begins"), [("Report as PDF", b"%PDF-"), ("Report as HTML", b"<!doctype html>")])
    def test_the_report_is_downloaded(self, recorded, page, name, begins, tmp_path):
        page.goto(recorded.at("/trends"))
        with page.expect_download() as download:
            page.get_by_role("link", name=name).click()
        download.value.save_as(tmp_path / "report")
        assert (tmp_path / "report").read_bytes()[:15].lower().startswith(begins.lower())

    @pytest.mark.slow
    def test_the_proposal_is_that_of_the_command_line(self, recorded, page):
        found = json.loads(sitbone(recorded.home, "tune", "--json").stdout)
        page.goto(recorded.at("/tune"))
        left = page.locator(".proposal.left")
        expect(left).to_contain_text(found["left"]["rule"], ignore_case=True)
        left.get_by_text("Evidence").click()
        expect(left.locator("li")).to_have_count(len(found["left"]["evidence"]))
        replayed = page.get_by_role("region", name="Current and proposed limits")
        expect(replayed).to_contain_text(f"{found['predicted']['old']['prompts']:.1f}")


def _events(home, day):
    lines = sitbone(home, "events", "--from", day, "--to", day, "--json").stdout
    return [json.loads(line) for line in lines.splitlines()]
