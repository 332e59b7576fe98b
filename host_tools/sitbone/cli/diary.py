"""Commands for the diary: pain, red flags, exercises."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import click

from cushion.core import records
from sitbone.cli.terminal import (
    cushion_option,
    example,
    json_option,
    now,
    open_store,
    print_json,
    say,
)
from sitbone.errors import UsageError

SIDE = click.Choice(records.SIDES[1:])
NUMBER = click.IntRange(1, (1 << 63) - 1)  # of an entry
AMOUNTS = (
    ("--sets", int, "Number of sets."),
    ("--reps", int, "Repetitions per set."),
    ("--load-kg", float, "Load in kg."),
    ("--hold-s", int, "Seconds that each repetition was held."),
    ("--left-kg", float, "Measured strength of the left leg."),
    ("--right-kg", float, "Measured strength of the right leg."),
    ("--left-reps", int, "Measured endurance of the left leg: repetitions until tired."),
    ("--right-reps", int, "Measured endurance of the right leg."),
    ("--run-km", float, "Kilometres run."),
)


def scale(text: str) -> int:
    """A rating from 0 to 10, in whole numbers: the rules compare them."""
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"'{text}' is not a whole number; give 0 to 10") from None


class Quick(click.Group):
    """`sitbone pain 3 --morning` means `sitbone pain add 3 --morning`."""

    def resolve_command(self, context: click.Context, args: list[str]) -> Any:
        if args and re.fullmatch(r"-?\d+([.,]\d*)?", args[0]):
            args = ["add", *args]
        return super().resolve_command(context, args)


@click.group(cls=Quick, no_args_is_help=False, epilog=example("pain 3 --morning"))
def pain() -> None:
    """Keep the pain diary, the basis for tuning."""


@pain.command("add", epilog=example("pain add 2 --morning --sat 1"))
@click.argument("value", metavar="0-10", type=scale)
@click.option("--morning", is_flag=True, help="Pain on waking; this counts most.")
@click.option("--sitting", is_flag=True, help="Worst pain while sitting today.")
@click.option("--sat", metavar="0-10", type=scale, help="With --morning: worst pain while sitting yesterday.")
@click.option("--when", metavar="TIME", help="When you felt it, if not now: 2026-03-31T07:00, yesterday.")
@click.option("--side", type=SIDE, help="Side that hurts, if not as set with sitbone pain side.")
@click.option("--onset-min", type=int, help="Minutes of sitting until it began.")
@click.option("--sleep", type=scale, help="Sleep, 0 bad to 10 good.")
@click.option("--stress", type=scale, help="Stress, 0 to 10.")
@click.option("--flare", type=click.Choice(["start", "end"]), help="A flare started or ended.")
@click.option("--note", default="", help="Note in your own words.")
@json_option
def pain_add(
    value: int,
    morning: bool,
    sitting: bool,
    sat: int | None,
    when: str | None,
    side: str | None,
    onset_min: int | None,
    sleep: int | None,
    stress: int | None,
    flare: str | None,
    note: str,
    as_json: bool,
) -> None:
    """Record how much it hurts."""
    from sitbone.diary.diary_store import DiaryStore
    from sitbone.diary.entries import care_of, new_pain

    if morning and sitting:
        raise UsageError("--morning and --sitting are two entries; give one, or --morning with --sat")
    if sat is not None and not morning:
        raise UsageError("--sat goes with --morning; for today's worst while sitting use --sitting")
    felt, at = felt_at(when), now()
    kind = "morning" if morning else "sitting" if sitting or onset_min is not None else "other"
    with open_store() as store:
        diary = DiaryStore(store)
        hurts = side or diary.usual_side()
        rows = [new_pain(value, felt, at, kind, hurts, onset_min, sleep, stress, flare, note)]
        if sat is not None:
            before = (felt - timedelta(days=1)).replace(hour=20, minute=0)
            rows.append(new_pain(sat, before, at, "sitting", hurts))
        numbers = [diary.add("pain", row) for row in rows]
    if as_json:
        print_json({"added": [{"id": number} | _shown(row) for number, row in zip(numbers, rows, strict=True)]})
        return
    for number, row in zip(numbers, rows, strict=True):
        say(f"{number}  {_line(row)}")
    for care in filter(None, map(care_of, rows)):
        say(care)


def felt_at(when: str | None) -> datetime:
    """The time that was given, else now."""
    from sitbone.dates import parse_when

    if when is None:
        return now()
    felt = parse_when(when, now())
    # A day without a time: noon, or now if noon is still to come.
    return felt if felt.hour or felt.minute or "T" in when else min(felt.replace(hour=12), max(felt, now()))


@pain.command("list", epilog=example("pain list --days 14"))
@click.option(
    "--days", type=click.IntRange(1, 36600), default=14, show_default=True, help="Number of days up to today."
)
@json_option
@cushion_option
def pain_list(cushion: str | None, days: int, as_json: bool) -> None:
    """Show the diary and the marks made with the cushion's button.

    The diary is yours, whichever cushion you sit on; --cushion leaves out other cushions' marks.
    """
    from sitbone.dates import local
    from sitbone.diary.diary_store import DiaryStore
    from sitbone.diary.entries import symptom_marks

    first = (now().date() - timedelta(days=days - 1)).isoformat()
    with open_store(cushion) as store:
        rows = [row for row in DiaryStore(store).pains() if row["day"] >= first]
        marks = [mark for mark in symptom_marks(store) if local(mark["at_ms"]).date().isoformat() >= first]
    if as_json:
        shown = [mark | {"at": local(mark["at_ms"]).isoformat()} for mark in marks]
        print_json({"entries": [_shown(row) for row in rows], "marks": shown})
        return
    for row in rows:
        say(f"{row['id']}  {_line(row)}")
    for mark in marks:
        dose = f"dose {mark['left_s'] / 60:.1f} min left, {mark['right_s'] / 60:.1f} min right"
        say(f"button  {local(mark['at_ms']):%Y-%m-%d %H:%M}  it hurts now; {dose}; cushion {mark['cushion']}")
    if not rows and not marks:
        say("no entries for these days; add one with sitbone pain 3 --morning")


@pain.command("edit", epilog=example("pain edit 12 --pain 2"))
@click.argument("number", type=NUMBER)
@click.option("--pain", "value", metavar="0-10", type=scale, help="Corrected pain.")
@click.option("--side", type=SIDE, help="Corrected side.")
@click.option("--note", help="Corrected note.")
def pain_edit(number: int, value: int | None, side: str | None, note: str | None) -> None:
    """Correct an entry. The earlier version is kept with it."""
    from sitbone.dates import unix_ms
    from sitbone.diary.diary_store import DiaryStore

    if value is not None and not 0 <= value <= 10:
        raise UsageError(f"pain {value} is out of range; give 0 to 10")
    wanted = {"pain": value, "side": side, "note": note}
    changes = {name: given for name, given in wanted.items() if given is not None}
    if not changes:
        raise UsageError("nothing to change; give --pain, --side or --note")
    with open_store() as store:
        row = DiaryStore(store).edit("pain", number, changes, unix_ms(now()))
    say(f"{number}  {_line(row)}")


@pain.command("remove", epilog=example("pain remove 12"))
@click.argument("number", type=NUMBER)
def pain_remove(number: int) -> None:
    """Remove an entry."""
    from sitbone.dates import unix_ms
    from sitbone.diary.diary_store import DiaryStore

    with open_store() as store:
        row = DiaryStore(store).remove("pain", number, unix_ms(now()))
    say(f"removed  {_line(row)}")


@pain.command("side", epilog=example("pain side left"))
@click.argument("side", required=False, type=SIDE)
@json_option
def pain_side(side: str | None, as_json: bool) -> None:
    """Show or set which side hurts. Entries are then about it, and the other limit follows its limit."""
    from sitbone.dates import unix_ms
    from sitbone.diary.diary_store import DiaryStore

    at = now()
    with open_store() as store:
        diary = DiaryStore(store)
        if side is not None:
            diary.add("affected_side", {"day": at.date().isoformat(), "entered_ms": unix_ms(at), "side": side})
        row = diary.affected()
    if as_json:
        print_json({"side": row and row["side"], "since": row and row["day"]})
    elif row is None:
        say("not said yet; for example: sitbone pain side left")
    else:
        say(f"{row['side']}, since {row['day']}")


@pain.command("score", epilog=example("pain score 58"))
@click.argument("total", required=False, metavar="0-100", type=int)
@click.option("--when", metavar="TIME", help="When you filled it in, if not now: 2026-03-31, yesterday.")
@json_option
def pain_score(total: int | None, when: str | None, as_json: bool) -> None:
    """Show or add totals of the VISA-H questionnaire. Usual: at the start, then after 4, 12, 26 and 52 weeks."""
    from sitbone.diary.diary_store import DiaryStore
    from sitbone.diary.entries import new_score
    from sitbone.diary.long_view import score_due

    filled_in, at = felt_at(when), now()
    with open_store() as store:
        diary = DiaryStore(store)
        if total is not None:
            diary.add("visa_h", new_score(total, filled_in, at))
        rows = diary.scores()
    due = score_due(at.date(), [date.fromisoformat(row["day"]) for row in rows])
    if as_json:
        print_json({"scores": [{"day": row["day"], "total": row["total"]} for row in rows], "due": due.isoformat()})
        return
    for row in rows:
        say(f"{row['day']}  VISA-H {row['total']} of 100")
    say(f"next: {due}")


@pain.command("flags", epilog=example("pain flags --add numbness"))
@click.option(
    "--add",
    "what",
    metavar="FLAG",
    help="Red flag to report: pop, bruising, weakness, numbness, bladder or night-pain.",
)
@click.option(
    "--clear", is_flag=True, help="Close all open red flags after a clinician has cleared them; say who with --note."
)
@click.option("--note", default="", help="Note in your own words.")
@json_option
def pain_flags(what: str | None, clear: bool, note: str, as_json: bool) -> None:
    """Report or clear a red flag, which needs a doctor. While one is open, no limit is raised."""
    from sitbone.dates import counted, unix_ms
    from sitbone.diary.diary_store import DiaryStore
    from sitbone.diary.entries import RED_FLAGS, URGENT

    if what is not None and what not in RED_FLAGS:
        raise UsageError(f"no red flag is called {what}; choose from {', '.join(RED_FLAGS)}")
    if clear and not note.strip():
        raise UsageError("--clear needs the clinician who cleared it; say who with --note")
    at = now()
    with open_store() as store:
        diary = DiaryStore(store)
        if what is not None:
            diary.add("red_flag", {"day": at.date().isoformat(), "entered_ms": unix_ms(at), "what": what, "note": note})
        cleared = diary.clear_flags(note, unix_ms(at)) if clear else 0
        rows = diary.open_flags()
    if as_json:
        print_json({"open": [{"day": row["day"], "what": row["what"], "note": row["note"]} for row in rows]})
        return
    if cleared:
        say(f"cleared {counted(cleared, 'red flag')}: {note}")
    for row in rows:
        care = URGENT.get(row["what"], "seek care")
        say(f"{row['day']}  {RED_FLAGS[row['what']]}: {care}; no limit is raised")
    if not rows:
        say("no open red flags; see a doctor about " + "; ".join(RED_FLAGS.values()) + "; pain of 7 or more")


def amounts(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say what an exercise came to."""
    for name in ("--pain-next", "--pain-during"):
        what = "on the morning after" if name == "--pain-next" else "during the exercise"
        command = click.option(name, metavar="0-10", type=scale, help=f"Pain {what}.")(command)
    for name, kind, words in reversed(AMOUNTS):
        command = click.option(name, type=kind, help=words)(command)
    return command


