"""Board profiles: which pin does what, as data. No chip module is imported here, so the host can read it.

A file on the cushion, ``/etc/board``, names the profile; without it the default one holds. Its second line, if there
is one, holds the measured values of that board's four resistors (`divider_ohms`). A profile is a dict:

=================  ====================================================================================
key                meaning
=================  ====================================================================================
``chip``           "esp32" or "esp32s3": what its pins can do stands in ``CHIPS``
``zones``          "adc" (the chip's own) or "ads1115" (a converter on I2C)
``adc_pins``       GPIO of each zone's divider, in the order of ``ZONES``, ADC1 only; on an ADS1115 its inputs 0-3
``oversample``     readings that make one sample
``divider_ohm``    lower resistor of each divider, ohm: what it is meant to be
``supply_mv``      voltage across sensor and divider, mV
``dead_mv``        below this a voltage can't be told from none (the ESP32's calibrated zero reads about 142 mV)
``bias_ohm``       resistor parallel to each sensor, at the sensor's end, ohm: an empty seat then reads some 0.2 V, and
                   less is a wire that is off; 0 where there is none
``spread_permille`` what the foam over the sensors passes on from one side to the other, to be taken out again: see
                   ``Engine``; 0 where the sensors lie at the skin
``sensor_supply``  GPIO that switches the dividers' supply, active high
``haptics``        "pwm" (two motors behind MOSFETs) or "drv2605l" (one motor on a driver on I2C)
``motors``         GPIO of the left and the right motor's MOSFET gate; () with a DRV2605L
``haptic_enable``  GPIO of the DRV2605L's EN, pulled down on the board: a chip in reset stops the motor; or None
``pwm_hz``         PWM frequency of the motors
``i2c``            (SCL, SDA, Hz), or None
``button``         GPIO of the button, active low with the chip's pull-up (an RTC pin: it can wake the chip)
``button_pull_up`` whether a resistor to 3.3 V pulls it up, too: the chip's own is off in sleep where ``CHIPS`` says so
``wake``           GPIO that is high while somebody sits (a sensor of its own on 1 Mohm, always supplied), or None
``led``            GPIO of the state LED, active high, or None
``battery_adc``    GPIO of the battery divider, or None on boards without a battery
``battery_ratio``  battery voltage over pin voltage, permille
``native_usb``     whether the port is the chip's own: light sleep takes it, and only a start of the chip brings it back
``usb_sense``      GPIO that is high while USB power is present, or None where the board always has USB. A divider of
                   some 4 and 7 kohm from USB's 5 V: the chip's pull-up, on while it is read, makes a missing wire high
=================  ====================================================================================
"""

from cushion.core.calibration import ZONES

# What a chip's pins can do. Oracle: the chips' data sheets (pin lists; RTC_MUX table; strapping pins).
# ``driven_at_start`` is UART0, which the ROM drives high and pulls up. ``pulls_in_sleep`` is false where IDF has
# SOC_GPIO_SUPPORT_RTC_INDEPENDENT: MicroPython sets the pull-up of the digital side, and asleep the RTC has the pad.
CHIPS: dict = {
    "esp32": {
        "missing": (20, 24, 28, 29, 30, 31) + tuple(range(40, 64)),
        "flash": (6, 7, 8, 9, 10, 11),
        "adc1": tuple(range(32, 40)),
        "input_only": (34, 35, 36, 37, 38, 39),
        "rtc": (0, 2, 4, 12, 13, 14, 15, 25, 26, 27) + tuple(range(32, 40)),
        "strapping": (0, 2, 5, 12, 15),
        "driven_at_start": (1, 3),
        "pulls_in_sleep": True,
    },
    "esp32s3": {
        "missing": (22, 23, 24, 25) + tuple(range(49, 64)),
        "flash": (26, 27, 28, 29, 30, 31, 32),
        "adc1": tuple(range(1, 11)),
        "input_only": (),
        "rtc": tuple(range(22)),
        "strapping": (0, 3, 45, 46),
        "driven_at_start": (43, 44),
        "pulls_in_sleep": False,
    },
}

# Under the sheet's 40 mm of foam a sensor reads 3 to 6 % of the other side, by the distance of the sitting bones
# (hardware/README.md). This value, for some 3.9 %, has the least error over all of them.
SHEET_SPREAD_PERMILLE = 42

