"""Board profiles: each fits its chip's pins, and a wrong one is refused in one line. Oracle: the pin lists by hand."""

import ast
import re

import pytest

from cushion.core.calibration import ZONES
from cushion.drivers.profiles import DEFAULT_PROFILE, PROFILES, divider_ohms, problems_of, warnings_of
from tests.firmware.on_unix import on_unix


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_every_profile_fits_its_chip(name):
    profile = PROFILES[name]
    assert problems_of(profile) == []
    assert profile.keys() == PROFILES["devkit"].keys()
    assert len(profile["adc_pins"]) == len(ZONES)


def test_boot_knows_what_stops_each_boards_motors(project_root):
    """Without the package, which may be what is broken."""
    source = (project_root / "firmware" / "boot.py").read_text()
    assigned = {
        ast.unparse(node.targets[0]): node.value for node in ast.parse(source).body if isinstance(node, ast.Assign)
    }
    constants = {name: ast.literal_eval(assigned[name]) for name in ("MOTOR_PINS", "DEFAULT_BOARD")}
    stops = {name: profile["motors"] or (profile["haptic_enable"],) for name, profile in PROFILES.items()}
    assert constants == {"MOTOR_PINS": stops, "DEFAULT_BOARD": DEFAULT_PROFILE}


# MicroPython's ports/esp32/boards/SEEED_XIAO_ESP32S3/pins.csv, as of October 2026, without the Plus variant's D11-D19.
XIAO_PINS = """
D0,GPIO1 D1,GPIO2 D2,GPIO3 D3,GPIO4 D4,GPIO5 D5,GPIO6 D6,GPIO43 D7,GPIO44 D8,GPIO7 D9,GPIO8 D10,GPIO9
A0,GPIO1 A1,GPIO2 A2,GPIO3 A3,GPIO4 LED,GPIO21 BOOT,GPIO0
"""


def test_the_xiao_brings_out_each_pin_of_its_profile():
    brought_out = {int(row.split(",GPIO")[1]) for row in XIAO_PINS.split() if row.startswith("D")}
    profile = PROFILES["xiao-s3"]
    used = [*profile["adc_pins"], *profile["motors"]]
    used += [profile[key] for key in ("sensor_supply", "button", "wake", "battery_adc", "usb_sense")]
    assert sorted(used) == sorted(brought_out)


@pytest.mark.parametrize(
    ("name", "change", "problem"),
    [
        (
            "devkit",
            {"adc_pins": (36, 39, 34, 25)},
            "adc_pins on GPIO 25: not on ADC1, and ADC2 fails while the radio is on",
        ),
        ("devkit", {"motors": (26, 34)}, "motors on GPIO 34: it can only be an input"),
        ("devkit", {"motors": (26,)}, "two motors are needed"),
        ("devkit", {"button": 36}, "button on GPIO 36: it has no pull-up"),
        ("devkit", {"button": 18}, "button on GPIO 18: it can't wake the chip"),
        ("devkit", {"led": 7}, "led on GPIO 7: the flash is wired there"),
        ("devkit", {"led": 24}, "led on GPIO 24: the chip has no such pin"),
        ("devkit", {"led": 26}, "GPIO 26 is used twice"),
        ("devkit", {"chip": "esp8266"}, "unknown chip esp8266"),
        ("devkit", {"zones": "ads1115"}, "a part on I2C, but no I2C pins"),
        ("firebeetle", {"haptic_enable": None}, "a DRV2605L without its EN pin would keep vibrating through a reset"),
        (
            "firebeetle",
            {"usb_sense": 35},
            "usb_sense on GPIO 35: it has no pull-up, without which a wire that is off reads as battery",
        ),
        ("xiao-s3", {"motors": (7, 43), "sensor_supply": 8}, "motors on GPIO 43: the chip drives it at each start"),
        (
            "xiao-s3",
            {"button_pull_up": False},
            "the button needs a resistor to 3.3 V: the chip's pull-up is off while it sleeps",
        ),
        ("s3-devkit", {"sensor_supply": 30}, "sensor_supply on GPIO 30: the flash is wired there"),
    ],
)
def test_a_wrong_profile_says_what_is_wrong(name, change, problem):
    assert problem in problems_of(PROFILES[name] | change)


def test_strapping_pins_are_allowed_with_a_warning():
    profile = PROFILES["devkit"] | {"led": 2}
    assert problems_of(profile) == []
    assert warnings_of(profile) == ["led on strapping pin GPIO 2"]


@pytest.mark.parametrize(
    ("text", "ohms"),
    [
        ("3267,3290,3311,3333", (3267, 3290, 3311, 3333)),
        (" 3267, 3290 ,3311,3333\n", (3267, 3290, 3311, 3333)),
        ("3320", (3320,) * 4),
        ("3102,3300,3300,3498", (3102, 3300, 3300, 3498)),
    ],
)
def test_resistors_are_told_by_zone_or_all_at_once(text, ohms):
    assert divider_ohms(text, 3300) == ohms


RIGHT_ONE = "; measure it on its own, out of the circuit, or fit the right one"
NO_LIST = " is not a list of ohms; give four whole numbers, or one for all"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("3k3", "3k3" + NO_LIST),
        ("", NO_LIST),
        ("3.3", "3.3" + NO_LIST),
        ("3300,3300", "3300,3300" + NO_LIST),
        ("3300;3300;3300;3300", "3300;3300;3300;3300" + NO_LIST),
        ("3300,3300,3300,3300,3300", "3300,3300,3300,3300,3300" + NO_LIST),
        ("3101,3300,3300,3300", "3101 ohm at left_it is not a 3300 ohm resistor" + RIGHT_ONE),
        ("3300,3300,3300,3499", "3499 ohm at right_thigh is not a 3300 ohm resistor" + RIGHT_ONE),
        ("3300,3000,3300,3300", "3000 ohm at right_it is not a 3300 ohm resistor" + RIGHT_ONE),
        ("3600", "3600 ohm at left_it is not a 3300 ohm resistor" + RIGHT_ONE),
        ("-3300", "-3300 ohm at left_it is not a 3300 ohm resistor" + RIGHT_ONE),
        ("9" * 60, "9" * 60 + " ohm at left_it is not a 3300 ohm resistor" + RIGHT_ONE),
    ],
)
def test_what_no_such_resistor_measures_is_refused_in_one_line(text, line):
    with pytest.raises(ValueError, match=f"^{re.escape(line)}$"):
        divider_ohms(text, 3300)


def test_the_device_reads_them_alike():
    code = """
    from cushion.drivers.profiles import divider_ohms

    for text in ("3267,3290,3311,3333", " 3320", "3k3", "3300,3300", "330"):
        try:
            print(divider_ohms(text, 3300))
        except ValueError as error:
            print(error)
    """
    assert on_unix(code).splitlines() == [
        "(3267, 3290, 3311, 3333)",
        "(3320, 3320, 3320, 3320)",
        "3k3" + NO_LIST,
        "3300,3300" + NO_LIST,
        "330 ohm at left_it is not a 3300 ohm resistor" + RIGHT_ONE,
    ]


def test_a_converter_that_does_not_answer_gives_no_reading():
    code = """
    from cushion.drivers.zones import Zones

    class Dead:
        def read_uv(self):
            raise OSError(19)

    class Supply:
        def value(self, level):
            self.level = level

    zones = Zones((Dead(),) * 4, Supply(), 5, 1)
    levels = [0] * 4
    zones.read(levels)
    print(levels, zones.failed_reads)
    """
    assert on_unix(code) == "[-1, -1, -1, -1] 4\n"
