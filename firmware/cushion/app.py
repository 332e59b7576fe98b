"""The application: asyncio tasks around the monitor. Each is restarted when it fails; none takes the others down."""

import asyncio
import gc
import io
import os
import sys

from cushion import VERSION, retained
from cushion.core import records, resting
from cushion.core.charge import OFF
from cushion.core.const import const
from cushion.core.records import STATE_VACANT
from cushion.core.settings import SPEC, within
from cushion.drivers.board import reset_name
from cushion.link import calls
from cushion.link.console import Console
from cushion.monitor import Monitor
from cushion.storage import budget, settings_file
from cushion.storage.acks import Acks
from cushion.storage.log import FOLDER, Log
from cushion.storage.powered_time import PoweredTime

_RESTART_MS = const(1000)
_LATE_MS = const(500)
_HEALTHY_STEPS = const(20)  # five seconds of monitoring prove a firmware good
COUNTED = ("/fw/trial", "/fw/starts")  # boot.py counts starts in them until one was good
_RETAIN_EVERY_S = const(10)
LAST_WORDS = "/fw/crash"
POWER_ON = "power-on"
_FAILURES_MOST = const(2)
_WEAKER_PERCENT = const(20)
_OFF_SLEEP_MS = const(900000)  # between two looks at a battery that was empty
_PORT_SLEEP_MS = const(10)  # deep sleep resets more of the chip than machine.reset(): native USB comes back


