"""The virtual cushion as its user handles it: switch it on and off, sit on it, unplug it, break it."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from cushion.drivers.profiles import DEFAULT_PROFILE
from sitbone.virtual.chip_process import Interpreter, check_platform
from sitbone.virtual.errors import VirtualError
from sitbone.virtual.image import INSTANT_US, FlashImage
from sitbone.virtual.relay import Relay
from sitbone.virtual.retained import ChipClocks
from sitbone.virtual.sitters.seat import Seat
from sitbone.virtual.wire import ClientPort
from sitbone.virtual.world import Bench, Journal, World

START_TIMEOUT_S = 20.0
_SHORT_PRESS_MS = 120

Installer = Callable[[str], object]


class VirtualCushion:
    """A cushion on a seat, reachable at ``port``.

    ``flash`` is its image file (None: a temporary one), ``link`` the path of its port (None: in a temporary folder).
    ``speed``: 1 real time, N times as fast, None as fast as the machine allows. ``baud``: no faster than a wire of that
    speed. ``start``: what the RTC reads (UTC) at power-on; without it the RTC begins at 2000-01-01, as a chip's does.
    ``sleep_drift_permille``: how much too fast the RTC runs in deep sleep. ``first_ticks_ms``: what `ticks_ms` reads at
    each start of the chip. ``duration_s``: switched off after that much world time. ``journal`` receives every event,
    from another thread. ``board``: the profile that the world is wired by. ``interpreter``: a different MicroPython
    than the package's. ``flash_us``: what a read, a program and an erase of the flash take (`image.SLOW_US`).
    ``port_resets``: opening and closing the port resets the chip, as some drivers do.
    ``install`` is called with the port when the image contains no firmware; world time starts at 0
    after that.
    """

    def __init__(
        self,
        seat: Seat,
        *,
        flash: Path | None = None,
        link: Path | None = None,
        speed: float | None = 1.0,
        baud: int | None = None,
        start: datetime | None = None,
        sleep_drift_permille: int = 0,
        first_ticks_ms: int = 0,
        duration_s: float | None = None,
        seed: int = 0,
        journal: Journal | None = None,
        install: Installer | None = None,
        board: str = DEFAULT_PROFILE,
        interpreter: Interpreter | None = None,
        flash_us: tuple[int, int, int] = INSTANT_US,
        port_resets: bool = False,
    ) -> None:
        check_platform()
        if speed is not None and not 0.01 <= speed <= 1_000_000:
            raise VirtualError(f"speed {speed} is out of range; give 0.01 to 1000000, or max")
        self._temporary = Path(tempfile.mkdtemp(prefix="sitbone-"))
        self._stopped = False
        self._install = install
        with contextlib.ExitStack() as undo:
            undo.callback(shutil.rmtree, self._temporary, ignore_errors=True)
            self._image = FlashImage(flash or self._temporary / "flash.img", None if flash else seed, flash_us)
            undo.callback(self._image.close)
            self._port = ClientPort(link or self._temporary / "cushion", baud)
            undo.pop_all()
        duration_ms = None if duration_s is None else round(duration_s * 1000)
        self._seat_world = World(seat, speed=speed, start=start, duration_ms=duration_ms, journal=journal, board=board)
        self._board = board
        self._port_resets = port_resets
        clocks = ChipClocks(start, sleep_drift_permille, first_ticks_ms)
        self._relay = Relay(self._image, self._port, baud, clocks, interpreter or Interpreter())
        self._thread = threading.Thread(target=self._relay.run, name="virtual-cushion", daemon=True)

    # ---- life

    def start(self) -> None:
        """Switches on; returns once the port answers."""
        self._thread.start()
        try:
            if self._install is not None:
                self._relay.call(lambda: self._relay.power_on(Bench(self._board), probe=True))
                self._await_boot()
                if not self._relay.has_firmware:
                    self._install(self.port)
                self._relay.call(self._relay.power_off)
            self._relay.call(lambda: self._relay.power_on(self._seat_world))
            self._await_boot()
            self._relay.port_resets = self._port_resets
        except BaseException:  # also Ctrl-C: no chip may outlive a failed start
            self.stop()
            raise

    def _await_boot(self) -> None:
        if not self._relay.booted.wait(START_TIMEOUT_S) and not self._relay.error:
            raise VirtualError(
                f"the chip did not start within {START_TIMEOUT_S:.0f} s; close other programs, then try again"
            )
        self.poll()

    def run(self) -> None:
        """Waits until it is switched off: by ``stop`` or at the end of ``duration_s``."""
        while self.poll():
            self._relay.ended.wait(0.2)

    def poll(self) -> bool:
        """Whether it is still running; raises any error that occurred in the meantime."""
        if self._relay.error is not None:
            raise self._relay.error
        return not self._relay.ended.is_set()

    def stop(self) -> None:
        """Switches it off for good; the image keeps everything flushed."""
        if self._stopped:
            return
        self._stopped = True
        # Not the thread's own join: up to Python 3.12, a Ctrl-C in it makes a thread that runs on look ended.
        if self._thread.ident is not None:
            self._relay.finish()
            self._relay.ended.wait()
        self._relay.close()
        self._image.close()
        self._port.close()
        shutil.rmtree(self._temporary, ignore_errors=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if error is None and self._relay.error is not None:
            raise self._relay.error

    # ---- what a test or a user does with it

    @property
    def port(self) -> str:
        """What to give to ``mpremote connect``."""
        return str(self._port.link)

    @property
    def has_port(self) -> bool:
        """Whether there is a port to open: a chip's own USB comes and goes."""
        return self._port.is_plugged

    @property
    def unique_id(self) -> bytes:
        return self._image.unique_id

    @property
    def now_ms(self) -> int:
        """World time, as last reported."""
        return self._seat_world.now_ms

    @property
    def pid(self) -> int | None:
        """The chip's process, None while it sleeps or has no power."""
        return self._relay.pid

    def hurry_until(self, world_ms: int) -> None:
        """Runs as fast as possible until then; from that moment on the cushion is in real time, however busy the
        machine is."""
        self._relay.call(lambda: self._seat_world.hurry_until(world_ms))

    def power_cut(self) -> None:
        """Cuts the power, in the middle of whatever the chip does; the world goes on when it is back."""
        self._relay.call(self._relay.power_off)

    def power_on(self) -> None:
        """Restores the power; returns once the chip has booted."""
        self._relay.call(lambda: self._relay.power_on(self._seat_world))
        self._await_boot()

    def brown_out(self) -> None:
        """The supply dips for a moment."""
        self._relay.call(self._relay.brown_out)

    def press_button(self, *press_ms: int) -> None:
        """Presses the button for these ms (default: a short press); several: one after the other, as in a double
        press."""
        self._relay.call(lambda: self._seat_world.press_button(*(press_ms or (_SHORT_PRESS_MS,))))

    def set_usb(self, present: bool) -> None:
        """Plugs USB power in or out; the chip reads it on its sense pin and stays on (battery)."""
        self._relay.call(lambda: self._seat_world.set_usb(present))

    def set_battery(self, mv: int) -> None:
        """Sets the cell's voltage from the next chunk of the world on."""
        self._relay.call(lambda: self._seat_world.set_battery(mv))

    def break_part(self, what: str, broken: bool = True) -> None:
        """Makes a part on I2C silent ("ads1115", "drv2605l"), holds the "bus" low, takes the ADC's "calibration" or the
        wire from the "usb_sense" pin; repairs it with False."""
        self._relay.call(lambda: self._seat_world.set_fault(what, broken))

    def bounce_button(self, edges: int, at_ms: int | None = None) -> None:
        """So many edges of a bad contact, one each millisecond; now, or at a moment of world time."""
        self._in_world(lambda: self._seat_world.bounce_button(edges, at_ms))

    def stall(self, ms: int, at_ms: int | None = None) -> None:
        """Holds the chip in a call into C, as an erase does: interrupts are heard, callbacks wait."""
        self._in_world(lambda: self._seat_world.stall(ms, at_ms))

    def lose_timers(self, count: int, at_ms: int | None = None) -> None:
        """The next timer interrupts are lost, as when the scheduler's queue is full."""
        self._in_world(lambda: self._seat_world.lose_timers(count, at_ms))

    def _in_world(self, action: Callable[[], None]) -> None:
        """In the relay's thread, or here while it has not been started."""
        if self._thread.ident is None:
            action()
        else:
            self._relay.call(action)

    def hold_button(self, held: bool = True) -> None:
        """Presses the button until called with False: a stuck button."""
        self._relay.call(lambda: self._seat_world.hold_button(held))
