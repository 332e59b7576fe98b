"""A cushion whose port another program gets as soon as it asks: autosync's way of opening one."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import Self

from sitbone.board import port_requests
from sitbone.board.device import GentleCushion
from sitbone.board.serial_line import SerialLine

LOOK_S = 0.05


class LentCushion(GentleCushion):
    """``is_yielded`` once it gave the port up; what was under way then raises CushionGone."""

    def __init__(self, port: str) -> None:
        super().__init__(port)
        self.is_yielded = False
        self._is_over = threading.Event()

    def __enter__(self) -> Self:
        with ExitStack() as self._lending:
            super().__enter__()
            self._lending = self._lending.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        self._lending.close()

    def _opened(self) -> SerialLine:
        line = SerialLine(self.port, asks=False)
        self._lending.enter_context(port_requests.lent(self.port))
        watcher = threading.Thread(target=self._watch, args=(line,), daemon=True, name="port-requests")
        self._lending.callback(watcher.join)
        self._lending.callback(self._is_over.set)
        watcher.start()
        return line

    def _watch(self, line: SerialLine) -> None:
        while not self._is_over.wait(LOOK_S):
            if port_requests.is_wanted(self.port):
                self.is_yielded = True
                line.give_up()
                return
