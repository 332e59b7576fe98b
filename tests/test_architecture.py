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
    "profiles": {"core"},
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
ONLY_SERIAL_LINE_PY = {"mpremote", "serial"}
ONLY_THE_COMMAND_LINE = {"click"}
# rich may build a table anywhere, but only the command line holds a Console to print it on.
PRINTING = {"print", "input", "click.echo", "rich.print", "Console", "rich.console.Console"}
PRINTING |= {"sys.stdout.write", "sys.stderr.write"}

# The rooms of the host, from the ground floor up: each imports only from its own floor and those below.
ROOMS = (
    "ground",
    "store",
    "settings",
    "diary",
    "analysis",
    "replay",
    "tuning",
    "board",
    "autosync",
    "virtual",
    "report",
    "cohort",
    "lab",
    "dashboard",
    "page",
    "cli",
)

# Documented: of a namedtuple, of sys.implementation on MicroPython.
PUBLIC_DESPITE_THE_UNDERSCORE = {"_fields", "_replace", "_machine"}

TOP_LEVEL = {"firmware", "host_tools", "hardware", "tests", "README.md", "LICENSE", "CHANGELOG.md", "Makefile"}
TOP_LEVEL |= {"pyproject.toml"}


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
            found.add(str(name.value) if isinstance(name, ast.Constant) else "a name known only at run time")
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


def floor_of(module: str) -> int:
    """sitbone.store.blocks -> 1; sitbone.dates and sitbone itself -> 0."""
    room = [*module.split("."), ""][1]
    return ROOMS.index(room) if room in ROOMS else 0


def is_ours(module: str) -> bool:
    return module.split(".")[0] in ("cushion", "boot", "main")


def calls_of(path: Path) -> dict[str, int]:
    nodes = ast.walk(ast.parse(path.read_text(), str(path)))
    return {ast.unparse(node.func): node.lineno for node in nodes if isinstance(node, ast.Call)}


def private_names_of_others(path: Path) -> list[str]:
    """`a._b` where nothing in the file is called `_b`: a private name of a class or module from elsewhere."""
    tree = ast.parse(path.read_text(), str(path))
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and is_private(node.attr)]
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    own |= {node.attr for node in attributes if isinstance(node.ctx, ast.Store)}
    foreign = [node for node in attributes if node.attr not in own | PUBLIC_DESPITE_THE_UNDERSCORE]
    return [ast.unparse(node) for node in foreign if ast.unparse(node.value) not in ("self", "cls")]


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


class TestFirmware:
    def test_imports_follow_the_arrows(self):
        against = []
        for path in firmware_files():
            layer = layer_of(module_of(path, FIRMWARE))
            assert layer in LAYERS, f"{relative(path)}: a layer that the design does not know: {layer}"
            imported = sorted(imports_of(path, FIRMWARE))
            against += [f"{relative(path)} -> {n}" for n in imported if is_ours(n) and layer_of(n) not in LAYERS[layer]]
        assert not against

    def test_only_drivers_import_the_chip(self):
        """And boot.py, which must stop the motors before anything that could fail to import."""
        others = [path for path in firmware_files() if layer_of(module_of(path, FIRMWARE)) not in ("drivers", "boot")]
        assert not [relative(path) for path in others if roots_of(imports_of(path, FIRMWARE)) & CHIP]

    def test_imports_nothing_that_the_device_lacks(self):
        assert not [relative(p) for p in firmware_files() if roots_of(imports_of(p, FIRMWARE)) & NOT_ON_DEVICE]

    def test_core_is_pure(self):
        core = [path for path in firmware_files() if layer_of(module_of(path, FIRMWARE)) == "core"]
        assert len(core) > 10
        impure = {"open", "print", "input", "exec", "eval"}
        assert not [relative(path) for path in core if roots_of(imports_of(path, FIRMWARE)) & NOT_IN_CORE]
        assert not [relative(path) for path in core if calls_of(path).keys() & impure]


class TestHost:
    def test_of_the_firmware_imports_only_decisions_and_data(self):
        allowed = tuple(f"{module}." for module in HOST_MAY_IMPORT)
        against = []
        for path in host_files():
            of_firmware = {n for n in imports_of(path, HOST) if n.startswith("cushion.")} - {"cushion.VERSION"}
            against += [f"{relative(path)} -> {n}" for n in sorted(of_firmware) if not f"{n}.".startswith(allowed)]
        assert not against

    def test_only_serial_line_py_imports_what_talks_to_a_board(self):
        others = [path for path in host_files() if path != HOST / "sitbone" / "board" / "serial_line.py"]
        assert not [relative(path) for path in others if roots_of(imports_of(path, HOST)) & ONLY_SERIAL_LINE_PY]

    def test_only_the_command_line_prints(self):
        others = [path for path in host_files() if CLI not in path.parents]
        assert not [relative(path) for path in others if calls_of(path).keys() & PRINTING]
        assert not [relative(path) for path in others if roots_of(imports_of(path, HOST)) & ONLY_THE_COMMAND_LINE]

    def test_only_the_command_line_ends_the_program(self):
        ends = {"sys.exit", "exit", "quit", "SystemExit", "os._exit"}
        others = [path for path in host_files() if CLI not in path.parents and path.name != "__main__.py"]
        assert not [relative(path) for path in others if calls_of(path).keys() & ends]


