"""Each suite file on each interpreter, each of its tests by name, and the digests against one another."""

from pathlib import Path

import pytest

from tests.core import interpreters
from tests.core.interpreters import INTERPRETERS, Died, fuel_of, has_digest, require, run, run_suite, suite_files

PLANTED = Path(__file__).parent / "planted"

CASES = [
    pytest.param(path, name, interpreter, id=f"{path.stem}-{name}-{interpreter}")
    for path in suite_files()
    for interpreter in INTERPRETERS
    for name in interpreters.names_of_tests(path)
]


@pytest.mark.parametrize(("path", "name", "interpreter"), CASES)
def test_core(path, name, interpreter):
    require(interpreter)
    run_suite(path, interpreter).check(name)


@pytest.mark.parametrize("path", [pytest.param(p, id=p.stem) for p in suite_files() if has_digest(p)])
@pytest.mark.parametrize("interpreter", [i for i in INTERPRETERS if i != "cpython"])
def test_digest_equals_cpython(path, interpreter):
    require(interpreter)
    ours, theirs = run_suite(path, "cpython"), run_suite(path, interpreter)
    ours.check("digest")
    theirs.check("digest")
    assert ours.digest == theirs.digest


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
