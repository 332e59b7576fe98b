"""ADS1115: four 16-bit inputs on I2C, one conversion at a time, asleep in between. Register map: TI SBAS444."""

import time

from cushion.core.const import const

_ADDRESS = const(0x48)
_CONVERSION = const(0)
_CONFIG = const(1)
_READY = const(0x80)  # OS, in the config register's high byte
_SINGLE_SHOT_4V = const(0xC3)  # begin; AIN0 against ground (| input << 4); +-4.096 V; one conversion
_RATE_860 = const(0xE3)  # 860 a second; comparator off
_UV_PER_STEP = const(125)
_CONVERT_US = const(1170)  # 1/860 s
_POLL_US = const(60)  # the data sheet allows 10 % more
_POLLS = const(8)


class Ads1115:
    """`i2c`: the bus. Raises OSError where the part doesn't answer or a conversion never ends."""

    def __init__(self, i2c, address=_ADDRESS):
        self._i2c = i2c
        self._address = address
        self._config = bytearray((_SINGLE_SHOT_4V, _RATE_860))
        self._answer = bytearray(2)

    def read_uv(self, channel):
        """Voltage of one input against ground, in microvolts; 0 where it is below."""
        self._config[0] = _SINGLE_SHOT_4V | channel << 4
        self._i2c.writeto_mem(self._address, _CONFIG, self._config)
        time.sleep_us(_CONVERT_US)
        for _ in range(_POLLS):
            self._i2c.readfrom_mem_into(self._address, _CONFIG, self._answer)
            if self._answer[0] & _READY:
                break
            time.sleep_us(_POLL_US)
        else:
            raise OSError(110)  # ETIMEDOUT
        self._i2c.readfrom_mem_into(self._address, _CONVERSION, self._answer)
        steps = self._answer[0] << 8 | self._answer[1]
        return 0 if steps & 0x8000 else steps * _UV_PER_STEP


class Input:
    """One input of it, with the `read_uv` of the chip's own ADC."""

    def __init__(self, converter, channel):
        self._converter = converter
        self._channel = channel

    def read_uv(self):
        """Microvolts."""
        return self._converter.read_uv(self._channel)
