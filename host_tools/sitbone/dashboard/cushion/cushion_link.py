"""The dashboard's one connection to the cushion: a thread owns the serial port, and all open pages share what it reads.

The port is held only while somebody looks (pages call ``look`` while they are visible) or a task runs; at other times
the command line can have it. A failure becomes a sentence in the ``View``. When the cushion is unplugged, the thread
searches until it is back, and its last answers stay visible.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any, Literal, TypeVar

from cushion.core import records
from sitbone.analysis.syncing import sync
from sitbone.board import device, serial_line
from sitbone.board.device import Cushion, GentleCushion
from sitbone.board.haptics import MOST_TRIALS, find_threshold
from sitbone.board.live import STEADY_S, capture, figures
from sitbone.board.port_holder import holder_of
from sitbone.dashboard.platform import here, threads
from sitbone.dashboard.work import now
from sitbone.dates import unix_ms
from sitbone.errors import CushionGone, NoCushion, Refused, SitboneError, TransferDamaged
from sitbone.home import store_path
from sitbone.settings.changes import change
from sitbone.store.store import Store

POLL_S = 0.16  # the cushion samples each 0.25 s: no sample is missed, and the wire stays half free
STATUS_EVERY_S = 5.0
RETRY_S = 1.0
SEARCH_MOST_S = 30.0
LINGER_S = 2.0  # between two pages nobody looks for a moment
ANSWER_S = 120.0  # for a person to say whether a pulse was felt
GOODBYE_S = 2.0  # for running work when the program stops

LOG = logging.getLogger(__name__)

Row = dict[str, Any]
State = Literal["resting", "searching", "connected", "gone", "failed"]
Connect = Callable[[], AbstractContextManager[Cushion]]
Progress = Callable[[int, int], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Task:
    """Work that takes time. ``kind``: "sync", "install", "flash", a phase of the calibration, or "haptics", which
    ``asks`` whether a pulse was felt. ``said``: what the person is to do now, in the leans. At its end it has a result,
    or a problem, or neither when it was stopped."""

    kind: str
    begun_s: float
    done: int = 0
    total: int = 0
    running: bool = True
    asks: bool = False
    said: str = ""
    result: Row | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """What every page shows, replaced as a whole.

    ``state``: "resting" (the port is free), "searching", "connected", "gone" (lost; searching), "failed" (never
    found). ``problem``: why, as "what; what to do". ``ports``: to choose from. ``number`` counts the answers in
    ``live``, which are `live.figures`; ``status`` has ``host_unix_ms``, when it was read.
    """

    state: State = "resting"
    port: str = ""
    problem: str = ""
    ports: tuple[str, ...] = ()
    number: int = 0
    live: Row | None = None
    status: Row | None = None
    task: Task | None = None


class CushionLink:
    """The owner of the port. ``port``: None for the only cushion. Thread-safe; call ``stop`` at the end."""

    def __init__(self, port: str | None = None) -> None:
        self.marks: dict[str, Row] = {}  # "before" and "after": figures to compare with, the same for all pages
        self._chosen = port or None
        self._patience = _Patience()
        self._found: str | None = None  # by a search; searched for again once it is gone
        self._view = View()
        self._lock = threads.Lock()
        self._jobs: threads.Queue[_Job | None] = threads.Queue()
        self._open: ExitStack | None = None
        self._cushion: Cushion | None = None
        self._recent: deque[tuple[float, Row]] = deque()
        self._looked_s = -LINGER_S
        self._live_due_s = self._status_due_s = self._retry_due_s = 0.0
        self._is_idle = True
        self._answers: threads.Queue[bool | None] = threads.Queue()
        self._is_cancelled = False
        self._is_free = False  # the user wants the port for something else
        self._is_stopping = False
        self._thread = threads.start(self._run, "cushion-link")

    # ---- what pages call

    @property
    def view(self) -> View:
        """The current view."""
        return self._view

    @property
    def is_free(self) -> bool:
        """Whether the user has disconnected the cushion."""
        return self._is_free

    def look(self) -> None:
        """A visible page calls this several times a second."""
        self._looked_s = time.monotonic()
        if self._is_idle:
            self._wake()

    def recent(self) -> list[Row]:
        """The live answers of the last STEADY_S seconds, oldest first."""
        with self._lock:
            return [answer for _, answer in self._recent]

    def choose(self, port: str | None) -> None:
        """Connects to another port; None for the only cushion."""
        self._is_free = False
        self._looked_s = time.monotonic()

        def change(_: Connect) -> None:
            self._close()
            self._chosen, self._found, self._patience = port or None, None, _Patience()
            self._retry_due_s = 0.0
            self._show(state="searching", port=port or "", problem="", live=None, status=None)

        self._submit(change)

    def let_go(self) -> None:
        """Frees the port for other programs until `choose` or `take` is called."""
        self._is_free = True
        self._wake()

    def take(self) -> None:
        """Takes the port again after `let_go`."""
        self._is_free = False
        self._retry_due_s = 0.0
        self.look()

    def submit(self, work: Callable[[Connect], T]) -> Future[T]:
        """Does something with the cushion in the thread, between two readings; ``with connect() as cushion`` connects
        if needed. The future has its result or its error."""
        return self._submit(work)

    async def run(self, work: Callable[[Connect], T]) -> T:
        """The same, awaited; it is finished even if the visitor leaves. Raises what it raises."""
        return await asyncio.shield(asyncio.wrap_future(self.submit(work)))

    def ask(self, name: str, *args: object) -> Row:
        """One call of the cushion, from any thread but the event loop's. Raises SitboneError."""
        return threads.result_of(self.submit(lambda connect: _asked(connect, name, *args)))

    # ---- tasks: one at a time, shown on all pages

    def sync(self) -> None:
        """Starts a sync. Raises Refused while another task runs."""
        self._begin("sync", lambda progress: threads.result_of(self.submit(lambda connect: _synced(connect, progress))))

    def with_port(self, kind: str, work: Callable[[str, Progress], Row]) -> None:
        """Starts work that opens the port itself, by its name. Raises Refused while another task runs."""
        self._begin(kind, lambda progress: threads.result_of(self.submit(lambda _: self._lent(work, progress))))

    def _lent(self, work: Callable[[str, Progress], Row], progress: Progress) -> Row:
        ports = serial_line.ports()
        port = self._chosen or self._found or (ports[0] if len(ports) == 1 else "")
        if not port:
            raise NoCushion(_why_none(ports))
        self._close()
        return work(port, progress)

    def calibrate(self, phase: str) -> None:
        """Starts a phase of the calibration. Raises Refused while another task runs."""
        self._begin(phase, lambda progress: capture(self.ask, phase, progress, self._say))

    def _say(self, words: str) -> None:
        if self._view.task is not None:
            self._show(task=replace(self._view.task, said=words))

    def feel(self) -> None:
        """Starts the search for the weakest vibration that is felt, which sets the strength; `answer` each pulse."""
        self._answers = threads.Queue()
        self._begin("haptics", self._find_strength)

    def answer(self, is_felt: bool) -> None:
        """Whether the last pulse was felt."""
        self._answers.put(is_felt)

    def _find_strength(self, progress: Progress) -> Row:
        played = 0

        def felt(_: int) -> bool:
            nonlocal played
            played += 1
            self._show(task=replace(self._view.task or Task("haptics", 0), done=played, total=MOST_TRIALS, asks=True))
            answer = self._answers.get(timeout=ANSWER_S)
            progress(played, MOST_TRIALS)
            if answer is None:
                raise Refused("stopped")
            return answer

        try:
            found = find_threshold(self._pulse, felt)
        except threads.Empty:
            raise Refused("no answer; sit on the cushion and start again") from None
        asked = {"strength_percent": found["strength_percent"]}
        threads.result_of(self.submit(lambda connect: _set(connect, asked, "felt threshold")))
        return found

    def _pulse(self, percent: int) -> bool:
        return bool(self.ask("vibrate", records.SIDE_BOTH, percent)["played"])

    async def cancel(self) -> None:
        """Ends a calibration with neither result nor problem."""
        self._is_cancelled = True
        self._answers.put(None)
        await self.run(lambda connect: _asked(connect, "calibrate", "cancel"))

    def _begin(self, kind: str, work: Callable[[Progress], Row]) -> None:
        with self._lock:
            task = self._view.task
            if task is not None and task.running:
                raise Refused("the cushion is busy; wait until it is done")
            self._is_cancelled = False
            task = Task(kind, time.monotonic())
            self._view = replace(self._view, task=task)
        threads.start(partial(self._work, task, work), f"cushion-{kind}")

    def _work(self, task: Task, work: Callable[[Progress], Row]) -> None:
        def progress(done: int, total: int) -> None:
            self._show(task=replace(self._view.task or task, done=done, total=total))

        ended: dict[str, Any] = {"problem": f"it failed; {here.DETAILS.lower()}"}
        try:
            ended = {"result": work(progress)}
        except SitboneError as error:
            kept = error.result if isinstance(error, CushionGone) else None
            ended = {} if self._is_cancelled else {"problem": str(error), "result": kept}
        finally:
            last = self._view.task or task
            self._show(task=replace(last, running=False, **ended))

    # ---- the thread

    def stop(self) -> None:
        """Lets go of the port and ends the thread."""
        self._is_stopping = True
        self._wake()
        self._thread.join(GOODBYE_S)

    def _run(self) -> None:
        while not self._is_stopping:
            try:
                self._step()
            except SitboneError as error:
                self._show(problem=str(error))
            except Exception:  # the pages must never wait for ever
                LOG.exception("the connection to the cushion")
                self._show(problem=f"the connection failed; {here.DETAILS.lower()}")
                self._close()
        self._close()

    def _step(self) -> None:
        job = self._next_job()
        if job is not None:
            job.do(self._connected)
        elif not self._is_wanted():
            self._rest()
        elif self._cushion is None:
            self._try()
        else:
            self._look_at_seat()

    def _next_job(self) -> _Job | None:
        """The next job, or None when it is time for something else."""
        self._is_idle = not self._is_wanted() and self._cushion is None
        due_s = self._retry_due_s if self._cushion is None else self._live_due_s
        wait_s = None if self._is_idle else max(0.0, due_s - time.monotonic())
        try:
            return self._jobs.get(timeout=wait_s)
        except threads.Empty:
            return None

    def _is_wanted(self) -> bool:
        if self._is_free or self._is_stopping:
            return False
        task = self._view.task
        return time.monotonic() - self._looked_s < LINGER_S or (task is not None and task.running)

    def _rest(self) -> None:
        if self._cushion is not None or self._view.state != "resting":
            self._close()
            self._show(state="resting", problem="", live=None, status=None)

    def _try(self) -> None:
        """One attempt to connect; a failure goes into the view and is tried again later."""
        if time.monotonic() < self._retry_due_s:
            return
        try:
            self._connect()
        finally:
            self._retry_due_s = time.monotonic() + RETRY_S

    def _look_at_seat(self) -> None:
        begun_s = time.monotonic()
        if begun_s < self._live_due_s:
            return
        self._live_due_s = begun_s + POLL_S
        with self._connected() as cushion, suppress(TransferDamaged):  # after a damaged answer comes a sound one
            if begun_s >= self._status_due_s:
                self._read_status(cushion)
            if not self._in_safe_mode():
                self._read_live(cushion)

    def _in_safe_mode(self) -> bool:
        status = self._view.status
        return status is not None and bool(status["safe_mode"])

    def _read_status(self, cushion: Cushion) -> None:
        status = cushion.call("status")
        self._status_due_s = time.monotonic() + STATUS_EVERY_S
        self._show(status=status | {"host_unix_ms": unix_ms(now())})

    def _read_live(self, cushion: Cushion) -> None:
        answer = figures(cushion.call("live"))
        at_s = time.monotonic()
        with self._lock:
            self._recent.append((at_s, answer))
            while self._recent[0][0] < at_s - STEADY_S:
                self._recent.popleft()
        self._show(live=answer, number=self._view.number + 1, problem="")

    # ---- the connection

    @contextmanager
    def _connected(self) -> Iterator[Cushion]:
        """The cushion, connected if needed; closed when it stops answering. Only for the thread."""
        cushion = self._cushion or self._connect()
        try:
            yield cushion
        except CushionGone as error:
            self._lose(error)
            raise

    def _connect(self) -> Cushion:
        if self._is_free:
            raise NoCushion("the cushion is disconnected; press Connect first")
        try:
            cushion = self._opened(self._port())
        except SitboneError as error:
            was_there = self._view.live is not None or self._view.status is not None
            self._show(state="gone" if was_there else "failed", problem=str(error))
            raise
        self._status_due_s = self._live_due_s = 0.0
        self._show(state="connected", port=cushion.port, problem="", ports=())
        return cushion

    def _opened(self, port: str) -> Cushion:
        with ExitStack() as stack:
            # A port that nobody named is not interrupted: it could be another board by now.
            cushion = stack.enter_context(Cushion(port) if self._chosen else GentleCushion(port))
            self._open = stack.pop_all()
        self._cushion = cushion
        return cushion

    def _port(self) -> str:
        """The chosen port, the one that the last search found, or the one that a search finds now."""
        if self._chosen:
            return self._chosen
        if self._found and self._found in serial_line.ports():
            return self._found
        if self._view.state == "resting":
            self._show(state="searching")
        self._patience.demand(serial_line.ports())
        found = [str(row["port"]) for row in device.find()]
        self._show(ports=tuple(found or serial_line.ports()))
        if len(found) > 1:
            raise NoCushion(f"there are cushions on {', '.join(found)}; choose one")
        if not found:
            raise NoCushion(_why_none(serial_line.ports()))
        self._found = found[0]
        self._patience = _Patience()
        return self._found

    def _lose(self, error: CushionGone) -> None:
        self._close()
        self._retry_due_s = time.monotonic() + RETRY_S
        self._show(state="gone", problem=str(error))

    def _close(self) -> None:
        if self._open is not None:
            self._open.close()
        self._open = self._cushion = None
        with self._lock:
            self._recent.clear()

    # ---- small things

    def _show(self, **changes: Any) -> None:
        with self._lock:
            self._view = replace(self._view, **changes)

    def _wake(self) -> None:
        self._jobs.put(None)

    def _submit(self, work: Callable[[Connect], T]) -> Future[T]:
        job = _Job(work)
        self._jobs.put(job)
        return job.future


