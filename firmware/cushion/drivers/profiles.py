"""Board profiles: which pin does what, as data. No chip module is imported here, so the host can read it.

A profile is a dict:

=================  ====================================================================================
key                meaning
=================  ====================================================================================
``adc_pins``       GPIO of each zone's divider, in the order of ``ZONES`` (ADC1 only: GPIO 32-39)
``divider_ohm``    lower resistor of each divider, ohm
``supply_mv``      voltage across sensor and divider, mV
``dead_mv``        below this the ADC can't tell a voltage from none (the ESP32's calibrated zero reads about 142 mV)
``sensor_supply``  GPIO that switches the dividers' supply, active high
``motors``         GPIO of the left and the right motor's MOSFET gate
``pwm_hz``         PWM frequency of the motors
``button``         GPIO of the button, active low with the chip's pull-up (an RTC pin: it can wake the chip)
``led``            GPIO of the state LED, active high
``battery_adc``    GPIO of the battery divider, or None on boards without a battery
``battery_ratio``  battery voltage over pin voltage, permille
``usb_sense``      GPIO that is high while USB power is present, or None where the board always has USB
=================  ====================================================================================
"""

ZONES = ("left_it", "right_it", "left_thigh", "right_thigh")

PROFILES: dict = {
    # ESP32-DevKitC class dev board on USB power: the breadboard variant, and what the virtual cushion wires up.
    "devkit": {
        "adc_pins": (36, 39, 34, 35),
        "divider_ohm": 3300,
        "supply_mv": 3300,
        "dead_mv": 150,
        "sensor_supply": 25,
        "motors": (26, 27),
        "pwm_hz": 200,
        "button": 32,
        "led": 4,
        "battery_adc": 33,
        "battery_ratio": 2000,
        "usb_sense": 19,
    },
}

DEFAULT_PROFILE = "devkit"
