"""Who may talk to the dashboard: the browser of this computer's user, on a page of the dashboard itself.

The person's data is served without a login on loopback, where any web page open in the same browser could try to reach
it. Four checks come before the application sees a request or a WebSocket:

- Host: is it a name of this computer? A foreign name that resolves here is DNS rebinding.
- Origin and Sec-Fetch-Site: does the request come from the dashboard's own page, or from a typed address? Nothing else
  may pass, and other ports of this computer count as something else. No CORS header is ever sent.
- Method: only reading. Every change comes over the WebSocket, which must carry our own Origin.
- Token: where one is set (always when other computers can connect), does the browser hold it?
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
FRAMEWORK = "/_nicegui/"  # the framework's own files: no data in them, and their address changes with the version
LEAST_TOKEN = 16  # characters

HEADERS = {
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), usb=(), serial=()",
}
# The framework evaluates its own event handlers: no button works without 'unsafe-eval'.
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data: blob:; font-src 'self'; connect-src 'self' ws://{host}; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Access:
    """What may pass. ``names``: host names besides IP addresses; ``any_address``: also any literal IP address, which no
    DNS answer can redirect; ``token``: "" for none."""

    port: int
    names: frozenset[str] = LOOPBACK_NAMES
    any_address: bool = False
    token: str = ""

    @property
    def cookie(self) -> str:
        """The cookie's name. Cookies ignore ports, and two dashboards may run side by side."""
        return f"sitbone_{self.port}"

    @property
    def proof(self) -> str:
        """The cookie's value: shows that the browser once had the token, without holding it."""
        return hmac.new(self.token.encode(), b"sitbone dashboard", hashlib.sha256).hexdigest()

    def knows(self, host: str) -> bool:
        """Whether a Host header names this dashboard."""
        found = re.fullmatch(r"(.+?)(?::([0-9]{1,5}))?", host.lower())
        if found is None or int(found[2] or 80) != self.port:
            return False
        name = found[1]
        return name in self.names or (self.any_address and _is_address(name))


class Refused(Exception):
    """A refused request: HTTP status and message."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Guard:
    """ASGI middleware around the whole application, for HTTP and WebSockets alike."""

    def __init__(self, app: App, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers refused requests and passes on the rest."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = _Headers(scope)
        try:
            self._demand_own(scope, headers)
            if self._entry(scope):
                await self._let_in(scope, send)
                return
            self._demand_token(headers)
        except Refused as refused:
            await _refuse(scope, receive, send, refused)
            return
        # A proxy's header that would end up in pages; nothing between this browser and us has a reason to set it.
        scope["headers"] = [pair for pair in scope["headers"] if pair[0].lower() != b"x-forwarded-prefix"]
        if scope["type"] == "http":
            send = _Hardened(send, scope["path"], headers.one("host"))
        await self._app(scope, receive, send)

    def _demand_own(self, scope: Scope, headers: _Headers) -> None:
        """Demands that the host and the asking page are ours."""
        host = headers.one("host")
        if not self._access.knows(host):
            raise Refused(421, "this is not the dashboard's address; open the one that sitbone dashboard printed")
        origin = headers.one("origin")
        is_socket = scope["type"] == "websocket"
        if (is_socket or origin) and origin != f"http://{host}":
            raise Refused(403, "another page may not use the dashboard; open its address in a tab of its own")
        if headers.one("sec-fetch-site") not in ("", "none", "same-origin"):
            raise Refused(403, "another page may not use the dashboard; type or paste its address into the browser")
        if not is_socket and scope["method"] not in ("GET", "HEAD"):
            raise Refused(405, "only reading is allowed this way; make changes on the dashboard's pages")

    def _entry(self, scope: Scope) -> bool:
        """Whether this is the first visit, with the right token in the address."""
        if scope["type"] != "http" or not self._access.token:
            return False
        given = dict(parse_qsl(scope["query_string"].decode("latin-1"))).get("token")
        if given is None:
            return False
        if not _same(given, self._access.token):
            raise Refused(401, "wrong token; copy the full address that sitbone dashboard printed")
        return True

    async def _let_in(self, scope: Scope, send: Send) -> None:
        """Turns the token into a cookie, which keeps it out of history, bookmarks and links."""
        left = [pair for pair in parse_qsl(scope["query_string"].decode("latin-1")) if pair[0] != "token"]
        place = quote(scope["path"]) + (f"?{urlencode(left)}" if left else "")
        cookie = f"{self._access.cookie}={self._access.proof}; Path=/; HttpOnly; SameSite=Strict"
        # "//name/" would be another host.
        headers = {"location": "/" + place.lstrip("/"), "set-cookie": cookie, "cache-control": "no-store"}
        await _answer(send, 303, headers | HEADERS, b"")

    def _demand_token(self, headers: _Headers) -> None:
        if self._access.token and not _same(headers.cookie(self._access.cookie), self._access.proof):
            raise Refused(401, "the dashboard needs its token; open the full address that sitbone dashboard printed")


class _Headers:
    """A request's headers; one that is given twice counts as neither."""

    def __init__(self, scope: Scope) -> None:
        self._pairs = [(name.lower(), value.decode("latin-1")) for name, value in scope["headers"]]

    def one(self, name: str) -> str:
        found = [value for given, value in self._pairs if given == name.encode()]
        return found[0] if len(found) == 1 else ("" if not found else "given twice")

    def cookie(self, name: str) -> str:
        try:
            cookies = SimpleCookie(self.one("cookie"))
        except CookieError:
            return ""
        return cookies[name].value if name in cookies else ""


