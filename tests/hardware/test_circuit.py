"""The circuit against the firmware's board profile, the parts against what can be bought, ratings against loads.

Oracles: `cushion.drivers.profiles` for pins and values; KiCad's own symbol libraries for the pin numbers of the chips.
"""

import copy
import csv
import re
from pathlib import Path

import pytest

from cushion.drivers.profiles import PROFILES
from hardware.analog import spice
from hardware.circuit import battery, budget, circuit, netlist, wiring
from hardware.circuit.parts import BATTERY_LOOSE, LOOSE, PARTS
from hardware.circuit.sheet import DESIGNS
from hardware.circuit.symbols import SYMBOLS
from sitbone.lab import energy
from sitbone.lab.currents import CURRENTS, dividers_ma
from tests.hardware.tools import KICAD, need_kicad, need_ngspice

DEVKIT = PROFILES["devkit-b"]
COMMITTED = (KICAD / "sitbone-carrier-netlist.csv").read_text()
BATTERY_COMMITTED = (KICAD / "sitbone-battery-netlist.csv").read_text()
XIAO = PROFILES["xiao-s3"]
both = pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name)


def module_gpios(nets: netlist.Nets, names: dict = circuit.MODULE_PINS) -> dict[int, str]:
    """GPIO -> net, of the module in a netlist."""
    found = {}
    for net, nodes in nets.items():
        for ref, pin in nodes:
            name = names[pin] if ref == "U1" else ""
            if name.startswith("GPIO"):
                found[int(name[4:])] = net
    return found


def profile_gpios(profile: dict) -> dict[int, str]:
    """GPIO -> net, as the firmware sees it."""
    found = {pin: f"ADC_{zone}" for pin, zone in zip(profile["adc_pins"], circuit.ZONES, strict=True)}
    found |= {pin: f"PWM_{side}" for pin, side in zip(profile["motors"], circuit.SIDES, strict=True)}
    names = {"sensor_supply": "SENSE_EN", "button": "BUTTON", "led": "LED", "battery_adc": "BATTERY_ADC"}
    names |= {"usb_sense": "USB_SENSE", "wake": "WAKE", "haptic_enable": "HAPTIC_ENABLE"}
    return found | {profile[key]: net for key, net in names.items() if profile.get(key) is not None}


def profile_pins(profile: dict) -> dict[str, str]:
    """Pin -> net of any board, inputs of a part on I2C included."""
    on_converter = profile["zones"] == "ads1115"
    zones = dict(zip(profile["adc_pins"], circuit.ZONES, strict=True))
    pins = {f"ADS1115 A{n}" if on_converter else f"GPIO{n}": f"ADC_{zone}" for n, zone in zones.items()}
    rest = profile_gpios(profile | {"adc_pins": (-1, -2, -3, -4), "motors": profile["motors"] or (-5, -6)})
    pins |= {f"GPIO{gpio}": net for gpio, net in rest.items() if gpio >= 0}
    if profile["i2c"]:
        pins |= {f"GPIO{profile['i2c'][0]}": "SCL", f"GPIO{profile['i2c'][1]}": "SDA"}
    return pins


def swapped(text: str, one: str, two: str) -> str:
    return text.replace(one, "@").replace(two, one).replace("@", two)