@click.group(epilog=example("rehab add heavy-slow 'hip thrust' --sets 4 --reps 8 --load-kg 60"))
def rehab() -> None:
    """Keep a log of your exercises."""


@rehab.command("add", epilog=example("rehab add isometric bridge --sets 5 --hold-s 45 --pain-during 1"))
@click.argument("stage", metavar="STAGE")
@click.argument("exercise")
@click.option("--when", metavar="TIME", help="When you did it, if not now: 2026-03-31T18:00, yesterday.")
@click.option("--side", type=SIDE, help="Side that you trained, if only one.")
@amounts
@click.option("--note", help="Note in your own words.")
def rehab_add(stage: str, exercise: str, when: str | None, **values: Any) -> None:
    """Log an exercise. STAGE: isometric, heavy-slow, energy-storage or maintenance."""
    from sitbone.diary.rehab import exercise_on

    _add(exercise_on(felt_at(when), now(), stage, exercise, **values))


@rehab.command("repeat", epilog=example("rehab repeat 4"))
@click.argument("number", type=NUMBER)
def rehab_repeat(number: int) -> None:
    """Log an earlier exercise again, done now. Rate its pain with rehab edit."""
    from sitbone.diary.diary_store import DiaryStore
    from sitbone.diary.rehab import repeated

    with open_store() as store:
        row = DiaryStore(store).exercise(number)
    _add(repeated(row, now()))


