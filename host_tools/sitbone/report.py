"""One page about the days: a self-contained HTML file that needs no network and no script."""

from collections.abc import Iterable
from html import escape
from string import Template

from sitbone.analysis.days import Day
from sitbone.days import duration_text, local, midnight, unix_ms

RIBBON_WIDTH = 720
RIBBON_HEIGHT = 22
HOUR_MS = 3_600_000

PAGE = Template("""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sitting, $first to $last</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1c2430; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: right; padding: .3rem .6rem; border-bottom: 1px solid #d5dae1; }
th:first-child, td:first-child { text-align: left; }
svg { display: block; width: 100%; height: auto; margin: .3rem 0 1rem; }
.note { background: #fff4d6; padding: .6rem 1rem; }
.scroll { overflow-x: auto; }
</style>
<h1>Sitting, $first to $last</h1>
$simulated
<p>Measured is seat load, not tendon pressure. Nothing here is a diagnosis, and no study has tested a seat-load dose
against this pain.</p>
<div class="scroll"><table>
<thead><tr><th scope="col">Day</th><th scope="col">Seated</th><th scope="col">Sits</th><th scope="col">Longest</th>
<th scope="col">Breaks (verified)</th><th scope="col">Prompts</th><th scope="col">Outcomes</th>
<th scope="col">Highest dose left, right</th><th scope="col">Valid data</th></tr></thead>
<tbody>
$rows
</tbody></table></div>
$ribbons
</html>
""")
SIMULATED = '<p class="note">The sitter is simulated: this is no person\'s data.</p>'


def report_html(days: list[Day], simulated: bool) -> str:
    """The page for some days (by date, at least one)."""
    return PAGE.substitute(
        first=days[0].day.isoformat(),
        last=days[-1].day.isoformat(),
        simulated=SIMULATED if simulated else "",
        rows="\n".join(map(_row, days)),
        ribbons="\n".join(map(_ribbon, days)),
    )


def outcomes_text(day: Day) -> str:
    """'2 break, 1 missed'; '–' when no prompt ended."""
    return ", ".join(f"{count} {name}" for name, count in sorted(day.outcomes.items())) or "–"


def share_text(share: float | None) -> str:
    """'98 %'; 'none' when nothing was recorded."""
    return "none" if share is None else f"{share * 100:.0f} %"


def _row(day: Day) -> str:
    cells: Iterable[str] = (
        day.day.isoformat(),
        duration_text(day.seated_s),
        str(len(day.bouts)),
        duration_text(day.longest_s),
        f"{day.breaks_all} ({day.breaks_verified})",
        str(day.episodes),
        outcomes_text(day),
        f"{day.left_dose_max_s / 60:.0f}, {day.right_dose_max_s / 60:.0f} min",
        share_text(day.valid_share),
    )
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _ribbon(day: Day) -> str:
    """The day from midnight to midnight: sits as bars, prompts as ticks, an hour scale below."""
    begin_ms = unix_ms(midnight(day.day))
    per_ms = RIBBON_WIDTH / (24 * HOUR_MS)
    bars = [
        f'<rect x="{(bout.start_ms - begin_ms) * per_ms:.1f}" y="0" height="{RIBBON_HEIGHT}"'
        f' width="{max(0.5, (bout.end_ms - bout.start_ms) * per_ms):.1f}" fill="#5b8db8"/>'
        for bout in day.bouts
    ]
    ticks = [
        f'<path d="M{(at_ms - begin_ms) * per_ms:.1f} 0v{RIBBON_HEIGHT}" stroke="#b3261e" stroke-width="2">'
        f"<title>{local(at_ms):%H:%M} prompt level {level}, {escape(side)}</title></path>"
        for prompt in day.prompts
        for at_ms, side, level in prompt.levels
    ]
    hours = [
        f'<text x="{hour * HOUR_MS * per_ms:.0f}" y="{RIBBON_HEIGHT + 14}" font-size="11">{hour:02d}</text>'
        for hour in range(0, 24, 3)
    ]
    label = f"{day.day.isoformat()}: blue, sitting; red, prompts"
    return (
        f'<figure><figcaption>{label}</figcaption><svg viewBox="0 0 {RIBBON_WIDTH} {RIBBON_HEIGHT + 18}" role="img"'
        f' aria-label="{label}"><rect width="{RIBBON_WIDTH}" height="{RIBBON_HEIGHT}" fill="#eef1f5"/>'
        + "".join(bars + ticks + hours)
        + "</svg></figure>"
    )
