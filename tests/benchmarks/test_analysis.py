"""What years of 10 s epochs cost: today, a year of trends, the report. `SITBONE_YEARS="1 2"` says how many."""

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from sitbone.analysis.history import history
from sitbone.analysis.trends import trends
from sitbone.analysis.view import day_view
from sitbone.report.content import report_of
from sitbone.report.html import html
from sitbone.report.pdf import write_pdf
from sitbone.store.store import Store
from tests.benchmarks.years import YEARS, write_years

LAST = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 20).astimezone()


def best_ms(call: Callable[[], object], times: int = 3) -> str:
    """The best of some runs, as time on the clock and of the processor."""
    runs = []
    for _ in range(times):
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        call()
        runs.append((time.perf_counter() - wall_s, time.process_time() - cpu_s))
    return f"{min(run[0] for run in runs) * 1000:.0f} ms ({min(run[1] for run in runs) * 1000:.0f} ms of processor)"


@pytest.mark.bench
@pytest.mark.parametrize("years", YEARS)
def test_years_of_data(tmp_path: Path, capsys: pytest.CaptureFixture[str], years: float) -> None:
    path = tmp_path / "years.sqlite"
    count = write_years(path, years, LAST)
    shown = [f"{years} years, {count} records, {path.stat().st_size / 1e6:.0f} MB:"]

    def opened(ask: Callable[[Store], object]) -> Callable[[], None]:
        def ask_anew() -> None:
            with Store(path) as store:
                ask(store)

        return ask_anew

    a_year = LAST - timedelta(days=364), LAST
    asks: dict[str, tuple[Callable[[Store], object], int]] = {
        "today": (lambda store: day_view(store, LAST, NOW), 3),
        "28 days of history, never asked for before": (lambda store: history(store, NOW - timedelta(days=28), NOW), 1),
        "a year of trends, never asked for before": (lambda store: trends(store, *a_year), 1),
        "a year of trends": (lambda store: trends(store, *a_year), 3),
        "the report as HTML": (lambda store: html(report_of(store, NOW)), 3),
        "the report as PDF": (lambda store: write_pdf(report_of(store, NOW), tmp_path / "report.pdf"), 3),
    }
    for what, (ask, times) in asks.items():
        shown.append(f"  {what}: {best_ms(opened(ask), times)}")
    with capsys.disabled():
        print("\n" + "\n".join(shown))
