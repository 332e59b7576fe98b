"""Battery voltage and what it means; boards without a battery read close to zero and say so."""

from cushion.core.charge import LOG_ONLY, Charge
from cushion.core.const import const

_ABSENT_MV = const(2000)

# Resting voltage of a LiPo cell against charge, per 10 %: common discharge curve, good to about 10 points [judgement].
CURVE_MV = (3270, 3610, 3690, 3710, 3730, 3750, 3770, 3790, 3820, 3870, 4150)


class Battery:
    """`adc`: ADC object behind the divider, or None; `ratio_permille`: battery voltage over pin voltage; `on_usb`: says
    whether USB feeds the cushion, which then need not spare the battery, or a pin that nobody wired."""

    def __init__(self, adc, ratio_permille, on_usb):
        self._adc = adc
        self._ratio_permille = ratio_permille
        self._on_usb = on_usb
        self._charge = Charge()
        self.mv = 0
        self.read()
        self.read()  # a nearly empty cell is recognised from the start

    def read(self):
        """Measures; returns mV, 0 where there is no battery."""
        if self._adc is not None:
            try:
                self.mv = self._adc.read_uv() // 1000 * self._ratio_permille // 1000
            except OSError:  # a chip that was never calibrated can't tell: as if there were no battery
                self.mv = 0
        self._charge.step(self.mv if self.is_present() and not self._on_usb() else 0)
        return self.mv

    def stage(self):
        """How far down it is: core/charge.py's FINE, WARN, LOG_ONLY or OFF."""
        return self._charge.stage

    def is_present(self):
        """Whether a battery was there at the last reading."""
        return self.mv >= _ABSENT_MV

    def is_low(self):
        """Whether prompts should be given up to keep logging."""
        return self._charge.stage >= LOG_ONLY

    def percent(self):
        """Charge, 0 to 100, of the last reading."""
        for step in range(10):
            low_mv, high_mv = CURVE_MV[step], CURVE_MV[step + 1]
            if self.mv < high_mv:
                return max(0, step * 10 + (self.mv - low_mv) * 10 // (high_mv - low_mv))
        return 100