@rehab.command("edit", epilog=example("rehab edit 4 --load-kg 50 --pain-during 2"))
@click.argument("number", type=NUMBER)
@amounts
@click.option("--note", help="Corrected note.")
def rehab_edit(number: int, **values: Any) -> None:
    """Correct an exercise. The earlier version is kept with it."""
    from sitbone.dates import unix_ms
    from sitbone.diary.diary_store import DiaryStore
    from sitbone.diary.rehab import check_values

    changes = {name: value for name, value in values.items() if value is not None}
    if not changes:
        raise UsageError("nothing to change; see sitbone rehab edit --help")
    check_values(changes)
    with open_store() as store:
        row = DiaryStore(store).edit("rehab", number, changes, unix_ms(now()))
    say(f"{number}  {_exercise_line(row)}")
    _say_stage(row)


@rehab.command("rate", epilog=example("rehab rate 4 --pain-next 2"))
@click.argument("number", type=NUMBER)
@click.option("--pain-next", metavar="0-10", type=scale, required=True, help="Pain on the morning after.")
def rehab_rate(number: int, pain_next: int) -> None:
    """Add the pain on the morning after an exercise."""
    from sitbone.dates import unix_ms
    from sitbone.diary.diary_store import DiaryStore
    from sitbone.diary.rehab import check_values

    check_values({"pain_next": pain_next})
    with open_store() as store:
        row = DiaryStore(store).edit("rehab", number, {"pain_next": pain_next}, unix_ms(now()))
    _say_stage(row)


