"""What the commands print for a person: text and tables made from the same dictionaries that `--json` prints."""

from collections.abc import Iterable
from typing import Any

from rich.table import Table

from sitbone.analysis.days import Day
from sitbone.analysis.events import OUTCOME_NAMES, outcomes_told
from sitbone.board.live import STATES, fault_words
from sitbone.dates import counted, duration_text, off_text
from sitbone.settings.params import PARAMS

Row = dict[str, Any]


def status_lines(status: Row, host_unix_ms: int) -> list[str]:
    """`sitbone status`."""
    dose, limit = status["dose_s"], status["limit_s"]
    sides = [f"{side} {dose[side] / 60:.1f} of {limit[side] / 60:.1f} min" for side in ("left", "right")]
    log = status["journal"]
    seat = STATES.get(status["state"], status["state"])
    return [
        f"cushion      {status['cushion']}, firmware {status['firmware']}; seat: {seat}",
        f"dose         {', '.join(sides)}; seated {duration_text(status['seated_s'])} since the last verified break",
        f"calibration  {'done' if status['calibrated'] else 'not done: loads assume a typical seat'}",
        f"dividers     {_dividers(status.get('divider_ohm'))}",
        f"battery      {_battery(status['battery'])}",
        f"clock        {_clock(status['unix_ms'], host_unix_ms)}",
        f"log          records {log['first_seq']} to {log['last_seq']}, {log['bytes_free'] // 1024} kB free",
        f"faults       {', '.join(fault_words(str(fault)) for fault in status['faults']) or 'none'}",
        f"last reset   {status['reset']}",
    ]


def _dividers(ohms: list[int] | None) -> str:
    if ohms is None:
        return "unknown"
    return f"{ohms[0]} ohm each" if len(set(ohms)) == 1 else f"{', '.join(map(str, ohms))} ohm"


def _battery(battery: Row | None) -> str:
    return "none" if battery is None else f"{battery['percent']} %, {battery['mv'] / 1000:.2f} V"


def _clock(device_unix_ms: int | None, host_unix_ms: int) -> str:
    if device_unix_ms is None:
        return "not set; run sitbone sync"
    off_s = (device_unix_ms - host_unix_ms) / 1000
    return f"{off_text(off_s)} {'ahead of' if off_s > 0 else 'behind'} this computer"


def history_table(days: list[Day]) -> Table:
    """`sitbone history`."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("day", no_wrap=True)
    for name in ("seated", "sits", "longest", "breaks", "verified", "prompts"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("outcomes")
    for name in ("dose left", "right", "valid"):
        table.add_column(name, justify="right", no_wrap=True)
    for day in days:
        table.add_row(
            day.day.isoformat(),
            duration_text(day.seated_s),
            str(len(day.bouts)),
            duration_text(day.longest_s),
            str(day.breaks_all),
            str(day.breaks_verified),
            str(day.episodes),
            outcomes_told(day.outcomes) or "–",
            f"{day.left_dose_max_s / 60:.1f} min",
            f"{day.right_dose_max_s / 60:.1f} min",
            share_text(day.valid_share),
        )
    return table


def share_text(share: float | None) -> str:
    """'98 %'; 'none' when nothing was recorded."""
    return "none" if share is None else f"{share * 100:.0f} %"


def event_line(event: Row, with_cushion: bool = False) -> str:
    """One line of `sitbone events`."""
    at = event["at"]
    when = at[:19].replace("T", " ") + at[23:] if at else f"time unknown, session {event['session']}"
    return f"{when}  {event['text']}" + (f" (cushion {event['cushion']})" if with_cushion else "")


def settings_table(values: Row) -> Table:
    """`sitbone settings show`."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("setting", "value", "range", "unit", "meaning"):
        table.add_column(name, justify="right" if name in ("value", "range") else "left", no_wrap=name != "meaning")
    for param in PARAMS:
        value = values.get(param.name, "unknown")
        table.add_row(param.name, str(value), f"{param.low} to {param.high}", param.unit, param.help)
    return table


def set_lines(answer: Row, asked: dict[str, int]) -> list[str]:
    """`sitbone settings set`: the values now in force, and where one is not what was asked for."""
    lines = [f"{name} = {value}" for name, value in answer["applied"].items()]
    lines += [f"{name}: you asked for {asked[name]}; the cushion allows less for now" for name in answer["clamped"]]
    return lines


