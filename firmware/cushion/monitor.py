"""One synchronous step of the cushion: sense, decide, act, record. Everything around it only waits and calls."""

import time

from cushion.core import patterns, records
from cushion.core.cadence import SAMPLE_MS, Cadence, until_next_ms
from cushion.core.calibration import ZONE_COUNT
from cushion.core.charge import FINE
from cushion.core.const import const
from cushion.core.engine import Engine

_BATTERY_EVERY_S = const(60)


class Monitor:
    """Ties a board, a log, settings and a calibration to the engine.

    ``mono_s`` and ``mono_ms`` are the time since this start; ``steps`` counts samples, so that a host can see that none
    was missed; ``levels_100uv`` is the last one.
    """

    def __init__(self, board, log, settings, calibration):
        self.board = board
        self.log = log
        profile = board.profile
        self.engine = Engine(
            settings,
            calibration,
            profile["supply_mv"],
            board.divider_ohm,
            board.zones.present,
            profile["dead_mv"],
            profile["bias_ohm"],
            profile["spread_permille"],
        )
        self.capture = None
        self.raw_stream = None  # what takes each raw sample, while a host records them
        self.mono_s = 0
        self.mono_ms = 0
        self.steps = 0
        self._cadence = Cadence()
        self.levels_100uv = [0] * ZONE_COUNT
        self._last_ticks = time.ticks_ms()
        self._battery_due_s = _BATTERY_EVERY_S
        self._battery_stage = FINE
        self.sample_ms = SAMPLE_MS

    def wait_ms(self):
        """How long until the next step."""
        return until_next_ms(time.ticks_ms(), self.sample_ms)

    def step(self):
        """Samples, and decides once a second. Call it every `wait_ms`."""
        now = time.ticks_ms()
        dt_ms = time.ticks_diff(now, self._last_ticks)
        self._last_ticks = now
        self._advance(dt_ms)
        self.board.haptics.service(dt_ms)
        if not self.board.haptics.disturbs():
            self.board.zones.read(self.levels_100uv)
            self.engine.sample(self.levels_100uv)
            if self.raw_stream is not None:
                self.raw_stream.take(self.mono_s, self.mono_ms, self.levels_100uv)
        period_ms = self._cadence.advance(dt_ms)
        if period_ms:
            self._decide(period_ms)
        self.steps += 1
        self.board.feed()

    def record(self, kind, values):
        """Logs one record that isn't the engine's and puts it onto the flash."""
        self._add(kind, values)
        self.log.commit()

    def put_away(self):
        """What was collected so far goes onto the flash: the cushion is about to sleep."""
        self.engine.close_epoch()
        self._drain()

    def press(self, gesture):
        """A gesture of the button, or of the host in its place; answers by vibration. Returns whether it was taken."""
        accepted = self.engine.decisions.press(gesture)
        if not accepted:
            answer = patterns.REFUSED
        elif gesture == records.DOUBLE_PRESS:
            answer = patterns.SYMPTOM_NOTED
        elif gesture == records.TRIPLE_PRESS and not self.engine.decisions.pauses.mute_ms:
            answer = patterns.UNMUTED
        else:
            answer = patterns.ACCEPTED
        if gesture == records.LONG_PRESS and self.board.battery.is_present():
            answer = patterns.BATTERY_FULL if self.board.battery.percent() >= 50 else patterns.BATTERY_HALF
        self.board.haptics.off()
        self._drain()
        self._play(answer, records.SIDE_BOTH)
        return accepted

    def try_vibration(self, side, strength_percent):
        """One pulse as strong as a first prompt would be with that setting, for finding the own threshold."""
        if self.board.battery.is_low():
            return False
        return self.board.haptics.play(patterns.BATTERY_HALF, side, strength_percent, False)

    def settings_changed(self, changes, undoes):
        """Takes over changed settings; `changes` lists ``(index in SPEC, was, now, reason)``."""
        settings = self.engine.settings
        self.engine.decisions.settings_changed()
        self._add(records.CHANGES, (settings.version, undoes, len(changes)))
        for change in changes:
            self._add(records.SETTING, change)
        self.log.commit()

    def _advance(self, dt_ms):
        total_ms = self.mono_ms + dt_ms
        self.mono_s += total_ms // 1000
        self.mono_ms = total_ms % 1000

    def _decide(self, period_ms):
        engine, board = self.engine, self.board
        if self.mono_s >= self._battery_due_s:
            self._battery_due_s = self.mono_s + _BATTERY_EVERY_S
            board.battery.read()
        self._log_battery()
        minute = board.clock.local_minute(engine.settings.utc_offset_min)
        engine.decide(period_ms, minute, board.battery.is_low())
        if self.capture is not None:
            self.capture.take(engine)
        prompter = engine.decisions.prompter
        if prompter.cancel:
            board.haptics.off()
        self._drain()  # before the motors: what a person feels is in the log, whatever happens next
        if prompter.vibrate_level:
            self._play(prompter.vibrate_level, engine.settings.vibration_side or prompter.side)

    def _log_battery(self):
        battery = self.board.battery
        stage = battery.stage()
        if stage != self._battery_stage:
            self._battery_stage = stage
            if battery.is_low():
                self.board.haptics.off()
            self._add(records.BATTERY, (battery.mv, battery.percent(), stage))

    def _play(self, pattern, side):
        if self.board.battery.is_low():
            return  # a motor's current could be what makes the chip lose its power
        habituated = self.engine.decisions.prompter.responses.habituated()
        strength = self.engine.settings.strength_percent
        if not self.board.haptics.play(pattern, side, strength, habituated):
            asked_ms = patterns.on_ms(patterns.times_of(pattern, habituated))
            self.record(records.HAPTIC, (pattern, side, asked_ms, 0))

    def _drain(self):
        events = self.engine.events
        for row in range(events.count):
            kind = events.kind(row)
            self._add(kind, events.values(row, records.count_of(kind)))
        events.clear()
        self.log.commit()

    def _add(self, kind, values):
        self.log.add(kind, records.payload_of(kind, values), self.mono_s, self.mono_ms, self.board.clock.unix_s())
