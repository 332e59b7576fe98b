"""The boards that are wired by hand instead of plugged into the carrier: where each pin goes.

The firmware's profiles say the same in their own words; a test compares the two, pin by pin. Parts are named as on the
carrier's schematic, and stay what they are there.
"""

from typing import NamedTuple


class Wire(NamedTuple):
    """One connection: the pin (a GPIO, or an input of a part on I2C), its net, and what it goes through."""

    pin: str
    net: str
    how: str


DIVIDER = "sensor to the switched supply, R1's 3.3 kohm to GND"
SUPPLY = "Q3, Q4, R9, R10 as on the carrier, from 3V3: the sensors' switched supply"
MOTOR = "R11, R12, Q1, D1 as on the carrier; motor to 3V3"
LED = "1 kohm and an LED to GND"
BUTTON = "button to GND"
# 2.8 V at 4.4 V, 3.34 V at 5.25 V; without USB the chip's own pull-up of 28 kohm or more leaves it below 0.7 V.
USB_SENSE = "3.9 kohm from USB's 5 V, 6.8 kohm to GND"
WAKE = "a fifth sensor from 3V3 under one sitting bone, 1 Mohm to GND"

BY_HAND: dict[str, tuple[Wire, ...]] = {
    "firebeetle": (
        Wire("GPIO22", "SCL", "ADS1115 and DRV2605L; their boards have pull-ups"),
        Wire("GPIO21", "SDA", "the same"),
        Wire("ADS1115 A0", "ADC_LEFT_IT", DIVIDER),
        Wire("ADS1115 A1", "ADC_RIGHT_IT", DIVIDER),
        Wire("ADS1115 A2", "ADC_LEFT_THIGH", DIVIDER),
        Wire("ADS1115 A3", "ADC_RIGHT_THIGH", DIVIDER),
        Wire("GPIO25", "SENSE_EN", SUPPLY),
        Wire("GPIO26", "HAPTIC_ENABLE", "EN of the DRV2605L, and 100 kohm to GND; one motor at its output"),
        Wire("GPIO27", "BUTTON", BUTTON),
        Wire("GPIO4", "WAKE", WAKE),
        Wire("GPIO13", "LED", LED),
        Wire("GPIO34", "BATTERY_ADC", "the board's own divider"),
        Wire("GPIO14", "USB_SENSE", USB_SENSE),
    ),
    "s3-devkit": (
        Wire("GPIO4", "ADC_LEFT_IT", DIVIDER),
        Wire("GPIO5", "ADC_RIGHT_IT", DIVIDER),
        Wire("GPIO6", "ADC_LEFT_THIGH", DIVIDER),
        Wire("GPIO7", "ADC_RIGHT_THIGH", DIVIDER),
        Wire("GPIO15", "SENSE_EN", SUPPLY),
        Wire("GPIO16", "PWM_LEFT", MOTOR),
        Wire("GPIO17", "PWM_RIGHT", MOTOR),
        Wire("GPIO18", "BUTTON", BUTTON),
        Wire("GPIO21", "LED", LED),
    ),
}
