"""Each module of the firmware as `sitbone install` sends it is imported on the Unix port: some are only when a host
calibrates, where a mistake of the compiler's preparation would show last."""

from pathlib import Path

import pytest

from sitbone.board.firmware_files import TOP_FILES, compiled, firmware_files
from tests.core.interpreters import require, run

# Those that import what only a chip has.
CHIPS_OWN = ("cushion.app", "cushion.drivers", "cushion.link", "cushion.monitor", "cushion.retained", "cushion.safe")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("compiled")
    for file in compiled(firmware_files()):
        if file.name not in TOP_FILES:
            (found / file.name).parent.mkdir(parents=True, exist_ok=True)
            (found / file.name).write_bytes(file.data)
    return found


def test_each_module_is_imported(folder: Path) -> None:
    require("unix")
    names = [path.relative_to(folder).with_suffix("").as_posix().replace("/", ".") for path in folder.rglob("*.mpy")]
    names = sorted(name.removesuffix(".__init__") for name in names if not name.startswith(CHIPS_OWN))
    assert {"cushion.core.leans", "cushion.core.capture", "cushion.storage.log"} <= set(names)
    code = f"import sys\nsys.path[:0] = [{str(folder)!r}]\nfor name in {names!r}:\n    __import__(name)\nprint('all')"
    assert run("unix", code).strip() == "all"
