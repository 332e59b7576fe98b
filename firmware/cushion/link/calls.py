"""What the host calls, through the console: each function answers one JSON line (or a line, bytes, and a line).

Bound to the running application by `bind`; a refusal answers ``{"error": "what; what to do"}``. A host calls through
`call`, which holds both ways to a CRC-32: a serial line has none of its own, and a flipped digit may still be a number.
"""

import hashlib
import json
import sys
from binascii import crc32

from cushion.core import records
from cushion.core.calibration import ZONES
from cushion.core.const import const
from cushion.core.settings import check, check_next_offset
from cushion.storage import settings_file

_CHUNK_BYTES = const(512)

_app = None
_checked = False


def bind(app):
    """Called once by the application."""
    global _app
    _app = app


def call(line, crc):
    """Does what `line`, JSON ``[name, arguments…]``, says if it has that CRC; each answered line ends with its own."""
    global _checked
    if crc32(line.encode()) != crc:
        raise ValueError("the call was damaged on the way")
    if _app is None:  # MicroPython's own REPL has imported this
        print(_line({"error": "the firmware is installed but not running; restart the cushion"}, True))
        return
    name, *arguments = json.loads(line)
    if name not in CALLS:
        raise ValueError("this firmware has no call " + name)
    if _app.safe_mode and name not in IN_SAFE_MODE:
        print(_line({"error": "the cushion is in safe mode ({}); run sitbone doctor".format(_app.safe_mode)}, True))
        return
    _checked = True
    try:
        CALLS[name](*arguments)
    finally:
        _checked = False


