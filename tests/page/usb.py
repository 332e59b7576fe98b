"""A Chromium that finds a virtual cushion on USB: umockdev shows it the cushion's pseudo-terminal as a serial adapter.

The person's choice in the browser's list of ports is a managed policy here, which names the page's address. It lies in
/etc, so that these tests need root. What a pseudo-terminal doesn't have are the lines DTR and RTS.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.dashboard.conftest import CHROMIUM, CHROMIUM_ARGS, PATIENCE_MS
from tests.page.conftest import Served, need

POLICIES = Path("/etc/chromium/policies/managed")
STARTS_S = 60
DEVICE = """P: /devices/pci0000:00/0000:00:14.0/usb1/1-1
E: DEVTYPE=usb_device
E: SUBSYSTEM=usb
E: ID_VENDOR_ID=10c4
E: ID_MODEL_ID=ea60
A: idVendor=10c4\\n
A: idProduct=ea60\\n
A: product=Virtual cushion\\n

P: /devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0/ttyUSB0/tty/ttyUSB0
E: DEVNAME={terminal}
E: SUBSYSTEM=tty
E: MAJOR=4
E: MINOR=64
E: ID_BUS=usb
E: ID_VENDOR_ID=10c4
E: ID_MODEL_ID=ea60
E: ID_MODEL=Virtual_cushion
E: ID_SERIAL=Virtual_cushion_0001
E: ID_SERIAL_SHORT=0001
A: dev=4:64\\n
"""
# umockdev answers each ioctl on a device of its own with an error, unless its table is away: then the terminal answers.
START = 'rm -f "$UMOCKDEV_DIR/ioctl/_default"; exec "$@"'


@dataclass(frozen=True)
class Usb:
    """A browser with a cushion on USB: its pages, and the folder that it keeps."""

    page: Page
    served: Served

    def open(self, address: str = "/") -> Page:
        self.served.open(self.page, address)
        return self.page


@contextmanager
def allowed(served: Served) -> Iterator[None]:
    """The policy that lets the page use all ports. Tests beside this one share the file: of two, one would count."""
    address = served.url.rstrip("/")
    POLICIES.mkdir(parents=True, exist_ok=True)
    _list_in_policy(lambda known: [*known, address])
    try:
        yield
    finally:
        _list_in_policy(lambda known: [other for other in known if other != address])


def _list_in_policy(change: Callable[[list[str]], list[str]]) -> None:
    with (POLICIES / "sitbone-tests.json").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        known = json.loads(file.read() or "{}").get("SerialAllowAllPortsForUrls", [])
        file.truncate(0)
        file.write(json.dumps({"SerialAllowAllPortsForUrls": change(known)}))


@contextmanager
def browser_with(terminal: str, folder: Path) -> Iterator[str]:
    """Chromium where this pseudo-terminal is a USB serial port; yields the address to steer it by."""
    assert CHROMIUM is not None
    device, profile = folder / "tty.umockdev", folder / "profile"
    device.write_text(DEVICE.format(terminal=terminal))
    found = profile / "DevToolsActivePort"
    found.unlink(missing_ok=True)
    chromium = [CHROMIUM, "--headless", *CHROMIUM_ARGS, "--no-first-run", f"--user-data-dir={profile}"]
    command = ["umockdev-run", "-d", str(device), "--", "sh", "-c", START, "sh", *chromium]
    # umockdev leaves its folder in TMPDIR, and Chromium a socket, whose path must be short.
    with TemporaryDirectory(prefix="usb-", ignore_cleanup_errors=True) as short:
        with (folder / "chromium.log").open("w") as log:
            process = subprocess.Popen(
                [*command, "--remote-debugging-port=0", "about:blank"],
                stderr=log,
                start_new_session=True,
                env=os.environ | {"TMPDIR": short},
            )
        try:
            deadline_s = time.monotonic() + STARTS_S
            while not (found.exists() and "\n" in found.read_text()):
                assert time.monotonic() < deadline_s, (folder / "chromium.log").read_text()[-2000:]
                time.sleep(0.1)
            yield "http://127.0.0.1:" + found.read_text().split()[0]
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


@contextmanager
def plugged_into(served: Served, terminal: str, folder: Path) -> Iterator[Usb]:
    """The page's browser with the cushion at this pseudo-terminal. An error in the page fails the test."""
    errors: list[str] = []
    # umockdev closes the pipes that Playwright's own way of starting a browser needs.
    with browser_with(terminal, folder) as address, sync_playwright() as playwright:
        chromium = playwright.chromium.connect_over_cdp(address)
        page = chromium.contexts[0].new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield Usb(page, served)
        chromium.close()
    assert not errors, errors


def need_usb() -> None:
    """Skips, with the reason, where a browser can't be given a USB port."""
    need("umockdev-run", "it shows the browser a USB port")
    if CHROMIUM is None:
        pytest.skip("no Chromium found")
    if os.geteuid() != 0:
        pytest.skip("the browser's policy lies in /etc: this needs root")
    if not sys.platform.startswith("linux"):
        pytest.skip("umockdev is for Linux")
