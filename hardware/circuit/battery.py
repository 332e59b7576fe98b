"""The battery variant's circuit: the same seat on a Seeed XIAO ESP32-S3, whose own charger alone charges the pack.

Between charger and pack stands nothing that makes a current, only what can stop one: a fuse, and two MOSFETs that are
on for a pack the right way round, while the switch is on, within the temperatures at which it may be charged.
"""

from hardware.circuit.circuit import (
    SIDES,
    ZONES,
    Expected,
    Row,
    button,
    capacitor,
    clamp,
    holes,
    motors,
    nmos,
    pmos,
    resistor,
    sensor_supply,
    test_points,
    zones,
)

# From above with the USB socket up: D0 to D6 down the left side, D7 to 5V up the right. Oracle: Seeed's pin table, and
# pins.csv of MicroPython's board SEEED_XIAO_ESP32S3. B+ and B- are pads on its underside; short wires join them.
MODULE_PINS = dict(enumerate((
    "GPIO1", "GPIO2", "GPIO3", "GPIO4", "GPIO5", "GPIO6", "GPIO43",
    "GPIO44", "GPIO7", "GPIO8", "GPIO9", "3V3", "GND", "5V", "B+", "B-",
), 1))  # fmt: skip

# The firmware's board profile "xiao-s3" says the same; a test compares the two.
MODULE_NETS = {
    "GPIO1": "ADC_LEFT_IT",
    "GPIO2": "ADC_RIGHT_IT",
    "GPIO3": "WAKE",
    "GPIO4": "ADC_LEFT_THIGH",
    "GPIO5": "ADC_RIGHT_THIGH",
    "GPIO6": "BATTERY_ADC",
    "GPIO43": "SENSE_EN",
    "GPIO44": "USB_SENSE",
    "GPIO7": "PWM_LEFT",
    "GPIO8": "PWM_RIGHT",
    "GPIO9": "BUTTON",
    "3V3": "3V3",
    "GND": "GND",
    "5V": "USB_5V",
    "B+": "BAT",
    "B-": "GND",
}
REFERENCE_MV = 3000  # from the module's 3.3 V, which a nearly empty pack lets sink to 3.2
WAKE_PULL_DOWN_OHM = 1_000_000

TESTED: Expected = {
    "USB_5V": (4.4, 5.25, "with USB in; else below 1 V"),
    "PACK_FUSED": (3.0, 4.2, "with the pack in"),
    "BAT": (3.0, 4.25, "the switch on: within 0.1 V of PACK_FUSED; off and without USB: 0 V"),
    "3V3": (3.1, 3.4, "always"),
    "REF_OUT": (2.98, 3.02, "always"),
    "SENSE_SUPPLY": (2.9, 3.02, "while the cushion reads, four times a second for a moment; else 0 V"),
    "MOTOR_3V3": (3.1, 3.4, "always"),
    "GND": (0.0, 0.0, "the meter's black lead"),
}


def module() -> list[Row]:
    pins = {str(pin): MODULE_NETS[name] for pin, name in MODULE_PINS.items()}
    return [Row("U1", "XIAO", "XIAO ESP32-S3", "xiao", "sitbone:XIAO-ESP32S3", pins)]


def plug() -> list[Row]:
    """The USB variant's seven pairs and an eighth, for the wake sensor."""
    wires = [net for side in SIDES for net in ("MOTOR_3V3", f"MOTOR_{side}")]
    wires += ["BUTTON_WIRE", "GND"]
    wires += [net for zone in ZONES for net in ("SENSE_SUPPLY", f"ZONE_{zone}")]
    wires += ["WAKE_SUPPLY", "WAKE"]
    return [
        Row("J1", "HEADER16", "cushion", "j_cushion16", "Connector_IDC:IDC-Header_2x08_P2.54mm_Horizontal",
            {str(n): net for n, net in enumerate(wires, 1)}),
        clamp("D5", "SENSE_SUPPLY", *(f"ZONE_{zone}" for zone in ZONES)),
        clamp("D6", "MOTOR_3V3", "MOTOR_LEFT", "MOTOR_RIGHT", "BUTTON_WIRE"),
        clamp("D7", "WAKE_SUPPLY", "WAKE"),
    ]  # fmt: skip


