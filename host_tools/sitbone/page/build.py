"""Makes the page: a folder of static files that any web server can give.

The project's own modules go into it as they are, in one archive. A few that need a server, threads or pyserial are
replaced by those in browser/, under the same names. Python for browsers and the writer of MicroPython images come from
npm, pinned in node/; a wheel has them inside.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from importlib.metadata import files as files_of
from pathlib import Path

import cushion
from sitbone.board.firmware_files import can_compile, compiled, firmware_files
from sitbone.errors import SitboneError
from sitbone.report.html import STYLE

HERE = Path(__file__).parent
PACKAGE = HERE.parent
STATIC, BROWSER, NODE = HERE / "static", HERE / "browser", HERE / "node"
LOOKS = PACKAGE / "dashboard" / "static"
PYODIDE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
ROOMS = ("store", "settings", "diary", "analysis", "tuning", "board", "report", "dashboard", "page/browser")
# Modules that are others in the page: those of these names in browser/.
REPLACED = (
    "sitbone.dashboard.platform.choosing",
    "sitbone.dashboard.platform.elements",
    "sitbone.dashboard.platform.here",
    "sitbone.dashboard.platform.threads",
    "sitbone.dashboard.downloads",
    "sitbone.dashboard.work",
)
ANOTHER = """import sys

from sitbone.page.browser import {name}

sys.modules[__name__] = {name}
"""
# Other packages that come along, as installed here: whole, or the modules named.
PACKAGES = {
    "mpremote": ("__init__.py", "console.py", "mp_errno.py", "transport.py", "transport_serial.py"),
    "platformdirs": (),
}
SAME_ALWAYS = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip knows: the same tree gives the same bytes
# No network but the page's own files, no code but theirs. WebAssembly needs a word of its own.
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'"
)


def build(folder: Path) -> int:
    """Makes or renews the page in a folder; returns its bytes. Raises SitboneError where Python for browsers is
    missing."""
    pages = {name: (STATIC / name).read_bytes() for name in sorted(path.name for path in STATIC.iterdir())}
    pages |= {name: (LOOKS / name).read_bytes() for name in ("dashboard.css", "cushion.css", "theme.js", "icon.svg")}
    pages |= {f"pyodide/{name}": (_brought("pyodide") / name).read_bytes() for name in PYODIDE}
    pages["esptool.js"] = (_brought("esptool-js") / "bundle.js").read_bytes()
    pages |= {"report.css": _report_style().encode(), "python.zip": _archive()}
    pages["index.html"] = pages["index.html"].replace(b"@POLICY@", POLICY.encode())
    offline = pages.pop("offline.js").decode()
    names = json.dumps(["./", *pages])
    offline = offline.replace("@VERSION@", _version(pages)).replace('["@FILES@"]', names)
    pages["offline.js"] = offline.encode()
    for name, content in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return sum(map(len, pages.values()))


def _brought(name: str) -> Path:
    """The folder of a package from npm: in a wheel, or as installed in the tree."""
    places = (HERE / "_brought" / name, NODE / "node_modules" / name)
    found = next((place for place in places if place.is_dir()), None)
    if found is None:
        raise SitboneError("Python for browsers is not here; in a checkout, run make page")
    return found


def _version(pages: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name in sorted(pages):
        digest.update(name.encode() + b"\0" + hashlib.sha256(pages[name]).digest())
    return digest.hexdigest()[:16]


def _report_style() -> str:
    """The report's own style, for a report within a page."""
    style, printed = STYLE.replace(":root {", "& {").replace("body {", "& {").split("@page ")
    bounds, rest = printed.split("}", 1)
    return f"@page {bounds}}}\n.report {{\n{style}{rest}}}\n"


def _archive() -> bytes:
    """The modules, and the firmware, as a zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in sorted(dict(_modules()).items()):
            archive.writestr(zipfile.ZipInfo(name, SAME_ALWAYS), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _modules() -> Iterator[tuple[str, bytes]]:
    for path in PACKAGE.glob("*.py"):
        yield f"sitbone/{path.name}", path.read_bytes()
    yield "sitbone/page/__init__.py", (HERE / "__init__.py").read_bytes()
    for room in ROOMS:
        for path in (PACKAGE / room).rglob("*.py"):
            yield f"sitbone/{path.relative_to(PACKAGE).as_posix()}", path.read_bytes()
    yield "sitbone/dashboard/pages/__init__.py", b'"""The pages; the browser has its own list, in start.py."""\n'
    for module in REPLACED:
        yield f"{module.replace('.', '/')}.py", ANOTHER.format(name=module.rpartition(".")[2]).encode()
    for path in (BROWSER / "serial").rglob("*.py"):
        yield path.relative_to(BROWSER).as_posix(), path.read_bytes()
    for package, names in PACKAGES.items():
        for file in files_of(package) or ():
            if file.parent.name == package and file.suffix == ".py" and (not names or file.name in names):
                yield f"{package}/{file.name}", file.read_binary()
    yield from _firmware()


def _firmware() -> Iterator[tuple[str, bytes]]:
    """The firmware as source, of which the core also runs in the page, and compiled where that is possible."""
    sources = firmware_files()
    for file in sources:
        yield (file.name if "/" in file.name else f"sitbone/board/_firmware/{file.name}"), file.data
    for file in compiled(sources) if can_compile() else ():
        yield f"sitbone/board/_compiled/{file.name}", file.data
    assert any(file.name == "cushion/__init__.py" for file in sources), cushion.__file__