def status():
    """Everything worth knowing at a glance."""
    if _app.safe_mode:
        _answer(_safe_status())
        return
    monitor, log = _app.monitor, _app.log
    engine, board = monitor.engine, _app.board
    settings = engine.settings
    _answer(
        {
            "cushion": log.cushion_id.hex(),
            "log": log.log_id,
            "firmware": _app.version,
            "state": records.STATES[engine.decisions.state()],
            "dose_s": {"left": engine.decisions.left.dose.cs // 100, "right": engine.decisions.right.dose.cs // 100},
            "limit_s": {"left": settings.left_dose_limit_s, "right": settings.right_dose_limit_s},
            "seated_s": engine.decisions.seated_s(),
            "calibrated": engine.calibration.calibrated,
            "divider_ohm": list(board.divider_ohm),
            "journal": _log_range(log),
            "battery": _battery(board.battery),
            "faults": _faults(engine),
            "reset": _app.reset,
            "session": log.session,
            "mono_ms": monitor.mono_s * 1000 + monitor.mono_ms,
            "unix_ms": board.clock.unix_ms() or None,
            "steps": monitor.steps,
            "late": _app.late,
            "crashes": _app.crashes,
            "muted_s": engine.decisions.pauses.mute_ms // 1000,
            "snoozed_s": engine.decisions.pauses.snooze_ms // 1000,
            "next_prompt_in_s": engine.decisions.prompter.wait_left_ms() // 1000,
            "settings_version": settings.version,
            "settings_source": _app.settings_source,
            "safe_mode": "",
        }
    )


def live():
    """What the seat shows: `pa` by the last second's median, `sample_pa` by the last sample; cheap enough for each."""
    monitor = _app.monitor
    engine = monitor.engine
    settings, zones = engine.settings, engine.sensing.zones
    _answer(
        {
            "mono_ms": monitor.mono_s * 1000 + monitor.mono_ms,
            "steps": monitor.steps,
            "sample_pa": engine.sensing.pressures_of(monitor.levels_100uv, engine.calibration),
            "state": records.STATES[engine.decisions.state()],
            "pa": [state.pressure_pa for state in zones],
            "ref_pa": engine.calibration.ref_pa,
            "quality": [records.QUALITIES[engine.quality(zone)] for zone in range(len(ZONES))],
            "u": [engine.decisions.left.u, engine.decisions.right.u],
            "dose_s": [engine.decisions.left.dose.cs // 100, engine.decisions.right.dose.cs // 100],
            "limit_s": [settings.left_dose_limit_s, settings.right_dose_limit_s],
            "seated_s": engine.decisions.seated_s(),
            "seated_limit_s": settings.seated_limit_s,
            "wait_s": engine.decisions.prompter.wait_left_ms() // 1000,
            "calibrated": engine.calibration.calibrated,
        }
    )


def _safe_status():
    """The same keys, as far as anything is known of them without a monitor."""
    sides = {"left": 0, "right": 0}
    return {
        "cushion": _app.log.cushion_id.hex(),
        "log": _app.log.log_id,
        "firmware": _app.version,
        "state": "safe mode",
        "dose_s": sides,
        "limit_s": sides,
        "seated_s": 0,
        "calibrated": False,
        "journal": _log_range(_app.log),
        "battery": None,
        "faults": [_app.safe_mode],
        "reset": _app.reset,
        "session": _app.log.session,
        "unix_ms": _app.clock.unix_ms() or None,
        "safe_mode": _app.safe_mode,
    }


def clock(unix_ms, utc_offset_min):
    """Sets the wall clock and the local time's offset; logs the pair of times."""
    monitor, board = _app.monitor, _app.board
    was_ms = board.clock.unix_ms()
    board.clock.set_unix_ms(unix_ms)
    _app.retain()  # with the new time: the jump of the clock is not elapsed time
    settings = monitor.engine.settings
    if settings.utc_offset_min != utc_offset_min and not check("utc_offset_min", utc_offset_min):
        settings.next_offset = [0, 0]  # another zone's, or past
        _app.change_settings({"utc_offset_min": utc_offset_min}, "clock set")
    monitor.record(
        records.CLOCK, (unix_ms // 1000, unix_ms % 1000, was_ms // 1000, was_ms % 1000, records.CLOCK_FROM_HOST)
    )
    _answer(
        {
            "session": _app.log.session,
            "mono_ms": monitor.mono_s * 1000 + monitor.mono_ms,
            "unix_ms": unix_ms,
            "was_unix_ms": was_ms or None,
            "next_offset": settings.next_offset,
        }
    )


def next_offset(at_unix_s, utc_offset_min):
    """When the local time's offset changes next, and to what; a host that calls `clock` sees there what is known."""
    change = [at_unix_s, utc_offset_min]
    problem = check_next_offset(change)
    if problem:
        _answer({"error": problem})
        return
    _app.monitor.engine.settings.next_offset = change
    settings_file.settings_logged(_app.monitor.engine.settings)
    _answer({"next_offset": change})


def read_log(since_seq):
    """All records from `since_seq` on: a JSON line, so many bytes of blocks, and a JSON line with their SHA-256."""
    log = _app.log
    parts = log.extent(since_seq)
    size = sum(end - start for _, start, end in parts)
    head = {"bytes": size, "first_seq": since_seq, "last_seq": log.durable_seq, "kept_first_seq": log.first_seq()}
    head["log"] = log.log_id
    _app.console.send(_log_chunks(head, parts, _checked))


def record(for_s):
    """Raw samples for `for_s`: a JSON line, one more for each sample when taken, and a last one. Levels in 100 uV."""
    from cushion.link.raw_stream import RawStream  # only when it is asked for: each module costs memory

    monitor = _app.monitor
    monitor.raw_stream = RawStream(monitor.mono_s, monitor.mono_ms)
    _app.console.send(_raw_rows(monitor, monitor.raw_stream, for_s * 1000, _checked))


def ack(host, log_id, seq):
    """A host has every record up to `seq` of this log on its disk."""
    log = _app.log
    if log_id != log.log_id or not 0 < seq <= log.durable_seq:
        _answer({"error": "this log has no such record; sync again"})
        return
    _app.acks.take(host, seq)
    _answer({"acked": _app.acks.of(host)})


def settings_show():
    """The settings in force, and what the dose limits may rise to: `raise_wait_s` is powered time until more."""
    settings, age_s = _app.monitor.engine.settings, _app.powered_time.seconds(_app.monitor.mono_s)
    _answer(
        {
            "version": settings.version,
            "values": settings.as_dict(),
            "source": _app.settings_source,
            "raise_base": settings.raise_base,
            "raise_to_s": {name: settings.highest(name, age_s) for name in settings.raise_base},
            "raise_wait_s": {name: settings.raise_wait_s(name, age_s) for name in settings.raise_base},
            "powered_s": age_s,
        }
    )


def settings_set(values, reason, undoes=0):
    """Changes settings together. Nothing is changed when one of them is wrong; what is in range may still be clamped.
    `reason`: one text, or one by name; `undoes`: the version after the change that this one undoes."""
    problems = [problem for problem in (check(name, value) for name, value in values.items()) if problem]
    if problems:
        _answer({"error": problems[0]})
        return
    applied = _app.change_settings(values, reason, undoes)
    clamped = {name: values[name] for name in values if values[name] != applied[name]}
    _answer({"version": _app.monitor.engine.settings.version, "applied": applied, "clamped": clamped})


def calibrate(what):
    """Begins "empty", "seated" or "leans", asks for "status", or "cancel"s. Ask for the status until it isn't running.

    The leans' phase is what the person is to do now; at their end they say what was ``gained``.
    """
    from cushion.core.capture import DONE, EMPTY, RUNNING, SEATED, Capture

    monitor = _app.monitor
    calibration = monitor.engine.calibration
    if what in (EMPTY, SEATED):
        monitor.capture = Capture(what, calibration)
    elif what == "leans":
        if calibration.step_pa or not calibration.calibrated:
            _answer({"error": "leaning completes a neutral sit; run sitbone calibrate --step seated first"})
            return
        from cushion import core
        from cushion.core import leans

        sys.modules.pop(leans.__name__, None)  # kept for good, it would take 4 KB of the heap
        del core.leans
        monitor.capture = leans.Leans(calibration, monitor.board.zones.present)
    elif what == "cancel":
        monitor.capture = None
    elif what != "status":
        _answer({"error": "unknown calibration step {}; use empty, seated, leans, status or cancel".format(what)})
        return
    capture = monitor.capture
    if capture is None:
        _answer({"phase": "", "state": "idle", "why": "", "left_s": 0})
        return
    if capture.state == DONE:
        _app.use_calibration(capture.result)
    if capture.state != RUNNING:
        monitor.capture = None
    answer = {"phase": capture.phase, "state": capture.state, "why": capture.why, "left_s": capture.left_s}
    if capture.state == DONE and capture.gained:
        answer["gained"] = capture.gained
    _answer(answer)


def gesture(name):
    """Does what a press of the button does: short, double, triple or long."""
    if name not in records.GESTURES[1:]:
        _answer({"error": "unknown gesture {}; use one of {}".format(name, ", ".join(records.GESTURES[1:]))})
        return
    _answer({"accepted": _app.monitor.press(records.GESTURES.index(name))})


def vibrate(side, strength_percent):
    """One pulse, to find out what is felt: side 1 left, 2 right, 3 both; the motors' limits hold for it too."""
    if not records.SIDE_LEFT <= side <= records.SIDE_BOTH or not 1 <= strength_percent <= 100:
        _answer({"error": "give side 1 to 3 and strength 1 to 100 %"})
        return
    _answer({"played": _app.monitor.try_vibration(side, strength_percent)})


IN_SAFE_MODE = ("status", "read_log", "ack")
CALLS: dict = {
    "vibrate": vibrate,
    "status": status,
    "live": live,
    "clock": clock,
    "next_offset": next_offset,
    "read_log": read_log,
    "ack": ack,
    "record": record,
    "settings_show": settings_show,
    "settings_set": settings_set,
    "calibrate": calibrate,
    "gesture": gesture,
}


def _answer(document):
    print(_line(document, _checked))


def _line(document, checked):
    """A document on one line, with its CRC behind it for who wants it."""
    text = json.dumps(document)
    return "{} {:08x}".format(text, crc32(text.encode())) if checked else text


def _log_range(log):
    """``unacked`` counts the records that are on no host's disk, as far as the hosts have said."""
    first_seq, acked = log.first_seq(), _app.acks.highest()
    return {
        "first_seq": first_seq,
        "last_seq": log.durable_seq,
        "bytes_free": log.bytes_free(),
        "unacked": max(0, log.durable_seq - max(acked, first_seq - 1)),
    }


def _battery(battery):
    if not battery.is_present():
        return None
    return {"mv": battery.mv, "percent": battery.percent()}


def _faults(engine):
    faults = []
    for zone in range(len(ZONES)):
        quality = engine.quality(zone)
        if engine.sensing.present[zone] and quality:
            faults.append(ZONES[zone] + " " + records.QUALITIES[quality])
    if _app.board.fault:
        faults.append(_app.board.fault)
    if engine.calibration.wants_recalibration:
        faults.append("calibration drifted")
    if _app.board.haptics.failures:
        faults.append("motor driver does not answer")
    if _app.power_failures:
        faults.append("power failed at vibration, {} in a row".format(_app.power_failures))
    if _app.log.failed_writes:
        faults.append("log refused {} writes".format(_app.log.failed_writes))
    return faults


def _raw_rows(monitor, stream, for_ms, checked):
    """Yields the answer of `record`, b"" where there is no sample yet."""
    zones = [ZONES[zone] for zone in range(len(ZONES)) if monitor.board.zones.present[zone]]
    try:
        yield (_line({"zones": zones, "board": monitor.board.name}, checked) + "\n").encode()
        while monitor.raw_stream is stream and (stream.now_ms < for_ms or stream.given < stream.count):
            row = stream.give()
            if row is None:
                yield b""
            elif row[1] <= for_ms:
                yield (_line({"row": row}, checked) + "\n").encode()
        yield (_line({"samples": stream.count}, checked) + "\n").encode()
    finally:
        if monitor.raw_stream is stream:
            monitor.raw_stream = None


def _log_chunks(head, parts, checked):
    """Yields the answer of `read_log`; the buffer is used again, so each chunk must be sent before the next."""
    yield (_line(head, checked) + "\n").encode()
    digest = hashlib.sha256()
    buffer = bytearray(_CHUNK_BYTES)
    view = memoryview(buffer)
    for path, start, end in parts:
        with open(path, "rb") as file:
            file.seek(start)
            while start < end:
                count = file.readinto(view[: min(_CHUNK_BYTES, end - start)])
                if not count:
                    raise OSError("the log ends before it should")
                digest.update(view[:count])
                yield view[:count]
                start += count
    yield (_line({"sha256": digest.digest().hex()}, checked) + "\n").encode()