class App:
    """Builds everything from an opened board. ``late`` counts steps that came half a second or more too late."""

    def __init__(self, board):
        self.version = VERSION
        self.board = board
        self.reset = reset_name(board.reset_cause())
        self.log = Log(board.cushion_id)
        self.powered_time = PoweredTime()
        self.acks = Acks(self.log.log_id, self.log.durable_seq)
        settings, self.settings_source, self._problems = settings_file.load_settings()
        self.monitor = Monitor(board, self.log, settings, settings_file.load_calibration())
        self.console = Console()
        self.late = 0
        self.crashes = 0
        self.safe_mode = ""
        self.slept_s, self._unseen_s = retained.restore(board, self.monitor.engine, FOLDER)
        self.powered_time.slept(self.slept_s + self._unseen_s)
        board.haptics.granted = self._granted
        self.power_failures = 0  # in a row, each while a motor ran
        self._vibrated = False
        self._retain_due_s = _RETAIN_EVERY_S
        self._rest = resting.AWAKE
        calls.bind(self)

    def run(self):
        """Runs for ever."""
        gc.threshold(-1)  # boot.py's was for starting: from here on it would only cost time
        self._record_start()
        asyncio.run(self._main())

    def change_settings(self, values, reason, undoes=0):
        """Puts checked values into force, on flash first; returns what is in force now, by name. `reason`: one text, or
        one by name. Together they are one change, numbered by the settings' version; `undoes` is that of another."""
        settings, changes = self.monitor.engine.settings, []
        for index in range(len(SPEC)):
            name = SPEC[index][0]
            if name in values:
                was = settings.get(name)
                now = settings.change(name, values[name], self.powered_time.seconds(self.monitor.mono_s))
                changes.append((index, was, now, reason if isinstance(reason, str) else reason.get(name, "")))
        settings_file.save_settings(settings, {"changes": changes, "undoes": undoes})
        self.settings_source = "file"
        self.monitor.settings_changed(changes, undoes)
        settings_file.settings_logged(settings)
        return {name: settings.get(name) for name in values}

    def use_calibration(self, calibration):
        """Puts a captured calibration into force, and into the log."""
        source = "leans" if calibration.step_pa else "guided"
        if calibration.calibrated:
            settings_file.save_calibration(calibration)
        self.monitor.engine.use_calibration(calibration)
        values = calibration.tare_ns + calibration.ref_pa + [records.CALIBRATION_SOURCES.index(source)]
        self.monitor.record(records.CALIBRATION, values)

    def retain(self):
        """Keeps what a restart must not forget. Called every few seconds, and when the clock was set."""
        retained.save(self.board, self.monitor.engine)

    def _granted(self, _limiter):
        retained.granted(self.board, self.monitor.engine, self.power_failures)
        self._vibrated = True

    async def _main(self):
        self.board.start_watchdog()
        parts = (self._monitor, self._watch_button, self.board.haptics.watch, self.console.run)
        await asyncio.gather(*[self._keep(part) for part in parts])

    async def _keep(self, part):
        """Runs one part for ever: an exception in it is logged, the motors go off, and it starts anew."""
        while True:
            try:
                await part()
            except Exception as error:  # noqa: BLE001  the last line of defence: log it and go on
                self._survive(error)
            await asyncio.sleep_ms(_RESTART_MS)

    def _survive(self, error):
        self.board.haptics.off()
        self.crashes += 1
        text = io.StringIO()
        sys.print_exception(error, text)
        try:
            self.monitor.record(records.CRASH, (text.getvalue()[-records.TEXT_MAX :],))
        except Exception as second:  # noqa: BLE001  even logging may be what is broken
            print("sitbone: could not log a crash:", second)
        gc.collect()

    async def _monitor(self):
        healthy_at = self.monitor.steps + _HEALTHY_STEPS
        while True:
            wait_ms = self.monitor.wait_ms()
            await self._wait(wait_ms)
            before_s, before_ms = self.monitor.mono_s, self.monitor.mono_ms
            self.monitor.step()
            self.powered_time.keep(self.monitor.mono_s)
            if self._vibrated and not self.board.haptics.plays():
                self._power_held(0)
            took_ms = (self.monitor.mono_s - before_s) * 1000 + self.monitor.mono_ms - before_ms
            if took_ms >= wait_ms + _LATE_MS:
                self.late += 1
            if self.monitor.steps == healthy_at:
                _confirm_firmware()
            if self.monitor.mono_s >= self._retain_due_s:
                self._retain_due_s = self.monitor.mono_s + _RETAIN_EVERY_S
                self.retain()
                self._turn_clocks()
            self._choose_rest()

    def _turn_clocks(self):
        """The local time changes, summer time say, when the host said it would: quiet hours keep to the clock on the
        wall."""
        settings = self.monitor.engine.settings
        at_s, offset_min = settings.next_offset
        if 0 < at_s <= self.board.clock.unix_s():
            settings.next_offset = [0, 0]
            self.change_settings({"utc_offset_min": offset_min}, "clocks changed")

    def _choose_rest(self):
        """How to spend the time until the next sample; an empty battery or a long-empty seat ends this run."""
        board, engine = self.board, self.monitor.engine
        # Without a battery it is on USB, whatever a sense pin says that is wired to nothing.
        on_usb = board.power.on_usb() or not board.battery.is_present()
        busy = board.haptics.disturbs() or board.button.active or board.button.is_pressed()
        busy = busy or self.monitor.capture is not None
        busy = busy or (self.monitor.steps < _HEALTHY_STEPS and not board.slept())
        sitting = engine.decisions.sitting
        state = STATE_VACANT if sitting.is_empty() else sitting.occupancy.state
        break_ms = engine.settings.verified_break_s * 1000
        # A chip that the wake sensor has just woken gets the time to see who sits there, before it may sleep again.
        can_wake = board.power.can_wake_on_sitting(sitting.has_thing) and self.monitor.steps >= _HEALTHY_STEPS
        self._rest = resting.depth(on_usb, busy, state, sitting.away_ms, break_ms, can_wake)
        self.monitor.sample_ms = resting.sample_ms(self._rest, state)
        if on_usb and board.power.port_lost and not busy:
            self._sleep(_PORT_SLEEP_MS, False)
        elif board.battery.stage() == OFF and not on_usb and not board.haptics.disturbs():
            self._sleep(_OFF_SLEEP_MS, False)
        elif self._rest == resting.DEEP:
            self._sleep(resting.LONGEST_SLEEP_MS, True)

    def _sleep(self, ms, on_empty_seat):
        """Deep sleep: everything is on the flash or kept; the chip starts anew when it ends."""
        self.board.haptics.off()
        self.monitor.put_away()
        self.powered_time.save(self.monitor.mono_s)
        retained.save(self.board, self.monitor.engine, on_empty_seat)
        self.board.power.deep_sleep(ms, on_empty_seat)

    async def _wait(self, wait_ms):
        if self._rest != resting.LIGHT or self.board.haptics.plays():
            await asyncio.sleep_ms(wait_ms)
            return
        self.board.power.light_sleep(wait_ms)
        self.board.button.poke()
        await asyncio.sleep_ms(0)
        rest_ms = self.monitor.wait_ms()
        if self.board.button.is_pressed() and rest_ms < wait_ms:
            await asyncio.sleep_ms(rest_ms)  # woken by a press: it is read in the meantime

    async def _watch_button(self):
        while True:
            self.monitor.press(await self.board.button.gesture())

    def _record_start(self):
        board, clock = self.board, self.board.clock
        major, minor, patch = (int(part) for part in VERSION.split("."))
        source = records.SETTINGS_SOURCES.index(self.settings_source)
        self.monitor.record(
            records.BOOT, (board.reset_cause() & 255, board.wake_reason() & 255, major, minor, patch, source)
        )
        if clock.is_known():
            unix_ms = clock.unix_ms()
            self.monitor.record(records.CLOCK, (unix_ms // 1000, unix_ms % 1000, 0, 0, records.CLOCK_KEPT))
        if self.slept_s:
            self.monitor.record(records.SLEPT, (self.slept_s,))
        if self._unseen_s:
            self.monitor.record(records.UNKNOWN, (0, self._unseen_s * 1000, records.GAP_ASLEEP))
        self._log_last_words()
        self._log_unlogged()
        self._judge_power()
        for problem in self._problems:
            self.monitor.record(records.CRASH, ("settings: " + problem,))

    def _power_held(self, failures):
        """What vibrated is over, or was cut off by the loss of power that this start has counted."""
        self._vibrated = False
        self.power_failures = failures
        budget.save(self.board.haptics.limiter.to_bytes(), False, failures)

    def _judge_power(self):
        """A motor's current may be what makes a tired battery or a long cable give way. Once may be chance, or somebody
        pulled the plug; from the second time in a row on, each makes the vibration weaker."""
        _, runs, failures = budget.load()
        self.power_failures = failures
        if not runs:
            return
        if self.reset == POWER_ON:
            failures += 1
            self.monitor.record(records.POWER_FAILED, (min(255, failures),))
        self._power_held(failures)
        strength = self.monitor.engine.settings.strength_percent
        weaker = within("strength_percent", strength - _WEAKER_PERCENT)
        if failures >= _FAILURES_MOST and weaker < strength and self.reset == POWER_ON:
            self.change_settings({"strength_percent": weaker}, "power failed at vibration")

    def _log_last_words(self):
        """A start before this one failed too early to log why; main.py left it in a file."""
        try:
            with open(LAST_WORDS) as file:
                text = file.read()
            os.remove(LAST_WORDS)
        except OSError:
            return
        self.monitor.record(records.CRASH, (text[-records.TEXT_MAX :],))

    def _log_unlogged(self):
        """The power went between a change of the settings and its record."""
        unlogged = settings_file.load_unlogged()
        if unlogged is not None:
            self.monitor.settings_changed(unlogged["changes"], unlogged.get("undoes", 0))
            settings_file.settings_logged(self.monitor.engine.settings)


def _confirm_firmware():
    """Tells boot.py that this firmware runs: it need not go back to the one before, nor into safe mode."""
    for path in COUNTED:
        try:
            os.remove(path)
        except OSError:
            pass  # it was confirmed before
