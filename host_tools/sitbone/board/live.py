"""What the seat measures right now, as figures for a person: balance, share on the sitting bones, next prompt."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from statistics import fmean
from typing import Any

from cushion.core.dose import weight_permille
from sitbone.analysis.events import ZONE_TITLES
from sitbone.errors import Refused

Row = dict[str, Any]
Ask = Callable[..., Row]

STATES = {"occupied": "occupied", "vacant": "empty", "object": "an object is on it", "unknown": "unknown"}
BAR_CELLS = 30
BAR_FULL_KPA = 20.0
EMPTY_PA = 500  # under all zones together: nobody is sitting
STEADY_S = 5.0  # a mark is the mean of this long: in a single moment, a breath would decide


def figures(answer: Row) -> Row:
    """The cushion's `live` answer, with figures derived from it; shares are None on an empty seat."""
    left_it, right_it, left_thigh, right_thigh = answer["pa"]
    total = left_it + right_it + left_thigh + right_thigh
    bones = left_it + right_it
    return answer | {
        "sample_pa": answer.get("sample_pa", answer["pa"]),  # an older firmware reports seconds only
        "left_share": round(left_it / bones, 3) if bones >= EMPTY_PA else None,
        "sitting_bone_share": round(bones / total, 3) if total >= EMPTY_PA else None,
        "next_prompt_s": next_prompt_s(answer),
    }


def steady(answers: Sequence[Row]) -> Row:
    """The mean of some seconds' figures, to mark and compare. Raises Refused unless somebody sat throughout."""
    if not answers or any(answer["state"] != "occupied" for answer in answers):
        raise Refused(f"nobody sat for {STEADY_S:.0f} seconds; sit as you normally do for that long, then mark again")
    means = [round(fmean(zone)) for zone in zip(*(answer["pa"] for answer in answers), strict=True)]
    return figures(answers[-1] | {"pa": means, "sample_pa": means})


def next_prompt_s(answer: Row) -> int | None:
    """Seconds until a prompt if the person goes on sitting like this; None when none would come."""
    if answer["state"] != "occupied":
        return None
    due: list[int] = [max(0, answer["seated_limit_s"] - answer["seated_s"])]
    for u, dose_s, limit_s in zip(answer["u"], answer["dose_s"], answer["limit_s"], strict=True):
        weight = weight_permille(u) if u >= 0 else 0
        if dose_s >= limit_s:
            due.append(0)
        elif weight:
            due.append((limit_s - dose_s) * 1000 // weight)
    wait_s: int = answer["wait_s"]
    return max(min(due), wait_s)


def fault_words(fault: str) -> str:
    """'left_it open' in plain words: 'left sitting bone open'."""
    for zone, title in (("left_it", ZONE_TITLES[0]), ("right_it", ZONE_TITLES[1])):
        fault = fault.replace(zone, title)
    return fault.replace("_", " ")


def lines(now: Row, before: Row | None) -> list[str]:
    """The picture of one second; `before` is the marked one to compare with."""
    out = []
    for title, pa, quality in zip(ZONE_TITLES, now["pa"], now["quality"], strict=True):
        cells = min(BAR_CELLS, round(pa / 1000 / BAR_FULL_KPA * BAR_CELLS))
        bar = "█" * cells + "·" * (BAR_CELLS - cells)
        out.append(f"{title:<18} {bar} {pa / 1000:5.1f} kPa" + ("" if quality == "ok" else f"  {quality}"))
    out.append(f"left of both bones {_share(now, before, 'left_share')}")
    out.append(f"on sitting bones   {_share(now, before, 'sitting_bone_share')}")
    doses = [f"{side} {d / 60:.1f} of {limit / 60:.1f} min" for side, d, limit in _sides(now)]
    out.append(f"dose               {', '.join(doses)}")
    uncalibrated = "" if now["calibrated"] else "; not calibrated: loads assume a typical seat"
    seat = STATES.get(now["state"], now["state"])
    out.append(f"seat               {seat}, seated {now['seated_s'] / 60:.1f} min{uncalibrated}")
    due = now["next_prompt_s"]
    out.append(f"next prompt        {'none' if due is None else f'in {due / 60:.1f} min if you go on like this'}")
    return out


def _sides(now: Row) -> Iterator[tuple[str, int, int]]:
    return zip(("left", "right"), now["dose_s"], now["limit_s"], strict=True)


def _share(now: Row, before: Row | None, name: str) -> str:
    text = _percent(now[name])
    if before is None:
        return text
    change = ""
    if now[name] is not None and before[name] is not None:
        change = f" ({100 * (now[name] - before[name]):+.0f} points)"
    return f"{text}, before {_percent(before[name])}{change}"


def _percent(share: float | None) -> str:
    return "  -" if share is None else f"{100 * share:3.0f} %"


# ---- guided calibration

PHASES = {
    "empty": "Leave the seat empty and do not touch it for ten seconds.",
    "seated": "Sit down as you normally do, upright and even, and stay still for three and a half minutes.",
    "leans": (
        "Stay seated, feet flat, hands in your lap. When asked, lean over slowly until your other sitting bone is "
        "nearly free, and stay there."
    ),
}
NAMES = {"empty": "empty seat", "seated": "seated seat", "leans": "leans"}
LEAN_WORDS = {
    "upright": "sit upright",
    "left": "lean left",
    "right": "lean right",
    "forward": "lean forward",
    "fitting": "sit as you like: the cushion is calculating",
}
Say = Callable[[str], None]
POLL_S = 0.5
LONGEST_S = 900


def gained_words(gained: Row) -> str:
    """What the leans gained, in a sentence."""
    was, now = gained["was_permille"] / 10, gained["is_permille"] / 10
    exponents = ", ".join(f"{permille / 1000:.2f}" for permille in gained["exponent_permille"])
    return f"while you leaned, the sum of your load changed by {was:.0f} %, now {now:.0f} %; exponents {exponents}"


def capture(
    ask: Ask,
    phase: str,
    progress: Callable[[int, int], None] | None = None,
    say: Say | None = None,
    poll_s: float = POLL_S,
) -> Row:
    """Runs one phase on the cushion to its end; ``say`` gets what to do during the leans, as it changes. Raises Refused
    with the cushion's reason."""
    answer = ask("calibrate", phase)
    said = ""
    total_s = max(1, int(answer["left_s"]))
    try:
        polls = 0
        while answer["state"] == "running":
            if say is not None and answer.get("phase") in LEAN_WORDS and answer["phase"] != said:
                said = answer["phase"]
                say(LEAN_WORDS[said])
            polls += 1
            if polls * poll_s > LONGEST_S:
                raise Refused(f"{NAMES[phase]}: the cushion does not finish; restart it, then start this step again")
            time.sleep(poll_s)
            answer = ask("calibrate", "status")
            if progress is not None:
                progress(total_s - int(answer["left_s"]), total_s)
    except KeyboardInterrupt:
        ask("calibrate", "cancel")
        raise
    if answer["state"] != "done":
        raise Refused(f"{NAMES[phase]}: {answer['why'] or 'the cushion restarted; start this step again'}")
    return answer
