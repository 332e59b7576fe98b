"""The world around the chip: seat, button, battery, USB, motors, and the journal of what happened.

World time is in ms and begins at 0 when the power comes on. It goes on through resets, deep sleep and power cuts.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from cushion.drivers.profiles import DEFAULT_PROFILE, PROFILES
from sitbone.virtual.errors import VirtualError
from sitbone.virtual.protocol import MAX_EDGES, MAX_ROWS, Chunk, Edge
from sitbone.virtual.sitters.seat import Seat
from sitbone.virtual.usage import Usage

OPEN = 2  # Edge.level: not driven, the chip's pull decides
CHUNK_REAL_MS = 200  # of real time, where the pace has one: a button pressed now is felt now
_SHORTEST_CHUNK_MS = 50
_REAL_PACE = 1000
_BATTERY_MV = 3900
_BETWEEN_PRESSES_MS = 150
_SWITCH_OHM = 47_000  # of the sensors under the sitting bones: there the wake sensor closes
_DRV_MOTOR = 200  # chip/silicon/parts.py
FAULT_LINES = {"bus": 64, "ads1115": 65, "drv2605l": 66, "calibration": 67}
_STALL_LINE, _LOSE_LINE = 80, 81  # chip/silicon/clock.py
_STALL_UNIT_MS = 20
_SIDES = ("left", "right")

Journal = Callable[[dict[str, Any]], None]


class World:
    """Answers the chip's requests and hears what its pins do. Not thread-safe: the supervisor's thread owns it."""

    def __init__(
        self,
        seat: Seat,
        *,
        speed: float | None,
        start: datetime | None = None,
        duration_ms: int | None = None,
        journal: Journal | None = None,
        board: str = DEFAULT_PROFILE,
    ) -> None:
        if board not in PROFILES:
            raise VirtualError(f"no board is called {board}; choose from {', '.join(sorted(PROFILES))}")
        self.seat = seat
        self.battery_mv = _BATTERY_MV
        self.usage = Usage()
        self.duration_ms = duration_ms
        self.now_ms = 0
        self._pace_milli = 0 if speed is None else round(speed * 1000)
        self._hurry_until_ms = 0
        self._start = start
        self._journal = journal
        self._profile: dict[str, Any] = PROFILES[board]
        self._motors: dict[int, str] = dict(zip(self._profile["motors"], _SIDES, strict=False)) or {_DRV_MOTOR: "both"}
        self._running = dict.fromkeys(self._motors.values(), False)
        self._outputs: dict[int, int] = {}  # what the chip drives, as far as the world reacts to it
        self._edges: list[tuple[int, int, int, int]] = []  # heap of (t_ms, order, gpio, level)
        self._edge_order = 0
        self._ahead: list[Edge] = []  # sent to the chip, but its time has not come there
        self._seen_until_ms = 0
        # Whether a cable is plugged in: the port of a board with native USB is there only then.
        self.usb_cable = True
        self._released = 1 if self._profile["button_pull_up"] else OPEN
        self._levels = {self._profile["button"]: self._released}
        if self._profile["usb_sense"] is not None:
            self._levels[self._profile["usb_sense"]] = 1
        seat.wire(self._profile["bias_ohm"], self._profile["supply_mv"])
        self._switch_mv = self._reading_mv(_SWITCH_OHM)
        seat.attach(self.log)

    def _reading_mv(self, sensor_ohm: float) -> float:
        """A zone's voltage with its sensor at so many ohms, its bias resistor beside it."""
        profile = self._profile
        bias_us = 1e6 / profile["bias_ohm"] if profile["bias_ohm"] else 0.0
        ratio = (1e6 / sensor_ohm + bias_us) * 1e-6 * profile["divider_ohm"]
        return float(profile["supply_mv"] * ratio / (1 + ratio))

    # ---- what the chip receives

    @property
    def wiring(self) -> dict[str, Any]:
        profile = self._profile
        return {
            "chip": profile["chip"],
            "native_usb": profile["native_usb"],
            "zones": profile["adc_pins"],
            "battery": profile["battery_adc"],
            "supply": profile["sensor_supply"],
            "heard": [*profile["motors"], profile["haptic_enable"]],
            "i2c": profile["i2c"],
            "haptic_enable": profile["haptic_enable"],
            "wake": profile["wake"],
            "switch_dmv": round(self._switch_mv * 10),
        }

    def levels(self) -> list[tuple[int, int]]:
        """What the world drives right now, by GPIO."""
        return list(self._levels.items())

    def outputs(self) -> list[tuple[int, int]]:
        """What a chip that starts after a reset finds its pins and the motor driver doing: (GPIO or part, duty)."""
        return [(gpio, duty_u16) for gpio, duty_u16 in self._outputs.items() if duty_u16]

    def pace_milli(self, t_ms: int) -> int:
        """Virtual over real time, permille; 0: no limit. Real after a recording's end, so that a log can be synced."""
        if t_ms < self._hurry_until_ms:
            return 0
        ended = self.seat.end_ms is not None and t_ms >= self.seat.end_ms
        return _REAL_PACE if ended else self._pace_milli

    def over(self, t_ms: int) -> bool:
        return self.duration_ms is not None and t_ms >= self.duration_ms

    def chunk(self, t_ms: int) -> Chunk:
        """The world from ``t_ms``, or from the end of the recording's hole that ``t_ms`` lies in."""
        start_ms = self.seat.stopped_until_ms(t_ms)
        self.reach(start_ms)
        end_ms = self._chunk_end_ms(start_ms)
        times_ms = self.seat.moments_ms(start_ms, end_ms)
        if len(times_ms) > MAX_ROWS:
            end_ms = int(times_ms[MAX_ROWS])
            times_ms = times_ms[:MAX_ROWS]
        zones_mv = self.seat.zones_mv(times_ms)
        edges = tuple(self.edges(end_ms)[:MAX_EDGES])  # no finger is as fast as that limit
        battery_dmv = self.battery_mv * 10_000 // self._profile["battery_ratio"]
        return Chunk(start_ms, end_ms, self.pace_milli(start_ms), battery_dmv, times_ms, zones_mv, edges)

    def _chunk_end_ms(self, start_ms: int) -> int:
        pace, length_ms = self.pace_milli(start_ms), self.seat.longest_chunk_ms
        if pace:
            length_ms = min(length_ms, max(_SHORTEST_CHUNK_MS, CHUNK_REAL_MS * pace // _REAL_PACE))
        ends = [start_ms + length_ms, self.seat.next_stop_ms(start_ms), self.seat.end_ms, self.duration_ms]
        ends.append(self._hurry_until_ms)
        return min(end for end in ends if end is not None and end > start_ms)

    @property
    def wake_gpio(self) -> int | None:
        """The pin that is high while somebody sits, if the board has one."""
        gpio: int | None = self._profile["wake"]
        return gpio

    def seat_switch(self, t_ms: int) -> bool:
        """Whether the wake sensor is closed; chip/silicon/pins.py does the same while the chip runs."""
        zones_mv = self.seat.zones_mv(np.array([t_ms], dtype=np.int64))[0]
        return bool(max(zones_mv[0], zones_mv[1]) >= self._switch_mv)

    def edges(self, end_ms: int) -> list[Edge]:
        """Level changes up to ``end_ms`` that have not been handed out yet. They happen when ``reach`` passes them."""
        for t_ms, down in self.seat.presses_ms(self._seen_until_ms, end_ms):
            self._schedule_button(t_ms, down)
        self._seen_until_ms = max(self._seen_until_ms, end_ms)
        due = []
        while self._edges and self._edges[0][0] < end_ms:
            t_ms, _, gpio, level = heapq.heappop(self._edges)
            due.append(Edge(t_ms, gpio, level))
        self._ahead += due
        return due

    def reach(self, t_ms: int) -> None:
        """Time has come to ``t_ms``."""
        self.now_ms = max(self.now_ms, t_ms)
        while self._ahead and self._ahead[0].t_ms <= self.now_ms:
            edge = self._ahead.pop(0)
            self._levels[edge.gpio] = edge.level
            if edge.gpio == self._profile["button"]:
                self.log(edge.t_ms, "button", down=edge.level == 0)

    def forget_chip(self) -> None:
        """The chip has stopped: edges it received for later must be sent again."""
        for edge in self._ahead:
            self._schedule(edge.t_ms, edge.gpio, edge.level)
        self._ahead.clear()

    # ---- what happens to the chip

    def hurry_until(self, t_ms: int) -> None:
        """From the next chunk on as fast as the machine allows, and from ``t_ms`` on in real time again."""
        self._hurry_until_ms = t_ms
        self._pace_milli = self._pace_milli or _REAL_PACE

    def press_button(self, *press_ms: int) -> None:
        """Presses of these lengths, one after the other, beginning with the next chunk."""
        t_ms = self._seen_until_ms
        for length_ms in press_ms:
            self._schedule_button(t_ms, True)
            self._schedule_button(t_ms + length_ms, False)
            t_ms += length_ms + _BETWEEN_PRESSES_MS

    @property
    def native_usb(self) -> bool:
        """Whether the chip itself is the port, instead of a bridge that is always there."""
        return bool(self._profile["native_usb"])

    def set_usb(self, present: bool) -> None:
        self.usb_cable = present
        self._schedule(self._seen_until_ms, self._profile["usb_sense"], int(present))

    def set_battery(self, mv: int) -> None:
        self.log(self.now_ms, "battery", mv=mv)
        self.battery_mv = mv

    def set_fault(self, what: str, broken: bool) -> None:
        self.log(self._seen_until_ms, "broken" if broken else "repaired", what=what)
        if what == "usb_sense":
            level = OPEN if broken else int(self.usb_cable)
            self._schedule(self._seen_until_ms, self._profile["usb_sense"], level)
        else:
            self._schedule(self._seen_until_ms, FAULT_LINES[what], int(broken))

    def hold_button(self, held: bool) -> None:
        self._schedule_button(self._seen_until_ms, held)

    def bounce_button(self, edges: int, at_ms: int | None) -> None:
        """So many edges of a bad contact within as many milliseconds."""
        begin_ms = self._seen_until_ms if at_ms is None else at_ms
        for number in range(edges):
            self._schedule_button(begin_ms + number, number % 2 == 0)
        self._schedule_button(begin_ms + edges, False)

    def stall(self, ms: int, at_ms: int | None) -> None:
        """Some call into C holds the chip for so long, as an erase of its flash does."""
        self._schedule(self._seen_until_ms if at_ms is None else at_ms, _STALL_LINE, ms // _STALL_UNIT_MS)

    def lose_timers(self, count: int, at_ms: int | None) -> None:
        """The next timer interrupts are lost, as if the scheduler's queue were full."""
        self._schedule(self._seen_until_ms if at_ms is None else at_ms, _LOSE_LINE, count)

    def _schedule_button(self, t_ms: int, down: bool) -> None:
        self._schedule(t_ms, self._profile["button"], 0 if down else self._released)

    def _schedule(self, t_ms: int, gpio: int, level: int) -> None:
        self._edge_order += 1
        heapq.heappush(self._edges, (t_ms, self._edge_order, gpio, level))

    # ---- what the chip does

    def output(self, gpio: int, duty_u16: int, t_ms: int) -> None:
        self._outputs[gpio] = duty_u16
        side = self._motors.get(gpio)
        if side is None:
            return
        on = duty_u16 > 0
        strength = round(duty_u16 / 65535, 3)
        self._running[side] = on
        self.log(t_ms, "motor", side=side, on=on, strength=strength)
        self.usage.motor(side, on, t_ms)
        self.seat.motor(side, on, strength, t_ms)

    def outputs_off(self, t_ms: int) -> None:
        """A chip that is asleep or without power drives nothing: pull-downs hold the motors off."""
        self._motors_off(t_ms)
        self._outputs.clear()

    def pwm_off(self, t_ms: int) -> None:
        """A soft reset ends PWM; what a pin is driven to stays, and so does a DRV2605L's vibration."""
        if self._profile["haptics"] == "pwm":
            self._motors_off(t_ms)

    def _motors_off(self, t_ms: int) -> None:
        for gpio, side in self._motors.items():
            if self._running[side]:
                self.output(gpio, 0, t_ms)

    # ---- the journal

    def log(self, t_ms: int, kind: str, **facts: Any) -> None:
        if self._journal is not None:
            self._journal({"t_ms": int(t_ms), "at": self.at(t_ms), "kind": kind, **facts})

    def at(self, t_ms: int) -> str | None:
        if self._start is None:
            return None
        return (self._start + timedelta(milliseconds=int(t_ms))).isoformat(timespec="milliseconds")


class Bench(World):
    """Where firmware is installed: an empty seat, real time, nothing written down."""

    def __init__(self, board: str = DEFAULT_PROFILE) -> None:
        super().__init__(Seat(), speed=1.0, board=board)
