# The chip's one clock: world time in microseconds, and everything that happens as it passes.
#
# pace 0: event time. Time moves only while the firmware waits, in jumps from event to event.
# pace 1000: real time. Each look at the clock moves it to where real time has got to.
# any other pace (milli): event time, held back so that it does not run ahead of pace * real time.
# While a host is talking (input was ready for whoever polls stdin, less than TALK_US ago) the pace is 1000.
#
# Interrupts happen at their moment; soft callbacks wait in scheduler.py until the firmware runs bytecode: where it
# waits or reads its clock, but not before a call into C has returned.
import scheduler
import utime
import worldlink

NEVER_US = 1 << 60
TALK_US = 300_000
SIGN_US = 50_000  # a chunk may last long while the host talks: the supervisor hears what time it is
SPIN_READS = 1000  # so many looks at a clock that stands still: the firmware is spinning, time must pass

_now_us = worldlink.hello["world_ms"] * 1000
boot_us = _now_us
rtc_offset_us = worldlink.hello["rtc_offset_us"]  # RTC microseconds since 2000 = world + offset
_pace = 1000
_chunk_pace = 1000
_base_world_us = 0
_base_real_us = 0
_talk_until_us = 0
_sign_us = 0
_repl = False
_spins = 0

_busy = True  # until start(): nothing can happen yet
_next_us = 0
_chunk_start_ms = 0
_chunk_end_us = 0
_row = 0
_last_row = 0
_edge = 0
_edges_end = 0
battery_dmv = 0
_words = worldlink.words
_FIRST_ROW = worldlink.HEADER_BYTES // 2

_wdt_timeout_us = 0
_wdt_us = NEVER_US
_timers = []  # objects with due_us and fire()
_c_call_us = 0  # until then the chip is held by a call into C that the world has ordered: see STALL_LINE
STALL_LINE = 80  # an "edge" of it: a call into C that lasts 20 ms times its level
LOSE_LINE = 81  # as many timer interrupts are lost from here on
_STALL_UNIT_US = 20_000
_to_lose = 0
on_edge = None  # pins.py: called as on_edge(gpio or line, level)


def start():
    global _busy
    _fetch()
    _set_pace(_chunk_pace)
    _busy = False
    wdt_ms = worldlink.hello["wdt_ms"]
    if wdt_ms:  # armed before a soft reset: it cannot be stopped
        arm_wdt(wdt_ms)


# ---- reading -------------------------------------------------------------------------------------------------------


def now():
    global _spins
    if _busy:
        return _now_us
    if _pace == 1000:
        _catch_up()
    else:
        _spins += 1
        if _spins > SPIN_READS:
            _advance(_now_us + 1000)
    if scheduler.waits():
        _run_callbacks()
    return _now_us


def now_ms():
    return now() // 1000


def zone_dmv(word):
    # Reading of one zone now, in 0.1 mV; word 1..4 inside a row of (offset_ms, four zones).
    global _row
    ms = now() // 1000 - _chunk_start_ms
    row = _row
    while row < _last_row and _words[row + 5] <= ms:
        row += 5
    _row = row
    return _words[row + word]


# ---- waiting -------------------------------------------------------------------------------------------------------


def sleep_until(target_us):
    while not reached(target_us):
        step(target_us, None)


def reached(target_us):
    return _now_us >= target_us


def step(deadline_us, poller):
    # Waits to the deadline or the next event, whichever is first, or until the poller has something: then returns that.
    global _now_us
    if _busy:  # a timer callback or pin handler that sleeps
        _now_us = max(_now_us, deadline_us)
        return None
    if scheduler.waits():
        _run_callbacks()
    target_us = min(deadline_us, _next_us)
    _settle_pace()
    if _pace:
        ready = _real_wait(target_us, poller)
        if ready:
            return ready
        if _pace == 1000 or _talk_until_us:
            _catch_up()
            return None
    _advance(target_us)
    return None


def heard_host():
    global _talk_until_us
    if _chunk_pace != 1000:
        _talk_until_us = utime.ticks_us() + TALK_US
        _settle_pace()


