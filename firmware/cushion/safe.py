"""Safe mode with a door: the log can be read and the firmware replaced, while no pin is driven and nothing is decided.

Entered after three starts that failed, or with a board profile that can't be used; the reason is in the log and in the
status. The button at start leads to the plain REPL instead, see boot.py.
"""

import asyncio

from cushion import VERSION
from cushion.core import records
from cushion.drivers import board as boards
from cushion.drivers.clock import Clock
from cushion.link import calls
from cushion.link.console import Console
from cushion.storage.acks import Acks
from cushion.storage.log import Log


class SafeApp:
    """What the calls of the link need of an application, without a monitor. ``safe_mode`` is the reason."""

    def __init__(self, reason):
        self.safe_mode = reason
        self.version = VERSION
        self.clock = Clock()
        self.reset = boards.reset_name(boards.reset_cause())
        self.log = Log(boards.cushion_id())
        self.acks = Acks(self.log.log_id, self.log.durable_seq)
        self.console = Console()
        calls.bind(self)

    def run(self):
        """Serves the link until the chip restarts."""
        payload = records.payload_of(records.CRASH, ("safe mode: " + self.safe_mode,))
        self.log.add(records.CRASH, payload, 0, 0, self.clock.unix_s())
        self.log.commit()
        asyncio.run(self.console.run())
