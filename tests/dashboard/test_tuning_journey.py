"""A proposal read on the page, applied to the real firmware of the virtual cushion, and undone there."""

import json
import os
import re

import pytest
from playwright.sync_api import expect

from tests.dashboard.conftest import running
from tests.dashboard.cushions import sitbone
from tests.host.test_cushion import port

__all__ = ["port"]
pytestmark = pytest.mark.slow


def hurt_yesterday(home, side):
    """A day without records: the limit itself is taken for what hurt."""
    assert sitbone(home, "pain", "6", "--sitting", "--when", "yesterday", "--side", side).returncode == 0


def limits(home, port):
    """The cushion's own."""
    values = json.loads(sitbone(home, "settings", "show", "--json", "--port", port).stdout)["values"]
    return values["left_dose_limit_s"], values["right_dose_limit_s"]


def test_a_reduction_is_read_agreed_to_read_back_and_undone(tmp_path, port, page):
    assert sitbone(tmp_path, "sync", "--port", port).returncode == 0
    hurt_yesterday(tmp_path, "left")
    with running(tmp_path, "--port", port) as dashboard:
        page.goto(dashboard.at("/tune"))
        expect(page.locator(".proposal.left")).to_contain_text("Lower from 20.0 min to 16.0 min")
        expect(page.locator(".proposal.left")).to_contain_text("Pain over 5 while sitting")
        expect(page.locator(".proposal.right")).to_contain_text("Keep 20.0 min")
        page.get_by_role("button", name="Apply").click()
        expect(page.locator(".status")).to_contain_text("Applied and confirmed by the cushion: ◀ left 16.0 min.")
        changes = page.get_by_role("list", name="Newest changes first")
        expect(changes).to_contain_text("Left dose limit: 20.0 min → 16.0 min")
        expect(changes).not_to_contain_text("tune:")  # the log's shortened words
        expect(page.locator(".proposal.left")).to_contain_text("Keep 16.0 min")
        assert limits(tmp_path, port) == (960, 1200)
        page.locator(".status").get_by_role("button", name="Undo").click()
        # Undoing a reduction is a rise: only as much as a week allows.
        expect(page.locator(".status")).to_contain_text(
            "left dose limit is now 17.6 min, not 20.0 min as before the change"
        )
        expect(page.locator(".proposal.left")).to_contain_text("Keep 17.6 min")
        assert limits(tmp_path, port) == (1056, 1200)
        page.goto(dashboard.url)
        page.get_by_role("button", name="Show live dose").click()
        expect(page.locator(".now").get_by_role("meter", name="left dose")).to_be_visible()
        expect(page.locator(".now")).to_contain_text(re.compile("Next prompt in|No prompt is due"))


def test_what_was_not_agreed_to_is_not_applied(tmp_path, port, page):
    """Somebody corrects the diary elsewhere while the proposal is being read: another one would be applied."""
    assert sitbone(tmp_path, "sync", "--port", port).returncode == 0
    before = limits(tmp_path, port)
    hurt_yesterday(tmp_path, "right")
    with running(tmp_path, "--port", port) as dashboard:
        page.goto(dashboard.at("/tune"))
        expect(page.locator(".proposal.right")).to_contain_text("Lower from 20.0 min to 16.0 min")
        (entry,) = json.loads(sitbone(tmp_path, "pain", "list", "--json").stdout)["entries"]
        assert sitbone(tmp_path, "pain", "remove", entry["id"]).returncode == 0
        page.get_by_role("button", name="Apply").click()
        expect(page.locator(".status")).to_contain_text("The proposal has changed since you read it; read it again")
        assert limits(tmp_path, port) == before


def test_without_a_cushion_it_says_what_to_connect(tmp_path, page):
    sitbone(tmp_path, "pain", "6", "--sitting", "--side", "right")
    nowhere = tmp_path / "no-port"
    with running(tmp_path, "--port", os.fspath(nowhere)) as dashboard:
        page.goto(dashboard.at("/tune"))
        expect(page.get_by_text("To apply or undo a change, connect the cushion")).to_be_visible()
        page.get_by_role("button", name="Apply").click()
        expect(page.locator(".status .bad")).to_contain_text("no-port")
        expect(page.get_by_role("button", name="Apply")).to_be_enabled()