def wake() -> list[Row]:
    """A fifth sensor under the right sitting bone's, always supplied, so that sitting down wakes the chip.

    10 kohm limit what a short of its pair can draw; 1 Mohm keeps its line low while nobody sits.
    """
    return [resistor("R22", "r10k", "3V3", "WAKE_SUPPLY"), resistor("R23", "r1m", "WAKE", "GND")]


def pack() -> list[Row]:
    """Pack, fuse, and the two MOSFETs through which charge and load flow, back to back: off, they part the pack.

    Q6 holds them on as long as the pack's plus is above ground and the switch is on; a pack the wrong way round turns
    Q6 off, and R24 then turns them off. With USB in and no pack, they are off because its NTC is missing.
    """
    return [
        Row("J2", "PACK", "LiPo + NTC", "j_pack", "Connector_JST:JST_PH_S3B-PH-K_1x03_P2.00mm_Horizontal",
            {"1": "PACK", "2": "NTC", "3": "GND"}),
        Row("F2", "FUSE", "0.5 A", "fuse500", "Fuse:Fuse_1206_3216Metric", {"1": "PACK", "2": "PACK_FUSED"}),
        pmos("Q7", "PATH_GATE", "PACK_FUSED", "PATH"),
        pmos("Q5", "PATH_GATE", "BAT", "PATH"),
        resistor("R24", "r1m", "PATH", "PATH_GATE"),
        nmos("Q6", "PACK_OK", "PATH_GATE"),
        resistor("R25", "r100k", "PACK_FUSED", "PACK_SENSE"),
        Row("SW1", "SWITCH", "pack on", "switch", "Button_Switch_THT:SW_Slide_SPDT_Angled_CK_OS102011MA1Q",
            {"1": "GND", "2": "PACK_OK", "3": "PACK_SENSE"}),
        resistor("R26", "r1m", "BAT", "BATTERY_ADC"),
        resistor("R27", "r1m", "BATTERY_ADC", "GND"),
        capacitor("C8", "c100n", "BATTERY_ADC"),
    ]  # fmt: skip


def temperature() -> list[Row]:
    """Two comparators over the pack's NTC, fed from USB alone: outside of some 1 to 44 degC they turn Q6 off.

    An NTC wire that is off reads as cold, a shorted one as hot; both stop the charge. Without USB, U4 has no supply and
    its outputs let go. No capacitor on NTC: lagging behind USB, it would part the pack whenever USB is pulled.
    """
    comparator = {"1": "PACK_OK", "2": "NTC", "3": "COLD", "4": "GND",
                  "5": "NTC", "6": "HOT", "7": "PACK_OK", "8": "USB_5V"}  # fmt: skip
    return [
        Row("U4", "COMPARATOR2", "LM393", "comparator", "Package_SO:SOIC-8_3.9x4.9mm_P1.27mm", comparator),
        capacitor("C9", "c100n", "USB_5V"),
        resistor("R30", "r27k", "USB_5V", "NTC"),
        resistor("R31", "r15k", "USB_5V", "COLD"),
        resistor("R32", "r10k", "COLD", "HOT"),
        resistor("R33", "r4k7", "HOT", "GND"),
    ]


def usb_sense() -> list[Row]:
    """High while USB is in. The low resistors win over the chip's pull-up, which would hold a missing wire high."""
    return [resistor("R28", "r3k9", "USB_5V", "USB_SENSE"), resistor("R29", "r6k8", "USB_SENSE", "GND")]


def circuit() -> list[Row]:
    """Every part, in the order of the sheet."""
    seat = [*zones(), *sensor_supply("3V3", "r51", "REF3030"), *motors(), *button(), *wake()]
    power = [*pack(), *temperature(), *usb_sense()]
    return [*module(), *plug(), *seat, *power, *test_points(TESTED), *holes()]


def gpio_nets() -> dict[int, str]:
    """GPIO number -> net."""
    return {int(name[4:]): net for name, net in MODULE_NETS.items() if name.startswith("GPIO")}
