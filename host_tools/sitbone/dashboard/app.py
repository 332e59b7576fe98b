"""The dashboard's server: the guard around the framework around the pages, and their socket."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI
from nicegui import app as framework
from nicegui import core, run, ui

from sitbone.dashboard import downloads, served
from sitbone.dashboard.cushion import cushion_link
from sitbone.dashboard.guard import LEAST_TOKEN, LOOPBACK_NAMES, Access, Guard
from sitbone.dashboard.pages import PAGES
from sitbone.errors import SitboneError, UsageError

LOOPBACKS = ("127.0.0.1", "localhost", "::1")
RECONNECT_S = 10.0
GOODBYE_S = 1  # for open pages when the program stops


@dataclass(frozen=True)
class Place:
    """The address to listen on."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Place:
        """From ``host:port``; an IPv6 address stands in brackets. Raises UsageError."""
        host, colon, port = text.rpartition(":")
        host = host.removeprefix("[").removesuffix("]")
        if not colon or not host or not port.isdigit() or not 0 <= int(port) <= 65535:
            raise UsageError(f"'{text}' is not an address to listen on; give for example 127.0.0.1:8737")
        return cls(host, int(port))

    @property
    def is_loopback(self) -> bool:
        return self.host in LOOPBACKS

    @property
    def url(self) -> str:
        """The address to open on this computer."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"


def serve(place: Place, token: str, say: Callable[[str], None]) -> None:
    """Serves until it is interrupted; calls ``say`` with the address once it answers. Raises SitboneError when the
    address is taken or not available, UsageError when other computers could connect without a token."""
    if not place.is_loopback and len(token) < LEAST_TOKEN:
        raise UsageError(f"listening on {place.host} needs a --token of at least {LEAST_TOKEN} characters; give one")
    with _bound(place) as listener:
        bound = Place(place.host, listener.getsockname()[1])
        config = uvicorn.Config(
            Guard(_application(), _access(bound, token)),
            ws="wsproto",
            lifespan="on",
            log_level="critical",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=GOODBYE_S,
        )
        url = bound.url + (f"?token={token}" if token else "")
        _Server(config, lambda: say(url)).run(sockets=[listener])


class _Server(uvicorn.Server):
    """Says when it is up."""

    def __init__(self, config: uvicorn.Config, say: Callable[[], None]) -> None:
        super().__init__(config)
        self._say = say

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._say()


def _access(place: Place, token: str) -> Access:
    if place.is_loopback:
        return Access(place.port, token=token)
    own = socket.gethostname().lower()
    return Access(place.port, LOOPBACK_NAMES | {own, f"{own}.local"}, any_address=True, token=token)


def _bound(place: Place) -> socket.socket:
    """Bound here: the server itself would end the program when the address is taken."""
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere it would let two programs share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((place.host, place.port))
        listener.listen()  # from here on a browser waits instead of being refused
    except OSError as error:
        listener.close()
        raise SitboneError(
            f"cannot listen on {place.host}:{place.port} ({error.strerror}); stop the program that uses it, or choose"
            f" another port with --listen {place.host}:{place.port + 1}"
        ) from None
    return listener


def _application() -> FastAPI:
    """All pages in the framework, which only accepts a WebSocket from our own page."""
    logging.getLogger("nicegui").setLevel(logging.ERROR)
    logging.getLogger("engineio.server").setLevel(logging.CRITICAL)  # a refused attempt is not worth a line
    run.process_pool_start_method = "spawn"  # fork is unsafe beside threads
    core.sio.eio.cors_allowed_origins = None  # the same origin only; the guard demands it, too
    core.sio.eio.transports = ["websocket"]
    framework.config.socket_io_js_transports = ["websocket"]
    served.share_looks()
    for page in PAGES:
        served.register(page, PAGES)
    served.register_missing(framework, PAGES)
    downloads.register(framework)
    framework.on_shutdown(cushion_link.shared().stop)
    outer = FastAPI(openapi_url=None)
    ui.run_with(
        outer,
        title="sitbone",
        favicon=served.STATIC / "icon.svg",
        dark=None,
        language="en-US",
        tailwind=False,
        reconnect_timeout=RECONNECT_S,
        gzip_middleware_factory=None,
        show_welcome_message=False,
    )
    return outer
