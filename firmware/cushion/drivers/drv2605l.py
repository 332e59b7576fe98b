"""DRV2605L: one vibration motor on I2C, driven by its real-time register. Register map: TI SLOS854.

Its playback continues whatever happens to the chip that started it, so its EN pin, pulled down on the board, is what
stops it: low in reset, at power-on and whenever in doubt. While EN is low it can neither be written nor vibrate.
"""

import time

from cushion.core.const import const

_ADDRESS = const(0x5A)
_STATUS = const(0x00)
_MODE = const(0x01)
_RTP_INPUT = const(0x02)
_FEEDBACK = const(0x1A)
_CONTROL_3 = const(0x1D)
_ID_MASK = const(0xE0)
_ID_DRV2605L = const(0xE0)
_MODE_RTP = const(0x05)
_MODE_STANDBY = const(0x40)
_ERM = const(0x36)  # feedback control at its default: N_ERM_LRA = 0
_OPEN_LOOP_UNSIGNED = const(0xA8)  # ERM open loop; the RTP register counts from 0 (brake off) to 255
_START_US = const(250)


class Drv2605l:
    """`i2c`: the bus; `enable`: the EN pin, an output. Duties above 0 raise OSError where it doesn't answer."""

    def __init__(self, i2c, enable, address=_ADDRESS):
        self._i2c = i2c
        self._enable = enable
        self._address = address
        self._byte = bytearray(1)
        self._runs = True  # not known: a chip that restarted may have left it so
        self._stop()

    def is_there(self):
        """Whether a DRV2605L answers."""
        try:
            self._enable.value(1)
            time.sleep_us(_START_US)
            self._i2c.readfrom_mem_into(self._address, _STATUS, self._byte)
            return self._byte[0] & _ID_MASK == _ID_DRV2605L
        except OSError:
            return False
        finally:
            self._enable.value(0)

    def duty_u16(self, duty):
        """Runs the motor at `duty` of 65535; 0 stops it, and never fails."""
        if duty == 0:
            self._stop()
            return
        try:
            self._start(duty)
        except OSError:
            self._enable.value(0)
            raise

    def deinit(self):
        """Off for good."""
        self._stop()

    def _start(self, duty):
        self._enable.value(1)
        time.sleep_us(_START_US)
        self._write(_RTP_INPUT, 0)
        self._write(_FEEDBACK, _ERM)
        self._write(_CONTROL_3, _OPEN_LOOP_UNSIGNED)
        self._write(_MODE, _MODE_RTP)
        self._runs = True
        self._write(_RTP_INPUT, max(1, duty >> 8))

    def _stop(self):
        if self._runs:
            try:
                self._write(_RTP_INPUT, 0)
                self._write(_MODE, _MODE_STANDBY)
            except OSError:
                pass  # EN ends it in any case
        self._runs = False
        self._enable.value(0)

    def _write(self, register, value):
        self._byte[0] = value
        self._i2c.writeto_mem(self._address, register, self._byte)
