"""The motor campaign: whatever is lost, late or reset, the world sees no pulse longer than its pattern allows.

The whole firmware runs, and a script beside it plays one pattern after the other. Lost callbacks, bad contacts and
calls into C come from the world, resets from the script. What is measured is what the motors did, not what the firmware
says.
"""

import json
import random
from typing import Any

import pytest

from sitbone.virtual import EmptySeat, VirtualCushion
from tests.virtual.conftest import Run, mpremote

BEYOND_MS = 100
RESET_ENDS_MOTORS_MS = 150  # the virtual chip restarts in 100 ms, and boot.py has 50
EVERY_MS = 8000
FIRST_MS = 12_000

# (pattern, second rhythm): its on and off times, ms; written down here, not taken from core/patterns.py.
PATTERNS: dict[tuple[int, bool], tuple[int, ...]] = {
    (1, False): (200, 200, 200),
    (1, True): (100, 150, 300),
    (2, False): (300, 200, 300, 200, 300),
    (2, True): (150, 150, 300, 150, 450),
    (3, False): (500, 200, 500, 200, 500),
    (3, True): (250, 150, 500, 150, 750),
    (4, False): (80,),
    (5, False): (80, 120, 80, 120, 80),
    (6, False): (80, 120, 80),
    (7, False): (250,),
    (8, False): (250, 200, 250),
}

SCRIPT = """
import asyncio, gc, json, os, time
from cushion.app import App
from cushion.drivers.board import Board
from cushion.drivers.limiter import Limiter
app = App(Board())
firmware = app._main
def say(*what):
    with open("/out.txt", "a") as file:
        file.write(json.dumps(what) + "\\n")
async def both():
    await asyncio.gather(firmware(), script())
async def until(at_ms):
    await asyncio.sleep_ms(at_ms - time.ticks_ms())
"""
PLAYS = """
async def script():
    for number, (pattern, habituated) in enumerate({cases!r}):
        await until({first} + {every} * number)
        app.board.haptics.limiter = Limiter()
        steps = app.monitor.steps
        app.board.haptics.play(pattern, 3, 100, habituated)
        await until({first} + {every} * (number + 1) - 100)
        say(number, app.board.haptics.limiter._windows[2]._sum_ms, app.monitor.steps - steps, app.crashes)
app._main = both
app.run()
"""
RESETS = """
import machine
lives = sum(1 for _ in open("/out.txt")) if "out.txt" in os.listdir("/") else 0
async def script():
    pattern, habituated, after_ms, how = {cases!r}[lives]
    say(lives)
    app.board.haptics.limiter = Limiter()
    await asyncio.sleep_ms(7000)  # five seconds of monitoring make this a good start for boot.py
    app.board.haptics.play(pattern, 3, 100, habituated)
    await asyncio.sleep_ms(after_ms)
    if how == "hang":
        app.board.haptics._timer.deinit()  # interrupts are off, too
        machine.WDT(timeout=1000)
        time.sleep_ms(5000)
    elif how == "soft":
        machine.soft_reset()
    elif how == "deep":
        machine.deepsleep(300)
    elif how == "no package":
        for name in os.listdir("/fw"):
            if len(name) == 12:
                os.rename("/fw/" + name, "/fw/gone")
        machine.reset()
    else:
        machine.reset()
app._main = both
if lives < {count}:
    app.run()
machine.deepsleep()
"""


class Campaign:
    """A cushion whose main.py is a script beside the firmware, run to the end of its world."""

    def __init__(self, flash, script, seconds, order=lambda cushion: None, board="devkit"):
        with VirtualCushion(EmptySeat(), flash=flash) as bench:
            source = flash.with_name("main.py")
            source.write_text("if start_mode == 2:\n import machine\n machine.deepsleep()\n" + script)
            mpremote(bench.port, "resume", "fs", "cp", str(source), ":main.py")
        self.journal: list[dict[str, Any]] = []
        cushion = VirtualCushion(
            EmptySeat(), flash=flash, journal=self.journal.append, duration_s=seconds, speed=None, board=board
        )
        order(cushion)
        with cushion:
            cushion.run()
        self.said = [json.loads(line) for line in Run(flash).read("/out.txt").decode().splitlines()]

    def pulses(self):
        """(begin_ms, end_ms) of each time a motor ran."""
        found: list[tuple[int, int]] = []
        since: dict[str, int] = {}
        for entry in self.journal:
            if entry["kind"] == "motor" and entry["on"]:
                since.setdefault(entry["side"], entry["t_ms"])
            elif entry["kind"] == "motor" and entry["side"] in since:
                found.append((since.pop(entry["side"]), entry["t_ms"]))
        assert not since, "a motor still runs"
        return sorted(found)


