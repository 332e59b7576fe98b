"""A cushion without its chip: the firmware's own decisions and log blocks, stepped every two seconds, for example data.

What runs is `cushion.core`: engine, settings, records, block encoder. What doesn't: sampling at 4 Hz, flash, the link,
motors and their limiter, the watchdog, restarts. Sleep on an empty seat, its place in the log and what it does to the
doses are as in the firmware; that a new session begins is written here once more.
"""

from __future__ import annotations

from typing import Any

from cushion import VERSION
from cushion.core import records, resting
from cushion.core.blocks import Writer
from cushion.core.calibration import Calibration
from cushion.core.settings import Settings
from sitbone.dates import Zone, utc_offset_min
from sitbone.replay.trace_replay import engine_for
from sitbone.settings.params import PARAMS
from sitbone.store.blocks import Block, read_block

STEP_MS = 2000
POWER_ON, DEEP_SLEEP = 1, 4  # reset causes, as the ESP32 numbers them
LOG = 1
GUIDED = records.CALIBRATION_SOURCES.index("guided")


class DemoCushion:
    """One cushion from its first power-on; a `sitbone.settings.changes.Link`, so that tuning can reach it.

    Times are UTC ms. ``blocks`` takes what was logged since it was last asked.
    """

    def __init__(self, hardware: str, calibration: Calibration, at_ms: int) -> None:
        self.settings = Settings()
        self.engine = engine_for(self.settings, calibration)
        self.hardware = hardware
        self.session = 0
        self._calibration = calibration
        self._zone = Zone()
        self._writer, self._next_seq = Writer(), 1
        self._start_ms = self._at_ms = at_ms
        self._powered_ms = 0
        self._knows_time = False
        self._blocks: list[bytes] = []
        self._begin(POWER_ON)

    @property
    def mono_ms(self) -> int:
        """Time since the session began."""
        return self._at_ms - self._start_ms

    @property
    def may_sleep(self) -> bool:
        """Whether the firmware would go to deep sleep now on battery."""
        away_ms, break_ms = self.engine.decisions.sitting.away_ms, self.settings.get("verified_break_s") * 1000
        return bool(resting.depth(False, False, self.engine.decisions.state(), away_ms, break_ms, True) == resting.DEEP)

    def step(self, at_ms: int, levels_100uv: list[int]) -> int:
        """One decision at `at_ms`, STEP_MS after the one before; returns the level of a vibration, 0 for none."""
        self._at_ms = at_ms
        local = self._zone.local(at_ms)
        self.engine.sample(levels_100uv)
        self.engine.decide(STEP_MS, local.hour * 60 + local.minute if self._knows_time else -1)
        self._drain()
        return int(self.engine.decisions.prompter.vibrate_level)

    def press(self, gesture: int) -> None:
        """A gesture of the button: 1 short, 2 double."""
        self.engine.decisions.press(gesture)
        self._drain()

    def sleep(self) -> None:
        """Logs the last epoch, then nothing until it wakes."""
        self.engine.close_epoch()
        self._drain()

    def wake(self, at_ms: int, off: bool) -> None:
        """A new session: after a sleep on an empty seat, or after it was switched off."""
        passed_ms = at_ms - self._at_ms
        self._powered_ms += self.mono_ms + (0 if off else passed_ms)
        self._start_ms = self._at_ms = at_ms
        if off:
            self._knows_time = False
            self.engine = engine_for(self.settings, self._calibration)  # what it kept, it kept only under power
            self._begin(POWER_ON)
        else:
            self.engine.decisions.rest(passed_ms)
            self._begin(DEEP_SLEEP)
            self._add(records.SLEPT, (passed_ms // 1000,))

    def set_clock(self, at_ms: int) -> None:
        """What a sync does first. This cushion's clock has no error: it is only set after it was lost."""
        self._at_ms = max(self._at_ms, at_ms)
        if not self._knows_time:
            self._knows_time = True
            self._add(records.CLOCK, (*divmod(self._at_ms, 1000), 0, 0, records.CLOCK_FROM_HOST))
        offset_min = utc_offset_min(self._zone.local(self._at_ms))
        if offset_min != self.settings.get("utc_offset_min"):
            self.call("settings_set", {"utc_offset_min": offset_min}, "sync")

    def blocks(self) -> list[Block]:
        """The log since the last call."""
        self._close_block()
        taken, self._blocks = self._blocks, []
        return [read_block(data) for data in taken]

    def call(self, name: str, *args: Any) -> dict[str, Any]:
        """The calls that tuning makes to a connected cushion."""
        if name == "status":
            return {"cushion": self.hardware, "log": LOG}
        if name == "settings_show":
            return {"values": self.settings.as_dict()}
        if name != "settings_set":
            raise ValueError(f"the demo's cushion doesn't have the call {name}")
        values, reason, undoes = (*args, 0)[:3]
        self.settings.version += 1
        self._add(records.CHANGES, (self.settings.version, undoes, len(values)))
        age_s = (self._powered_ms + self.mono_ms) // 1000
        for index, param in enumerate(PARAMS):
            if param.name in values:
                was = self.settings.get(param.name)
                now = self.settings.change(param.name, values[param.name], age_s)
                why = reason if isinstance(reason, str) else reason[param.name]
                self._add(records.SETTING, (index, was, now, why))
        self.engine.decisions.settings_changed()
        version = self.settings.version
        return {"version": version, "applied": {name: self.settings.get(name) for name in values}, "clamped": {}}

    def _begin(self, cause: int) -> None:
        self._close_block()
        self.session += 1
        changed = self.settings.as_dict() != Settings().as_dict()
        source = records.SETTINGS_SOURCES.index("file" if changed else "default")
        self._add(records.BOOT, (cause, 0, *map(int, VERSION.split(".")), source))
        if self._knows_time:
            self._add(records.CLOCK, (*divmod(self._at_ms, 1000), 0, 0, records.CLOCK_KEPT))
        if self.session == 1:
            values = (*self._calibration.tare_ns, *self._calibration.ref_pa, GUIDED)
            self._add(records.CALIBRATION, values)

    def _drain(self) -> None:
        events = self.engine.events
        for row in range(events.count):
            kind = events.kind(row)
            self._add(kind, events.values(row, len(records.names_of(kind))))
        events.clear()

    def _add(self, kind: int, values: Any) -> None:
        payload, now = records.payload_of(kind, values), divmod(self.mono_ms, 1000)
        if not self._writer.used or not self._writer.add(kind, payload, *now):
            self._close_block()
            unix_s = self._at_ms // 1000 if self._knows_time else 0
            self._writer.begin(bytes.fromhex(self.hardware), LOG, self.session, self._next_seq, *now, unix_s)
            self._writer.add(kind, payload, *now)
        self._next_seq += 1

    def _close_block(self) -> None:
        if self._writer.used:
            self._blocks.append(bytes(self._writer.block[: self._writer.used]))
            self._writer.used = 0
