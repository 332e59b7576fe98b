"""The report as a PDF, typeset by typst with the fonts that come with it: the same page on every machine."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from sitbone.errors import SitboneError
from sitbone.report.document import Report

PAPERS = {"a4": "a4", "letter": "us-letter"}  # as typst calls them
# Data comes in as JSON, so that a person's words are never read as markup.
TEMPLATE = """
#let report = json(bytes(sys.inputs.report))
#set document(title: report.title)
#set page(paper: sys.inputs.paper, margin: (x: 13mm, top: 9mm, bottom: 10mm), footer: context align(right,
  text(7pt, [#report.title, page #counter(page).display() of #counter(page).final().first()])))
#set text(font: "Libertinus Serif", size: 8pt, lang: "en")
#set par(leading: 0.48em, spacing: 0.55em)
#set table(stroke: none, inset: (x: 3pt, y: 1pt))
#set list(indent: 0pt, spacing: 0.45em)
#show heading.where(level: 1): set text(15pt)
#show heading.where(level: 2): it => block(above: 0.75em, below: 0.4em, text(9.8pt, it.body))

#let show-table(it) = {
  let aligned = if it.words { left } else { (x, _) => if x == 0 { left } else { right } }
  table(
    columns: if it.words { it.head.map(_ => auto) } else { (1fr,) + it.head.slice(1).map(_ => auto) },
    align: aligned,
    table.header(..it.head.map(strong)),
    table.hline(stroke: 0.7pt),
    ..it.rows.flatten(),
  )
  if it.caption != "" { text(7.4pt, fill: luma(80), it.caption) }
}

#let show-block(it) = {
  if it.kind == "text" and it.warning {
    block(stroke: (left: 4pt, rest: 0.8pt), inset: 4pt, width: 100%, strong(it.words))
  }
  else if it.kind == "text" { par(it.words) }
  else if it.kind == "bullets" { list(..it.items) }
  else if it.kind == "picture" { image(bytes(it.svg), format: "svg", width: 100%, alt: it.alt) }
  else { show-table(it) }
}

// A short section stays in one column; a long one must not run off the page.
#let show-section(it) = block(width: 100%, above: 0.8em, breakable: it.wide or repr(it).len() > 2500)[
  #heading(level: 2, it.title)
  #it.blocks.map(show-block).join()
]

#heading(level: 1, report.title)
#text(fill: luma(80), report.made)
#report.lead.map(show-block).join()
#report.sections.filter(it => it.wide).map(show-section).join()
// Reserves room for a section and returns it: with too little left, both columns start on the next page.
#block(height: 45mm, breakable: false)
#v(-45mm)
#columns(2, gutter: 6mm, report.sections.filter(it => not it.wide).map(show-section).join())
"""


def write_pdf(report: Report, path: Path, paper: str = "a4") -> None:
    """Writes the file, on paper ``a4`` or ``letter``. Raises SitboneError without typst."""
    try:
        import typst
    except ImportError:
        raise SitboneError("a PDF needs typst; run pip install 'sitbone[pdf]', or write an .html file") from None
    inputs = {"report": json.dumps(asdict(report)), "paper": PAPERS[paper]}
    data = typst.Compiler(TEMPLATE.encode(), ignore_system_fonts=True, sys_inputs=inputs).compile(format="pdf")
    assert isinstance(data, bytes)
    path.write_bytes(data)