class TestPins:
    def test_the_profile_is_the_netlist(self):
        assert profile_gpios(DEVKIT) == module_gpios(netlist.read_csv(COMMITTED))

    def test_the_netlist_is_the_table(self):
        assert netlist.read_csv(COMMITTED) == circuit.nets()

    @pytest.mark.parametrize(("one", "two"), [("J2-3", "J2-4"), ("J2-10", "J2-11"), ("J2-7", "J3-13")])
    def test_pins_swapped_in_the_netlist_are_seen(self, one, two):
        wrong = swapped(COMMITTED, f"U1,{one}\n", f"U1,{two}\n")
        assert wrong != COMMITTED
        assert profile_gpios(DEVKIT) != module_gpios(netlist.read_csv(wrong))

    @pytest.mark.parametrize("key", ["adc_pins", "motors"])
    def test_pins_swapped_in_the_profile_are_seen(self, key):
        wrong = copy.deepcopy(DEVKIT)
        wrong[key] = wrong[key][::-1]
        assert profile_gpios(wrong) != module_gpios(netlist.read_csv(COMMITTED))

    def test_button_and_led_swapped_in_the_profile_are_seen(self):
        wrong = DEVKIT | {"button": DEVKIT["led"], "led": DEVKIT["button"]}
        assert profile_gpios(wrong) != module_gpios(netlist.read_csv(COMMITTED))

    def test_the_values_are_the_profiles(self):
        assert {circuit.value_of(f"R{n}") for n in range(1, 5)} == {DEVKIT["divider_ohm"]}
        reference = next(row for row in circuit.circuit() if row.symbol == "REFERENCE")
        assert reference.value == "REF3033"
        assert DEVKIT["supply_mv"] == 3300
        assert DEVKIT["bias_ohm"] == circuit.BIAS_OHM
        assert LOOSE["bias"][0] == len(circuit.ZONES)
        assert LOOSE["bias"][1].what.startswith(f"{circuit.BIAS_OHM // 1000} kohm ")

    def test_zones_are_on_adc1_and_the_button_can_wake_the_chip(self):
        gpios = {net: gpio for gpio, net in circuit.gpio_nets().items()}
        assert all(32 <= gpios[f"ADC_{zone}"] <= 39 for zone in circuit.ZONES)
        assert gpios["BUTTON"] in {0, 2, 4, *range(12, 16), *range(25, 28), *range(32, 40)}

    def test_outputs_are_on_pins_that_can_drive_and_don_t_choose_the_boot_mode(self):
        outputs = [g for g, net in circuit.gpio_nets().items() if net.startswith(("PWM", "SENSE_EN", "LED"))]
        assert len(outputs) == 4
        assert not set(outputs) & {0, 2, 5, 6, 7, 8, 9, 10, 11, 12, 15, *range(34, 40)}


class TestBatteryPins:
    """Oracle: the firmware's profile "xiao-s3"."""

    NAMES = {str(pin): name for pin, name in battery.MODULE_PINS.items()}  # noqa: RUF012

    def test_the_profile_is_the_netlist(self):
        assert profile_gpios(XIAO) == module_gpios(netlist.read_csv(BATTERY_COMMITTED), self.NAMES)

    @pytest.mark.parametrize(("one", "two"), [("1", "2"), ("9", "10"), ("8", "3"), ("6", "11")])
    def test_pins_swapped_in_the_netlist_are_seen(self, one, two):
        wrong = swapped(BATTERY_COMMITTED, f"U1,{one}\n", f"U1,{two}\n")
        assert wrong != BATTERY_COMMITTED
        assert profile_gpios(XIAO) != module_gpios(netlist.read_csv(wrong), self.NAMES)

    def test_the_values_are_the_profiles(self):
        values = {row.ref: circuit.OHMS[row.part] for row in battery.circuit() if row.symbol == "R"}
        assert {values[f"R{n}"] for n in range(1, 5)} == {XIAO["divider_ohm"]}
        assert next(row for row in battery.circuit() if row.symbol == "REFERENCE").value == "REF3030"
        assert XIAO["supply_mv"] == battery.REFERENCE_MV == 3000
        assert XIAO["bias_ohm"] == circuit.BIAS_OHM
        assert XIAO["battery_ratio"] == 1000 * (values["R26"] + values["R27"]) / values["R27"]
        assert XIAO["button_pull_up"]
        assert values["R23"] == 1_000_000

    def test_no_motor_is_on_a_pin_that_the_chip_drives_at_its_start(self):
        """UART0: the ROM's words would be felt."""
        motors = {gpio for gpio, net in battery.gpio_nets().items() if net.startswith("PWM")}
        assert len(motors) == 2
        assert not motors & {43, 44, 0, 3, 45, 46}

    def test_what_wakes_the_chip_is_in_its_sleep_domain(self):
        assert all(gpio <= 21 for gpio, net in battery.gpio_nets().items() if net in ("BUTTON", "WAKE"))