PROFILES: dict = {
    # ESP32-DevKitC class dev board on USB power: the breadboard variant, and what the virtual cushion wires up.
    "devkit": {
        "chip": "esp32",
        "zones": "adc",
        "adc_pins": (36, 39, 34, 35),
        "oversample": 4,
        "divider_ohm": 3300,
        "supply_mv": 3300,
        "dead_mv": 150,
        "bias_ohm": 0,
        "spread_permille": 0,
        "sensor_supply": 25,
        "haptics": "pwm",
        "motors": (26, 27),
        "haptic_enable": None,
        "pwm_hz": 200,
        "i2c": None,
        "button": 32,
        "button_pull_up": False,
        "wake": None,
        "led": 4,
        "battery_adc": 33,
        "battery_ratio": 2000,
        "native_usb": False,
        "usb_sense": 19,
    },
    # DFRobot FireBeetle 2 ESP32-E: LiPo charger on board, microamps in deep sleep. Its battery divider takes one of the
    # four ADC1 pins it brings out, so the zones are on an ADS1115; one motor on a DRV2605L shares the bus.
    "firebeetle": {
        "chip": "esp32",
        "zones": "ads1115",
        "adc_pins": (0, 1, 2, 3),
        "oversample": 1,
        "divider_ohm": 3300,
        "supply_mv": 3300,
        "dead_mv": 5,
        "bias_ohm": 0,
        "spread_permille": 0,
        "sensor_supply": 25,
        "haptics": "drv2605l",
        "motors": (),
        "haptic_enable": 26,
        "pwm_hz": 0,
        "i2c": (22, 21, 400000),
        "button": 27,
        "button_pull_up": False,
        "wake": 4,
        "led": 13,
        "battery_adc": 34,
        "battery_ratio": 2000,
        "native_usb": False,
        "usb_sense": 14,
    },
    # ESP32-S3-DevKitC-1 on USB power.
    "s3-devkit": {
        "chip": "esp32s3",
        "zones": "adc",
        "adc_pins": (4, 5, 6, 7),
        "oversample": 4,
        "divider_ohm": 3300,
        "supply_mv": 3300,
        "dead_mv": 20,
        "bias_ohm": 0,
        "spread_permille": 0,
        "sensor_supply": 15,
        "haptics": "pwm",
        "motors": (16, 17),
        "haptic_enable": None,
        "pwm_hz": 200,
        "i2c": None,
        "button": 18,
        "button_pull_up": False,
        "wake": None,
        "led": 21,
        "battery_adc": None,
        "battery_ratio": 1000,
        "native_usb": False,
        "usb_sense": None,
    },
    # Seeed XIAO ESP32-S3, for the battery variant: LiPo charger on board, 8 MB of PSRAM, microamps in deep sleep. Its
    # eleven pins by MicroPython's pins.csv are GPIO 1-9, 43, 44. UART0 drives 43 and 44 at each start: no motor there.
    "xiao-s3": {
        "chip": "esp32s3",
        "zones": "adc",
        "adc_pins": (1, 2, 4, 5),
        "oversample": 4,
        "divider_ohm": 3300,
        "supply_mv": 3000,
        "dead_mv": 20,
        "bias_ohm": 47000,
        "spread_permille": SHEET_SPREAD_PERMILLE,
        "sensor_supply": 43,
        "haptics": "pwm",
        "motors": (7, 8),
        "haptic_enable": None,
        "pwm_hz": 200,
        "i2c": None,
        "button": 9,
        "button_pull_up": True,
        "wake": 3,
        "led": None,
        "battery_adc": 6,
        "battery_ratio": 2000,
        "native_usb": True,
        "usb_sense": 44,
    },
}

# The carrier of revision B: no cell, always USB, a bias resistor in each sensor's plug.
PROFILES["devkit-b"] = dict(
    PROFILES["devkit"], bias_ohm=47000, spread_permille=SHEET_SPREAD_PERMILLE, battery_adc=None, usb_sense=None
)

DEFAULT_PROFILE = "devkit"

# A resistor of 5 % by a meter of 1 %. Beyond it is another part (3.0 and 3.6 kohm are 9 % off), a slip of the keys, or
# what was measured within the circuit.
DIVIDER_WITHIN_PERMILLE = 60

_OUTPUTS = ("sensor_supply", "haptic_enable", "led")
_RTC_PINS = ("button", "wake")


