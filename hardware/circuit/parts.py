"""What can be bought: for each value in the circuit two sources with their makers' own part numbers.

A source is (manufacturer, part number). Where only one maker builds the part, both sources are distributors' stock of
the same number, the second says so, and `why` says why there is no other. Prices are rough single-piece figures in
euro, for the cost table: no quotes.
"""

from typing import NamedTuple


class Bought(NamedTuple):
    """One purchasable thing: what it is, its two sources and about what it costs."""

    what: str
    first: tuple[str, str]
    second: tuple[str, str]
    eur: float
    rating: str = ""
    why: str = ""


def sole(what: str, maker: str, number: str, eur: float, why: str, rating: str = "") -> Bought:
    """A part that one maker alone builds: sold by Digi-Key and Mouser under the same number."""
    return Bought(what, (maker, number), ("same part: Digi-Key or Mouser", number), eur, rating, why)


# Keys are the `part` of circuit.py's rows.
PARTS: dict[str, Bought] = {
    "devkit": Bought(
        "ESP32-DevKitC V4, 38 pins, rows 25.4 mm apart",
        ("Espressif", "ESP32-DevKitC-32E"),
        ("Espressif", "ESP32-DevKitC-VE"),
        10.0,
        why="Espressif's own board; clones have other rows",
    ),
    "r100": Bought("100 ohm 1 % 0805", ("Yageo", "RC0805FR-07100RL"), ("Panasonic", "ERJ-6ENF1000V"), 0.02, "125 mW"),
    "r150": Bought("150 ohm 1 % 1206", ("Yageo", "RC1206FR-07150RL"), ("Panasonic", "ERJ-8ENF1500V"), 0.03, "250 mW"),
    "r1k": Bought("1 kohm 1 % 0805", ("Yageo", "RC0805FR-071KL"), ("Panasonic", "ERJ-6ENF1001V"), 0.02, "125 mW"),
    "r3k3": Bought(
        "3.3 kohm 0.1 % 25 ppm 0805", ("Yageo", "RT0805BRD073K3L"), ("Panasonic", "ERA-6AEB332V"), 0.25, "125 mW"
    ),
    "r10k": Bought("10 kohm 1 % 0805", ("Yageo", "RC0805FR-0710KL"), ("Panasonic", "ERJ-6ENF1002V"), 0.02, "125 mW"),
    "r100k": Bought("100 kohm 1 % 0805", ("Yageo", "RC0805FR-07100KL"), ("Panasonic", "ERJ-6ENF1003V"), 0.02, "125 mW"),
    "c4n7": Bought("4.7 nF 50 V X7R 0805", ("KEMET", "C0805C472K5RACTU"), ("Yageo", "CC0805KRX7R9BB472"), 0.05, "50 V"),
    "c1u": Bought("1 uF 25 V X7R 0805", ("KEMET", "C0805C105K3RACTU"), ("Murata", "GRM21BR71E105KA99L"), 0.10, "25 V"),
    "c10u": Bought(
        "10 uF 16 V X5R 0805", ("Murata", "GRM21BR61C106KE15L"), ("Samsung", "CL21A106KOQNNNE"), 0.12, "16 V"
    ),
    "nmos": Bought(
        "N-MOSFET 30 V, on at 2.5 V, SOT-23",
        ("Alpha & Omega", "AO3400A"),
        ("Vishay", "SI2302CDS-T1-GE3"),
        0.25,
        "20 V 2.6 A",
    ),
    "pmos": Bought(
        "P-MOSFET 30 V, on at 2.5 V, SOT-23",
        ("Alpha & Omega", "AO3401A"),
        ("Vishay", "SI2301CDS-T1-GE3"),
        0.30,
        "20 V 2.3 A",
    ),
    "schottky": Bought(
        "Schottky diode 40 V 1 A SOD-123",
        ("Diodes Inc.", "1N5819HW-7-F"),
        ("Micro Commercial", "1N5819HW-TP"),
        0.30,
        "40 V 1 A",
    ),
    "led": Bought("green LED 0805", ("Lite-On", "LTST-C171GKT"), ("Wurth", "150080GS75000"), 0.20),
    "fuse": Bought(
        "resettable fuse, holds 0.2 A, trips at 0.4 A, 1206",
        ("Littelfuse", "1206L020YR"),
        ("Bourns", "MF-NSMF020-2"),
        0.45,
        "0.2 A hold, 24 V",
    ),
    "clamp": Bought(
        "ESD clamp, four lines and their supply, SOT-23-6",
        ("ST", "USBLC6-4SC6"),
        ("Littelfuse", "SRV05-4HTG"),
        0.55,
        "5.25 V",
    ),
    "ref3033": Bought(
        "3.3 V voltage reference SOT-23",
        ("Texas Instruments", "REF3033AIDBZR"),
        ("Renesas", "ISL21010CFH333Z-TK"),
        2.60,
        "25 mA",
    ),
    "ref3030": sole(
        "3.0 V voltage reference SOT-23",
        "Texas Instruments",
        "REF3030AIDBZR",
        2.60,
        "ISL21010CFH330Z fits, but needs 0.15 V more of a nearly empty pack",
        "25 mA",
    ),
    "xiao": sole(
        "Seeed XIAO ESP32-S3, charger on board, with its pin headers",
        "Seeed",
        "113991114",
        9.0,
        "a ready-made board, chosen for its charger",
    ),
    "r51": Bought("51 ohm 1 % 1206", ("Yageo", "RC1206FR-0751RL"), ("Panasonic", "ERJ-8ENF51R0V"), 0.03, "250 mW"),
    "r3k9": Bought("3.9 kohm 1 % 0805", ("Yageo", "RC0805FR-073K9L"), ("Panasonic", "ERJ-6ENF3901V"), 0.02, "125 mW"),
    "r4k7": Bought("4.7 kohm 1 % 0805", ("Yageo", "RC0805FR-074K7L"), ("Panasonic", "ERJ-6ENF4701V"), 0.02, "125 mW"),
    "r6k8": Bought("6.8 kohm 1 % 0805", ("Yageo", "RC0805FR-076K8L"), ("Panasonic", "ERJ-6ENF6801V"), 0.02, "125 mW"),
    "r15k": Bought("15 kohm 1 % 0805", ("Yageo", "RC0805FR-0715KL"), ("Panasonic", "ERJ-6ENF1502V"), 0.02, "125 mW"),
    "r27k": Bought("27 kohm 1 % 0805", ("Yageo", "RC0805FR-0727KL"), ("Panasonic", "ERJ-6ENF2702V"), 0.02, "125 mW"),
    "r1m": Bought("1 Mohm 1 % 0805", ("Yageo", "RC0805FR-071ML"), ("Panasonic", "ERJ-6ENF1004V"), 0.02, "125 mW"),
    "c100n": Bought(
        "100 nF 50 V X7R 0805", ("KEMET", "C0805C104K5RACTU"), ("Yageo", "CC0805KRX7R9BB104"), 0.04, "50 V"
    ),
    "comparator": Bought(
        "dual comparator, open collector, SOIC-8",
        ("Texas Instruments", "LM393DR"),
        ("onsemi", "LM393DR2G"),
        0.35,
        "36 V",
    ),
    "fuse500": Bought(
        "resettable fuse, holds 0.5 A, trips at 1 A, 1206",
        ("Littelfuse", "1206L050YR"),
        ("Bourns", "MF-NSMF050-2"),
        0.40,
        "0.5 A hold, 13 V",
    ),
    "switch": Bought(
        "slide switch, one pole, right-angled; carries microamperes",
        ("C&K", "OS102011MA1QN1"),
        ("same part: Digi-Key or Mouser", "OS102011MA1QN1"),
        0.70,
        "0.1 A",
        "no other with this footprint found",
    ),
    "j_pack": Bought(
        "3-pin header for the pack's plug, PH, 2.0 mm, right-angled",
        ("JST", "S3B-PH-K-S"),
        ("Adam Tech", "2PH1R-03-UA"),
        0.20,
        "2 A",
    ),
    "j_cushion16": Bought(
        "box header, 2 x 8 pins, 2.54 mm, right-angled, keyed, no latch",
        ("Wurth", "61201621721"),
        ("TE Connectivity", "5103310-3"),
        1.00,
        "1 A",
    ),
    "j_cushion": Bought(
        "box header, 2 x 7 pins, 2.54 mm, right-angled, keyed, no latch",
        ("Wurth", "61201421721"),
        ("TE Connectivity", "5103310-2"),
        0.90,
        "1 A",
    ),
}

