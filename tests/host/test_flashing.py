"""The arguments that esptool gets: there is no chip here, so the runs are recorded, and the images are headers made by
hand."""

import pytest

from sitbone.board import device, flashing
from sitbone.errors import Refused, SitboneError


def image(tmp_path, chip_id, magic=0xE9):
    path = tmp_path / "micropython.bin"
    path.write_bytes(bytes([magic, 3, 2, 0x20]) + bytes(8) + chip_id.to_bytes(2, "little") + bytes(100))
    return path


@pytest.mark.parametrize(("chip_id", "chip", "offset"), [(0, "esp32", "0x1000"), (9, "esp32s3", "0x0")])
def test_chip_and_place_come_from_the_image(tmp_path, chip_id, chip, offset):
    runs = []
    path = image(tmp_path, chip_id)

    def run(arguments):
        runs.append(arguments)
        return 0

    assert flashing.flash("COM9", path, run=run) == chip
    assert runs == [["--chip", chip, "--port", "COM9", "--baud", "460800", "write_flash", "-z", offset, str(path)]]


def test_erasing_comes_first_and_not_over_records_that_nobody_has(tmp_path, monkeypatch):
    runs = []
    status = {"journal": {"unacked": 7}}
    monkeypatch.setattr(device, "probe", lambda port: status)

    def run(arguments):
        runs.append(arguments[6])
        return 0

    with pytest.raises(Refused, match="7 records"):
        flashing.flash("COM9", image(tmp_path, 0), erase=True, run=run)
    flashing.flash("COM9", image(tmp_path, 0), erase=True, force=True, run=run)
    status["journal"]["unacked"] = 0
    flashing.flash("COM9", image(tmp_path, 0), erase=True, run=run)
    assert runs == ["erase_flash", "write_flash"] * 2


def test_what_is_no_image_is_refused_and_a_failure_is_told(tmp_path):
    with pytest.raises(Refused, match="is not an ESP32 image"):
        flashing.flash("COM9", image(tmp_path, 0, magic=0x50))
    with pytest.raises(Refused, match="is for an unknown chip"):
        flashing.flash("COM9", image(tmp_path, 5))
    with pytest.raises(Refused, match="cannot read"):
        flashing.flash("COM9", tmp_path / "absent.bin")
    with pytest.raises(SitboneError, match="exit code 2"):
        flashing.flash("COM9", image(tmp_path, 0), run=lambda arguments: 2)
