"""The button that sets autosync up, with a system that obeys and one that refuses in place of systemd."""

import sys

import pytest
from playwright.sync_api import expect

from tests.dashboard.conftest import running

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the stand-in is systemd's"),
]


@pytest.fixture
def systemctl(tmp_path, monkeypatch):
    """Writes what this system's systemctl does."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    def does(script):
        program = tmp_path / "bin" / "systemctl"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    return does


def test_a_click_sets_it_up(systemctl, tmp_path, page):
    systemctl("exit 0")
    with running(tmp_path) as dashboard:
        page.goto(dashboard.at("/cushion"))
        expect(page.locator(".by-itself")).to_contain_text("Not set up")
        page.get_by_role("button", name="Sync by itself").click()
        expect(page.locator(".by-itself")).to_contain_text("syncs by itself")
    unit = (tmp_path / "config/systemd/user/sitbone-autosync.service").read_text()
    assert f'"SITBONE_HOME={tmp_path}"' in unit


def test_a_system_that_refuses_is_named(systemctl, tmp_path, page):
    systemctl("echo no bus >&2; exit 1")
    with running(tmp_path) as dashboard:
        page.goto(dashboard.at("/cushion"))
        page.get_by_role("button", name="Sync by itself").click()
        expect(page.locator("main .status, .status").first).to_contain_text("systemctl can't start it (no bus)")
        expect(page.locator(".by-itself")).to_contain_text("Not set up")
