"""Which steps of the first hour are done: kept in the data directory, so that it goes on where it was left."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from sitbone.files import whole


@dataclass(frozen=True, slots=True)
class Step:
    """``name`` in the file and on the command line; ``title`` and ``about`` for the person."""

    name: str
    title: str
    about: str


STEPS = (
    Step("board", "Find the board", "Plug the board into this computer with a USB cable that carries data."),
    Step("firmware", "Install the firmware", "This takes about a minute. Leave the cable in."),
    Step("sensors", "Press each sensor", "Each of the four sensors must answer, in its place."),
    Step("empty", "The empty seat", "Leave the seat empty and do not touch it for ten seconds."),
    Step("seated", "Your neutral sit", "Sit as you normally do, upright and even, for three and a half minutes."),
    Step("leans", "Lean to each side", "Feet flat, hands in your lap. Lean over slowly when asked, and stay there."),
    Step("strength", "How strong it vibrates", "Stay seated. Short pulses, from strong to weak: say which you feel."),
    Step("numbers", "Your own numbers", "Which side hurts, and how long you can sit today."),
    Step("first-sit", "Your first sit", "Sit on, as you work. It vibrates when the first side has had enough."),
)
NAMES = tuple(step.name for step in STEPS)
FILE = "first_hour.json"


class Progress:
    """What is done, in a file of ``folder``. A file that can't be read counts as nothing done: each step may be done
    again."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self.done: list[str] = []
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))["done"]
            self.done = [name for name in NAMES if name in found]
        except (OSError, ValueError, KeyError, TypeError):
            pass

    def following(self) -> Step | None:
        """The first step that is not done; None after the last."""
        return next((step for step in STEPS if step.name not in self.done), None)

    def finish(self, name: str) -> None:
        """Keeps that a step is done."""
        self._keep([*self.done, name])

    def go_back(self, name: str) -> None:
        """This step and all after it are to be done again. Another sensor in place of one needs all that follow."""
        self._keep([done for done in self.done if NAMES.index(done) < NAMES.index(name)])

    def _keep(self, done: list[str]) -> None:
        self.done = [name for name in NAMES if name in done]
        with whole(self._path, private=True) as path:
            path.write_text(json.dumps({"done": self.done}) + "\n", encoding="utf-8")
