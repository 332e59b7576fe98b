"""DRV2605L: one vibration motor on I2C, driven by its real-time register. Register map: TI SLOS854.

Its playback goes on whatever becomes of the chip that began it, so its EN pin, pulled down on the board, is what
stops it: low in reset, at power-on and whenever in doubt. While EN is low it can neither be written nor vibrate.
"""

import time

ADDRESS = 0x5A
STATUS, MODE, RTP_INPUT, FEEDBACK, CONTROL_3 = 0x00, 0x01, 0x02, 0x1A, 0x1D
ID_MASK, ID_DRV2605L = 0xE0, 0xE0
MODE_RTP, MODE_STANDBY = 0x05, 0x40
ERM = 0x36  # feedback control at its default: N_ERM_LRA = 0
OPEN_LOOP_UNSIGNED = 0xA8  # ERM open loop; the RTP register counts from 0 (brake off) to 255
START_US = 250


class Drv2605l:
    """`i2c`: the bus; `enable`: the EN pin, an output. Duties above 0 raise OSError where it doesn't answer."""

    def __init__(self, i2c, enable, address=ADDRESS):
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
            time.sleep_us(START_US)
            self._i2c.readfrom_mem_into(self._address, STATUS, self._byte)
            return self._byte[0] & ID_MASK == ID_DRV2605L
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
        time.sleep_us(START_US)
        self._write(RTP_INPUT, 0)
        self._write(FEEDBACK, ERM)
        self._write(CONTROL_3, OPEN_LOOP_UNSIGNED)
        self._write(MODE, MODE_RTP)
        self._runs = True
        self._write(RTP_INPUT, max(1, duty >> 8))

    def _stop(self):
        if self._runs:
            try:
                self._write(RTP_INPUT, 0)
                self._write(MODE, MODE_STANDBY)
            except OSError:
                pass  # EN ends it in any case
        self._runs = False
        self._enable.value(0)

    def _write(self, register, value):
        self._byte[0] = value
        self._i2c.writeto_mem(self._address, register, self._byte)
