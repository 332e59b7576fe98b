# What hangs on the I2C bus, register by register, from the data sheets: ADS1115 (TI SBAS444) and DRV2605L (TI SLOS854).
# The world can make each of them silent, or hold the bus low: "lines" beyond the GPIOs, see world.py.
import clock
import pins
import worldlink

BUS_LINE, ADS_LINE, DRV_LINE, CALIBRATION_LINE = 64, 65, 66, 67
MOTOR = 200  # what the world hears instead of a GPIO: the DRV2605L's motor

_wiring = worldlink.hello["wiring"]
_SUPPLY = _wiring["supply"]
_broken = {line: level for line, level in worldlink.hello["levels"] if line >= pins.FIRST_LINE}  # 1 while it is


def line_changed(line, level):
    _broken[line] = level  # a part that is silent on the bus goes on with what it was doing


def bus_is_stuck():
    return _broken.get(BUS_LINE) == 1


def adc_is_uncalibrated():
    return _broken.get(CALIBRATION_LINE) == 1


def on_bus(scl, sda):
    bus = _wiring["i2c"]
    if bus is None or (scl, sda) != tuple(bus[:2]):
        return {}
    return _parts


class Ads1115:
    FULL_SCALE_UV = (6_144_000, 4_096_000, 2_048_000, 1_024_000, 512_000, 256_000, 256_000, 256_000)
    RATE = (8, 16, 32, 64, 128, 250, 475, 860)
    SUPPLY_UV = 3_300_000

    def __init__(self):
        self._pointer = 0
        self._registers = [0x0000, 0x8583, 0x8000, 0x7FFF]
        self._done_us = 0  # of the conversion that runs, or has run

    def is_silent(self):
        return _broken.get(ADS_LINE) == 1

    def write(self, data):
        if not data:
            return
        self._pointer = data[0] & 3
        if len(data) < 3:
            return
        value = data[1] << 8 | data[2]
        if self._pointer == 0:
            return  # the conversion register can't be written
        if self._pointer != 1:
            self._registers[self._pointer] = value
            return
        self._finish()
        self._registers[1] = value & 0x7FFF
        if value & 0x8000 or not value & 0x0100:  # one conversion, or one after the other
            self._done_us = clock.now() + 1_000_000 // self.RATE[value >> 5 & 7]
            self._pending = value

    _pending = None

    def read(self, count):
        self._finish()
        value = self._registers[self._pointer]
        if self._pointer == 1:
            value = value & 0x7FFF | (0 if self._is_busy() else 0x8000)
        data = bytes((value >> 8, value & 255))
        return (data + b"\xff" * count)[:count]

    def _is_busy(self):
        return self._pending is not None and bool(self._pending & 0x0100)

    def _finish(self):
        if self._pending is None or clock.now() < self._done_us:
            return
        config = self._pending
        uv = self._input_uv(config >> 12 & 7)
        step_count = uv * 32768 // self.FULL_SCALE_UV[config >> 9 & 7]
        self._registers[0] = max(-32768, min(32767, step_count)) & 0xFFFF
        if config & 0x0100:
            self._pending = None

    def _input_uv(self, mux):
        if mux >= 4:
            return self._pin_uv(mux - 4)
        plus, minus = ((0, 1), (0, 3), (1, 3), (2, 3))[mux]
        return self._pin_uv(plus) - self._pin_uv(minus)

    def _pin_uv(self, channel):
        if not pins._duty[_SUPPLY] or channel not in _wiring["zones"]:
            return 0
        return min(self.SUPPLY_UV, clock.zone_dmv(1 + _wiring["zones"].index(channel)) * 100)


class Drv2605l:
    DEFAULTS = {0x00: 0xE0, 0x01: 0x40, 0x16: 0x3E, 0x17: 0x8C, 0x18: 0x0C, 0x19: 0x6C, 0x1A: 0x36, 0x1B: 0x93,
                0x1C: 0xF5, 0x1D: 0xA0, 0x1E: 0x20, 0x1F: 0x80, 0x20: 0x33}  # fmt: skip
    LAST = 0x22

    def __init__(self):
        self._pointer = 0
        self._reset()

    def _reset(self):
        self._registers = bytearray(self.LAST + 1)
        for register, value in self.DEFAULTS.items():
            self._registers[register] = value

    def go_on(self, duty_u16):
        # The chip was reset, this part was not: it still plays.
        self._registers[0x01], self._registers[0x1D] = 0x05, 0xA8
        self._registers[0x02] = duty_u16 // 257

    def is_silent(self):
        return _broken.get(DRV_LINE) == 1

    def _enabled(self):
        enable = _wiring["haptic_enable"]
        return enable is None or pins.level(enable) == 1

    def write(self, data):
        # With EN low it acknowledges, but "no read or write is possible".
        if not data:
            return
        self._pointer = data[0]
        if not self._enabled():
            return
        for value in data[1:]:
            if 0 < self._pointer <= self.LAST:
                self._registers[self._pointer] = value
            self._pointer += 1
        if self._registers[0x01] & 0x80:
            self._reset()
        self.drive()

    def read(self, count):
        if not self._enabled():
            return bytes(count)
        data = bytes(self._registers[self._pointer : self._pointer + count])
        self._pointer += count
        return (data + bytes(count))[:count]

    def drive(self):
        # Real-time playback, out of standby. What the other modes play is not modelled: they count as full strength
        # while GO is set, so that a firmware that used them would be seen to vibrate without end.
        mode = self._registers[0x01]
        strength = 0
        if self._enabled() and not mode & 0x40:
            if mode & 7 == 5:
                strength = self._rtp()
            elif self._registers[0x0C] & 1:
                strength = 65535
        pins.tell_world(MOTOR, strength)

    def _rtp(self):
        value = self._registers[0x02]
        if self._registers[0x1D] & 0x08:  # unsigned
            return value * 257
        return abs(value - 256 if value & 0x80 else value) * 516


_ads, _drv = Ads1115(), Drv2605l()
_parts = {}
if _wiring["i2c"] is not None:
    _parts = {0x48: _ads, 0x5A: _drv}
    for _output, _duty_u16 in worldlink.hello["outputs"]:
        if _output == MOTOR and _duty_u16:
            _drv.go_on(_duty_u16)


def output_changed(gpio):
    if gpio == _wiring["haptic_enable"] and _wiring["i2c"] is not None:
        _drv.drive()


pins.on_output = output_changed
pins.on_line = line_changed