@rehab.command("plan", epilog=example("rehab plan heavy-slow --sets 4 --reps 8 --per-week 3 --with 'Dr. Lee'"))
@click.argument("stage", metavar="STAGE")
@click.option("--sets", type=int, help="Sets per session.")
@click.option("--reps", type=int, help="Repetitions per set.")
@click.option("--hold-s", type=int, help="Seconds to hold each repetition.")
@click.option("--per-week", type=int, help="Sessions per week.")
@click.option("--with", "agreed_with", default="", help="The physiotherapist or doctor whom you agreed it with.")
def rehab_plan(stage: str, agreed_with: str, **amounts: int | None) -> None:
    """Set a stage's plan, as agreed with your physiotherapist. What you leave out is as usually advised."""
    from sitbone.diary.diary_store import DiaryStore
    from sitbone.diary.stages import new_plan, plan_of

    row = new_plan(now(), stage, agreed_with, **amounts)
    with open_store() as store:
        diary = DiaryStore(store)
        diary.add("rehab_plan", row)
        plan = plan_of(stage, diary.plans())
    say(f"{stage}: {plan.text()}")


@rehab.command("list", epilog=example("rehab list --json"))
@json_option
def rehab_list(as_json: bool) -> None:
    """Show the exercises, the plan, and each criterion. The stage never moves on by itself."""
    from sitbone.diary.diary_store import DiaryStore
    from sitbone.diary.stages import stage_lines

    with open_store() as store:
        rows, found = DiaryStore(store).rehab(), stage_lines(store, now())
    if as_json:
        print_json({"exercises": rows, "criteria": found})
        return
    for row in rows:
        say(f"{row['id']}  {_exercise_line(row)}")
    say(*found)


@rehab.command("remove", epilog=example("rehab remove 4"))
@click.argument("number", type=NUMBER)
def rehab_remove(number: int) -> None:
    """Remove an exercise."""
    from sitbone.dates import unix_ms
    from sitbone.diary.diary_store import DiaryStore

    with open_store() as store:
        row = DiaryStore(store).remove("rehab", number, unix_ms(now()))
    say(f"removed  {_exercise_line(row)}")


def _add(row: dict[str, Any]) -> None:
    from sitbone.diary.diary_store import DiaryStore
    from sitbone.diary.stages import skipped

    with open_store() as store:
        diary = DiaryStore(store)
        asked = skipped(row["stage"], diary.rehab(), now().date(), diary.plans())
        number = diary.add("rehab", row)
        row = diary.exercise(number)
    say(f"{number}  {_exercise_line(row)}")
    if asked:
        say(asked)
    _say_stage(row)


def _say_stage(row: dict[str, Any]) -> None:
    """What needs care, then what the stage shows now."""
    from sitbone.diary.rehab import care_of_exercise
    from sitbone.diary.stages import stage_lines

    if care := care_of_exercise(row):
        say(care)
    with open_store() as store:
        say(*stage_lines(store, now()))


def _exercise_line(row: dict[str, Any]) -> str:
    from sitbone.diary.rehab import amounts as amounts_of
    from sitbone.diary.rehab import pains

    side = [] if row["side"] == "both" else [row["side"]]
    note = f": {row['note']}" if row["note"] else ""
    done = ", ".join([row["exercise"], *side, *amounts_of(row), *pains(row)])
    return f"{row['day']}  {row['stage']}: {done}{note}"


def _line(row: dict[str, Any]) -> str:
    side = "" if row["side"] == "both" else f", {row['side']}"
    onset = "" if row["onset_min"] is None else f", began after {row['onset_min']} min of sitting"
    flare = "" if row["flare"] is None else f", flare {row['flare']}"
    note = f": {row['note']}" if row["note"] else ""
    return f"{row['day']}  {row['moment']} pain {row['pain']}{side}{onset}{flare}{note}"


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    from sitbone.diary.entries import as_json

    return as_json(row)