def faults(count, seed):
    """So many cases: a pattern, and what strikes it: (what, ms after its begin, size)."""
    draw = random.Random(seed)
    for _ in range(count):
        pattern = draw.choice(list(PATTERNS))
        length_ms = sum(PATTERNS[pattern])
        struck = []
        if draw.random() < 0.7:
            struck.append(("lose", draw.randrange(-20, length_ms), draw.choice((1, 1, 2, 8))))
        if draw.random() < 0.6:
            stall_ms = draw.choice((20, 60, 200, 500, 1000, 3000))
            at_ms = draw.randrange(-20, length_ms)
            struck.append(("stall", at_ms, stall_ms))
            if draw.random() < 0.5:
                struck.append(("bounce", at_ms + 1, draw.choice((10, 18, 19, 40))))
        yield pattern, struck


def play_with_faults(flash, count, seed):
    cases = list(faults(count, seed))

    def order(cushion):
        for number, (_, struck) in enumerate(cases):
            for what, after_ms, size in struck:
                at_ms = FIRST_MS + EVERY_MS * number + after_ms
                {"lose": cushion.lose_timers, "stall": cushion.stall, "bounce": cushion.bounce_button}[what](
                    size, at_ms
                )
            cushion.lose_timers(0, FIRST_MS + EVERY_MS * number + 5000)

    script = SCRIPT + PLAYS.format(cases=[pattern for pattern, _ in cases], first=FIRST_MS, every=EVERY_MS)
    campaign = Campaign(flash, script, (FIRST_MS + EVERY_MS * (count + 1)) / 1000, order)
    assert len(campaign.said) == count
    for number, granted_ms, steps, crashes in campaign.said:
        check_case(campaign, cases[number], FIRST_MS + EVERY_MS * number, granted_ms)
        assert steps >= 10, "the monitor no longer steps"
        assert crashes == 0


def check_case(campaign, case, begin_ms, granted_ms):
    (pattern, struck) = case
    pulses = [pulse for pulse in campaign.pulses() if begin_ms - 100 <= pulse[0] < begin_ms + EVERY_MS - 200]
    held = [(begin_ms + at_ms, begin_ms + at_ms + size) for what, at_ms, size in struck if what == "stall"]
    answers_ms = 250 if any(what == "bounce" for what, _, _ in struck) else 0  # the button's own answer
    longest_ms = max((*PATTERNS[pattern][::2], answers_ms))
    for on_ms, off_ms in pulses:
        allowed_ms = on_ms + longest_ms + BEYOND_MS
        for from_ms, to_ms in held:  # nothing of the chip's own runs while a call into C does
            if from_ms <= allowed_ms and to_ms >= on_ms:
                allowed_ms = max(allowed_ms, to_ms + BEYOND_MS)
        assert off_ms <= allowed_ms, (case, on_ms - begin_ms, off_ms - begin_ms)
    ran_ms = sum(off_ms - on_ms for on_ms, off_ms in pulses) / 2  # both motors
    assert ran_ms <= granted_ms + 5, (case, "the limiter counted less than ran")


def test_a_lost_callback_leaves_no_motor_running(flash):
    play_with_faults(flash, 40, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 6))
def test_no_lost_callback_at_all_does(flash, seed):
    play_with_faults(flash, 400, seed)


def reset_at_points(flash, cases, board="devkit"):
    campaign = Campaign(flash, SCRIPT + RESETS.format(cases=cases, count=len(cases)), 14 * len(cases) + 10, board=board)
    resets = [entry["t_ms"] for entry in campaign.journal if entry["kind"] in ("reset", "sleep")]
    assert len(campaign.said) == len(cases)
    ran = campaign.pulses()
    assert ran
    for reset_ms in resets:
        late = [pulse for pulse in ran if pulse[0] <= reset_ms and pulse[1] > reset_ms + RESET_ENDS_MOTORS_MS]
        assert not late, (late, reset_ms)
    return campaign


CAUSES = ("reset", "soft", "hang", "deep")


def points(seed, count, hows):
    draw = random.Random(seed)
    for index in range(count):
        pattern, habituated = draw.choice(list(PATTERNS))
        after_ms = draw.randrange(1, sum(PATTERNS[pattern, habituated]))
        yield pattern, habituated, after_ms, hows[index % len(hows)]


def test_a_reset_at_any_point_of_a_pattern_ends_it(flash):
    cases = [*points(1, 8, CAUSES), (3, False, 300, "no package")]
    reset_at_points(flash, cases)


def each_step():
    """A moment within each pulse and each pause of each pattern."""
    draw = random.Random(3)
    for (pattern, habituated), times_ms in PATTERNS.items():
        for step, length_ms in enumerate(times_ms):
            yield pattern, habituated, sum(times_ms[:step]) + draw.randrange(1, length_ms)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("board", "hows"),
    [
        *(("devkit", (how,)) for how in CAUSES),
        ("firebeetle", CAUSES),
        ("xiao-s3", CAUSES),
    ],
)
def test_each_cause_of_a_reset_ends_it_at_each_step_of_each_pattern(flash_of, board, hows):
    """On the first board each cause at each step, on the others one cause after the other."""
    cases = [(*moment, hows[number % len(hows)]) for number, moment in enumerate(each_step())]
    reset_at_points(flash_of(board), [*cases, (3, False, 300, "no package")], board)