class _Hardened:
    """A ``send`` that adds the security headers, and a nonce to each script."""

    def __init__(self, send: Send, path: str, host: str) -> None:
        self._send = send
        self._is_framework = path.startswith(FRAMEWORK)
        self._host = host
        self._nonce = secrets.token_urlsafe(16)
        self._start: Message = {}
        self._page: list[bytes] | None = None  # a page's parts, until it is whole

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            message["headers"] = [*self._kept(message["headers"]), *_encoded(self._headers())]
            if _is_page(message):
                self._page = []
                return
        elif self._page is not None and message["type"] == "http.response.body":
            self._page.append(message.get("body", b""))
            if not message.get("more_body"):
                await self._send_page(b"".join(self._page))
            return
        await self._send(message)

    def _headers(self) -> dict[str, str]:
        caching = {} if self._is_framework else {"cache-control": "no-store"}
        return HEADERS | caching | {"content-security-policy": POLICY.format(nonce=self._nonce, host=self._host)}

    def _kept(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        ours = {name.encode() for name in self._headers()}
        return [pair for pair in headers if pair[0].lower() not in ours]

    async def _send_page(self, page: bytes) -> None:
        """Adds the nonces. People's text is escaped in a page, so each "<script" in it is the framework's or ours."""
        page = page.replace(b"<script", f'<script nonce="{self._nonce}"'.encode())
        length = (b"content-length", str(len(page)).encode())
        kept = [pair for pair in self._start["headers"] if pair[0].lower() != b"content-length"]
        await self._send({**self._start, "headers": [*kept, length]})
        await self._send({"type": "http.response.body", "body": page})


def _is_page(start: Message) -> bool:
    return any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in start["headers"])


def _same(given: str, wanted: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(given.encode(), wanted.encode())


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


async def _refuse(scope: Scope, receive: Receive, send: Send, refused: Refused) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": "refused"})
        return
    body = f"{refused.status}: {refused}\n".encode()
    await _answer(send, refused.status, {"content-type": "text/plain; charset=utf-8"} | HEADERS, body)


async def _answer(send: Send, status: int, headers: dict[str, str], body: bytes) -> None:
    pairs = [*_encoded(headers), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})


def _encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers.items()]
