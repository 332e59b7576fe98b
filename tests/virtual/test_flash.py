"""The flash image: true littlefs, what survives a power cut, and images that are refused."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from sitbone.virtual import EmptySeat, VirtualCushion, VirtualError

pytestmark = pytest.mark.usefixtures("micropython")


def test_only_what_was_flushed_survives_a_power_cut(cushion):
    main = """
import time
log = open("/log.bin", "wb")
log.write(b"flushed")
log.flush()
log.write(b" and not flushed")
say("written")
while True:
    time.sleep(1)
"""
    with cushion(main) as chip:
        deadline_s = time.monotonic() + 10
        while chip.now_ms < 500:
            assert time.monotonic() < deadline_s
            time.sleep(0.01)
        chip.power_cut()
    run = chip.run_record
    assert run.said() == ["written"]
    assert run.read("/log.bin") == b"flushed"


def test_an_image_keeps_firmware_and_identity(cushion, tmp_path):
    main = "import machine\nsay(machine.unique_id().hex())"
    image = tmp_path / "mine.img"
    for _ in range(2):
        with cushion(main, flash=image, duration_s=1, speed=None) as chip:
            chip.run()
    said = chip.run_record.said()
    assert said[0] == said[1] == chip.unique_id.hex()
    with cushion(None, flash=tmp_path / "other.img", duration_s=1, speed=None) as other:
        assert other.unique_id != chip.unique_id


def test_a_temporary_image_has_its_seeds_identity_and_leaves_nothing():
    ids = []
    for seed in (1, 1, 2):
        with VirtualCushion(EmptySeat(), seed=seed) as chip:
            ids.append(chip.unique_id)
            folder = Path(chip.port).parent
        assert not folder.exists()
    assert ids[0] == ids[1] != ids[2]


def test_installed_firmware_starts_at_world_time_0_and_is_installed_once(cushion, tmp_path):
    main = "import machine, time\nsay(machine.reset_cause(), time.ticks_ms())"
    for _ in range(2):
        with cushion(main, flash=tmp_path / "f.img", duration_s=1, speed=None) as chip:
            chip.run()
    assert chip.run_record.said() == ["1 0", "1 0"]  # one line for each run: none from the bench
    assert chip.run_record.journal[0] == {"t_ms": 0, "at": None, "kind": "power", "on": True}


def test_an_image_without_littlefs_is_refused_and_left_alone(tmp_path):
    image = tmp_path / "photo.img"
    content = b"\x12\x34" * (2 * 1024 * 1024 // 2)
    image.write_bytes(content)
    with (
        pytest.raises(VirtualError, match="neither blank nor a littlefs file system"),
        VirtualCushion(EmptySeat(), flash=image),
    ):
        pass
    assert image.read_bytes()[: len(content)] == content


@pytest.mark.parametrize(("size", "text"), [(1000, "is 1000 bytes")])
def test_an_image_of_another_size_is_refused(tmp_path, size, text):
    image = tmp_path / "short.img"
    image.write_bytes(bytes(size))
    with pytest.raises(VirtualError, match=text):
        VirtualCushion(EmptySeat(), flash=image)


def test_one_image_serves_one_cushion(tmp_path):
    image = tmp_path / "one.img"
    with VirtualCushion(EmptySeat(), flash=image), pytest.raises(VirtualError, match="in use"):
        VirtualCushion(EmptySeat(), flash=image)


def test_a_failed_installation_is_told_and_leaves_no_process(tmp_path):
    def install(port: str) -> None:
        raise RuntimeError("no cable")

    chip = VirtualCushion(EmptySeat(), flash=tmp_path / "f.img", install=install)
    with pytest.raises(RuntimeError, match="no cable"):
        chip.start()
    assert chip.pid is None


def test_without_the_interpreter_the_error_names_the_extra(tmp_path):
    code = """
import sys
sys.modules["micropython_unix"] = None
from sitbone.virtual import EmptySeat, VirtualCushion, VirtualError
try:
    VirtualCushion(EmptySeat())
except VirtualError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "sitbone[virtual]" in done.stdout