# What the board does not carry: for the harness and the seat. (quantity, thing); keys are the harness' names.
LOOSE: dict[str, tuple[int, Bought]] = {
    "sockets": (
        2,
        Bought("19-pin socket for the module", ("Sullins", "PPTC191LFBN-RC"), ("Samtec", "SSW-119-01-T-S"), 1.40),
    ),
    "fsr": (
        4,
        sole("force-sensing resistor FSR 402, 13 mm", "Interlink", "30-81794", 8.0, "the model is this sensor's"),
    ),
    "motor": (
        2,
        Bought("coin vibration motor 10 mm, 3 V, 60 mA", ("Adafruit", "1201"), ("SparkFun", "ROB-08449"), 2.20),
    ),
    "button": (
        1,
        Bought("push button, momentary, soft cap, on a lead", ("Adafruit", "1445"), ("SparkFun", "COM-11992"), 1.60),
    ),
    "bias": (
        4,
        Bought(
            "47 kohm 1 % 0.25 W, with wires, in the sensor's plug",
            ("Yageo", "MFR-25FBF52-47K"),
            ("Vishay", "CCF0747K0FKE36"),
            0.08,
        ),
    ),
    "p_cushion": (
        1,
        Bought(
            "ribbon socket, 2 x 7 pins, 2.54 mm, with strain relief",
            ("Wurth", "61201423021"),
            ("3M", "89114-0101"),
            0.90,
        ),
    ),
    "ribbon": (
        1,
        Bought(
            "flat ribbon cable, 14 x AWG 28, 1.27 mm, ten colours, 1.2 m",
            ("3M", "3302/14"),
            ("Amphenol", "135-2801-014"),
            2.50,
        ),
    ),
    "p_pair": (
        4,
        Bought(
            "2-pin crimp housing, 2.54 mm, for a sensor's tail",
            ("Amphenol", "65039-035LF"),
            ("Harwin", "M20-1060200"),
            0.20,
        ),
    ),
    "crimps": (
        8,
        Bought("crimp contact for it, AWG 26 to 28", ("Amphenol", "47565-000LF"), ("Harwin", "M20-1180042"), 0.15),
    ),
    "foam": (
        1,
        Bought("base board, EVA, foam, cover, hook and loop: see the cut plan", ("any", "-"), ("any", "-"), 22.0),
    ),
    "print": (1, Bought("about 120 g of PETG for the case and the pucks", ("any", "-"), ("any", "-"), 4.0)),
    "board": (1, Bought("carrier board, two layers (of five ordered)", ("any", "-"), ("any", "-"), 2.0)),
}

