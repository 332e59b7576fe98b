"""The evaluation's rows as a table and as plots."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table

from sitbone.errors import SitboneError

Row = dict[str, Any]

_DPI = 130


def evaluation_table(rows: list[Row]) -> Table:
    """One line for each case and detector."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("case", no_wrap=True)
    table.add_column("detector", no_wrap=True)
    heads = ("hours", "sits", "found", "F1", "error ± 1.96 sd, min", "worst", "ICC", "phantoms/day", "prompts")
    for name in (*heads, "to nobody", "shift F1", "dose err s"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        spread = f"{row['error_min_mean']:+.3f}±{1.96 * row['error_min_sd']:.3f}"
        cells = [f"{row['hours']:.1f}", row["sits"], row["found"], f"{row['transition_f1']:.3f}", spread]
        cells += [f"{row['error_min_worst']:.2f}", f"{row['icc']:.4f}", f"{row['phantoms_a_day']:.1f}", row["prompts"]]
        cells += [row["phantom_prompts"], _shift(row), _timing(row)]
        table.add_row(row["case"], row["detector"], *map(str, cells))
    return table


def _shift(row: Row) -> str:
    if not sum(row.get("shifts", ())):
        return "-"
    hits, missed, extra = row["shifts"]
    return f"{row['shift_f1']:.3f} ({hits}/{missed}/{extra})"


def _timing(row: Row) -> str:
    errors = row.get("timing_s") or []
    return f"{np.abs(errors).max():.1f} of {len(errors)}" if errors else "-"


def plot(rows: list[Row], folder: Path) -> list[Path]:
    """Bars of the transition F1 for all, and a Bland-Altman plot of each case's sits; returns the files."""
    try:
        import matplotlib

        matplotlib.use("Agg")
        from matplotlib import pyplot
    except ImportError:
        raise SitboneError("plots need matplotlib; run pip install 'sitbone[plot]'") from None
    folder.mkdir(parents=True, exist_ok=True)
    files = [_bars(pyplot, rows, folder / "transitions.png")]
    ours = [row for row in rows if row["detector"] == "sitbone" and row["sessions"]]
    files += [_bland_altman(pyplot, row, folder / f"sessions-{row['case']}.png") for row in ours]
    return files


def _bars(pyplot: Any, rows: list[Row], path: Path) -> Path:
    cases = list(dict.fromkeys(row["case"] for row in rows))
    detectors = list(dict.fromkeys(row["detector"] for row in rows))
    figure, axes = pyplot.subplots(figsize=(max(6, 0.6 * len(cases)), 4), layout="constrained")
    width = 0.8 / len(detectors)
    for index, detector in enumerate(detectors):
        f1 = [row["transition_f1"] for row in rows if row["detector"] == detector]
        axes.bar(np.arange(len(cases)) + index * width, f1, width, label=detector)
    axes.set_xticks(np.arange(len(cases)) + 0.4 - width / 2, cases, rotation=60, ha="right")
    axes.set_ylabel("sit/stand transition F1, ±5 s")
    axes.legend(ncols=3, loc="lower right")
    return _saved(pyplot, figure, path)


def _bland_altman(pyplot: Any, row: Row, path: Path) -> Path:
    true, found = np.array(row["sessions"]).T
    figure, axes = pyplot.subplots(figsize=(6, 4), layout="constrained")
    axes.plot((true + found) / 2, found - true, "o", alpha=0.6)
    for level in (0.0, 1.96, -1.96):
        if not math.isnan(row["error_min_sd"]):
            axes.axhline(row["error_min_mean"] + level * row["error_min_sd"], linestyle="--" if level else "-")
    axes.set_xlabel("mean of true and found, min a sit")
    axes.set_ylabel("found minus true, min")
    axes.set_title(f"{row['case']}: {len(true)} sits")
    return _saved(pyplot, figure, path)


def _saved(pyplot: Any, figure: Any, path: Path) -> Path:
    figure.savefig(path, dpi=_DPI)
    pyplot.close(figure)
    return path
