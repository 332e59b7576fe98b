"""Commands that read a lake: analyse, report, export."""

from pathlib import Path
from typing import Any

import click

from sitbone.cli.cohort.writing import lake_option
from sitbone.cli.terminal import example, json_option, now, print_json, say

engine_option = click.option("--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True)
master_option = click.option(
    "--master", metavar="URL", default="local[*]", show_default=True, help="Spark's master: spark://host:7077."
)
memory_option = click.option(
    "--memory", metavar="SIZE", default="1GB", show_default=True, help="The most that DuckDB may take."
)


@click.command(epilog=example("cohort analyse --lake lake --json"))
@lake_option
@engine_option
@master_option
@memory_option
@json_option
def analyse(lake: str, engine: str, master: str, memory: str, as_json: bool) -> None:
    """Compute the study's tables: adherence, valid data, sitting and breaks, prompts, dose and pain, flares, tolerance.

    Both engines give the same. No cell of fewer people than the lake's minimum is shown, nor one that could be
    subtracted from an earlier analysis to find fewer.
    """
    document = _analysed(lake, engine, master, memory)
    if as_json:
        print_json(document)
        return
    from sitbone.cohort.page import page_of
    from sitbone.report.document import Table

    for section in page_of(document, "").sections:
        say(section.title)
        for block in section.blocks:
            if isinstance(block, Table):
                _say_table(block)
        say("")


@click.command(epilog=example("cohort report --lake lake study.html"))
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@lake_option
@engine_option
@master_option
@memory_option
@click.option("--paper", type=click.Choice(["a4", "letter"]), default="a4", show_default=True)
def report(out: Path, lake: str, engine: str, master: str, memory: str, paper: str) -> None:
    """Write the report for the study team. OUT ends in .html or .pdf."""
    from sitbone.cohort.page import page_of
    from sitbone.report.output import demand_ending, write_page

    demand_ending(out)
    page = page_of(_analysed(lake, engine, master, memory), now().strftime("%-d %B %Y"))
    write_page(page, out, paper)
    say(f"wrote {out}")


@click.command(epilog=example("cohort export --lake lake --format fhir bundles/"))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@lake_option
@click.option("--format", "form", type=click.Choice(["fhir", "datapackage"]), default="datapackage", show_default=True)
def export(folder: Path, lake: str, form: str) -> None:
    """Write the lake's rows for other programs: FHIR bundles of daily sitting, or CSV tables with a data dictionary.

    Each row is one person's, under a pseudonym: not for publication.
    """
    from sitbone.cohort.export import export as export_to
    from sitbone.cohort.lake import Lake
    from sitbone.dates import counted

    count = export_to(Lake(lake), folder, form)
    say(f"{folder}: {counted(count, 'participant')}; single people's data, not for publication")


def _analysed(lake: str, engine: str, master: str, memory: str) -> dict[str, Any]:
    from sitbone.cohort.analysis import analyse as analyse_lake
    from sitbone.cohort.lake import Lake

    return analyse_lake(Lake(lake), engine, master, memory)


def _say_table(table: Any) -> None:
    from rich.table import Table as Drawn

    from sitbone.cli.terminal import print_table

    drawn = Drawn(*table.head, title=table.caption or None, title_justify="left")
    for row in table.rows:
        drawn.add_row(*row)
    print_table(drawn)
