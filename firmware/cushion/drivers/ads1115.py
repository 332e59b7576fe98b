"""ADS1115: four 16-bit inputs on I2C, one conversion at a time, asleep in between. Register map: TI SBAS444."""

import time

ADDRESS = 0x48
CONVERSION, CONFIG = 0, 1
READY = 0x80  # OS, in the config register's high byte
SINGLE_SHOT_4V = 0xC3  # begin; AIN0 against ground (| input << 4); +-4.096 V; one conversion
RATE_860 = 0xE3  # 860 a second; comparator off
UV_PER_STEP = 125
CONVERT_US = 1170  # 1/860 s
POLL_US = 60  # the data sheet allows 10 % more
POLLS = 8


class Ads1115:
    """`i2c`: the bus. Raises OSError where the part doesn't answer or a conversion never ends."""

    def __init__(self, i2c, address=ADDRESS):
        self._i2c = i2c
        self._address = address
        self._config = bytearray((SINGLE_SHOT_4V, RATE_860))
        self._answer = bytearray(2)

    def read_uv(self, channel):
        """Voltage of one input against ground, in microvolts; 0 where it is below."""
        self._config[0] = SINGLE_SHOT_4V | channel << 4
        self._i2c.writeto_mem(self._address, CONFIG, self._config)
        time.sleep_us(CONVERT_US)
        for _ in range(POLLS):
            self._i2c.readfrom_mem_into(self._address, CONFIG, self._answer)
            if self._answer[0] & READY:
                break
            time.sleep_us(POLL_US)
        else:
            raise OSError(110)  # ETIMEDOUT
        self._i2c.readfrom_mem_into(self._address, CONVERSION, self._answer)
        steps = self._answer[0] << 8 | self._answer[1]
        return 0 if steps & 0x8000 else steps * UV_PER_STEP


class Input:
    """One input of it, with the `read_uv` of the chip's own ADC."""

    def __init__(self, converter, channel):
        self._converter = converter
        self._channel = channel

    def read_uv(self):
        """Microvolts."""
        return self._converter.read_uv(self._channel)
