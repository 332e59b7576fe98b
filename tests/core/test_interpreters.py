"""Each suite file on each interpreter: one item that names each of its tests that failed, and holds its digest
against CPython's."""

from pathlib import Path

import pytest

from tests.core import interpreters
from tests.core.interpreters import (
    INTERPRETERS,
    Died,
    fuel_of,
    has_digest,
    names_of_tests,
    require,
    run,
    run_suite,
    suite_files,
)

PLANTED = Path(__file__).parent / "planted"


@pytest.mark.parametrize("interpreter", INTERPRETERS)
@pytest.mark.parametrize("path", suite_files(), ids=lambda path: path.stem)
def test_core(path, interpreter):
    require(interpreter)
    ours = run_suite(path, interpreter)
    ours.check(*names_of_tests(path))
    if has_digest(path):
        ours.check("digest")
        assert ours.digest == run_suite(path, "cpython").digest


@pytest.mark.parametrize("interpreter", INTERPRETERS)
class TestTheHarness:
    def test_names_each_failure_with_its_traceback_and_source(self, interpreter):
        require(interpreter)
        verdicts = run_suite(PLANTED / "failing.py", interpreter).verdicts
        assert {name for name, failure in verdicts.items() if not failure} == {"import", "test_good", "digest"}
        assert "assert left_ms == 4" in verdicts["test_broken"]
        assert "AssertionError: the planted failure" in verdicts["test_broken"]
        assert "KeyError" in verdicts["test_raises"]
        assert "SystemExit" in verdicts["test_tries_to_leave"]

    def test_a_failed_check_fails_the_test(self, interpreter):
        require(interpreter)
        with pytest.raises(pytest.fail.Exception, match="the planted failure"):
            run_suite(PLANTED / "failing.py", interpreter).check("test_broken")
        with pytest.raises(pytest.fail.Exception, match="never ran"):
            run_suite(PLANTED / "failing.py", interpreter).check("test_absent")

    def test_one_check_names_all_that_failed(self, interpreter):
        require(interpreter)
        with pytest.raises(pytest.fail.Exception) as failure:
            run_suite(PLANTED / "failing.py", interpreter).check("test_good", "test_broken", "test_raises")
        assert "test_broken: " in str(failure.value)
        assert "test_raises: " in str(failure.value)
        assert "test_good" not in str(failure.value)

    def test_names_the_test_that_took_the_interpreter_down(self, interpreter, monkeypatch):
        require(interpreter)
        monkeypatch.setattr(interpreters, "WASM_FUEL", 100_000_000)
        verdicts = run_suite(PLANTED / "fatal.py", interpreter).verdicts
        assert verdicts["test_a_good"] == ""
        assert "the interpreter ended in this test" in verdicts["test_b_fatal"]
        assert "test_c_never_reached" not in verdicts

    def test_is_the_interpreter_it_claims_to_be(self, interpreter):
        require(interpreter)
        expected = {"cpython": "cpython 63", "unix": "micropython 63", "wasm": "micropython 31"}
        code = "import sys\nbits = 31 if sys.maxsize == 0x7fffffff else 63\nprint(sys.implementation.name, bits)"
        assert run(interpreter, code).strip() == expected[interpreter]

    def test_code_that_ends_in_an_error_is_an_error_here(self, interpreter):
        require(interpreter)
        with pytest.raises(Died):
            run(interpreter, "raise ValueError('planted')")


def test_digests_that_differ_are_seen():
    require("unix")
    assert run_suite(PLANTED / "failing.py", "cpython").digest != run_suite(PLANTED / "failing.py", "unix").digest


def test_fuel_is_a_number_without_noise():
    require("wasm")
    once = fuel_of("x = 1 + 2\nx += 3")
    assert once == fuel_of("x = 1 + 2\nx += 3")
    assert once < fuel_of("for i in range(10):\n    i * 3")
