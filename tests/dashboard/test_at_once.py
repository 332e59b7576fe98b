"""Several at the same data at once: two dashboards, a writer in the middle of its transaction, a writer that is killed.
No page mentions a lock, and nothing written is lost."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.dashboard.conftest import running
from tests.dashboard.cushions import sitbone

# As a sync's transfer does: records within one transaction, for as long as nobody stops it.
WRITER = """
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN IMMEDIATE")
db.execute("INSERT INTO sync (cushion, unix_ms, result) SELECT id, 0, '{}' FROM cushion")
print("writing", flush=True)
time.sleep(600)
"""
READ = ("/", "/trends", "/diary")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    assert sitbone(folder, "pain", "1", "--morning", "--when", "yesterday").returncode == 0
    return folder


def add(page, pain):
    page.get_by_role("button", name=f"Pain {pain}", exact=True).click()
    page.get_by_role("button", name="While sitting", exact=True).click()


def pains(home):
    return sorted(row["pain"] for row in json.loads(sitbone(home, "pain", "list", "--json").stdout)["entries"])


@pytest.mark.slow
def test_two_dashboards_write_into_one_diary(dashboard, home, new_page):
    before = pains(home)
    with running(home) as other:
        first, second = new_page(), new_page()
        first.goto(dashboard.at("/diary"))
        second.goto(other.at("/diary"))
        add(first, 2)
        add(second, 3)
        expect(first.locator(".status")).to_contain_text("Saved: pain 2")
        expect(second.locator(".status")).to_contain_text("Saved: pain 3")
        first.reload()
        expect(first.locator(".diary li")).to_have_count(len(before) + 2)
    assert pains(home) == sorted([*before, 2, 3])


@pytest.mark.slow
def test_while_somebody_writes_pages_are_read_and_a_write_waits_its_turn(dashboard, home, page):
    before = pains(home)
    page.goto(dashboard.at("/diary"))
    with closing(sqlite3.connect(home / "sitbone.sqlite", isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        for path in READ:
            page.goto(dashboard.at(path))
            expect(page.locator(".card").first).to_be_visible()
        add(page, 4)
        db.execute("ROLLBACK")
    expect(page.locator(".status")).to_contain_text("Saved: pain 4")
    assert pains(home) == sorted([*before, 4])


def test_a_writer_that_is_killed_leaves_neither_a_lock_nor_a_half(dashboard, home, page):
    path = home / "sitbone.sqlite"
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    try:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        before = pains(home)
        page.goto(dashboard.at("/diary"))
        add(page, 5)
    finally:
        writer.kill()
        writer.communicate(timeout=30)
    expect(page.locator(".status")).to_contain_text("Saved: pain 5")
    assert pains(home) == sorted([*before, 5])
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM sync").fetchone() == (0,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.slow
def test_a_write_that_waited_in_vain_says_so_and_keeps_what_was_chosen(dashboard, home, page):
    before = pains(home)
    page.goto(dashboard.at("/diary"))
    with closing(sqlite3.connect(home / "sitbone.sqlite", isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        add(page, 6)
        expect(page.locator(".status")).to_contain_text("writing to your data", timeout=60_000)
        expect(page.locator(".status")).not_to_contain_text("lock")
        db.execute("ROLLBACK")
    page.get_by_role("button", name="While sitting", exact=True).click()
    expect(page.locator(".status")).to_contain_text("Saved: pain 6")
    assert pains(home) == sorted([*before, 6])