def undone_lines(answer: Row) -> Iterable[str]:
    """`sitbone settings undo`: each setting's value now, beside that before the change."""
    for name, value in answer["applied"].items():
        before = answer["undone"]["before"][name]
        yield (
            f"{name} = {value}"
            if value == before
            else (
                f"{name} = {value}; before the change it was {before}, but a limit may rise by at most 10 % in 7 days"
            )
        )


def energy_table(result: Row) -> Table:
    """`sitbone energy`: the most expensive state first."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("state", "time per day", "mA", "mAh per day", "share"):
        table.add_column(name, justify="left" if name == "state" else "right", no_wrap=True)
    for name, state in sorted(result["states"].items(), key=lambda item: -item[1]["mah"]):
        share = state["mah"] / result["mah_per_day"]
        time = duration_text(state["seconds"])
        table.add_row(name, time, f"{state['ma']:.3f}", f"{state['mah']:.2f}", f"{share:.0%}")
    return table


def energy_lines(result: Row) -> Iterable[str]:
    """The sums below the table."""
    always_on, days = result["always_on"], result["days_per_charge"]
    aged = result["days_per_charge_aged"]
    yield f"{result['board']}: {result['mah_per_day']:.1f} mAh per day, of which {result['seated_h']:g} h seated"
    yield f"{result['capacity_mah']:g} mAh last {days:.0f} days, {aged:.0f} in an aged cell, with self-discharge"
    yield f"60 days take {result['mah_for_60_days']} mAh; each wake from deep sleep costs {result['mah_per_wake']:.3f}"
    hours = always_on["days_per_charge"] * 24
    yield f"always on: {always_on['mah_per_day']:.0f} mAh per day, {hours:.0f} hours per charge"
    yield result["basis"]


def boards_table(rows: list[Row]) -> Table:
    """`sitbone energy`: each board, on that battery or always on USB."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("board", "mAh per day", "days", "days aged", "mAh a wake"):
        table.add_column(name, justify="left" if name == "board" else "right", no_wrap=True)
    for row in rows:
        if row["days_per_charge"] is None:
            table.add_row(row["board"], f"{row['mah_per_day']:.0f}", "on USB", "", "")
        else:
            days, aged = row["days_per_charge"], row["days_per_charge_aged"]
            wake = f"{row['mah_per_wake']:.3f}"
            table.add_row(row["board"], f"{row['mah_per_day']:.1f}", f"{days:.0f}", f"{aged:.0f}", wake)
    return table


def replay_lines(found: Row) -> Iterable[str]:
    """`sitbone replay`."""
    yield f"{found['trace']}: {duration_text(found['duration_s'])}, {found['calibration']}"
    yield f"{counted(len(found['bouts']), 'sit')}, seated {duration_text(_total_ms(found['bouts']) / 1000)}"
    verified = sum(1 for item in found["breaks"] if item["verified"])
    shifts = counted(len(found["shifts"]), "weight shift")
    yield f"{counted(len(found['breaks']), 'break')} ({verified} verified), {shifts}"
    left, right = (found["dose"][side]["max_s"] / 60 for side in ("left", "right"))
    yield f"highest dose {left:.1f} min left, {right:.1f} min right"
    if found["unknown"]:
        gaps = counted(len(found["unknown"]), "gap")
        yield f"unknown {duration_text(_total_ms(found['unknown']) / 1000)} in {gaps}"
    for prompt in found["prompts"]:
        when, name = duration_text(prompt["t_ms"] / 1000), prompt["outcome"]
        outcome = OUTCOME_NAMES.get(name, name) if name else "none within the trace"
        cause = {"dose": "dose limit", "time": "seated limit"}[prompt["cause"]]
        yield f"{when}: prompt level {prompt['level']}, {prompt['side']}, {cause}; outcome: {outcome}"


def comparison_lines(found: Row) -> Iterable[str]:
    """`sitbone replay --against-log`."""
    if not found["episodes"]:
        yield "the log holds no prompts of these days"
    else:
        share = f"{100 * found['share']:.1f} %"
        yield f"{found['found']} of {counted(found['episodes'], 'logged prompt')} found again by the replay ({share})"
    for item in found["differences"]:
        logged, replayed = (_episode_text(item[name]) for name in ("logged", "replayed"))
        yield f"{item['at'][:16].replace('T', ' ')}: log: {logged}; replay: {replayed}: {item['why']}"


def _episode_text(episode: Row | None) -> str:
    if episode is None:
        return "no prompt"
    outcome = episode["outcome"] or "no outcome"
    return f"level {episode['level']}, {episode['side']}, by {episode['cause']}, {outcome}"


def _total_ms(spans: list[Row]) -> int:
    return sum(span["end_ms"] - span["start_ms"] for span in spans)
