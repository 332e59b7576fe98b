# GPIO: which pins exist, what each can do, who drives it. Pin state is per pin, not per object, as on the chip.
import struct

import clock
import scheduler
import worldlink
from models import model

GPIO_COUNT = model["gpios"]
FIRST_INPUT_ONLY = model["first_input_only"]
FIRST_LINE = 64  # edges beyond the GPIOs are faults of the parts on the bus, see parts.py
OPEN = 2  # nobody drives it: the pull decides

_OUTPUT_BIT = 2
_driven = bytearray(b"\x02" * GPIO_COUNT)  # by the world
_latch = bytearray(GPIO_COUNT)
_mode = bytearray(GPIO_COUNT)
_pull = bytearray(GPIO_COUNT)
_HEARD = worldlink.hello["wiring"]["heard"]  # what the world reacts to
_told = {}
_SUPPLY = worldlink.hello["wiring"]["supply"]
supply_pulses = 0  # how often the sensors were supplied: samples
_SWITCH_DMV = worldlink.hello["wiring"]["switch_dmv"]
_duty = [0] * GPIO_COUNT  # what the pin puts out, 0..65535
_irqs = {}  # gpio: (pin, handler, trigger)
_watchers = []  # power.py, while it sleeps
_WAKE = worldlink.hello["wiring"]["wake"]  # high while somebody sits
_STRAPPING = model["strapping"]
_warned = set()
# Pads that a sleep has routed to the RTC (sleep_modes.c: ext0_wakeup_prepare, ext1_wakeup_prepare): the digital side
# reads 0 until an init with a mode gives them back. Ext1's are held besides, their routing with them, until hold=False.
rtc_owned = set(worldlink.hello["rtc_owned"])
rtc_held = set(worldlink.hello["rtc_held"])
_noise = 0xACE1
on_output = None  # parts.py: called as on_output(gpio)
on_line = None  # parts.py: called as on_line(line, level)


def gpio_of(pin):
    if isinstance(pin, Pin):
        return pin.gpio
    if not isinstance(pin, int) or not 0 <= pin < GPIO_COUNT or pin in model["missing"] or pin in model["flash"]:
        raise ValueError("invalid pin")
    return pin


def level(gpio):
    return 0 if gpio in rtc_owned or gpio in rtc_held else pad_level(gpio, _pull[gpio])


def pad_level_in_sleep(gpio):
    return pad_level(gpio, _pull[gpio] if model["rtc_has_the_pulls"] else 0)


def pad_level(gpio, pull):
    if _mode[gpio] & _OUTPUT_BIT:
        return 1 if _duty[gpio] else 0
    if gpio == _WAKE:
        return seat_switch()
    driven = _driven[gpio]
    if driven != OPEN:
        return driven
    if pull & Pin.PULL_UP:
        return 1
    return 0 if pull & Pin.PULL_DOWN else _floating()


def _floating():
    # Whatever the wires around it couple into an open pad: one after the other, both levels.
    global _noise
    _noise = _noise >> 1 ^ (0xB400 if _noise & 1 else 0)
    return _noise & 1


def seat_switch():
    # The sensor of its own that wakes the chip: closed (below 47 kohm, as the zones' are from about 1.6 kPa on).
    return int(max(clock.zone_dmv(1), clock.zone_dmv(2)) >= _SWITCH_DMV)


def put_out(gpio, duty_u16):
    global supply_pulses
    if _duty[gpio] == duty_u16:
        return
    _duty[gpio] = duty_u16
    if gpio == _SUPPLY and duty_u16:
        supply_pulses += 1
        if supply_pulses == 1:
            worldlink.send(worldlink.SAMPLED, clock.now_ms(), worldlink.usage())
    if gpio in _HEARD:
        tell_world(gpio, duty_u16)
    if on_output:
        on_output(gpio)


def tell_world(output, duty_u16):
    if _told.get(output, 0) != duty_u16:
        _told[output] = duty_u16
        worldlink.send(worldlink.PIN, clock.now_ms(), struct.pack("<BH", output, duty_u16))


def claim_output(gpio):
    if gpio >= FIRST_INPUT_ONLY:
        raise ValueError("pin can only be input")
    if gpio in _STRAPPING and gpio not in _warned:
        _warned.add(gpio)
        worldlink.send(
            worldlink.WARNING, clock.now_ms(), b"GPIO %d decides how the chip starts: a load there may stop it" % gpio
        )
    _mode[gpio] = Pin.OUT


def _on_edge(gpio, driven):
    if gpio >= FIRST_LINE:
        if on_line:
            on_line(gpio, driven)
        return
    before = level(gpio)
    _driven[gpio] = driven
    after = level(gpio)
    if before == after or gpio not in _irqs:
        return
    pin, handler, trigger = _irqs[gpio]
    if trigger & (Pin.IRQ_RISING if after else Pin.IRQ_FALLING):
        scheduler.schedule(handler, pin)


for _gpio, _level in worldlink.hello["levels"]:
    if _gpio < FIRST_LINE:
        _driven[_gpio] = _level
for _gpio, _level in worldlink.hello["outputs"]:  # what ran on through the reset
    _told[_gpio] = _level
    if _gpio < FIRST_LINE:
        _duty[_gpio] = _level
        _mode[_gpio] = _OUTPUT_BIT | 1
clock.on_edge = _on_edge


class Pin:
    IN = 1
    OUT = 3
    OPEN_DRAIN = 7
    PULL_DOWN = 1
    PULL_UP = 2
    IRQ_RISING = 1
    IRQ_FALLING = 2
    WAKE_LOW = 4
    WAKE_HIGH = 5
    DRIVE_0 = 0
    DRIVE_1 = 1
    DRIVE_2 = 2
    DRIVE_3 = 3

    def __init__(self, id, mode=None, pull=-1, *, value=None, drive=None, hold=None):
        self.gpio = gpio_of(id)
        if mode is not None or pull != -1 or value is not None or hold is not None:
            self.init(mode, pull, value=value, hold=hold)

    def init(self, mode=None, pull=-1, *, value=None, drive=None, hold=None):
        gpio = self.gpio
        if value is not None:
            _latch[gpio] = 1 if value else 0
        if mode is not None:
            rtc_owned.discard(gpio)  # rtc_gpio_deinit in machine_pin.c
        if mode is not None and mode & _OUTPUT_BIT:
            claim_output(gpio)
            _mode[gpio] = mode
        elif mode is not None:
            _mode[gpio] = mode
            put_out(gpio, 0)
        if pull != -1:
            if pull and gpio >= FIRST_INPUT_ONLY:
                raise ValueError("no pull resistors on this pin")
            _pull[gpio] = pull or 0
        if hold is not None and gpio < FIRST_INPUT_ONLY:  # gpio_hold_dis: GPIO_IS_VALID_OUTPUT_GPIO
            rtc_held.discard(gpio)
        self._apply()

    def _apply(self):
        if _mode[self.gpio] & _OUTPUT_BIT:
            put_out(self.gpio, 65535 if _latch[self.gpio] else 0)

    def value(self, value=None):
        clock.now()  # edges up to this moment
        if value is None:
            return level(self.gpio)
        _latch[self.gpio] = 1 if value else 0
        self._apply()

    __call__ = value

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)

    def toggle(self):
        self.value(not _latch[self.gpio])

    def irq(self, handler=None, trigger=IRQ_FALLING | IRQ_RISING, wake=None):
        _irqs.pop(self.gpio, None)
        if handler is not None:
            _irqs[self.gpio] = (self, handler, trigger)

    def __repr__(self):
        return "Pin(%d)" % self.gpio