class TestPrivateNames:
    def test_nothing_reaches_into_another_files_private_names(self):
        files = [*host_files(), *firmware_files()]
        assert not [f"{relative(path)}: {name}" for path in files for name in private_names_of_others(path)]


class TestRooms:
    def test_every_folder_of_the_host_is_a_room(self):
        package = HOST / "sitbone"
        assert {path.name for path in package.iterdir() if (path / "__init__.py").exists()} == set(ROOMS[1:])
        ground = {path.stem for path in package.glob("*.py")}
        assert ground == {"__init__", "dates", "errors", "files", "home", "words"}

    def test_no_import_runs_up(self):
        against = []
        for path in host_files():
            floor = floor_of(module_of(path, HOST))
            imported = sorted(name for name in imports_of(path, HOST) if name.startswith("sitbone."))
            against += [f"{relative(path)} -> {name}" for name in imported if floor_of(name) > floor]
        assert not against

    def test_no_folder_holds_more_than_fourteen_modules(self):
        folders = [path for path in (HOST / "sitbone").rglob("*") if path.is_dir()]
        crowded = {relative(path): len(modules) for path in folders if len(modules := list(path.glob("*.py"))) > 14}
        assert not crowded

    def test_a_day_is_read_in_six_rooms(self):
        """From a record to the figures on Today: five rooms with the package itself, and the page is the sixth."""
        paths, waiting = set(), [HOST / "sitbone/analysis/view.py"]
        while waiting:
            path = waiting.pop()
            if path not in paths:
                paths.add(path)
                names = [name.replace(".", "/") for name in imports_of(path, HOST) if name.startswith("sitbone.")]
                files = [HOST / f"{part}.py" for name in names for part in (name, name.rpartition("/")[0])]
                waiting += [file for file in files if file.exists()]
        rooms = [ROOMS[floor] for floor in sorted({floor_of(module_of(path, HOST)) for path in paths})]
        assert rooms == [ROOMS[0], "store", "settings", "diary", "analysis"]

    def test_each_room_says_its_rule(self):
        rooms = [HOST / "sitbone" / room for room in ROOMS[1:]]
        texts = {room.name: (ast.get_docstring(ast.parse((room / "__init__.py").read_text())) or "") for room in rooms}
        assert not [name for name, text in texts.items() if "Rule:" not in text]


def test_the_manifest_names_every_firmware_file():
    named: set[str] = set()
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


def command_paths() -> list[tuple[str, ...]]:
    """Each command and subcommand of the program, as the words that one types after `sitbone`."""
    from sitbone.cli import cli

    def walk(command, words):
        if words:
            yield words
        for name, child in sorted(getattr(command, "commands", {}).items()):
            yield from walk(child, (*words, name))

    return list(walk(cli, ()))


class TestPages:
    def test_each_is_in_the_navigation(self):
        folder = HOST / "sitbone" / "dashboard" / "pages"
        listed = imports_of(folder / "__init__.py", HOST)
        modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
        assert not [name for name in modules if f"sitbone.dashboard.pages.{name}" not in listed]


class TestCommands:
    def test_each_is_documented_with_an_example(self):
        readme = (HOST / "README.md").read_text()
        assert not [" ".join(words) for words in command_paths() if not _example(words).search(readme)]

    def test_each_has_help_with_an_example(self):
        from click.testing import CliRunner

        from sitbone.cli import cli

        without = []
        for words in command_paths():
            done = CliRunner().invoke(cli, [*words, "--help"], prog_name="sitbone")
            assert done.exit_code == 0, done.output
            body = "\n".join(line for line in done.output.splitlines() if not line.startswith("Usage:"))
            if not _example(words).search(body):
                without.append(" ".join(words))
        assert not without


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

    def test_a_reach_into_another_class_is_found(self, tmp_path):
        path = tmp_path / "stream.py"
        path.write_text(
            "class Stream:\n    def __iter__(self):\n        yield self._cushion._line.read()\n"
            "    def __eq__(self, other):\n        return self._bytes() == other._bytes()\n"
            "    def _bytes(self):\n        return self._own\n"
        )
        assert private_names_of_others(path) == ["self._cushion._line"]

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
        ("module", "room"),
        [
            ("sitbone.dates.Zone", "ground"),
            ("sitbone", "ground"),
            ("sitbone.store.blocks", "store"),
            ("sitbone.cli.main", "cli"),
        ],
    )
    def test_a_module_has_a_floor(self, module, room):
        assert floor_of(module) == ROOMS.index(room)

    def test_an_example_is_told_from_a_mention_and_from_a_longer_name(self):
        assert _example(("pain", "add")).search("    $ sitbone pain add 4\n")
        assert not _example(("sync",)).search("sitbone synchronise\n")
        assert not _example(("sync",)).search("run sitbone sync\n")
