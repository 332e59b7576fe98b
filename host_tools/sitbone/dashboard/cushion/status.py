"""The cushion's status: battery, firmware, clock, calibration, faults with what to do, and the doctor's findings."""

from __future__ import annotations

from typing import Any

from sitbone.board.doctor import BAD, NOTE, Finding, advice_for, connected, examine
from sitbone.board.live import Row, fault_words
from sitbone.dashboard.cushion.cushion_link import Connect, View, shared
from sitbone.dashboard.widgets import block, button, card, details, notice, stat, text
from sitbone.dashboard.work import now
from sitbone.dates import unix_ms

LEVELS = {BAD: "✗ problem", NOTE: "! note"}
LITTLE_BATTERY_PERCENT = 20
CLOCK_OFF_S = 120


class Status:
    """The card on the page."""

    def __init__(self) -> None:
        self._link = shared()
        self._shown: tuple[Any, ...] | None = None
        with card("Status"):
            self._empty = text("Connect the cushion to see its battery, clock and faults.", "p", "muted")
            self._faults = block("div", "faults").props("role=status")
            self._stats = block("dl", "stats")
            with block("div", "row"):
                self._button = button("Run all checks", self._check)
            self._findings = block("div", "result").props("role=status")

    def show(self, view: View) -> None:
        """Redraws the status when it has changed."""
        if view.status is None:
            return
        shown = _stats(view.status)
        faults = tuple(str(fault) for fault in view.status["faults"])
        if (shown, faults) == self._shown:
            return
        self._shown = (shown, faults)
        self._empty.visible = False
        self._stats.clear()
        with self._stats:
            for value, words, note in shown:
                stat(value, words, note)
        self._faults.clear()
        with self._faults:
            for fault in faults:
                notice(f"{_large(fault_words(fault))}: {advice_for(fault)}.", "bad")

    async def _check(self) -> None:
        self._button.props("disabled")
        try:
            found = await self._link.run(_examined)
        finally:
            self._button.props(remove="disabled")
        self._findings.clear()
        with self._findings:
            fine = [finding for finding in found if finding.level not in LEVELS]
            _list("Needs attention", sorted((item for item in found if item.level in LEVELS), key=_not_bad))
            with details("1 check passed" if len(fine) == 1 else f"{len(fine)} checks passed"):
                _list("Passed", fine)


def _examined(connect: Connect) -> list[Finding]:
    now_ms = unix_ms(now())
    with connect() as cushion:
        return [*connected(cushion, now_ms), *examine(None, now_ms)]


def _list(label: str, findings: list[Finding]) -> None:
    with block("ul", "findings") as found:
        found.props["aria-label"] = label
        for finding in findings:
            with block("li"):
                text(LEVELS.get(finding.level, "✓ OK"), "span", f"level level-{finding.level}")
                text(f"{finding.about[:1].upper()}{finding.about[1:]}: {finding.text}", "span")


def _not_bad(finding: Finding) -> bool:
    return finding.level != BAD


def _stats(status: Row) -> tuple[tuple[str, str, str], ...]:
    battery, is_calibrated = status["battery"], status["calibrated"]
    percent = None if battery is None else battery["percent"]
    low = "charge it, but not while you sit on it" if percent is not None and percent < LITTLE_BATTERY_PERCENT else ""
    volts = "runs on USB" if battery is None else f"{battery['mv'] / 1000:.2f} V"
    return (
        ("none" if percent is None else f"{percent} %", "Battery", low or volts),
        (status["firmware"], "Firmware", f"last reset: {status['reset']}"),
        ("done" if is_calibrated else "not yet", "Calibration", "" if is_calibrated else "see below"),
        (*_clock(status),),
        (f"{status['journal']['bytes_free'] / 1000:.0f} kB", "Free log space", "when full, the oldest records go"),
    )


def _clock(status: Row) -> tuple[str, str, str]:
    if status["unix_ms"] is None:
        return ("not set", "Clock", "a sync sets it")
    off_s = (status["unix_ms"] - status["host_unix_ms"]) / 1000
    if abs(off_s) < 1:
        return ("correct", "Clock", "")
    way = "ahead" if off_s > 0 else "behind"
    return (f"{abs(off_s):.0f} s {way}", "Clock", "a sync sets it" if abs(off_s) > CLOCK_OFF_S else "")


def _large(words: str) -> str:
    return words[:1].upper() + words[1:]