class TestBoardsWiredByHand:
    def test_every_profile_has_a_netlist_or_a_wiring_table(self):
        assert {name.removesuffix("-b") for name in PROFILES} == {"devkit", "xiao-s3", *wiring.BY_HAND}

    @pytest.mark.parametrize("board", wiring.BY_HAND)
    def test_the_wiring_is_the_profiles(self, board):
        wires = wiring.BY_HAND[board]
        assert len({wire.pin for wire in wires}) == len(wires)
        assert {wire.pin: wire.net for wire in wires} == profile_pins(PROFILES[board])

    @pytest.mark.parametrize("board", wiring.BY_HAND)
    @pytest.mark.parametrize(("one", "other"), [("button", "led"), ("sensor_supply", "button")])
    def test_swapped_pins_are_seen(self, board, one, other):
        profile = PROFILES[board]
        wrong = profile | {one: profile[other], other: profile[one]}
        assert {wire.pin: wire.net for wire in wiring.BY_HAND[board]} != profile_pins(wrong)


class TestParts:
    @pytest.mark.parametrize(
        "row", [row for design in DESIGNS for row in design.rows], ids=lambda row: f"{row.ref}-{row.value}"
    )
    def test_every_pin_is_named_and_only_idle_ones_are_open(self, row):
        pins = {pin.number: pin for pin in SYMBOLS[row.symbol].pins}
        assert row.pins.keys() <= pins.keys()
        for number in pins.keys() - row.pins.keys():
            assert pins[number].kind not in ("power_in", "power_out"), "ERC would not see this one"
            assert pins[number].name not in ("3V3", "5V", "GND")

    @both
    def test_no_reference_is_used_twice(self, design):
        refs = [row.ref for row in design.rows]
        assert len(refs) == len(set(refs))

    @both
    def test_every_net_has_two_ends(self, design):
        assert not {net for net, nodes in circuit.nets(design.rows).items() if len(nodes) < 2}

    @pytest.mark.parametrize(
        "bought",
        [*PARTS.values(), *(part for _, part in [*LOOSE.values(), *BATTERY_LOOSE.values()])],
        ids=lambda b: b.what,
    )
    def test_two_makers_or_a_reason(self, bought):
        assert bought.first[1]
        assert bought.second[1]
        one_maker = bought.second[0] in (bought.first[0], "same part: Digi-Key or Mouser") and bought.first[0] != "any"
        assert one_maker == bool(bought.why)

    @both
    def test_the_bom_is_the_netlist_part_by_part(self, design):
        rows = list(csv.DictReader((KICAD / f"{design.name}-bom.csv").read_text().splitlines()))
        listed = [ref for row in rows for ref in row["references"].split()]
        bare = {row.ref for row in design.rows if not row.part}  # copper and holes
        nets = netlist.read_csv((KICAD / f"{design.name}-netlist.csv").read_text())
        placed = {ref for nodes in nets.values() for ref, _ in nodes} - bare
        assert sorted(listed) == sorted(placed)
        assert all(int(row["quantity"]) == len(row["references"].split()) for row in rows if row["references"])

    @both
    def test_the_committed_bom_is_the_tables(self, design):
        assert (KICAD / f"{design.name}-bom.csv").read_text() == netlist.bom_csv(design)


KICAD_SYMBOLS = [
    ("Power_Protection", "USBLC6-4SC6", "USBLC6-4SC6", "CLAMP"),
    ("Reference_Voltage", "REF3033", "REF3012", "REFERENCE"),
    ("Reference_Voltage", "REF3030", "REF3012", "REFERENCE"),
    ("Transistor_FET", "AO3400A", "Q_NMOS_GSD", "NMOS"),
    ("Transistor_FET", "AO3401A", "TP0610T", "PMOS"),
]


