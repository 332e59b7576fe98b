# ADC1 and LEDC. What a channel reads comes from the world, row by row, with the converter's errors already in it.
import clock
import parts
import pins
import worldlink
from models import model

_wiring = worldlink.hello["wiring"]
_ZONE_WORD = {gpio: 1 + i for i, gpio in enumerate(_wiring["zones"]) if _wiring["i2c"] is None}
_BATTERY = _wiring["battery"]
_SUPPLY = _wiring["supply"]
_pwm_gpios = set()
_ADC2 = model["adc2"]
_ESP_ERR_TIMEOUT = 0x107  # what the port raises where the radio holds ADC2
_ESP_ERR_NOT_SUPPORTED = 0x106  # no calibration in the eFuses: adc_cali_create_scheme_line_fitting
radios = set()  # network.py


class ADC:
    ATTN_0DB = 0
    ATTN_2_5DB = 1
    ATTN_6DB = 2
    ATTN_11DB = 3
    WIDTH_9BIT = 9
    WIDTH_10BIT = 10
    WIDTH_11BIT = 11
    WIDTH_12BIT = 12

    def __init__(self, pin, *, atten=ATTN_0DB):
        gpio = pins.gpio_of(pin)
        if gpio not in model["adc1"] and gpio not in _ADC2:
            raise ValueError("invalid pin")
        self._gpio = gpio
        self._word = _ZONE_WORD.get(gpio)
        self.init(atten=atten)

    def init(self, *, atten=ATTN_0DB):
        if not 0 <= atten <= 3:
            raise ValueError("invalid atten")
        self._full_scale_uv = model["full_scale_uv"][atten]

    atten = lambda self, atten: self.init(atten=atten)  # noqa: E731  (the chip's old spelling of init)

    def read_uv(self):
        if radios and self._gpio in _ADC2:
            raise OSError(_ESP_ERR_TIMEOUT)
        if parts.adc_is_uncalibrated():
            raise OSError(_ESP_ERR_NOT_SUPPORTED)
        if self._word is not None:
            uv = clock.zone_dmv(self._word) * 100 if pins._duty[_SUPPLY] else 0
        elif self._gpio == _BATTERY:
            clock.now()
            uv = clock.battery_dmv * 100
        else:
            uv = 0
        return uv if uv < self._full_scale_uv else self._full_scale_uv

    def read_u16(self):
        return self.read_uv() * 65535 // self._full_scale_uv

    def read(self):
        return self.read_uv() * 4095 // self._full_scale_uv


class PWM:
    def __init__(self, dest, *, freq=5000, duty=None, duty_u16=None, duty_ns=None):
        self._gpio = pins.gpio_of(dest)
        if self._gpio not in _pwm_gpios and len(_pwm_gpios) >= model["pwm_channels"]:
            raise ValueError("out of PWM channels")
        pins.claim_output(self._gpio)
        _pwm_gpios.add(self._gpio)
        self._duty_u16 = 32768  # the port's default: half, at once
        self.init(freq=freq, duty=duty, duty_u16=duty_u16, duty_ns=duty_ns)

    def init(self, *, freq=None, duty=None, duty_u16=None, duty_ns=None):
        if freq is not None:
            self.freq(freq)
        if duty is not None:
            self.duty(duty)
        elif duty_ns is not None:
            self.duty_ns(duty_ns)
        else:
            self.duty_u16(self._duty_u16 if duty_u16 is None else duty_u16)

    def freq(self, freq=None):
        if freq is None:
            return self._freq
        if not 1 <= freq <= 40_000_000:
            raise ValueError("frequency must be from 1Hz to 40MHz")
        self._freq = freq

    def duty_u16(self, duty=None):
        if duty is None:
            return self._duty_u16
        if not 0 <= duty <= 65535:
            raise ValueError("duty_u16 must be from 0 to 65535")
        if self._gpio not in _pwm_gpios:
            raise RuntimeError("PWM is inactive")
        self._duty_u16 = duty
        pins.put_out(self._gpio, duty)

    def duty(self, duty=None):
        if duty is None:
            return self._duty_u16 >> 6
        if not 0 <= duty <= 1023:
            raise ValueError("duty must be from 0 to 1023")
        self.duty_u16(duty * 65535 // 1023)

    def duty_ns(self, duty=None):
        if duty is None:
            return self._duty_u16 * 1_000_000_000 // self._freq // 65535
        self.duty_u16(duty * self._freq * 65535 // 1_000_000_000)

    def deinit(self):
        _pwm_gpios.discard(self._gpio)
        pins.put_out(self._gpio, 0)