class _Patience:
    """Spaces out searches: each one opens all ports, which may disturb other boards. After a search without success the
    wait doubles; it starts again when a port appears, disappears or is freed."""

    def __init__(self) -> None:
        self._seen: list[tuple[str, str]] = []
        self._wait_s = RETRY_S
        self._due_s = 0.0

    def demand(self, ports: list[str]) -> None:
        """Raises NoCushion, with the reason a search would give, until the next search is due."""
        seen = [(port, holder_of(port)) for port in ports]
        if seen != self._seen:
            self._seen, self._wait_s, self._due_s = seen, RETRY_S, 0.0
        if time.monotonic() < self._due_s:
            raise NoCushion(_why_none(ports))
        self._due_s = time.monotonic() + self._wait_s
        self._wait_s = min(SEARCH_MOST_S, 2 * self._wait_s)


class _Job:
    """Work for the thread, and the future that somebody waits for."""

    def __init__(self, work: Callable[[Connect], Any]) -> None:
        self._work = work
        self.future: Future[Any] = Future()

    def do(self, connect: Connect) -> None:
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            self.future.set_result(self._work(connect))
        except BaseException as error:  # noqa: BLE001  whoever waits gets it
            self.future.set_exception(error)


@cache
def shared() -> CushionLink:
    """The one link of this process."""
    return CushionLink(os.environ.get("SITBONE_PORT"))


def _asked(connect: Connect, name: str, *args: object) -> Row:
    with connect() as cushion:
        return cushion.call(name, *args)


def _set(connect: Connect, asked: dict[str, int], reason: str) -> Row:
    with Store(store_path()) as store, connect() as cushion:
        return change(cushion, store, asked, reason, now())


def _synced(connect: Connect, progress: Progress) -> Row:
    with Store(store_path()) as store:
        return sync(store, connect, now, progress)


def _why_none(ports: list[str]) -> str:
    """Why no cushion was found: a port that another program holds may be the cushion's."""
    for port in ports:
        if who := holder_of(port):
            return f"{port} is in use by {who}; close that one, then try again"
    return here.NO_CUSHION