def _settle_pace():
    global _talk_until_us, _sign_us
    if _repl:
        return
    pace = _chunk_pace
    if _talk_until_us:
        real_us = utime.ticks_us()
        if real_us < _talk_until_us:
            pace = 1000
            if real_us - _sign_us > SIGN_US:
                _sign_us = real_us
                worldlink.send(worldlink.ALIVE, _now_us // 1000, b"")
        else:
            _talk_until_us = 0
    if pace != _pace:
        _set_pace(pace)


def _set_pace(pace):
    global _pace, _base_world_us, _base_real_us
    _pace = pace
    _base_world_us = _now_us
    _base_real_us = utime.ticks_us()


def _world_due_us():
    return _base_world_us + (utime.ticks_us() - _base_real_us) * _pace // 1000


def _real_wait(target_us, poller):
    wait_us = (target_us - _base_world_us) * 1000 // _pace - (utime.ticks_us() - _base_real_us)
    if _talk_until_us:
        wait_us = min(wait_us, _talk_until_us - utime.ticks_us())
    if poller is None:
        if wait_us > 0:
            utime.sleep_us(wait_us)
        return None
    if wait_us <= 0:
        return None
    ready = poller.poll(wait_us // 1000)
    if not ready and _pace == 1000 and wait_us < 1000:
        utime.sleep_us(wait_us)  # poll knows only whole milliseconds
    if ready and _pace != 1000:
        _advance(min(target_us, max(_now_us, _world_due_us())))
    return ready


def _catch_up():
    due_us = _world_due_us()
    if due_us > _now_us:
        _advance(due_us)


# ---- the passing of time -------------------------------------------------------------------------------------------


def c_call(us):
    # A call into C takes so long: interrupts are heard, but no callback runs before it has returned.
    global _now_us, _c_call_us
    if _busy:
        _now_us += us
        return
    _c_call_us = _now_us + us
    _sit_out(us)
    _advance(_c_call_us)


def _sit_out(us):
    if _pace:
        utime.sleep_us(us * 1000 // _pace)


def _advance(target_us):
    global _now_us, _spins
    _spins = 0
    while _next_us <= max(target_us, _c_call_us):
        if _next_us > _now_us:
            _now_us = _next_us
        _fire()
        if _now_us >= _c_call_us and scheduler.waits():
            _run_callbacks()
    _now_us = max(_now_us, target_us, _c_call_us)


def _fire():
    global _busy
    _busy = True
    try:
        if _now_us >= _wdt_us:
            worldlink.send(worldlink.WDT_BITE, _now_us // 1000, b"")
            worldlink.await_death()
        _fire_timers()
        _fire_edges()
        if _now_us >= _chunk_end_us:
            _fetch()
    finally:
        _busy = False
        _plan()


def _run_callbacks():
    global _busy
    _busy = True
    try:
        scheduler.run()
    finally:
        _busy = False
        _plan()


def _plan():
    global _next_us
    next_us = min(_chunk_end_us, _wdt_us)
    if _edge < _edges_end:
        next_us = min(next_us, (_chunk_start_ms + _words[_edge]) * 1000)
    for timer in _timers:
        if timer.due_us < next_us:
            next_us = timer.due_us
    _next_us = next_us


def _fire_timers():
    global _to_lose
    for timer in tuple(_timers):
        if timer.due_us <= _now_us:
            callback = timer.fire(_now_us)
            if _to_lose:
                _to_lose -= 1
            elif callback:
                scheduler.schedule(callback, timer)


def _fire_edges():
    global _edge, _c_call_us, _to_lose
    while _edge < _edges_end and (_chunk_start_ms + _words[_edge]) * 1000 <= _now_us:
        line, level = _words[_edge + 1] & 0xFF, _words[_edge + 1] >> 8
        _edge += 2
        if line == STALL_LINE:
            _c_call_us = _now_us + level * _STALL_UNIT_US
            _sit_out(level * _STALL_UNIT_US)
        elif line == LOSE_LINE:
            _to_lose = level
        elif on_edge:
            on_edge(line, level)


def _fetch():
    global _now_us, _chunk_start_ms, _chunk_end_us, _row, _last_row, _edge, _edges_end, battery_dmv, _chunk_pace
    start_ms, end_ms, _chunk_pace, rows, edges, battery_dmv, _ = worldlink.request(_now_us // 1000)
    _chunk_start_ms = start_ms
    _chunk_end_us = end_ms * 1000
    _row = _FIRST_ROW
    _last_row = _FIRST_ROW + (rows - 1) * 5
    _edge = _FIRST_ROW + rows * 5
    _edges_end = _edge + edges * 2
    _jump(start_ms * 1000 - _now_us)
    _settle_pace()
    _plan()


def _jump(gap_us):
    # The recording has a hole: the chip stands still for it, its watchdog with it, and finds its clocks further on.
    global _now_us, _base_world_us, _wdt_us
    if gap_us <= 0:
        return
    _now_us += gap_us
    _base_world_us += gap_us
    if _wdt_us != NEVER_US:
        _wdt_us += gap_us


# ---- what waits for time to pass -----------------------------------------------------------------------------------


def arm_wdt(timeout_ms):
    global _wdt_timeout_us
    _wdt_timeout_us = timeout_ms * 1000
    worldlink.send(worldlink.WDT_ARMED, now_ms(), str(timeout_ms).encode())
    feed_wdt()


def feed_wdt():
    global _wdt_us
    now()  # at real pace the bite may be overdue
    _wdt_us = _now_us + _wdt_timeout_us
    if not _busy and _wdt_us < _next_us:
        _plan()


def add_timer(timer):
    if timer not in _timers:
        _timers.append(timer)
    _plan()


def drop_timer(timer):
    if timer in _timers:
        _timers.remove(timer)
        _plan()


def at_repl():
    # The plain REPL waits inside the interpreter, where no shim sees it: only real time can pass there.
    global _repl
    _repl = True
    _set_pace(1000)


def set_rtc_offset(offset_us):
    global rtc_offset_us
    rtc_offset_us = offset_us
    worldlink.send(worldlink.RTC_SET, now_ms(), str(offset_us).encode())
