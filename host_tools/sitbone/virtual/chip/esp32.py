# The part of the esp32 module that is there.
import power

WAKEUP_ALL_LOW = False
WAKEUP_ANY_HIGH = True


def wake_on_ext0(pin=None, level=0):
    power.set_ext0(pin, level)


def wake_on_ext1(pins=None, level=0):
    power.set_ext1(pins, level)


def gpio_deep_sleep_hold(enable):
    pass  # outputs go low in deep sleep here, held or not


def raw_temperature():
    return 107  # degrees Fahrenheit inside the chip: about 42 C, always
