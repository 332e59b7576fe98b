"""The design's promises that no type checker sees: who imports whom, who prints, what is listed and documented."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FIRMWARE = ROOT / "firmware"
HOST = ROOT / "host_tools"
CLI = HOST / "sitbone" / "cli"

# Each layer of the firmware and the layers it may import. There are no exceptions: change the table or the code.
# "profiles" is cushion.drivers.profiles: data about boards, without a chip in it, so that the host can read it too.
LAYERS = {
    "core": {"core"},
    "profiles": set(),
    "drivers": {"drivers", "profiles", "core"},
    "storage": {"storage", "profiles", "core"},
    "link": {"link", "profiles", "core", "storage", "cushion"},
    "monitor": {"core", "drivers", "profiles", "storage", "cushion"},
    "retained": {"core", "drivers", "profiles", "storage", "cushion"},
    "safe": {"core", "drivers", "profiles", "storage", "link", "cushion"},
    "app": {"monitor", "retained", "core", "drivers", "profiles", "storage", "link", "cushion"},
    "boot": {"drivers", "profiles", "core", "storage", "cushion"},
    "main": {"app", "safe", "monitor", "core", "drivers", "profiles", "storage", "link", "cushion"},
    "cushion": set(),
}
CHIP = {"machine", "esp32", "umachine", "network", "bluetooth", "neopixel"}
NOT_IN_CORE = CHIP | {
    "time",
    "utime",
    "os",
    "uos",
    "io",
    "sys",
    "asyncio",
    "uasyncio",
    "select",
    "vfs",
    "random",
    "_thread",
}
NOT_ON_DEVICE = {"typing", "enum", "dataclasses", "abc", "functools", "contextlib", "logging"}

# What the host may import of the firmware: the decisions and the data, never what touches a chip.
HOST_MAY_IMPORT = ("cushion.core", "cushion.drivers.profiles")
ONLY_DEVICE_PY = {"mpremote", "serial"}
ONLY_THE_COMMAND_LINE = {"click"}
# rich may build a table anywhere, but only the command line holds a Console to print it on.
PRINTING = {"print", "input", "click.echo", "rich.print", "Console", "rich.console.Console"}
PRINTING |= {"sys.stdout.write", "sys.stderr.write"}

TOP_LEVEL = {"firmware", "host_tools", "hardware", "tests", "README.md", "LICENSE", "Makefile", "pyproject.toml"}
# Written in two halves, or this file would be the first to be found.
NOT_NAMED = re.compile(
    "|".join(
        re.escape("".join(halves))
        for halves in (
            ("../", "shared"),
            ("/wo", "rk/"),
            ("pypi", ".org"),
            ("pythonhosted", ".org"),
            ("registry.npm", "js.org"),
            ("deb.debian", ".org"),
            ("security.debian", ".org"),
        )
    )
    + r"|(?<!\w)\.lib"
    + "rary"
)


def firmware_files() -> list[Path]:
    return sorted(path for path in FIRMWARE.rglob("*.py") if not path.name.startswith("manifest"))


def host_files() -> list[Path]:
    """The host's own code: the chip shims run on MicroPython and are not part of it."""
    return sorted(p for p in (HOST / "sitbone").rglob("*.py") if "virtual/chip/" not in p.as_posix())