# What the battery variant needs instead, or besides.
BATTERY_LOOSE: dict[str, tuple[int, Bought]] = {
    "sockets": (
        2,
        Bought("7-pin socket for the module", ("Sullins", "PPTC071LFBN-RC"), ("Samtec", "SSW-107-01-T-S"), 0.70),
    ),
    "fsr": (5, LOOSE["fsr"][1]),
    "p_cushion": (
        1,
        Bought(
            "ribbon socket, 2 x 8 pins, 2.54 mm, with strain relief",
            ("Wurth", "61201623021"),
            ("3M", "89116-0101"),
            1.00,
        ),
    ),
    "ribbon": (
        1,
        Bought(
            "flat ribbon cable, 16 x AWG 28, 1.27 mm, ten colours, 1.2 m",
            ("3M", "3302/16"),
            ("Amphenol", "135-2801-016"),
            2.80,
        ),
    ),
    "p_pair": (5, LOOSE["p_pair"][1]),
    "crimps": (10, LOOSE["crimps"][1]),
    "pack": (
        1,
        Bought(
            "lithium-ion pack 3.7 V 2050 mAh, 36.5 x 56 x 10.7 mm at most, protected, 10 kohm NTC, IEC 62133-2",
            ("BAK Technology", "103456A-1S-3M"),
            ("Jauch", "LP103450JH with PCM and NTC, to order"),
            14.0,
        ),
    ),
}


def loose(design: str) -> dict[str, tuple[int, Bought]]:
    """What a variant's board does not carry."""
    return LOOSE | BATTERY_LOOSE if design == "sitbone-battery" else LOOSE
