"""What reads, places and explains records needs nothing but Python: it also runs where nothing can be installed."""

import subprocess
import sys

import pytest

PARTS = (
    "sitbone.store.sync",
    "sitbone.store.backup",
    "sitbone.store.export",
    "sitbone.store.placing",
    "sitbone.analysis.events",
    "sitbone.analysis.history",
    "sitbone.analysis.trends",
    "sitbone.analysis.view",
    "sitbone.analysis.why",
    "sitbone.diary.rehab",
    "sitbone.diary.stages",
    "sitbone.settings.changes",
    "sitbone.settings.person",
    "sitbone.tuning.rules",
    "sitbone.tuning.together",
    "sitbone.report.content",
    "sitbone.report.html",
    "sitbone.dashboard.daychart",
)
# Stands in for an environment without packages: only the standard library and the project itself can be imported.
IMPORT = """
import importlib, sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        root = name.partition(".")[0]
        if root not in sys.stdlib_module_names and root not in ("sitbone", "cushion"):
            raise ModuleNotFoundError(f"{name} is not part of Python")
sys.meta_path.insert(0, Blocker())
importlib.import_module(sys.argv[1])
"""


@pytest.mark.parametrize("part", PARTS)
def test_it_imports_without_any_package(part: str) -> None:
    done = subprocess.run([sys.executable, "-c", IMPORT, part], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_blocker_blocks() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORT, "sitbone.tuning.tolerance"], capture_output=True, text=True)
    assert "numpy is not part of Python" in done.stderr
