"""The documentation site is built without a warning from the pages in the tree, and its links lead somewhere."""

import functools
import http.server
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.test_architecture import project_files, relative

HUNG_S = 300
BIN = Path(sys.executable).parent
QUIET = {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}
# Where the site has pages that lie elsewhere in the tree.
MOVED = {"index.md": "README.md", "changelog.md": "CHANGELOG.md", "contributing.md": ".github/CONTRIBUTING.md"}
MOVED |= {"security.md": ".github/SECURITY.md", "code-of-conduct.md": ".github/CODE_OF_CONDUCT.md"}
NO_PAGE = {".github/PULL_REQUEST_TEMPLATE.md"}


def test_each_page_is_in_the_navigation(project_root):
    pages = {relative(path) for path in project_files() if path.suffix == ".md"} - NO_PAGE
    settings = (project_root / ".github" / "docs" / "mkdocs.yml").read_text()
    listed = re.findall(r"^ +- [^#\n]*?: (\S+\.md)$", settings, re.MULTILINE)
    assert {MOVED.get(place, place) for place in listed} == {page.removeprefix(".github/docs/pages/") for page in pages}


@pytest.mark.slow
def test_it_builds_strictly_and_each_link_leads_somewhere(project_root, tmp_path):
    def run(*command):
        done = subprocess.run(
            command,
            cwd=project_root,
            env=os.environ | QUIET,
            capture_output=True,
            text=True,
            check=False,
            timeout=HUNG_S,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    run(
        BIN / "mkdocs", "build", "--strict", "--config-file", ".github/docs/mkdocs.yml", "--site-dir", tmp_path / "site"
    )
    # Over HTTP: run by root, linkchecker becomes a user who can't read root's folders.
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path / "site")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        run(BIN / "linkchecker", "--no-status", "--no-warnings", f"http://127.0.0.1:{server.server_port}/")
        server.shutdown()
    pages = [path.read_text(errors="replace") for path in (tmp_path / "site").rglob("index.html")]
    assert len(pages) > 30
    # Whoever reads it is told to nobody: nothing is loaded from elsewhere.
    elsewhere = re.compile(r'<(?:script|img|iframe|link rel="(?:stylesheet|icon)")[^>]*(?:src|href)="https?:')
    assert [page for page in pages if elsewhere.search(page)] == []
