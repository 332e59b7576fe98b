"""The thread of a virtual cushion: power, resets and sleep of the chip's process; its link to the world, its wire to a
client."""

from __future__ import annotations

import os
import select
import threading
import time
from collections.abc import Callable

from sitbone.virtual import protocol, retained
from sitbone.virtual.chip_process import ChipProcess, Interpreter
from sitbone.virtual.deep_sleep import DeepSleep
from sitbone.virtual.errors import VirtualError
from sitbone.virtual.image import FlashImage
from sitbone.virtual.retained import CAUSE_NAMES, ChipClocks, Retained
from sitbone.virtual.wire import ClientPort, ReplWatch
from sitbone.virtual.world import Bench, World

DEAD_AFTER_S = 5.0  # a watched chip silent for this long (or for its watchdog's timeout, if longer) is reset
RESTART_MS = 100  # of world time: without it a firmware that resets at once would stop the world
_LOOK_FOR_CLIENT_S = 0.01
_BUSY_WIRE_S = 0.001


class Relay:
    """The thread that owns chip, world and wire: other threads reach them only through ``call``."""

    def __init__(
        self, image: FlashImage, port: ClientPort, baud: int | None, clocks: ChipClocks, interpreter: Interpreter
    ) -> None:
        self.booted = threading.Event()
        self.ended = threading.Event()
        self.has_firmware = False
        self.port_resets = False
        self._was_connected = False
        self._usb_lost = False  # native USB does not come back from light sleep
        self.error: BaseException | None = None
        self._image = image
        self._port = port
        self._has_baud = baud is not None
        self._clocks = clocks
        self._interpreter = interpreter
        self._world: World = Bench()
        self._retained = Retained(clocks)
        self._chip: ChipProcess | None = None
        self._asleep: DeepSleep | None = None
        self._watch = ReplWatch()
        self._calls: list[tuple[Callable[[], None], threading.Event]] = []
        self._calls_lock = threading.Lock()
        self._finish = False
        self._wake_read, self._wake_write = os.pipe()
        self._poller = select.poll()
        self._poller.register(self._wake_read, select.POLLIN)
        self._client_in_poller = False
        self._visit_at_s = 0.0
        self._heard_at_s = 0.0
        self._chip_booted = False
        self._said = b""  # output of a chip that has not booted yet: the reason
        self._repl_since: tuple[int, float] | None = None  # world ms and real s when the plain REPL began

    # ---- from other threads

    @property
    def pid(self) -> int | None:
        chip = self._chip
        return chip.pid if chip else None

    def call(self, action: Callable[[], None]) -> None:
        """Runs ``action`` in the relay's thread and waits for it."""
        done = threading.Event()
        with self._calls_lock:
            self._calls.append((action, done))
        os.write(self._wake_write, b"!")
        while not done.wait(0.1):
            if self.error is not None:
                raise self.error
            if self._finish:
                raise VirtualError("the virtual cushion is switched off; start another one")

    def finish(self) -> None:
        self._finish = True
        os.write(self._wake_write, b"!")

    def close(self) -> None:
        """After the thread's end."""
        os.close(self._wake_read)
        os.close(self._wake_write)

    # ---- the thread

    def run(self) -> None:
        try:
            while not self._finish:
                self._turn()
        except BaseException as error:  # noqa: BLE001  raised by the next poll, call or start
            self.error = error
        finally:
            self._finish = True
            self._switch_off()
            self.booted.set()
            self.ended.set()

    def _switch_off(self) -> None:
        try:
            self.power_off()
        except Exception as error:  # noqa: BLE001  the first error is the one to report
            self.error = self.error or error

    def _turn(self) -> None:
        now_s = time.monotonic()
        if now_s >= self._visit_at_s:
            self._visit_client(now_s)
            self._check_alive(now_s)
        if self._asleep is not None:
            self._sleep_on(self._asleep)
        for fd, _ in self._poller.poll(self._patience_ms(now_s)):
            chip = self._chip
            if fd == self._wake_read:
                self._take_calls()
            elif fd == self._port.master:
                self._visit_client(time.monotonic())
            elif chip is not None and fd == chip.terminal:
                self._read_terminal(chip)
            elif chip is not None and fd == chip.link:
                self._read_link(chip)

    def _patience_ms(self, now_s: float) -> int:
        if self._asleep is not None:
            return 0 if self._world.pace_milli(self._world.now_ms) == 0 else 2
        return max(1, round((self._visit_at_s - now_s) * 1000))

    def _take_calls(self) -> None:
        os.read(self._wake_read, 4096)
        with self._calls_lock:
            calls, self._calls = self._calls, []
        for action, done in calls:
            action()
            done.set()

    # ---- power and resets

    def power_on(self, world: World, probe: bool = False) -> None:
        """Starts the chip. As a probe, it runs nothing if its flash contains firmware."""
        self.power_off()
        self._world = world
        self._retained = Retained.at_power_on(world.now_ms, self._clocks)
        world.log(world.now_ms, "power", on=True)
        self.booted.clear()
        self._boot(retained.PWRON_RESET, probe=probe)

    def power_off(self) -> None:
        if self._chip is None and self._asleep is None:
            return
        self._end_chip()
        self._world.outputs_off(self._world.now_ms)
        if self._asleep is not None:
            self._world.usage.slept(self._asleep.slept_ms)
        self._asleep = None
        self._world.log(self._now_ms(), "usage", **self._world.usage.totals())
        self._world.log(self._now_ms(), "power", on=False)

    def brown_out(self) -> None:
        """The supply dips: a power-on to the chip, but its RTC memory is still there. Its clock is not."""
        self._end_chip()
        self._world.outputs_off(self._world.now_ms)
        self._retained.rtc_offset_us = -self._world.now_ms * 1000
        self._world.log(self._world.now_ms, "reset", cause="brown-out")
        self._boot(retained.PWRON_RESET)

    def _reset_by_port(self) -> None:
        """DTR and RTS in an unlucky order pull EN low: to the chip, a power-on."""
        self._end_chip()
        self._asleep = None
        self._world.outputs_off(self._world.now_ms)
        self._retained = Retained.at_power_on(self._world.now_ms, self._clocks)
        self._world.log(self._world.now_ms, "reset", cause="port")
        self._boot(retained.PWRON_RESET)

    def _boot(self, cause: int, *, wake: int = 0, raw: bool = False, probe: bool = False) -> None:
        if cause != retained.SOFT_RESET:
            self._retained.wdt_ms = 0
            if self._world.native_usb:
                self._unplug()  # the host sees the device go; a program that had it open must open it again
        if cause in (retained.PWRON_RESET, retained.DEEPSLEEP_RESET):
            self._usb_lost = False
        if self._world.now_ms:
            self._world.reach(self._world.now_ms + RESTART_MS)
        self._watch.restart(raw)
        self._repl_since = None
        self._chip_booted = False
        self._said = b""
        hello = self._retained.hello(self._world, self._image, cause=cause, wake=wake, raw=raw, probe=probe)
        self._chip = ChipProcess(hello, self._interpreter)
        self._world.usage.start()
        self._heard_at_s = time.monotonic()
        self._poller.register(self._chip.terminal, select.POLLIN)
        self._poller.register(self._chip.link, select.POLLIN)

    def _end_chip(self) -> None:
        chip = self._chip
        if chip is None:
            return
        self._world.reach(self._now_ms())
        self._world.forget_chip()
        self._poller.unregister(chip.terminal)
        self._poller.unregister(chip.link)
        self._chip = None
        self._to_client(chip, chip.kill())

    def _reset(self, cause: int, *, raw: bool = False, **facts: str) -> None:
        self._end_chip()
        self._world.log(self._world.now_ms, "reset", cause=CAUSE_NAMES[cause], **facts)
        if cause == retained.SOFT_RESET:
            self._world.pwm_off(self._world.now_ms)
            self._port.write(b"MPY: soft reboot\r\n")
        self._boot(cause, raw=raw)

    def _exited(self, chip: ChipProcess) -> None:
        """The process ended by itself: Ctrl-D or SystemExit at the plain REPL, or a crash of the interpreter."""
        if not self._chip_booted:
            said = (self._said + chip.kill()).decode(errors="replace").strip()
            self._poller.unregister(chip.terminal)
            self._poller.unregister(chip.link)
            self._chip = None
            raise VirtualError(
                f"the simulated chip did not start ({said[-300:] or 'it printed nothing'}); check the flash image"
            )
        if chip.crashed():
            self._world.log(self._now_ms(), "fault", what="the interpreter crashed")
            self._reset(retained.HARD_RESET, why="panic")
        else:
            self._forward_terminal(chip)  # the last banner decides which REPL comes back
            self._reset(retained.SOFT_RESET, raw=self._watch.raw)

    def _check_alive(self, now_s: float) -> None:
        """A chip that neither waits nor reads its clock cannot bite itself: its watchdog runs in real time here."""
        chip = self._chip
        if chip is None:
            return
        silent_s = now_s - self._heard_at_s
        if self._retained.wdt_ms and silent_s > max(self._retained.wdt_ms / 1000, DEAD_AFTER_S):
            self._reset(retained.WDT_RESET, why="no sign of life")
        elif self._repl_since is not None and self._world.over(self._now_ms()):
            self._finish = True

    def _now_ms(self) -> int:
        if self._repl_since is None:
            return self._world.now_ms
        world_ms, real_s = self._repl_since
        now_ms = max(self._world.now_ms, world_ms + int((time.monotonic() - real_s) * 1000))
        return now_ms if self._world.duration_ms is None else min(now_ms, self._world.duration_ms)

    # ---- deep sleep

    def _fall_asleep(self, frame: protocol.Frame) -> None:
        self._world.usage.chip(DeepSleep.usage_in(frame.payload))
        self._retained.rtc_pads = DeepSleep.pads_in(frame.payload)
        self._end_chip()
        self._world.outputs_off(self._world.now_ms)
        self._asleep = DeepSleep(self._world, frame.t_ms, frame.payload, self._clocks.sleep_drift_permille)
        self._world.log(frame.t_ms, "sleep")

    def _sleep_on(self, sleep: DeepSleep) -> None:
        wake = sleep.go_on()
        if self._world.over(self._world.now_ms):
            self._finish = True
        elif wake is not None:
            self._asleep = None
            self._world.usage.slept(sleep.slept_ms)
            self._retained.drift(sleep.slept_ms)
            self._world.forget_chip()
            self._world.log(self._world.now_ms, "reset", cause="deepsleep", wake=wake)
            self._boot(retained.DEEPSLEEP_RESET, wake=wake)

    # ---- the link

    def _read_link(self, chip: ChipProcess) -> None:
        frames = chip.frames()
        if frames is None:
            self._exited(chip)
            return
        self._heard_at_s = time.monotonic()
        for frame in frames:
            self._hear(chip, frame)
            if self._chip is not chip:
                return

    def _hear(self, chip: ChipProcess, frame: protocol.Frame) -> None:
        self._world.reach(frame.t_ms)
        if frame.tag == protocol.CHUNK:
            self._world.usage.chip(frame.payload)
            if self._world.over(frame.t_ms):
                self._finish = True
            else:
                chip.send(self._world.chunk(frame.t_ms).pack())
        elif frame.tag == protocol.PIN:
            self._world.output(*frame.pin(), frame.t_ms)
        else:
            self._hear_rarer(frame)

    def _hear_rarer(self, frame: protocol.Frame) -> None:
        tag = frame.tag
        if tag == protocol.BOOTED:
            self._chip_booted = True
            self.has_firmware = frame.payload == b"1"
            self.booted.set()
        elif tag == protocol.WDT_ARMED:
            self._retained.wdt_ms = int(frame.payload)
        elif tag == protocol.RTC_SET:
            self._retained.rtc_offset_us = int(frame.payload)
        elif tag == protocol.RTC_MEMORY:
            self._retained.rtc_memory = frame.payload
        elif tag == protocol.AT_REPL:
            self._repl_since = (frame.t_ms, time.monotonic())
        elif tag == protocol.USB_LOST:
            self._usb_lost = True
        elif tag == protocol.ALIVE:
            pass  # to be heard was all
        elif tag == protocol.SAMPLED:
            self._world.usage.chip(frame.payload)
            self._world.log(frame.t_ms, "first sample", **self._world.usage.of_this_start())
        elif tag == protocol.WARNING:
            self._world.log(frame.t_ms, "warning", what=frame.payload.decode(errors="replace"))
        elif tag == protocol.FAULT:
            self._world.log(frame.t_ms, "fault", what=frame.payload.decode(errors="replace"))
        else:
            self._hear_last_words(frame)

    def _hear_last_words(self, frame: protocol.Frame) -> None:
        tag = frame.tag
        if tag == protocol.HARD_RESET:
            self._reset(retained.HARD_RESET)
        elif tag == protocol.SOFT_RESET:
            self._reset(retained.SOFT_RESET)
        elif tag == protocol.WDT_BITE:
            self._reset(retained.WDT_RESET)
        elif tag == protocol.DEEPSLEEP:
            self._fall_asleep(frame)
        elif tag == protocol.BAD_FLASH:
            raise VirtualError(f"{self._image.path} is neither blank nor a littlefs file system; choose another file")
        else:
            raise VirtualError(
                f"the simulated chip sent an unknown frame {tag!r}; this is a bug in sitbone, please report it"
            )

    # ---- the wire

    def _read_terminal(self, chip: ChipProcess) -> None:
        if not self._forward_terminal(chip) and chip.exited():
            self._exited(chip)

    def _forward_terminal(self, chip: ChipProcess) -> bool:
        try:
            data = os.read(chip.terminal, 65536)
        except OSError:  # EIO: the process has closed its side
            return False
        self._to_client(chip, data)
        return bool(data)

    def _to_client(self, chip: ChipProcess, data: bytes) -> None:
        if not self._chip_booted:
            self._said += data
        shown, ask_raw = self._watch.filter(data)
        if ask_raw:
            os.write(chip.terminal, b"\x01")
        self._port.write(shown)
        self._port.flush(time.monotonic())

    def _plug(self) -> None:
        """The chip's own USB is a port only while it runs, has a cable, and has not slept lightly."""
        there = not self._world.native_usb or (self._chip is not None and self._world.usb_cable and not self._usb_lost)
        if there != self._port.is_plugged:
            if there:
                self._port.plug()
            else:
                self._unplug()

    def _unplug(self) -> None:
        self._poll_client(False)
        self._port.unplug()

    def _visit_client(self, now_s: float) -> None:
        self._plug()
        connected = self._port.connected()
        if self.port_resets and connected != self._was_connected:
            self._reset_by_port()
        self._was_connected = connected
        data = self._port.read(now_s)
        if data and self._chip is not None and self._chip_booted:  # a chip that sleeps or starts receives nothing
            self._chip.hear(data)
        self._port.flush(now_s)
        self._poll_client(connected and not self._has_baud)
        busy = self._port.backlog or (connected and self._has_baud)
        self._visit_at_s = now_s + (_BUSY_WIRE_S if busy else _LOOK_FOR_CLIENT_S)

    def _poll_client(self, wanted: bool) -> None:
        # A hung-up pty is always ready: it would keep the relay spinning.
        if wanted and not self._client_in_poller:
            self._poller.register(self._port.master, select.POLLIN)
        elif not wanted and self._client_in_poller:
            self._poller.unregister(self._port.master)
        self._client_in_poller = wanted