def project_files() -> list[Path]:
    git = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout: which files belong to the project is unknown")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def module_of(path: Path, base: Path) -> str:
    return ".".join(path.relative_to(base).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path, base: Path) -> set[str]:
    """Every module that the file imports, wherever in it; `from a import b` counts as a.b, which may be a module."""
    package = module_of(path, base).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            origin = package[: len(package) - node.level + 1] if node.level else []
            stem = ".".join([*origin, *([node.module] if node.module else [])])
            found |= {f"{stem}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("__import__", "importlib.import_module"):
            name = node.args[0]
            found.add(name.value if isinstance(name, ast.Constant) else "a name known only at run time")
    return found


def roots_of(modules: set[str]) -> set[str]:
    return {name.split(".")[0] for name in modules}


def layer_of(module: str) -> str:
    """cushion.core.dose -> core, cushion.app -> app, main -> main; cushion and the names in it -> cushion."""
    parts = module.split(".")
    if parts[0] != "cushion":
        return parts[0]
    if parts[1:3] == ["drivers", "profiles"]:
        return "profiles"
    return parts[1] if len(parts) > 1 and parts[1] in LAYERS else "cushion"


def is_ours(module: str) -> bool:
    return module.split(".")[0] in ("cushion", "boot", "main")


def calls_of(path: Path) -> dict[str, int]:
    nodes = ast.walk(ast.parse(path.read_text(), str(path)))
    return {ast.unparse(node.func): node.lineno for node in nodes if isinstance(node, ast.Call)}


@pytest.mark.parametrize("path", firmware_files(), ids=relative)
class TestFirmware:
    def test_imports_follow_the_arrows(self, path):
        imported = imports_of(path, FIRMWARE)
        layer = layer_of(module_of(path, FIRMWARE))
        assert layer in LAYERS, f"a layer that the design does not know: {layer}"
        against = sorted(name for name in imported if is_ours(name) and layer_of(name) not in LAYERS[layer])
        assert not against, f"{layer} may import only {sorted(LAYERS[layer])}"

    def test_only_drivers_import_the_chip(self, path):
        if layer_of(module_of(path, FIRMWARE)) != "drivers":
            assert not roots_of(imports_of(path, FIRMWARE)) & CHIP

    def test_imports_nothing_that_the_device_lacks(self, path):
        assert not roots_of(imports_of(path, FIRMWARE)) & NOT_ON_DEVICE

    def test_core_is_pure(self, path):
        if layer_of(module_of(path, FIRMWARE)) == "core":
            assert not roots_of(imports_of(path, FIRMWARE)) & NOT_IN_CORE
            assert not calls_of(path).keys() & {"open", "print", "input", "exec", "eval"}


@pytest.mark.parametrize("path", host_files(), ids=relative)
class TestHost:
    def test_of_the_firmware_imports_only_decisions_and_data(self, path):
        of_firmware = {name for name in imports_of(path, HOST) if name.startswith("cushion.")} - {"cushion.VERSION"}
        assert not {n for n in of_firmware if not f"{n}.".startswith(tuple(f"{m}." for m in HOST_MAY_IMPORT))}

    def test_only_device_py_imports_what_talks_to_a_board(self, path):
        if path.name != "device.py":
            assert not roots_of(imports_of(path, HOST)) & ONLY_DEVICE_PY

    def test_only_the_command_line_prints(self, path):
        if CLI not in path.parents:
            assert not {name: line for name, line in calls_of(path).items() if name in PRINTING}
            assert not roots_of(imports_of(path, HOST)) & ONLY_THE_COMMAND_LINE

    def test_only_the_command_line_ends_the_program(self, path):
        if CLI not in path.parents and path.name != "__main__.py":
            assert not calls_of(path).keys() & {"sys.exit", "exit", "quit", "SystemExit", "os._exit"}


def test_the_manifest_names_every_firmware_file():
    named = set()
    verbs = {"module": named.add, "package": lambda name: named.update(map(_in_firmware, _modules_in(name)))}
    exec(compile((FIRMWARE / "manifest.py").read_text(), "manifest.py", "exec"), verbs)
    assert named == {_in_firmware(path) for path in firmware_files()} | {"boot.py", "main.py"}


def _modules_in(package: str) -> list[Path]:
    return sorted((FIRMWARE / package).rglob("*.py"))


def _in_firmware(path: Path) -> str:
    return path.relative_to(FIRMWARE).as_posix()


def test_the_top_level_holds_only_what_the_design_allows():
    top = {path.relative_to(ROOT).parts[0] for path in project_files()}
    assert not {name for name in top - TOP_LEVEL if not name.startswith(".")}


def test_no_file_names_a_place_outside_the_project():
    found = []
    for path in project_files():
        for number, line in enumerate(path.read_bytes().decode("utf-8", "replace").split("\n"), 1):
            if hit := NOT_NAMED.search(line):
                found.append(f"{relative(path)}:{number}: {hit[0]}")
    assert not found


def command_paths() -> list[tuple[str, ...]]:
    """Each command and subcommand of the program, as the words that one types after `sitbone`."""
    from sitbone.cli import cli

    def walk(command, words):
        if words:
            yield words
        for name, child in sorted(getattr(command, "commands", {}).items()):
            yield from walk(child, (*words, name))

    return list(walk(cli, ()))


@pytest.mark.parametrize("words", command_paths(), ids=" ".join)
class TestEachCommand:
    def test_is_documented_with_an_example(self, words):
        readme = (HOST / "README.md").read_text()
        assert _example(words).search(readme), f"host_tools/README.md has no line `sitbone {' '.join(words)} …`"

    def test_has_help_with_an_example(self, words):
        from click.testing import CliRunner

        from sitbone.cli import cli

        done = CliRunner().invoke(cli, [*words, "--help"], prog_name="sitbone")
        assert done.exit_code == 0, done.output
        body = "\n".join(line for line in done.output.splitlines() if not line.startswith("Usage:"))
        assert _example(words).search(body), f"no line `sitbone {' '.join(words)} …` in:\n{done.output}"


def _example(words):
    return re.compile(rf"^[ \t$`|]*sitbone {re.escape(' '.join(words))}(?![\w-])", re.MULTILINE)


class TestTheseChecks:
    """That they would find something. Oracle: planted by hand."""

    def test_imports_are_found_in_every_form(self, tmp_path):
        path = tmp_path / "cushion" / "link" / "door.py"
        path.parent.mkdir(parents=True)
        path.write_text(
            "import machine as m\nfrom . import calls\nfrom ..drivers.adc import Adc\nfrom .. import app\n"
            "def late():\n    from cushion import monitor\n    __import__('esp32')\n"
        )
        assert imports_of(path, tmp_path) == {
            "machine", "cushion.link.calls", "cushion.drivers.adc.Adc", "cushion.app", "cushion.monitor", "esp32",
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("module", "layer"),
        [
            ("cushion.core.dose.step", "core"),
            ("cushion.app", "app"),
            ("cushion.drivers.adc.Adc", "drivers"),
            ("cushion.drivers.profiles.ZONES", "profiles"),
            ("cushion.VERSION", "cushion"),
            ("cushion", "cushion"),
            ("main", "main"),
        ],
    )
    def test_a_module_has_a_layer(self, module, layer):
        assert layer_of(module) == layer

    @pytest.mark.parametrize(
        "text", ["see ../" + "shared/data", "/wo" + "rk/main", " .lib" + "rary/x", "https://pypi" + ".org"]
    )
    def test_a_place_outside_is_seen(self, text):
        assert NOT_NAMED.search(text)

    @pytest.mark.parametrize("text", ["framework/x", "footprint.lib" + "rary", "shared/data"])
    def test_other_text_is_not(self, text):
        assert not NOT_NAMED.search(text)

    def test_an_example_is_told_from_a_mention_and_from_a_longer_name(self):
        assert _example(("pain", "add")).search("    $ sitbone pain add 4\n")
        assert not _example(("sync",)).search("sitbone synchronise\n")
        assert not _example(("sync",)).search("run sitbone sync\n")
