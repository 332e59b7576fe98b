"""The tree's pages as pages of the site, and its pictures; mkdocs-gen-files runs this while it builds.

A page keeps its place in the tree, so that it can be read there, too. Here its links lead to the site's page where
there is one, to a copy of the file, or to a list of the folder. A link to what the project doesn't hold ends the build.
"""

import posixpath
import re
import subprocess
import sys
from pathlib import Path

import mkdocs_gen_files

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
from drawings import DRAWINGS  # noqa: E402  beside this file, which is no package's

OWN = ".github/docs/pages/"
PICTURES = f"{OWN}pictures/"  # drawn, not kept
# Pages whose place in the site is another than in the tree.
PLACES = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    ".github/CONTRIBUTING.md": "contributing.md",
    ".github/SECURITY.md": "security.md",
    ".github/CODE_OF_CONDUCT.md": "code-of-conduct.md",
}
NOT_PAGES = {".github/PULL_REQUEST_TEMPLATE.md"}
SOURCE = (".py", ".toml", ".yml", ".lock", ".csv")
MARKDOWN_LINK = re.compile(r"(?<=\]\()[^)\s]+(?=\))")
HTML_SOURCE = re.compile(r'(?<= src=")[^"]+(?=")')


def tracked_files() -> set[str]:
    """Every file of the project by its path in the tree, new ones included."""
    git = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return {name for name in listed.split("\0") if name and (ROOT / name).is_file()}


def place_of(path: str) -> str:
    """The place in the site of a file of the tree. Source code becomes .txt, which a browser shows."""
    if path.startswith(OWN):
        return path.removeprefix(OWN)
    if path.endswith(".md"):
        return PLACES.get(path, path)
    return f"{path}.txt" if path.endswith(SOURCE) else path


class Site:
    """What the pages need, collected while their links are led."""

    def __init__(self) -> None:
        self.files = tracked_files()
        self.pages = sorted(path for path in self.files if path.endswith(".md") and path not in NOT_PAGES)
        self.copied: set[str] = set()
        self.listed: set[str] = set()

    def write(self) -> None:
        for path in self.pages:
            self._write(place_of(path), self._led((ROOT / path).read_text(encoding="utf-8"), path))
        for folder in sorted(self.listed):
            inside = sorted(path for path in self.files if path.startswith(f"{folder}/"))
            lines = "".join(f"- [{path.removeprefix(folder)[1:]}]({posixpath.basename(path)})\n" for path in inside)
            self._write(f"{folder}/index.md", self._led(f"# {folder}\n\n{lines}", f"{folder}/index.md"))
        for path in sorted(self.copied):
            with mkdocs_gen_files.open(place_of(path), "wb") as copy:
                copy.write((ROOT / path).read_bytes())
        for name, draw in DRAWINGS.items():
            self._write(f"pictures/{name}.svg", draw())

    def _write(self, place: str, text: str) -> None:
        with mkdocs_gen_files.open(place, "w") as page:
            page.write(text)

    def _led(self, text: str, path: str) -> str:
        here = place_of(path)
        folder = posixpath.dirname(here)
        # mkdocs knows Markdown's links; HTML's it leaves alone, and gives a page a folder of its own.
        url_folder = folder if posixpath.basename(here) in ("index.md", "README.md") else here.removesuffix(".md")
        text = MARKDOWN_LINK.sub(lambda match: self._target(match[0], path, folder), text)
        return HTML_SOURCE.sub(lambda match: self._target(match[0], path, url_folder), text)

    def _target(self, link: str, path: str, folder: str) -> str:
        if re.match(r"[a-z]+:|#", link):
            return link
        name, hash_, anchor = link.partition("#")
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        return posixpath.relpath(self._place(wanted, path), folder or ".") + hash_ + anchor

    def _place(self, wanted: str, path: str) -> str:
        if f"{wanted}/README.md" in self.files:
            wanted = f"{wanted}/README.md"
        if wanted in self.pages or wanted.startswith(PICTURES):
            return place_of(wanted)
        if wanted in self.files:
            self.copied.add(wanted)
            return place_of(wanted)
        if any(file.startswith(f"{wanted}/") for file in self.files):
            self.listed.add(wanted)
            return f"{wanted}/index.md"
        raise FileNotFoundError(f"{path} links to {wanted}, which the project doesn't hold")


Site().write()
