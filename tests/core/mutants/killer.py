"""Runs the core's suites against a mutant, in a forked child, until the first test fails.

A child imports the mutated source in place of the real module. The parent has never imported the core, so nothing of
the real module is left in it. A first child runs all tests on the real core and says which functions each of them
calls and how long it takes: a mutant meets only the tests that reach it, those of its own subject first.
"""

import json
import os
import resource
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any, NoReturn

from tests.core.interpreters import ROOT, SUITE, names_of_tests, suite_files
from tests.core.mutants.planted import SETTINGS, Mutant

SURVIVED, KILLED, TIMED_OUT = 0, 1, 2
QUICK_CALLS = 80_000  # a test with more waits until the quick ones are through
LEAST_S = 1.0  # of processor time, for the quickest test; an endless loop takes no more
TIMES = 10.0  # so much slower than on the real core a test may be
MEMORY_BYTES = 2 << 30


class Test:
    """One test of a suite: what it costs on the real core, and which of the core's functions it calls, as (module,
    first line). ``cost`` counts all calls in it, so that which tests a mutant meets hangs on no machine's pace;
    ``seconds`` only say when it has run for too long."""

    def __init__(self, suite: str, name: str, cost: int, seconds: float, calls: Iterable[tuple[str, int]]) -> None:
        self.suite, self.name, self.cost, self.seconds = suite, name, cost, seconds
        self.calls = {(module, line) for module, line in calls}

    def reaches(self, mutant: Mutant) -> bool:
        """Whether it runs the function that the mutant is in; for a module's constants, any of its functions."""
        if mutant.function:
            return (mutant.module, mutant.function) in self.calls
        return mutant.module in {module for module, _ in self.calls} or mutant.module in SETTINGS["only_names"]


class Killer:
    """The suites, ready to be run against mutants on ``jobs`` processes.

    Everything is read from a copy in ``folder``: whoever works on the tree meanwhile changes nothing here.
    """

    def __init__(self, jobs: int, folder: Path) -> None:
        assert not any(name.startswith("cushion") for name in sys.modules), "the core must not be imported here"
        self._jobs = jobs
        shutil.copytree(ROOT / "firmware", folder / "firmware", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(SUITE, folder / "suite", ignore=shutil.ignore_patterns("__pycache__"))
        sys.path[:0] = [str(folder / "suite"), str(folder / "firmware")]
        works: list[Callable[[], Any]] = [partial(_survey, path) for path in suite_files(folder / "suite")]
        self.tests = [Test(*test) for tests in _in_children(works, jobs) for test in tests]

    def tests_for(self, mutant: Mutant, most_calls: int | None = None) -> list[Test]:
        """The tests that reach a mutant, in the order in which they are run; ``most_calls`` of them in all."""
        first = SETTINGS["suites"].get(mutant.module, [])
        reaching = [test for test in self.tests if test.reaches(mutant)]
        ordered = sorted(reaching, key=lambda test: (test.cost > QUICK_CALLS, test.suite not in first, test.cost))
        chosen: list[Test] = []
        total = 0
        for test in ordered:
            total += test.cost
            if most_calls is not None and total > most_calls and chosen:
                break
            chosen.append(test)
        return chosen

    def run(self, mutants: Iterable[Mutant], most_calls: int | None = None) -> Iterator[tuple[Mutant, int, float]]:
        """Each mutant with its verdict and the seconds that took, as they come."""
        waiting = iter(mutants)
        running: dict[int, tuple[Mutant, float]] = {}
        while True:
            while len(running) < self._jobs and (mutant := next(waiting, None)) is not None:
                tests = self.tests_for(mutant, most_calls)
                running[_fork(partial(_verdict, mutant, tests))] = (mutant, time.monotonic())
            if not running:
                return
            child, status = os.wait()
            mutant, begun_s = running.pop(child)
            # A child that a signal ended had run out of time or memory.
            code = os.waitstatus_to_exitcode(status)
            yield mutant, TIMED_OUT if code < 0 else code, time.monotonic() - begun_s


def _verdict(mutant: Mutant, tests: list[Test]) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    signal.signal(signal.SIGVTALRM, signal.SIG_DFL)  # ends the child, whatever catches exceptions there
    try:
        sys.meta_path.insert(0, _InPlaceOf(mutant.module, compile(mutant.source, f"{mutant.module}.py", "exec")))
        for test in tests:
            # Importing counts, too: a constant may become the length of an endless table.
            signal.setitimer(signal.ITIMER_VIRTUAL, LEAST_S + TIMES * test.seconds)
            getattr(__import__(test.suite), test.name)()
    except BaseException:  # noqa: BLE001  whatever a test raises, it noticed
        return KILLED
    return SURVIVED


class _InPlaceOf(MetaPathFinder, Loader):
    """Imports one module of the core from other code."""

    def __init__(self, module: str, code: Any) -> None:
        self._name, self._code = f"cushion.core.{module}", code

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return ModuleSpec(name, self) if name == self._name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, module.__dict__)


def _survey(path: Path) -> list[tuple[str, str, int, float, list[tuple[str, int]]]]:
    """Each test of a suite with its cost, its time and the core's functions that it calls."""
    suite, found = __import__(path.stem), []
    for name in names_of_tests(path):
        cost, seconds, calls = _watched(getattr(suite, name))
        found.append((path.stem, name, cost, seconds, sorted(calls)))
    return found


def _watched(test: Callable[[], object]) -> tuple[int, float, set[tuple[str, int]]]:
    codes: Counter[CodeType] = Counter()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            codes[frame.f_code] += 1

    begun_s = time.process_time()
    sys.setprofile(note)
    try:
        test()
    finally:
        sys.setprofile(None)
    seconds = time.process_time() - begun_s
    mine = [code for code in codes if Path(code.co_filename).parent.name == "core"]
    return codes.total(), seconds, {(Path(code.co_filename).stem, code.co_firstlineno) for code in mine}


def _fork(work: Callable[[], int]) -> int:
    """Runs it in a child, whose exit code its result is; returns the child's number."""
    child = os.fork()
    if child:
        return child
    _leave(work)


def _leave(work: Callable[[], int]) -> NoReturn:
    code = 3
    try:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        code = work()
    finally:
        os._exit(code)


def _in_children(works: list[Callable[[], Any]], jobs: int) -> list[Any]:
    """The results of all, each made in a child of its own."""
    results: list[Any] = [None] * len(works)
    waiting = list(enumerate(works))
    running: dict[int, tuple[int, int]] = {}
    while waiting or running:
        while waiting and len(running) < jobs:
            index, work = waiting.pop()
            outlet, inlet = os.pipe()
            child = _fork(partial(_send, inlet, work))
            os.close(inlet)
            running[outlet] = (index, child)
        outlet = next(iter(running))
        index, child = running.pop(outlet)
        with os.fdopen(outlet, "rb") as answer:
            text = answer.read()
        os.waitpid(child, 0)
        if not text:
            raise RuntimeError("a suite fails on the real core; run the tests first")
        results[index] = json.loads(text)
    return results


def _send(inlet: int, work: Callable[[], Any]) -> int:
    result = work()
    with os.fdopen(inlet, "wb") as out:
        out.write(json.dumps(result).encode())
    return 0
