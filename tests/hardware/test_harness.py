"""Each variant's harness against its netlist, wire by wire, and its committed drawing against its table."""

import pytest

from hardware.circuit import netlist
from hardware.circuit.circuit import ZONES
from hardware.circuit.sheet import DESIGNS
from hardware.harness import draw, harness
from tests.hardware.tools import KICAD, in_environment, need_environment

both = pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name)
WIRES = [(design, *wire) for design in DESIGNS for wire in harness.connections(design)]


def nets_of(design) -> netlist.Nets:
    return netlist.read_csv((KICAD / f"{design.name}-netlist.csv").read_text())


def cushion_header(design):
    return next(row for row in design.rows if row.ref == "J1")


@both
def test_every_pin_of_the_header_has_one_wire(design):
    pins = {node for nodes in nets_of(design).values() for node in nodes if node[0] == "J1"}
    wired = [(header, pin) for header, pin, _, _ in harness.connections(design)]
    assert sorted(wired) == sorted(pins)


@pytest.mark.parametrize(("design", "header", "pin", "device", "far"), WIRES)
def test_a_wire_ends_where_its_net_says(design, header, pin, device, far):
    net = next(net for net, nodes in nets_of(design).items() if (header, pin) in nodes)
    name, _, place = device.partition("_")
    expected = {
        "FSR": {1: "SENSE_SUPPLY", 2: f"ZONE_{place}"},
        "MOTOR": {1: "MOTOR_3V3", 2: f"MOTOR_{place}"},
        "BUTTON": {1: "BUTTON_WIRE", 2: "GND"},
    }[name]
    if device == harness.WAKE:
        expected = {1: "WAKE_SUPPLY", 2: "WAKE"}
    assert net == expected[far]


def test_every_zone_has_a_sensor():
    assert [d for d in harness.DEVICES if d.startswith("FSR")] == [f"FSR_{zone}" for zone in ZONES]


@both
def test_one_keyed_plug_fits_one_header(design):
    """The two variants' plugs differ in width, so that neither goes into the other's header."""
    rows = {"sitbone-carrier": 7, "sitbone-battery": 8}[design.name]
    assert cushion_header(design).footprint == f"Connector_IDC:IDC-Header_2x0{rows}_P2.54mm_Horizontal"
    assert len(harness.plug(design).ends) == len(cushion_header(design).pins) == 2 * rows


@both
def test_the_colours_are_a_ribbons(design):
    """A ten-colour ribbon follows the resistor code, and its wires lie in the order of the socket's pins."""
    code = ["BN", "RD", "OG", "YE", "GN", "BU", "VT", "GY", "WH", "BK"]
    count = len(cushion_header(design).pins)
    assert list(harness.plug(design).colours) == [*code, *code][:count]


@both
def test_each_device_has_two_wires_that_lie_side_by_side(design):
    ends = harness.plug(design).ends
    for n in range(0, len(ends), 2):
        (one, first), (other, second) = ends[n : n + 2]
        assert one == other
        assert (first, second) == (1, 2)


def test_the_battery_variants_cable_is_the_usb_variants_and_a_pair_more():
    usb, battery = (harness.plug(design).ends for design in DESIGNS)
    assert battery[: len(usb)] == usb
    assert {device for device, _ in battery[len(usb) :]} == {harness.WAKE}


@both
def test_the_committed_table_is_the_harness(design):
    assert (draw.HERE / f"{draw.NAMES[design.name]}.yml").read_text() == harness.wireviz_text(design)


@both
@pytest.mark.parametrize("suffix", ["yml", "gv", "bom.tsv"])
def test_the_committed_drawing_is_what_the_table_gives(design, suffix, drawn):
    name = f"{draw.NAMES[design.name]}.{suffix}"
    assert (drawn / name).read_bytes() == (draw.HERE / name).read_bytes()


@both
def test_the_picture_shows_every_net(design, drawn):
    name = f"{draw.NAMES[design.name]}.svg"
    for picture in (drawn / name, draw.HERE / name):
        text = picture.read_text()
        assert all(net in text for net in harness.header_nets(design, "J1"))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    need_environment()
    folder = tmp_path_factory.mktemp("harness")
    in_environment("-m", "hardware.harness.draw", folder)
    return folder
