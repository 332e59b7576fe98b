"""The steps of the first hour as a terminal leads through them. What each does is the other commands' own code."""

import sys
import time
from collections.abc import Callable
from typing import Any

import click

from sitbone.cli.terminal import now, open_store, progress_bar, say
from sitbone.errors import NoCushion, UsageError

DOWNLOADS = "https://micropython.org/download/"
WATCH_S = 2.0
AFTERWARDS = (
    "That's it. From now on:",
    "  It works alone. Stand up for two minutes when it vibrates; a short press of the button snoozes it.",
    "  Each morning: sitbone pain 2 --morning --sat 1 (pain on waking, and the worst while sitting yesterday).",
    "  Now and then: plug it in and run sitbone sync, then sitbone history or sitbone dashboard.",
    "  After two weeks: sitbone tune proposes limits from your own days, and says why.",
    "  To do a step again: sitbone setup --from sensors, for example.",
)


class Guide:
    """Does one step after the other. ``port`` and ``board``: as given; ``yes``: don't wait for keys."""

    def __init__(self, port: str | None, board: str | None, yes: bool) -> None:
        self._port, self._board, self._yes = port, board, yes

    def as_named(self) -> str:
        """The options that chose the board, to be typed again."""
        return "".join(f" --{name} {value}" for name, value in (("port", self._port), ("board", self._board)) if value)

    def do(self, name: str) -> None:
        """One step of `progress.STEPS`. Raises SitboneError where it can't be done, with what to do."""
        {
            "board": self._find,
            "firmware": self._firmware,
            "sensors": self._sensors,
            "empty": lambda: self._capture("empty"),
            "seated": lambda: self._capture("seated"),
            "leans": lambda: self._capture("leans"),
            "strength": self._strength,
            "numbers": self._numbers,
            "first-sit": self._first_sit,
        }[name]()

    # --- the board

    def _find(self) -> None:
        port = self._chosen_port()
        say(f"A board answers on {port}.")

    def _chosen_port(self) -> str:
        """The port that was named, or the only one there is."""
        from sitbone.board.device import find
        from sitbone.board.serial_line import usb_ports

        if self._port is None:
            there = [str(found["port"]) for found in find()] or usb_ports()
            if not there:
                raise NoCushion("no board is connected; plug it in, with a cable that carries data, then try again")
            if len(there) > 1:
                raise UsageError(f"there are several ports ({', '.join(there)}); name the board's with --port")
            self._port = there[0]
        return self._port

    def _firmware(self) -> None:
        from sitbone.board.device import probe
        from sitbone.board.firmware_files import can_compile
        from sitbone.board.install import install

        port = self._chosen_port()
        status = probe(port)
        if status is not None and self._board is None:
            say(f"It runs the firmware already: {status['firmware']}.")
            return
        try:
            self._install(install, port, can_compile())
        except NoCushion:
            self._flash(port)
            self._install(install, port, can_compile())

    def _install(self, install: Callable[..., dict[str, Any]], port: str, compile_it: bool) -> None:
        with progress_bar("installing") as progress:
            result = install(port, progress, self._board, compile_it)
        say(f"It runs firmware {result['firmware']}.")

    def _flash(self, port: str) -> None:
        """MicroPython isn't on the board: the person fetches it, and names the file."""
        from pathlib import Path

        from sitbone.board.flashing import flash

        say(
            "The board has no MicroPython yet. Download it for your board (a file that ends in .bin) from",
            f"  {DOWNLOADS}",
        )
        image = click.prompt("The file's path", type=click.Path(exists=True, dir_okay=False, path_type=Path), err=True)
        say(f"Flashed MicroPython for the {flash(port, image, False, False)}.")

    # --- the seat

    def _cushion(self) -> Any:
        from sitbone.board.device import Cushion

        return Cushion(self._chosen_port())

    def _sensors(self) -> None:
        from sitbone.board.first_hour.sensors import press_each

        self._ready()
        with self._cushion() as cushion:
            press_each(lambda: cushion.call("live")["pa"], say)

    def _capture(self, phase: str) -> None:
        from sitbone.board.live import capture, gained_words

        self._ready()
        with self._cushion() as cushion, progress_bar(phase) as progress:
            answer = capture(cushion.call, phase, progress, say)
        say(gained_words(answer["gained"]) if answer.get("gained") else "Done.")

    def _ready(self) -> None:
        if not self._yes and sys.stdin.isatty():
            click.prompt("Press Enter to start", default="", show_default=False, prompt_suffix=".", err=True)

    # --- the person

    def _strength(self) -> None:
        from sitbone.cli.detection import set_strength

        self._ready()
        say(f"Strength set to {set_strength(self._chosen_port())['strength_percent']} %.")

    def _numbers(self) -> None:
        from sitbone.board.first_hour.numbers import SIDES, first_limits, why
        from sitbone.dates import unix_ms
        from sitbone.diary.diary_store import DiaryStore
        from sitbone.settings.changes import change

        side = click.prompt("Which side hurts", type=click.Choice(list(SIDES)), default="both", err=True)
        can_sit = click.prompt(
            "How many minutes can you sit today before it hurts", type=click.IntRange(1, 600), err=True
        )
        limits = first_limits(side, can_sit)
        at = now()
        with open_store() as store, self._cushion() as cushion:
            change(cushion, store, limits, "first limit", at)
            row = {"day": at.date().isoformat(), "entered_ms": unix_ms(at), "side": side}
            DiaryStore(store).add("affected_side", row)
        say(why(limits, can_sit))

    def _first_sit(self) -> None:
        """Until the first prompt was answered, or the person ends it with Ctrl-C."""
        from sitbone.board.live import figures

        say("Press Ctrl-C when you have seen enough.")
        asked = False
        with self._cushion() as cushion:
            try:
                while True:
                    live = figures(cushion.call("live"))
                    if live["state"] != "occupied":
                        if asked:
                            say("You got up. That was a break: it counts after two minutes away.")
                            return
                        say("Nobody sits yet.")
                    elif live["next_prompt_s"] == 0:
                        say("It vibrates now: get up.") if not asked else None
                        asked = True
                    else:
                        due = live["next_prompt_s"]
                        when = "none" if due is None else f"in {due / 60:.1f} min"
                        say(f"seated {live['seated_s'] / 60:.1f} min, next prompt {when}")
                    time.sleep(WATCH_S)
            except KeyboardInterrupt:
                return
