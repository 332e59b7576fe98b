"""`python -m tests.core.mutants [MODULE…]`: all mutants of the core, or of some modules, and what survived.

Verdicts are kept in build/mutants, so that a run that was cut goes on; they hold as long as core and suites are the
same.
"""

import argparse
import hashlib
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.core.interpreters import SUITE
from tests.core.mutants.killer import SURVIVED, Killer
from tests.core.mutants.planted import CORE, ROOT, SETTINGS, Mutant, deletions_of, modules, mutants_of, sample

RESULTS = ROOT / "build" / "mutants"


def main() -> int:
    """Runs them, prints the table and the survivors; returns the exit code: 1 where a sample is below its floor."""
    options = _options()
    planted = [mutant for module in options.modules for mutant in mutants_of(module)]
    deleted = [mutant for module in options.deletions for mutant in deletions_of(module)]
    if options.sample:
        planted, deleted = _sampled(options.sample)
    with tempfile.TemporaryDirectory() as folder:
        verdicts = _verdicts([*planted, *deleted], Killer(options.jobs, Path(folder)), options.calls)
    for title, mutants in (("mutants", planted), ("deleted statements", deleted)):
        if mutants:
            print(f"\n{table(mutants, verdicts, title)}")
    for mutant in (*planted, *deleted):
        if _fate(mutant, verdicts[mutant]) == "survived":
            print(f"survived: {mutant}")
    return 1 if options.sample and killed_share([*planted, *deleted], verdicts) < _floor(options.sample) else 0


def _sampled(which: str) -> tuple[list[Mutant], list[Mutant]]:
    """What `make test-all` plants: a fixed sample of all mutants, or each deleted statement of the decisions."""
    if which == "deletions":
        return [], [mutant for module in SETTINGS["decisions"] for mutant in deletions_of(module)]
    count, seed = SETTINGS["sample"]["mutants"], SETTINGS["sample"]["seed"]
    return sample([mutant for module in modules() for mutant in mutants_of(module)], count, seed), []


def _floor(which: str) -> float:
    return float(SETTINGS["sample"][f"least_{which}_killed"])


def table(mutants: Iterable[Mutant], verdicts: dict[Mutant, int], title: str) -> str:
    """For each module: how many, killed, equivalent by equivalent.toml, survived, the share killed of the others."""
    counts: dict[str, Counter[str]] = {}
    for mutant in mutants:
        counts.setdefault(mutant.module, Counter())[_fate(mutant, verdicts[mutant])] += 1
    rows = [f"{'module':<14}{title:>20}{'killed':>9}{'equivalent':>12}{'survived':>10}{'killed, %':>11}"]
    for module, count in [*sorted(counts.items()), ("all", sum(counts.values(), Counter()))]:
        killable = count["killed"] + count["survived"]
        share = 100 * count["killed"] / killable if killable else 100
        rows.append(
            f"{module:<14}{count.total():>20}{count['killed']:>9}{count['equivalent']:>12}{count['survived']:>10}{share:>11.1f}"
        )
    return "\n".join(rows)


def killed_share(mutants: Iterable[Mutant], verdicts: dict[Mutant, int]) -> float:
    """The share killed of those that no reason holds to be equivalent."""
    count = Counter(_fate(mutant, verdicts[mutant]) for mutant in mutants)
    return count["killed"] / (count["killed"] + count["survived"])


def _fate(mutant: Mutant, verdict: int) -> str:
    if verdict != SURVIVED:
        return "killed"
    return "survived" if mutant.why_equivalent is None else "equivalent"


def _verdicts(mutants: list[Mutant], killer: Killer, most_calls: int | None) -> dict[Mutant, int]:
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{_state()}-{most_calls or 'all'}.jsonl"
    known = dict(map(json.loads, path.read_text().splitlines())) if path.exists() else {}
    left = [mutant for mutant in mutants if mutant.name not in known]
    begun_s, is_seen = time.monotonic(), sys.stderr.isatty()
    with path.open("a") as results:
        for done, (mutant, verdict, _) in enumerate(killer.run(left, most_calls), 1):
            known[mutant.name] = verdict
            results.write(json.dumps([mutant.name, verdict]) + "\n")
            results.flush()
            if is_seen:
                print(f"\r{done} of {len(left)}, {time.monotonic() - begun_s:.0f} s ", end="", file=sys.stderr)
    return {mutant: known[mutant.name] for mutant in mutants}


def _state() -> str:
    """Of core and suites together."""
    digest = hashlib.sha256()
    for path in (*sorted(CORE.glob("*.py")), *sorted(SUITE.glob("*.py"))):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Mutants of the core")
    parser.add_argument("modules", nargs="*", default=modules(), metavar="MODULE", help="default: all")
    parser.add_argument("--deletions", nargs="*", default=[], metavar="MODULE", help="delete each statement of these")
    parser.add_argument("--decisions", action="store_const", const=SETTINGS["decisions"], dest="deletions")
    parser.add_argument("--sample", choices=["mutants", "deletions"], help="what make test-all holds to a floor")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--calls", type=int, help="of tests for each; all that reach it, when not given")
    options = parser.parse_args()
    if options.sample == "mutants" and options.calls is None:
        options.calls = SETTINGS["sample"]["calls"]
    return options


if __name__ == "__main__":
    sys.exit(main())
