"""Writes a page to a file, as the ending of its name says."""

from pathlib import Path

from sitbone.errors import UsageError
from sitbone.files import whole
from sitbone.report.document import Report

ENDINGS = (".html", ".pdf")


def demand_ending(out: Path) -> None:
    """Raises UsageError for a name that no page can be written to; asked before the work that makes one."""
    if out.suffix.lower() not in ENDINGS:
        raise UsageError(f"{out} ends in neither .html nor .pdf; give it one of the two endings")


def write_page(page: Report, out: Path, paper: str) -> None:
    """Writes it as HTML, or as a PDF on ``paper`` ("a4" or "letter"). Raises SitboneError without typst."""
    with whole(out) as part:
        if out.suffix.lower() == ".pdf":
            from sitbone.report.pdf import write_pdf

            write_pdf(page, part, paper)
        else:
            from sitbone.report.html import html

            part.write_text(html(page), encoding="utf-8")
