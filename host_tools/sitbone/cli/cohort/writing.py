"""Commands that change a lake: add, forget, simulate."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sitbone.cli.terminal import example, json_option, now, print_json, progress_bar, say
from sitbone.errors import UsageError

if TYPE_CHECKING:
    from sitbone.cohort.lake import Lake
    from sitbone.cohort.privacy import Mask

lake_option = click.option("--lake", metavar="LAKE", required=True, help="The lake: a folder, or s3://bucket/prefix.")
key_option = click.option(
    "--key", type=click.Path(path_type=Path, dir_okay=False), help="The study's key; else cohort.key in SITBONE_HOME."
)
study_option = click.option("--study", metavar="NAME", help="The study's name, when the lake is new.")
DAY = click.DateTime(["%Y-%m-%d"])


@click.command(epilog=example("cohort add --lake lake --study pilot --participant P01 sitbone-backup.sqlite"))
@click.argument("sources", metavar="STORE-OR-EXPORT...", nargs=-1, required=True, type=click.Path(path_type=Path))
@lake_option
@key_option
@study_option
@click.option("--participant", metavar="ID", help="The study's id of the person; else the name of each file or folder.")
@click.option("--arm", metavar="NAME", default="all", show_default=True, help="The arm that the person is in.")
@click.option("--consent", metavar="FLAGS", default="", help="What else the person agreed to: notes, names or both.")
@click.option("--enrolled", type=DAY, help="First day of the follow-up; else the first day with data.")
@click.option("--until", type=DAY, help="Last day of the follow-up; else today.")
@click.option(
    "--shift-dates", is_flag=True, help="In a new lake: move each person's dates by a secret number of weeks."
)
@click.option("--min-cell", type=click.IntRange(5, 1000), default=5, show_default=True, help="In a new lake.")
@json_option
def add(
    sources: tuple[Path, ...],
    lake: str,
    key: Path | None,
    study: str | None,
    participant: str | None,
    arm: str,
    consent: str,
    enrolled: datetime | None,
    until: datetime | None,
    shift_dates: bool,
    min_cell: int,
    as_json: bool,
) -> None:
    """Add people to a study's lake: from a store, a backup of one, or a folder of sitbone export --tidy.

    Repeat it to add what is new, or to complete what was interrupted. Notes and names stay out without --consent.
    """
    from sitbone.cohort.add import Enrolment, parse_consents
    from sitbone.cohort.add import add as add_to

    if participant is not None and len(sources) > 1:
        raise UsageError("--participant names one person; add several people one by one, or leave it out")
    consents = parse_consents(consent)
    opened, mask = _lake_for_adding(lake, study, key, shift_dates, min_cell)
    added = []
    with progress_bar("adding") as progress:
        for index, source in enumerate(sources):
            person = participant or source.resolve().stem
            enrolment = Enrolment(person, arm, consents, _day(enrolled), _day(until))
            changed = add_to(opened, mask, source, enrolment, now())
            added.append({"participant": person, "pseudonym": mask.pseudonym(person), "changed": changed})
            if progress is not None:
                progress(index + 1, len(sources))
    if as_json:
        print_json(added)
        return
    for item in added:
        say(f"{item['participant']}: {'added' if item['changed'] else 'nothing new'}, as {item['pseudonym']}")


@click.command(epilog=example("cohort forget --lake lake --yes P01"))
@click.argument("participant")
@lake_option
@key_option
@click.option("--yes", is_flag=True, help="Do it. What is deleted can't be brought back.")
def forget(participant: str, lake: str, key: Path | None, yes: bool) -> None:
    """Remove every trace of a person from the lake, and search the whole lake for one. PARTICIPANT is the study's id,
    or the pseudonym. Reports and exports that were written before still hold them, as do old versions in a versioned
    bucket."""
    from sitbone.cohort.lake import Lake
    from sitbone.dates import counted
    from sitbone.errors import SitboneError

    if not yes:
        raise UsageError("this deletes the person's data for good; add --yes")
    opened = Lake(lake)
    mask = _mask(opened, key)
    pseudonym = participant if opened.manifest(participant) is not None else mask.pseudonym(participant)
    gone = opened.forget(pseudonym)
    if not gone:
        raise SitboneError(f"{participant} is not in the lake; check the id")
    say(f"deleted {counted(gone, 'file')} of {participant}; searched every file: no trace of {pseudonym} is left")


@click.command(epilog=example("cohort simulate --people 40 --weeks 4 --lake lake"))
@click.option("--people", type=click.IntRange(2, 100_000), default=1000, show_default=True)
@click.option("--weeks", type=click.IntRange(2, 52), default=26, show_default=True)
@click.option("--effect", type=click.FloatRange(-2, 2), help="Plant an effect: points of morning pain per four weeks.")
@click.option("--seed", type=click.IntRange(0, 1_000_000), default=1, show_default=True)
@lake_option
@key_option
def simulate(people: int, weeks: int, effect: float | None, seed: int, lake: str, key: Path | None) -> None:
    """Make a lake of simulated people in two arms, stopwatch and dose, with drop-out, failed sensors and wrong clocks.

    A made-up world, to try the analysis on. With --effect both arms are prompted alike, and differ only by it.
    """
    from sitbone.cohort.lake import Lake
    from sitbone.dates import counted
    from sitbone.errors import SitboneError
    from sitbone.lab.cohort_simulation import Trial
    from sitbone.lab.cohort_simulation import simulate as simulate_in

    if Lake.exists(lake) and not Lake(lake).study.simulated:
        raise SitboneError(f"{lake} holds real people; simulate into another folder")
    opened, mask = _lake_for_adding(lake, "simulated", key, simulated=True)
    with progress_bar("simulating") as progress:
        count = simulate_in(opened, mask, Trial(people, weeks, seed, effect), progress)
    say(
        f"{lake}: {counted(count, 'simulated person').replace('persons', 'people')} added; next, sitbone cohort analyse"
    )


def _lake_for_adding(
    uri: str, study: str | None, key: Path | None, shift_dates: bool = False, min_cell: int = 5, simulated: bool = False
) -> tuple["Lake", "Mask"]:
    """The lake and the study's mask; a new lake begins with a new key, unless there is one."""
    from sitbone.cohort.lake import Lake, Study
    from sitbone.cohort.privacy import Mask, make_key, read_key
    from sitbone.errors import SitboneError

    if Lake.exists(uri):
        opened = Lake(uri)
        if study is not None and study != opened.study.name:
            raise SitboneError(f"{uri} is the lake of the study {opened.study.name}; choose another --lake for {study}")
        return opened, _mask(opened, key)
    if study is None:
        raise UsageError(f"{uri} is a new lake; name its study with --study")
    path = _key_path(key)
    if not path.exists():
        make_key(path)
        say(f"made the study's key, {path}: keep a copy; without it nobody can be added to or forgotten", err=True)
    mask = Mask(read_key(path), study, shift_dates)
    return Lake.make(uri, Study(study, mask.check(), shift_dates, min_cell, simulated)), mask


def _mask(lake: "Lake", key: Path | None) -> "Mask":
    from sitbone.cohort.privacy import Mask, read_key

    mask = Mask(read_key(_key_path(key)), lake.study.name, lake.study.shift_dates)
    lake.demand_key(mask)
    return mask


def _key_path(key: Path | None) -> Path:
    from sitbone.home import home

    return key or home() / "cohort.key"


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()
