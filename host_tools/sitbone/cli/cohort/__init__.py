"""sitbone cohort: many people's data."""

import click

from sitbone.cli.cohort import reading, writing
from sitbone.cli.terminal import example


@click.group(epilog=example("cohort simulate --people 40 --weeks 4 --lake lake"))
def cohort() -> None:
    """Analyse many people's data, for studies and clinics.

    The data is in one lake, under pseudonyms. LAKE is a folder, or s3://bucket/prefix.
    """


for command in (writing.add, writing.forget, writing.simulate, reading.analyse, reading.report, reading.export):
    cohort.add_command(command)
