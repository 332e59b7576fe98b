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
        "MOTOR": {1: "3V3", 2: f"MOTOR_{place}"},
        "BUTTON": {1: "BUTTON_WIRE", 2: "GND"},
        "CELL": {1: "CELL", 2: "GND"},
    }[name]
    assert net == expected[far]


def test_every_zone_has_a_sensor():
    assert [d for d in harness.devices() if d.startswith("FSR")] == [f"FSR_{zone}" for zone in ZONES]


def test_no_plug_fits_a_wrong_header():
    fits = {(len(row.pins), row.footprint.split("JST_")[-1][:2]) for row in HEADERS.values()}  # XH and PH
    assert len(fits) == len(HEADERS)


def test_a_plug_has_as_many_pins_as_its_header():
    assert all(len(plug.ends) == len(plug.colours) == len(HEADERS[plug.header].pins) for plug in harness.PLUGS)


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