def problems_of(profile):
    """What is wrong with a profile, one line each; [] for a good one. Asked at each start, before a pin is touched."""
    chip = CHIPS.get(profile["chip"])
    if chip is None:
        return ["unknown chip " + str(profile["chip"])]
    problems = []
    uses = _pins_of(profile)
    for use, gpio in uses:
        problem = _problem_of(profile, chip, use, gpio)
        if problem:
            problems.append("{} on GPIO {}: {}".format(use, gpio, problem))
    gpios = [gpio for _, gpio in uses]
    for gpio in sorted(set(gpios)):
        if gpios.count(gpio) > 1:
            problems.append("GPIO {} is used twice".format(gpio))
    return problems + _missing_parts(profile)


def divider_ohms(text, nominal_ohm):
    """Each zone's lower resistor, ohm, as it was measured: `text` is four whole numbers in the order of ZONES, or one
    for all. Raises ValueError, with one line that says what to do, for what no such resistor can measure."""
    try:
        ohms = tuple(int(part) for part in text.split(","))
    except ValueError:
        ohms = ()
    if len(ohms) == 1:
        ohms = ohms * len(ZONES)
    if len(ohms) != len(ZONES):
        raise ValueError("{} is not a list of ohms; give four whole numbers, or one for all".format(text[:40]))
    for zone, ohm in zip(ZONES, ohms):
        if abs(ohm - nominal_ohm) * 1000 > nominal_ohm * DIVIDER_WITHIN_PERMILLE:
            wrong = "{} ohm at {} is not a {} ohm resistor".format(ohm, zone, nominal_ohm)
            raise ValueError(wrong + "; measure it on its own, out of the circuit, or fit the right one")
    return ohms


def warnings_of(profile):
    """What is allowed but needs care: pins whose level at reset decides how the chip starts."""
    strapping = CHIPS[profile["chip"]]["strapping"]
    return ["{} on strapping pin GPIO {}".format(use, gpio) for use, gpio in _pins_of(profile) if gpio in strapping]


def _pins_of(profile):
    """Every pin in use, as (use, GPIO)."""
    uses = [("motors", gpio) for gpio in profile["motors"]]
    if profile["zones"] == "adc":
        uses += [("adc_pins", gpio) for gpio in profile["adc_pins"] if gpio is not None]
    if profile["i2c"]:
        uses += [("i2c", profile["i2c"][0]), ("i2c", profile["i2c"][1])]
    for use in ("sensor_supply", "haptic_enable", "button", "wake", "led", "battery_adc", "usb_sense"):
        if profile[use] is not None:
            uses.append((use, profile[use]))
    return uses


def _problem_of(profile, chip, use, gpio):
    if gpio < 0 or gpio in chip["missing"]:
        return "the chip has no such pin"
    if gpio in chip["flash"]:
        return "the flash is wired there"
    if use in ("adc_pins", "battery_adc") and gpio not in chip["adc1"]:
        return "not on ADC1, and ADC2 fails while the radio is on"
    if (use in _OUTPUTS or use in ("motors", "i2c")) and gpio in chip["input_only"]:
        return "it can only be an input"
    if use == "button" and gpio in chip["input_only"]:
        return "it has no pull-up"
    if use == "wake" and gpio in chip["input_only"]:
        return "MicroPython can't end the hold that ext1 puts on it"
    if use == "usb_sense" and gpio in chip["input_only"]:
        return "it has no pull-up, without which a wire that is off reads as battery"
    if use in ("motors", "haptic_enable") and gpio in chip["driven_at_start"]:
        return "the chip drives it at each start"
    if use in _RTC_PINS and gpio not in chip["rtc"]:
        return "it can't wake the chip"
    return ""


def _missing_parts(profile):
    problems = []
    sleeps = profile["usb_sense"] is not None
    if sleeps and not (profile["button_pull_up"] or CHIPS[profile["chip"]]["pulls_in_sleep"]):
        problems.append("the button needs a resistor to 3.3 V: the chip's pull-up is off while it sleeps")
    on_bus = profile["zones"] == "ads1115" or profile["haptics"] == "drv2605l"
    if on_bus and not profile["i2c"]:
        problems.append("a part on I2C, but no I2C pins")
    if profile["haptics"] == "drv2605l" and profile["haptic_enable"] is None:
        problems.append("a DRV2605L without its EN pin would keep vibrating through a reset")
    if profile["haptics"] == "pwm" and len(profile["motors"]) != 2:
        problems.append("two motors are needed")
    if len(profile["adc_pins"]) != len(ZONES):
        problems.append("four zones are needed (None for one that isn't there)")
    return problems
