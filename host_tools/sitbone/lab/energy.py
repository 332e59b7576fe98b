"""What a cushion draws, for each board of the firmware's profiles: times of virtual days × currents.py. An estimate.

Times are the world's (virtual/usage.py), with one exception: on the virtual cushion computing takes no time, so the
code's time on an ESP32 is a judgement. No board was measured.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cushion.drivers.profiles import PROFILES
from sitbone.errors import SitboneError, UsageError
from sitbone.lab.currents import dividers_ma, ma

HOUR_S = 3600
DAY_S = 24 * HOUR_S

DEFAULT_BOARD = "xiao-s3"  # the first choice for a battery variant
SEATED_PA = (8000, 8000, 4000, 4000)  # a person of 75 kg
WAKE_OHM = 1e6  # the wake sensor's, while somebody sits
# What draws all the time beside the board as it was measured; the FireBeetle's own divider was in its figures.
PARTS = {"firebeetle": ("converter asleep", "motor driver asleep"), "xiao-s3": ("battery divider", "reference")}
CLOCK_MHZ = {"esp32": 160, "esp32s3": 240}  # of MicroPython's images; the code times below are at 160
CHIP_PREFIX = {"esp32": "chip", "esp32s3": "S3"}
BOARD_AT_WORK = {"esp32": "dev board at work", "esp32s3": "S3 board at work"}

# Seconds of the chip at work that the virtual cushion does not see [judgement; to be measured on a board].
SAMPLE_CODE_S = 0.003
DECISION_CODE_S = 0.010  # as many instructions as 1280 passes of an empty loop (tests), at some 5 us each; asyncio, log
FLASH_WRITE_S = 0.003  # a second, on average: one epoch of 10 s in a write of some 30 ms
START_S = 1.5  # boot loader, MicroPython, importing the firmware's bytecode

AGED = 0.85  # of the capacity that is left down to 3.3 V in a cell's second year [judgement]
SELF_DISCHARGE_PER_DAY = 0.001  # of the capacity: 3 % a month


@dataclass(frozen=True, slots=True)
class Times:
    """What a stretch of virtual days took, in seconds and counts."""

    days: float
    seated_s: float
    light_s: float
    deep_s: float
    awake_s: float
    samples: int
    starts: int
    motor_s: float


# Seven office days from a Monday, seed 5, some 4.6 hours a day seated: `sitbone energy --board NAME --measure 7` lives
# them again. The XIAO waits for no converter, so that it is awake for a seventh of the FireBeetle's time.
RECORDED = {
    "firebeetle": Times(7.0, 116_982.7, 138_771.3, 463_350.7, 2678.0, 493_405, 242, 66.9),
    "xiao-s3": Times(7.0, 114_181.8, 141_472.1, 462_966.4, 361.5, 485_918, 266, 79.7),
}
BATTERY_BOARDS = tuple(RECORDED)


def sense_ma(board: str) -> float:
    """The sensors while they are read, and the converter if the board has one."""
    profile = PROFILES[board]
    converter_ma = ma("converter") if profile["zones"] == "ads1115" else 0.0
    return dividers_ma(SEATED_PA, profile["supply_mv"] / 1000, profile["divider_ohm"]) + converter_ma


def always_on_ma(board: str) -> float:
    """A board that never sleeps."""
    return ma(BOARD_AT_WORK[PROFILES[board]["chip"]])


def estimate(board: str, times: Times, capacity_mah: float, seated_h: float) -> dict[str, Any]:
    """``{"mah_per_day", "days_per_charge", "states", …}`` for a day with so many seated hours, of a battery board."""
    if not 0 <= seated_h <= 20 or capacity_mah <= 0:
        raise UsageError("capacity or seated hours are out of range; give a capacity above 0 mAh and 0 to 20 hours")
    states = _states(board, _scaled(times, seated_h))
    used = sum(state["mah"] for state in states.values())
    drawn = used + capacity_mah * SELF_DISCHARGE_PER_DAY
    always_on = always_on_ma(board) * 24
    return {
        "board": board,
        "mah_per_day": round(used, 2),
        "days_per_charge": round(capacity_mah / drawn, 1),
        "days_per_charge_aged": round(capacity_mah * AGED / drawn, 1),
        "mah_for_60_days": round(used / (1 / 60 - SELF_DISCHARGE_PER_DAY)),
        "mah_per_wake": round(START_S * _chip_ma(board, "at work") / HOUR_S, 4),
        "states": states,
        "capacity_mah": capacity_mah,
        "seated_h": seated_h,
        "always_on": {
            "mah_per_day": always_on,
            "days_per_charge": round(capacity_mah / always_on, 2),
        },
        "basis": "from data-sheet currents, simulated days and estimated code times; not measured on a board",
    }


def boards(capacity_mah: float, seated_h: float) -> list[dict[str, Any]]:
    """Each profile: ``board``, ``mah_per_day``, ``days_per_charge``, ``days_per_charge_aged``, ``mah_per_wake``; the
    last three None for a board that is always on USB."""
    rows = []
    for board in PROFILES:
        row: dict[str, Any] = {"board": board, "mah_per_day": always_on_ma(board) * 24}
        row |= dict.fromkeys(("days_per_charge", "days_per_charge_aged", "mah_per_wake"))
        if board in RECORDED:
            found = estimate(board, RECORDED[board], capacity_mah, seated_h)
            row = {key: found[key] for key in row}
        rows.append(row)
    return rows


def _scaled(times: Times, seated_h: float) -> Times:
    """One day with this many seated hours: absences, samples and starts scale with the sits, deep sleep gets the
    rest."""
    if times.seated_s <= 0:
        raise SitboneError("nobody sat in the simulated time; simulate more days with --measure")
    factor = seated_h * HOUR_S / times.seated_s
    light_s, awake_s = times.light_s * factor, times.awake_s * factor
    return Times(
        1,
        seated_h * HOUR_S,
        light_s,
        max(0.0, DAY_S - light_s - awake_s),
        awake_s,
        round(times.samples * factor),
        max(24, round(times.starts * factor)),  # an hour's deep sleep at most
        times.motor_s * factor,
    )


def _chip_ma(board: str, state: str) -> float:
    return ma(f"{CHIP_PREFIX[PROFILES[board]['chip']]} {state}")


def _states(board: str, day: Times) -> dict[str, dict[str, float]]:
    """Seconds, mA and mAh of one day by what the chip does."""
    seconds = day.light_s + day.awake_s
    active_ma = _chip_ma(board, "at work")
    slowness = CLOCK_MHZ["esp32"] / CLOCK_MHZ[PROFILES[board]["chip"]]
    table = {
        "deep sleep": (day.deep_s, _chip_ma(board, "in deep sleep")),
        "light sleep": (day.light_s, _chip_ma(board, "in light sleep")),
        "converting": (day.awake_s, active_ma + sense_ma(board)),
        "code per sample": (day.samples * SAMPLE_CODE_S * slowness, active_ma),
        "code per decision": (seconds * DECISION_CODE_S * slowness, active_ma),
        "log": (day.seated_s * FLASH_WRITE_S, active_ma),
        "starts": (day.starts * START_S, active_ma),
        "vibration": (day.motor_s, ma("motor")),
        "board": (seconds, ma("battery board at rest") + ma("USB sense on battery")),
        "parts": (DAY_S, sum(ma(name) for name in PARTS[board])),
        "wake sensor": (day.seated_s, PROFILES[board]["supply_mv"] / WAKE_OHM),
    }
    return {
        name: {"seconds": round(s, 1), "ma": round(ma, 4), "mah": round(s * ma / HOUR_S, 3)}
        for name, (s, ma) in table.items()
    }


def measure(board: str, days: float) -> Times:
    """Simulates office days of a battery board; each takes minutes."""
    from sitbone.virtual import SitterSeat, VirtualCushion

    start = datetime(2026, 3, 2, 8, tzinfo=UTC)  # a Monday
    journal: list[dict[str, Any]] = []
    with TemporaryDirectory(prefix="sitbone-energy-") as folder:
        cushion = VirtualCushion(
            SitterSeat("office", seed=5, start=start),
            flash=Path(folder) / "flash.img",
            board=board,
            speed=None,
            start=start,
            duration_s=days * DAY_S,
            journal=journal.append,
            install=lambda port: _install(port, board),
        )
        with cushion:
            cushion.set_usb(False)
            cushion.run()
    return times_of(journal, days)


def _install(port: str, board: str) -> None:
    from sitbone.board.install import install

    install(port, None, board)


def times_of(journal: list[dict[str, Any]], days: float) -> Times:
    """The times in a journal."""
    usage = [entry for entry in journal if entry["kind"] == "usage"][-1]
    light_s, deep_s = usage["light_ms"] / 1000, usage["deep_ms"] / 1000
    return Times(
        days,
        _seated_s(journal),
        light_s,
        deep_s,
        max(0.0, days * DAY_S - light_s - deep_s),
        usage["samples"],
        usage["starts"],
        usage["motor_ms"] / 1000,
    )


def _seated_s(journal: list[dict[str, Any]]) -> float:
    seated_ms, since_ms = 0, None
    for entry in journal:
        if entry["kind"] == "sat":
            since_ms = entry["t_ms"]
        elif entry["kind"] == "stood" and since_ms is not None:
            seated_ms, since_ms = seated_ms + entry["t_ms"] - since_ms, None
    return seated_ms / 1000
