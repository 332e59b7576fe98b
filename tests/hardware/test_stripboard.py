"""The stripboard: what its copper, cuts and links join is what its table says, and that is the firmware's profile."""

import pytest

from cushion.drivers.profiles import PROFILES
from hardware.circuit import circuit, stripboard
from hardware.circuit.sheet_usb import USB
from hardware.circuit.stripboard import COLUMNS, CUTS, KNIFE_ROWS, LINKS, PARTS, ROWS, joined, strip_of, used_holes
from hardware.harness import harness
from tests.hardware.test_circuit import profile_gpios


def nets_found() -> list[set[str]]:
    return [{net for _, net in group} for group in joined()]


def test_every_piece_of_copper_carries_one_net():
    assert not [nets for nets in nets_found() if len(nets) > 1]


def test_every_net_is_one_piece():
    single = [next(iter(nets)) for nets in nets_found() if len(nets) == 1]
    twice = {net for net in single if single.count(net) > 1}
    assert not twice - {"GND"}, "a link is missing"


def test_ground_is_one_piece_but_for_the_modules_own_pins():
    pieces = [{ref for ref, _ in group} for group in joined() if ("GND" in {net for _, net in group})]
    assert [refs for refs in pieces if refs != {"U1"}] == [max(pieces, key=len)]
    assert "U1" in max(pieces, key=len)


@pytest.mark.parametrize("hole", CUTS)
def test_a_forgotten_cut_would_be_seen(hole, monkeypatch):
    monkeypatch.setattr(stripboard, "CUTS", tuple(cut for cut in CUTS if cut != hole))
    assert [nets for nets in nets_found() if len(nets) > 1]


@pytest.mark.parametrize("row", KNIFE_ROWS)
def test_a_forgotten_knife_cut_would_be_seen(row, monkeypatch):
    monkeypatch.setattr(stripboard, "KNIFE_ROWS", [other for other in KNIFE_ROWS if other != row])
    assert [nets for nets in nets_found() if len(nets) > 1]


@pytest.mark.parametrize("link", LINKS)
def test_a_forgotten_link_would_be_seen(link, monkeypatch):
    monkeypatch.setattr(stripboard, "LINKS", tuple(other for other in LINKS if other != link))
    single = [next(iter(group))[1] for group in joined()]
    assert any(single.count(net) > (3 if net == "GND" else 1) for net in single)


def test_no_hole_takes_two_wires_or_lies_outside_or_in_a_cut():
    holes = used_holes()
    assert len(holes) == len(set(holes))
    assert all(0 <= column < COLUMNS and 0 <= row < ROWS for column, row in holes)
    assert not set(holes) & set(CUTS)


def test_no_link_runs_under_a_part_of_its_column():
    """Two straight things in one column may not lie over each other."""
    runs = [(column, min(one, other), max(one, other)) for column, one, other in LINKS]
    for part in PARTS:
        if part.ref not in ("U1", "J1"):
            rows = [row for (_, row), _ in part.pins]
            runs.append((part.pins[0][0][0], min(rows), max(rows)))
    for n, (column, low, high) in enumerate(runs):
        assert not [other for other in runs[n + 1 :] if other[0] == column and other[1] <= high and low <= other[2]]


def test_the_pins_are_the_firmwares_profile():
    """All but the LED, which the stripboard leaves out."""
    pins = dict(zip(circuit.MODULE_PINS, (net for _, net in PARTS[0].pins), strict=True))
    found = {
        int(circuit.MODULE_PINS[pin][4:]): net
        for pin, net in pins.items()
        if circuit.MODULE_PINS[pin].startswith("GPIO") and not net.startswith("open")
    }
    wanted = profile_gpios(PROFILES["devkit-b"])
    assert found == {gpio: net for gpio, net in wanted.items() if net != "LED"}


def test_the_same_cable_fits():
    """Odd pins of the header are in its left column, even ones in its right."""
    plug = next(part for part in PARTS if part.ref == "J1")
    by_row = dict(plug.pins)
    nets = harness.header_nets(USB, "J1")
    assert [by_row[5 + n % 2, n // 2] for n in range(14)] == nets


def test_a_strip_is_cut_where_it_says():
    assert strip_of((26, 11)) != strip_of((28, 11))
    assert strip_of((5, 0)) != strip_of((6, 0))
    assert strip_of((0, 8)) == strip_of((39, 8))
