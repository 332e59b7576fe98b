"""Serves the page on this computer: loopback only, to whoever asks for it by a name of this computer."""

from __future__ import annotations

import functools
from collections.abc import Callable
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from sitbone.errors import SitboneError
from sitbone.page.build import POLICY

HOST = "127.0.0.1"
NAMES = ("127.0.0.1", "localhost")  # another name in the request is another site's
HEADERS = {
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}
TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
}


class _Handler(SimpleHTTPRequestHandler):
    def guess_type(self, path: Any) -> str:
        # What a system says of these endings varies, and a browser runs no module that comes as text.
        return TYPES.get(Path(path).suffix) or super().guess_type(path)

    def end_headers(self) -> None:
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def send_head(self) -> Any:
        if self.headers.get("Host", "").rpartition(":")[0] not in NAMES:
            self.send_error(403)
            return None
        return super().send_head()

    def list_directory(self, path: Any) -> None:
        self.send_error(404)

    def log_message(self, format: str, *args: Any) -> None:
        """Who opens which page is nobody's business."""


def serve(folder: Path, port: int, announce: Callable[[str], None]) -> None:
    """Serves the folder until KeyboardInterrupt. Raises SitboneError for a port in use."""
    try:
        server = ThreadingHTTPServer((HOST, port), functools.partial(_Handler, directory=str(folder)))
    except OSError as error:
        raise SitboneError(f"cannot listen on {HOST}:{port} ({error.strerror}); choose another --listen-port") from None
    with server:
        announce(f"http://{HOST}:{server.server_port}/")
        server.serve_forever()
