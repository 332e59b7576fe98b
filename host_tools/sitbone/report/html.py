"""The report as one HTML file without network or scripts."""

from __future__ import annotations

from html import escape
from string import Template

from sitbone.report.document import Block, Bullets, Picture, Report, Section, Table, Text

STYLE = """:root { --ink: #1c2430; --line: #d5dae1; --soft: #5a6675; }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: #fff; max-width: 62rem; margin: 2rem auto;
  padding: 0 1rem; }
header { border-bottom: 2px solid var(--ink); margin-bottom: 1rem; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.05rem; margin: 1.4rem 0 .4rem; break-after: avoid; }
.made { color: var(--soft); margin: .1rem 0 .5rem; }
p, ul { margin: .3rem 0; } ul { padding-left: 1.1rem; }
.warning { border: 2px solid var(--ink); border-left-width: 10px; padding: .4rem .8rem; font-weight: 600; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .92em; margin: .3rem 0; }
caption { text-align: left; color: var(--soft); caption-side: bottom; padding-top: .2rem; }
th, td { text-align: right; padding: .12rem .5rem; border-bottom: 1px solid var(--line); font-weight: normal;
  vertical-align: top; }
thead th { border-bottom: 1.5px solid var(--ink); font-weight: 600; }
th:first-child, .words td, .words th { text-align: left; }
figure { margin: .3rem 0; break-inside: avoid; } svg { display: block; width: 100%; height: auto; }
svg text { font-family: system-ui, sans-serif; }
.scroll { overflow-x: auto; }
td, thead th { white-space: nowrap; } .words td:last-child { white-space: normal; }
.columns { columns: 2 22rem; column-gap: 2rem; } .columns section { break-inside: avoid; }
.columns th, .columns td { padding: .12rem .3rem; }
.columns section:first-child h2 { margin-top: .4rem; }
@media (max-width: 40rem) { figure { overflow-x: auto; } svg { min-width: 40rem; } }
@media print {
  @page { margin: 11mm 13mm; }
  body { font-size: 8.2pt; line-height: 1.28; max-width: none; margin: 0; padding: 0; }
  h1 { font-size: 14pt; } h2 { font-size: 9.5pt; margin: .55rem 0 .15rem; }
  .columns { columns: 2; column-gap: 6mm; } th, td { padding: .02rem .3rem; } .scroll { overflow: visible; }
  .warning { padding: .15rem .5rem; }
}
"""
PAGE = Template("""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>$title</title>
<style>
$style</style>
$body</html>
""")
BODY = Template("""<header><h1>$title</h1><p class="made">$made</p></header>
<main>
$lead
$wide
<div class="columns">
$narrow
</div>
</main>
""")


def html(report: Report) -> str:
    """The whole file."""
    return PAGE.substitute(title=escape(report.title), style=STYLE, body=body(report))


def body(report: Report) -> str:
    """What the page shows."""
    return BODY.substitute(
        title=escape(report.title),
        made=escape(report.made),
        lead="\n".join(map(_block, report.lead)),
        wide="\n".join(_section(section) for section in report.sections if section.wide),
        narrow="\n".join(_section(section) for section in report.sections if not section.wide),
    )


def _section(section: Section) -> str:
    blocks = "\n".join(map(_block, section.blocks))
    return f"<section><h2>{escape(section.title)}</h2>\n{blocks}</section>"


def _block(block: Block) -> str:
    if isinstance(block, Text):
        return f'<p class="warning">{escape(block.words)}</p>' if block.warning else f"<p>{escape(block.words)}</p>"
    if isinstance(block, Bullets):
        return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in block.items) + "</ul>"
    if isinstance(block, Picture):
        return f'<figure tabindex="0">{_labelled(block)}</figure>'
    return _table(block)


def _labelled(picture: Picture) -> str:
    """The chart with its text alternative."""
    return picture.svg.replace("<svg ", f'<svg role="img" aria-label="{escape(picture.alt)}" ', 1)


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in table.head)
    rows = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:]) + "</tr>"
        for row in table.rows
    )
    words = ' class="words"' if table.words else ""
    name = escape(table.head[0])
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{name}"><table{words}>'
        f"<caption>{escape(table.caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
