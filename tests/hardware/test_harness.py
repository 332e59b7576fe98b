"""The harness against the netlist, wire by wire, and its committed drawing against its table."""

import pytest

from hardware.circuit import netlist
from hardware.circuit.circuit import ZONES, circuit
from hardware.harness import draw, harness
from tests.hardware.tools import KICAD, in_environment, need_environment

NETS = netlist.read_csv((KICAD / "netlist.csv").read_text())
HEADERS = {row.ref: row for row in circuit() if row.ref.startswith("J")}


def test_every_header_pin_has_one_wire():
    pins = {node for nodes in NETS.values() for node in nodes if node[0] in HEADERS}
    wired = [(header, pin) for header, pin, _, _ in harness.connections()]
    assert sorted(wired) == sorted(pins)


@pytest.mark.parametrize(("header", "pin", "device", "far"), harness.connections())
def test_a_wire_ends_where_its_net_says(header, pin, device, far):
    net = next(net for net, nodes in NETS.items() if (header, pin) in nodes)
    name, _, place = device.partition("_")
    expected = {
        "FSR": {1: "SENSE_3V3", 2: f"ZONE_{place}"},
        "MOTOR": {1: "MOTOR_3V3", 2: f"MOTOR_{place}"},
        "BUTTON": {1: "BUTTON_WIRE", 2: "GND"},
    }[name]
    assert net == expected[far]


def test_every_zone_has_a_sensor():
    assert [d for d in harness.DEVICES if d.startswith("FSR")] == [f"FSR_{zone}" for zone in ZONES]


def test_one_keyed_plug_fits_one_header():
    assert list(HEADERS) == [harness.PLUG.header]
    assert HEADERS["J1"].footprint.startswith("Connector_IDC:IDC-Header_2x07")


def test_the_colours_are_a_ribbons():
    """A ten-colour ribbon follows the resistor code, and its wires lie in the order of the socket's pins."""
    code = ["BN", "RD", "OG", "YE", "GN", "BU", "VT", "GY", "WH", "BK"]
    assert list(harness.PLUG.colours) == [*code, *code[:4]]
    assert len(harness.PLUG.ends) == len(HEADERS["J1"].pins) == 14


def test_each_device_has_two_wires_that_lie_side_by_side():
    for n in range(0, 14, 2):
        (one, first), (other, second) = harness.PLUG.ends[n : n + 2]
        assert one == other
        assert (first, second) == (1, 2)


def test_the_committed_table_is_the_harness():
    assert (draw.HERE / "harness.yml").read_text() == harness.wireviz_text()


@pytest.mark.parametrize("name", ["harness.yml", "harness.gv", "harness.bom.tsv"])
def test_the_committed_drawing_is_what_the_table_gives(name, drawn):
    assert (drawn / name).read_bytes() == (draw.HERE / name).read_bytes()


def test_the_picture_shows_every_net(drawn):
    for picture in (drawn / "harness.svg", draw.HERE / "harness.svg"):
        text = picture.read_text()
        assert all(net in text for header in HEADERS for net in harness.header_nets(header))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    need_environment()
    folder = tmp_path_factory.mktemp("harness")
    in_environment("-m", "hardware.harness.draw", folder)
    return folder