@pytest.mark.parametrize(("library", "name", "base", "ours"), KICAD_SYMBOLS, ids=lambda word: word)
def test_pin_numbers_are_kicads(library, name, base, ours):
    need_kicad()
    text = Path(f"/usr/share/kicad/symbols/{library}.kicad_sym").read_text()
    assert f'(symbol "{name}"' in text
    theirs = pins_in(text, base)
    pins = SYMBOLS[ours].pins
    if ours in ("NMOS", "PMOS"):
        gate, top, bottom = (pin.number for pin in pins)
        drain, source = (top, bottom) if ours == "NMOS" else (bottom, top)
        assert theirs == {"G": gate, "D": drain, "S": source}
    else:
        assert theirs == {pin.name: pin.number for pin in pins}


def pins_in(library: str, symbol: str) -> dict[str, str]:
    start = library.index(f'(symbol "{symbol}"')
    following = library.find('\n\t(symbol "', start + 10)
    body = library[start : following if following > 0 else None]
    pattern = r'\(pin \w+ \w+.*?\(name "([^"]*)".*?\(number "([^"]*)"'
    return dict(re.findall(pattern, body, re.DOTALL))


class TestRatings:
    """Loads from the circuit's values, ratings from data sheets."""

    @pytest.mark.parametrize(
        ("what", "margin"),
        [*budget.margins().items(), *budget.battery_margins().items()],
        ids=lambda x: x if isinstance(x, str) else "",
    )
    def test_ratings_leave_a_margin(self, what, margin):
        assert margin >= 1.1, f"{what}: {margin:.2f}"

    def test_the_battery_carrier_at_rest_draws_what_the_energy_model_allows(self):
        """Its regulator and charger are in that figure, too."""
        assert 4 < budget.battery_idle_ua() < 1000 * CURRENTS["battery board at rest"].ma / 2

    def test_what_each_consumer_draws(self):
        ma = budget.currents_ma()
        assert 0.01 < ma["always on"] < 0.3
        assert 1 < ma["sense"] < 4
        assert budget.peak_ma() < 300


class TestEnergyModel:
    """The circuit's budget and `sitbone energy` speak of the same currents."""

    def test_every_figure_has_a_source(self):
        assert all(len(current.source) > 8 and current.ma > 0 for current in CURRENTS.values())

    def test_what_both_name_is_equal(self):
        ma, states = budget.currents_ma(), energy.estimate("firebeetle", energy.RECORDED["firebeetle"], 2000, 8)
        assert ma["motor"] == states["states"]["vibration"]["ma"]
        assert ma["module awake"] == states["always_on"]["mah_per_day"] / 24

    def test_the_dividers_under_the_energy_models_load_are_the_circuits(self):
        """The circuit's own resistor; the energy model has the profile's."""
        ma = dividers_ma(energy.SEATED_PA, budget.RAIL_V, circuit.value_of("R1"))
        assert energy.sense_ma("firebeetle") - ma == pytest.approx(CURRENTS["converter"].ma)

    def test_the_dividers_current_is_what_spice_finds(self):
        """Oracle: ngspice, the voltage over each lower resistor; the ADC's leakage is in it, so within 1 %."""
        need_ngspice()
        volts = dict(spice.transfer(20, 20, 1, bias_ohm=1e12))[20.0]
        found_ma = sum(1000 * v / circuit.value_of("R1") for v in volts)
        assert found_ma == pytest.approx(dividers_ma(budget.LOADS_PA, budget.RAIL_V, circuit.value_of("R1")), rel=0.01)

    def test_the_bias_resistors_current_is_in_the_budget(self):
        """Oracle: ngspice; the budget adds the two as if they didn't share a divider, so it is a little above."""
        need_ngspice()
        volts = dict(spice.transfer(20, 20, 1))[20.0]
        found_ma = sum(1000 * v / circuit.value_of("R1") for v in volts)
        switch_ma = 1000 * budget.RAIL_V * (1 / circuit.value_of("R10") + 1 / circuit.value_of("R9"))
        assert 0.85 < found_ma / (budget.currents_ma()["sense"] - switch_ma) <= 1.0

    def test_a_changed_divider_would_be_seen(self):
        wrong = dividers_ma(energy.SEATED_PA, budget.RAIL_V, 10000)
        assert energy.sense_ma("firebeetle") - wrong != pytest.approx(CURRENTS["converter"].ma, rel=0.05)
