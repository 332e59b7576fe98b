"""What a chip keeps through resets while it has power: RTC counter and memory, and the reason for its start."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sitbone.virtual.image import FlashImage
from sitbone.virtual.world import World

PWRON_RESET = 1
HARD_RESET = 2
WDT_RESET = 3
DEEPSLEEP_RESET = 4
SOFT_RESET = 5

CAUSE_NAMES = {
    PWRON_RESET: "power",
    HARD_RESET: "hard",
    WDT_RESET: "wdt",
    DEEPSLEEP_RESET: "deepsleep",
    SOFT_RESET: "soft",
}

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class ChipClocks:
    """The readings of a chip's clocks at power-on and at each start, and how much too fast the RTC runs in deep sleep,
    where an RC oscillator drives it."""

    start: datetime | None = None
    sleep_drift_permille: int = 0
    first_ticks_ms: int = 0


@dataclass
class Retained:
    """State of one stretch of power."""

    clocks: ChipClocks
    rtc_offset_us: int = 0
    """RTC microseconds since 2000 = world microseconds + this."""
    rtc_memory: bytes = b""
    rtc_pads: tuple[list[int], list[int]] = field(default_factory=lambda: ([], []))
    """Pads that deep sleep has routed to the RTC, and those that are held besides: they are after it, too."""
    wdt_ms: int = 0
    """Timeout of the armed watchdog, 0 if none. A soft reset does not disarm it."""

    @classmethod
    def at_power_on(cls, world_ms: int, clocks: ChipClocks) -> Retained:
        start = clocks.start
        if start is None:
            return cls(clocks, -world_ms * 1000)  # an RTC that lost power counts from 2000-01-01
        if start.tzinfo is None:
            start = start.replace(tzinfo=UTC)
        since = start - _EPOCH
        return cls(clocks, (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)

    def drift(self, slept_ms: int) -> None:
        """The chip wakes after this long in deep sleep."""
        self.rtc_offset_us += slept_ms * self.clocks.sleep_drift_permille

    def hello(
        self, world: World, image: FlashImage, *, cause: int, wake: int, raw: bool, probe: bool
    ) -> dict[str, Any]:
        """Everything that the chip receives at its start."""
        return {
            "flash": str(image.path.resolve()),
            "blocks": image.blocks,
            "unique_id": base64.b64encode(image.unique_id).decode(),
            "world_ms": world.now_ms,
            "wiring": world.wiring,
            "levels": world.levels(),
            "outputs": world.outputs(),
            "flash_us": image.times_us,
            "rtc_offset_us": self.rtc_offset_us,
            "first_ticks_ms": self.clocks.first_ticks_ms,
            "rtc_owned": self.rtc_pads[0] if cause == DEEPSLEEP_RESET else [],
            "rtc_held": self.rtc_pads[1] if cause == DEEPSLEEP_RESET else [],
            "rtc_memory": base64.b64encode(self.rtc_memory).decode(),
            "wdt_ms": self.wdt_ms,
            "cause": cause,
            "wake": wake,
            "raw": raw,
            "probe": probe,
        }
