"""The dashboard on a phone in the same network: its address there, a code to scan, and what that means for safety."""

from __future__ import annotations

import io
import socket
from urllib.parse import urlsplit, urlunsplit

# Reserved for documentation: asked only for the way there; nothing is sent.
SOMEWHERE = ("192.0.2.1", 9)
SAFETY = (
    "Whoever has this address, or a photo of the code, can read and change your data until you stop the dashboard."
    " The connection is not encrypted: use it only in a network that you trust."
)


def lan_url(url: str) -> str:
    """The address for other computers in the network, "" where this one is in none. ``url``: the one for here, which
    names this computer itself where it listens on all its addresses."""
    parts = urlsplit(url)
    if parts.hostname != "127.0.0.1":
        return url
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        try:
            way.connect(SOMEWHERE)
        except OSError:
            return ""
        host = str(way.getsockname()[0])
    return "" if host.startswith("127.") else urlunsplit(parts._replace(netloc=f"{host}:{parts.port}"))


def qr_code(url: str) -> str:
    """A code in characters, for a terminal."""
    import segno

    out = io.StringIO()
    segno.make(url, error="l", micro=False).terminal(out=out, compact=True)
    return out.getvalue().rstrip("\n")
