"""A visitor who leaves while a page or a button is still at work: nothing touches the elements of a page that is gone.

In the framework's own simulation, which closes a page when the test says so: the real one waits for a browser to come
back first. Work off the event loop ends when the test lets it.
"""

import asyncio
import gc
import logging
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

import pytest
from nicegui import Client, run
from nicegui.testing import User, UserInteraction, user_simulation

from sitbone.autosync import service
from sitbone.dashboard import served, widgets
from sitbone.dashboard.cushion.cushion_link import CushionLink
from sitbone.dashboard.pages import PAGES
from sitbone.diary.diary_store import DiaryStore
from sitbone.diary.entries import new_pain
from sitbone.diary.rehab import new_exercise
from sitbone.errors import NoCushion
from sitbone.store.store import Store
from tests.benchmarks.years import write_years

STEPS = 30  # of the event loop: more than a page needs to finish once its work is done
DAYS = 1  # today; none of yesterday, so that its pain lowers the limit itself
WITHOUT_WORK = ("/trends", "/live")  # their buttons are done at once, or they have none


class Machine:
    """Stands in for the threads, processes and the cushion. While it is held, whatever is asked of it waits."""

    def __init__(self) -> None:
        self._is_free = asyncio.Event()
        self._is_free.set()
        self.waiting = 0

    def hold(self) -> None:
        self.waiting = 0
        self._is_free.clear()

    def let_go(self) -> None:
        self._is_free.set()

    async def run(self, function, *args, **kwargs):
        self.waiting += not self._is_free.is_set()
        await self._is_free.wait()
        return function(*args, **kwargs)

    async def computed(self, function, *args, **kwargs):
        """As the framework's own: whoever is cancelled here gets None."""
        with suppress(asyncio.CancelledError):
            return await self.run(function, *args, **kwargs)

    async def without_cushion(self, _link, _work):
        def fails():
            raise NoCushion("no cushion found; plug it in")

        return await self.run(fails)


@asynccontextmanager
async def opened(monkeypatch) -> AsyncIterator[tuple[User, Machine]]:
    """All pages in a simulated browser."""
    monkeypatch.setattr(widgets, "SOON_S", 0.01)
    async with user_simulation() as user:
        machine = Machine()
        monkeypatch.setattr(asyncio, "to_thread", machine.run)
        monkeypatch.setattr(service, "install", lambda _options: None)  # never this computer's own
        monkeypatch.setattr(run, "cpu_bound", machine.computed)
        monkeypatch.setattr(CushionLink, "run", lambda link, wanted: machine.without_cushion(link, wanted))
        served.share_looks()
        for page in PAGES:
            served.register(page, PAGES)
        yield user, machine
        Client.page_routes.clear()  # or the simulation would unload the modules that the pages come from


async def leave(user: User, machine: Machine) -> None:
    """Closes the page; only then what it waits for is done."""
    assert user.client is not None
    user.client.delete()
    user.client = None
    await some_steps()
    machine.let_go()
    await some_steps()


async def some_steps() -> None:
    for _ in range(STEPS):
        await asyncio.sleep(0)


def buttons_of(user: User):
    assert user.client is not None
    return [item for item in user.client.elements.values() if "button" in item.classes and item._event_listeners]


async def drawn(user: User, path: str) -> None:
    """The page with all its buttons: in the diary some follow on a number."""
    await user.open(path)
    await some_steps()
    if path == "/diary":
        click(user, next(found for found in buttons_of(user) if found.text == "3"))
        await some_steps()


def click(user: User, found) -> None:
    UserInteraction(user, {found}, None).click()


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Something for each page to show a button for."""
    folder = tmp_path_factory.mktemp("data")
    now = datetime.now().astimezone()
    write_years(folder / "sitbone.sqlite", DAYS / 365, now.date())
    with Store(folder / "sitbone.sqlite") as store:
        diary = DiaryStore(store)
        diary.add("pain", new_pain(6, now - timedelta(days=1), now, "sitting"))
        diary.add("rehab", new_exercise(now - timedelta(days=1), "isometric", "bridge"))
        diary.add("red_flag", {"day": now.date().isoformat(), "entered_ms": 0, "what": "pop", "note": ""})
    return folder


@pytest.fixture(autouse=True)
def as_before(data, tmp_path, monkeypatch):
    """The user's data; called, it is as it was before any button."""
    monkeypatch.setenv("SITBONE_HOME", str(tmp_path))
    monkeypatch.setenv("SITBONE_PORT", str(tmp_path / "no-cushion"))  # no search on this computer's ports

    def copied():
        shutil.copy(data / "sitbone.sqlite", tmp_path)

    copied()
    return copied


@pytest.fixture
def unforeseen(caplog):
    """What the log says: tracebacks, and the framework's warnings about elements that are gone."""

    def found():
        gc.collect()  # an error that nobody took is logged when its task goes
        return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]

    return found


@pytest.mark.parametrize("path", ["/", "/trends", "/tune"])
def test_a_page_that_is_left_while_it_is_computed_ends_quietly(path, monkeypatch, unforeseen):
    async def visit():
        async with opened(monkeypatch) as (user, machine):
            if path == "/tune":  # its threads answer at once, only its process takes long
                monkeypatch.setattr(asyncio, "to_thread", Machine().run)
            machine.hold()
            await user.open(path)
            assert machine.waiting == 1
            await leave(user, machine)

    asyncio.run(visit())
    assert unforeseen() == []


@pytest.mark.parametrize("path", [page.path for page in PAGES])
def test_a_page_that_is_left_while_a_button_is_at_work_ends_quietly(path, monkeypatch, as_before, unforeseen):
    at_work = []

    async def visit():
        async with opened(monkeypatch) as (user, machine):
            await drawn(user, path)
            for index in range(len(buttons_of(user))):
                as_before()
                await drawn(user, path)
                button = buttons_of(user)[index]
                machine.hold()
                click(user, button)
                await some_steps()
                if machine.waiting:
                    at_work.append(button.text)
                await leave(user, machine)

    asyncio.run(visit())
    assert unforeseen() == []
    assert at_work or path in WITHOUT_WORK
