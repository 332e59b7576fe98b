"""Each way in that is not the user's own browser on the dashboard's own page, refused by the running dashboard.

Oracle: what a browser sends in each of these cases, by the Fetch standard and RFC 6455, written out by hand; once more
with a real browser on another page.
"""

import http.client
import http.server
import os
import pty
import socket
import subprocess
import sys
import threading
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from sitbone.cli import run
from sitbone.dashboard.guard import Access
from tests.dashboard.conftest import running

TOKEN = "a-token-of-enough-characters"
WS_PATH = "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def ask(url, path="/", headers=(), method="GET"):
    """(status, headers, body) of one request; ``headers``: pairs or a dict, "Host" and all, sent as they are."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
    try:
        pairs = list(dict(headers).items()) if isinstance(headers, dict) else list(headers)
        connection.putrequest(method, path, skip_host=any(name == "Host" for name, _ in pairs))
        for name, value in pairs:
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def handshake(url, **headers):
    """The status of a raw WebSocket handshake, as RFC 6455 writes it."""
    place = urlsplit(url)
    given = {"Host": place.netloc} | UPGRADE | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"GET {WS_PATH} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items()), "", ""]
    with socket.create_connection((place.hostname, place.port), timeout=30) as line:
        line.sendall("\r\n".join(lines).encode())
        return int(line.recv(4096).split()[1])


class TestOnThisComputer:
    def test_its_own_page_is_given(self, dashboard):
        status, headers, body = ask(dashboard.url)
        assert (status, headers["X-Frame-Options"], headers["Cache-Control"]) == (200, "DENY", "no-store")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in headers
        assert b"sitbone" in body

    def test_no_script_runs_that_it_did_not_write(self, dashboard):
        _, headers, body = ask(dashboard.url)
        policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
        assert "'unsafe-inline'" not in policy["script-src"]
        nonce = policy["script-src"].split("'nonce-")[1].split("'")[0]
        assert body.count(b"<script") == body.count(f'<script nonce="{nonce}"'.encode()) > 0
        assert nonce not in ask(dashboard.url)[1]["Content-Security-Policy"]

    @pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]", "LocalHost"])
    def test_it_knows_its_names(self, dashboard, name):
        assert ask(dashboard.url, headers={"Host": f"{name}:{urlsplit(dashboard.url).port}"})[0] == 200

    @pytest.mark.parametrize(
        "host", ["evil.example:{}", "evil.example", "127.0.0.1.evil.example:{}", "192.168.1.5:{}", "localhost", "",
                 "localhost:1", "127.0.0.1:{}@evil.example", "localhost:{}:{}", "0.0.0.0:{}"]
    )  # fmt: skip
    def test_dns_rebinding_is_refused(self, dashboard, host):
        host = host.replace("{}", str(urlsplit(dashboard.url).port))
        status, _, body = ask(dashboard.url, headers={"Host": host})
        assert status in (400, 421)
        assert b"<html" not in body
        assert handshake(dashboard.url, Host=host, Origin=f"http://{host}") in (400, 403)

    def test_two_hosts_are_none(self, dashboard):
        own = urlsplit(dashboard.url).netloc
        assert ask(dashboard.url, headers=[("Host", own), ("Host", "evil.example")])[0] in (400, 421)

    def test_the_websocket_opens_for_its_own_page(self, dashboard):
        assert handshake(dashboard.url, Origin=dashboard.url.rstrip("/")) == 101

    @pytest.mark.parametrize(
        "origin",
        ["http://evil.example", "null", "https://{own}", "http://localhost:1", "http://{own}.evil.example",
         "http://evil.example/{own}", "http://{own}/", "file://", ""],
    )  # fmt: skip
    def test_the_websocket_opens_for_no_other_page(self, dashboard, origin):
        assert handshake(dashboard.url, Origin=origin.format(own=urlsplit(dashboard.url).netloc)) == 403

    def test_the_websocket_opens_for_no_program_that_does_not_say_where_it_comes_from(self, dashboard):
        assert handshake(dashboard.url) == 403

    def test_the_websocket_opens_for_no_page_of_another_port(self, dashboard):
        """To the browser another port of this computer is the same site, but another origin."""
        assert handshake(dashboard.url, Origin="http://127.0.0.1:8888", Sec_Fetch_Site="same-site") == 403

    @pytest.mark.parametrize("site", ["cross-site", "same-site", "something new"])
    @pytest.mark.parametrize("path", ["/", "/download/records.csv", "/_nicegui_ws/socket.io/?EIO=4&transport=polling"])
    def test_another_page_gets_nothing(self, dashboard, site, path):
        status, headers, body = ask(dashboard.url, path, {"Sec-Fetch-Site": site})
        assert status == 403
        assert "Access-Control-Allow-Origin" not in headers
        assert b"sit_" not in body

    @pytest.mark.parametrize("site", ["none", "same-origin"])
    def test_the_address_bar_and_its_own_page_do(self, dashboard, site):
        assert ask(dashboard.url, headers={"Sec-Fetch-Site": site})[0] == 200

    def test_a_foreign_origin_gets_nothing_where_a_browser_sends_no_more(self, dashboard):
        assert ask(dashboard.url, headers={"Origin": "http://evil.example"})[0] == 403

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
    @pytest.mark.parametrize("own", [True, False])
    def test_nothing_is_changed_by_a_request(self, dashboard, method, own):
        origin = dashboard.url.rstrip("/") if own else "http://evil.example"
        status, headers, _ = ask(dashboard.url, headers={"Origin": origin}, method=method)
        assert status == (405 if own else 403)
        assert not [name for name in headers if name.lower().startswith("access-control")]

    def test_the_framework_answers_no_polling(self, dashboard):
        """Long polling would be a second door with other checks."""
        path = "/_nicegui_ws/socket.io/?EIO=4&transport=polling"
        assert ask(dashboard.url, path, {"Origin": dashboard.url.rstrip("/")})[0] == 400

    def test_a_forwarding_header_gets_into_no_page(self, dashboard):
        assert b"evil-prefix" not in ask(dashboard.url, headers={"X-Forwarded-Prefix": "/evil-prefix"})[2]

    def test_a_page_that_is_not_there_says_so_without_a_traceback(self, dashboard):
        status, _, body = ask(dashboard.url, "/nowhere")
        assert status == 404
        assert b"Traceback" not in body


class TestOtherPagesInTheSameBrowser:
    """A page of another origin, in a real browser that has the dashboard open."""

    @pytest.fixture
    def elsewhere(self):
        """A web server on another port of this computer, the nearest to us that a foreign page can come."""
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Blank)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()

    @pytest.mark.parametrize("named", ["127.0.0.1", "localhost"])
    def test_can_neither_read_nor_frame_it_nor_open_its_socket(self, dashboard, page, elsewhere, named):
        url = dashboard.url.replace("127.0.0.1", named)
        page.goto(dashboard.url)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.goto(elsewhere)
        assert page.evaluate("url => fetch(url).then(r => r.text(), () => 'refused')", url) == "refused"
        opaque = "url => fetch(url, {mode: 'no-cors'}).then(r => r.type, () => 'refused')"
        assert page.evaluate(opaque, url) == "refused"
        socket_js = """url => new Promise(done => {
            const line = new WebSocket(url);
            line.onopen = () => done('open'); line.onerror = () => done('refused'); })"""
        assert page.evaluate(socket_js, url.replace("http", "ws", 1) + WS_PATH[1:]) == "refused"
        with page.expect_response(url) as answer:
            page.evaluate(
                "url => document.body.append(Object.assign(document.createElement('iframe'), {src: url}))", url
            )
        assert answer.value.status == 403


class _Blank(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>elsewhere</title>")

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    home = tmp_path_factory.mktemp("wide")
    with running(home, "--listen-anywhere", "--token", TOKEN, listen="0.0.0.0:0") as found:
        yield found


class TestWithAToken:
    """Listening for other computers, which a loopback address stands in for here."""

    def bare(self, wide):
        return wide.url.partition("?")[0]

    def test_the_address_holds_it(self, wide):
        assert wide.url.endswith(f"/?token={TOKEN}")

    @pytest.mark.parametrize("query", ["", "?token=", "?token=wrong", f"?token={TOKEN}x", f"?token={TOKEN[:-1]}"])
    def test_without_the_right_one_there_is_nothing(self, wide, query):
        status, headers, body = ask(self.bare(wide), f"/{query}")
        assert status == 401
        assert "Set-Cookie" not in headers
        assert TOKEN.encode() not in body

    def test_the_token_becomes_a_cookie_that_scripts_and_other_sites_do_not_have(self, wide):
        status, headers, _ = ask(self.bare(wide), f"/diary?days=3&token={TOKEN}")
        assert (status, headers["Location"]) == (303, "/diary?days=3")
        cookie, *flags = headers["Set-Cookie"].split("; ")
        assert {"HttpOnly", "SameSite=Strict"} <= set(flags)
        assert TOKEN not in cookie
        assert ask(self.bare(wide), headers={"Cookie": cookie})[0] == 200
        own = self.bare(wide).rstrip("/")
        assert handshake(self.bare(wide), Origin=own, Cookie=cookie) == 101

    @pytest.mark.parametrize("value", ["", TOKEN, "0" * 64, "ä"])
    def test_a_made_up_cookie_is_refused(self, wide, value):
        port = urlsplit(wide.url).port
        assert ask(self.bare(wide), headers={"Cookie": f"sitbone_{port}={value}".encode()})[0] == 401
        assert handshake(self.bare(wide), Origin=self.bare(wide).rstrip("/"), Cookie=f"sitbone_{port}={value}") == 403

    @pytest.mark.parametrize(
        ("path", "place"),
        [("//evil.example/", "/evil.example/"), ("/\\evil.example", "/%5Cevil.example"),
         ("/a%0d%0aSet-Cookie:%20b=c", "/a%0D%0ASet-Cookie%3A%20b%3Dc")],
    )  # fmt: skip
    def test_the_redirect_leads_to_no_other_host_and_adds_no_header(self, wide, path, place):
        assert ask(self.bare(wide), f"{path}?token={TOKEN}")[1]["Location"] == place

    def test_a_name_that_is_not_this_computer_s_is_refused_with_the_token_too(self, wide):
        host = f"evil.example:{urlsplit(wide.url).port}"
        assert ask(self.bare(wide), f"/?token={TOKEN}", {"Host": host})[0] == 421

    def test_an_address_of_this_computer_is_its_name(self, wide):
        host = f"192.168.1.5:{urlsplit(wide.url).port}"
        assert ask(self.bare(wide), f"/?token={TOKEN}", {"Host": host})[0] == 303

    def test_a_browser_gets_in_once_and_stays_in(self, wide, page):
        page.goto(wide.url)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert "token" not in page.url
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_be_visible()


class TestTheCommand:
    @pytest.fixture
    def refused(self, tmp_path, monkeypatch, capsys):
        """Runs the command with options; returns exit code and the only line that was printed, which is an error."""
        monkeypatch.setenv("SITBONE_HOME", str(tmp_path))

        def ran(*options):
            code = run(["dashboard", *options])
            said = capsys.readouterr()
            assert said.out == ""
            (line,) = said.err.splitlines()
            return code, line

        return ran

    @pytest.mark.parametrize("host", ["0.0.0.0", "[::]", "192.0.2.1"])
    def test_listening_wider_needs_a_flag(self, refused, host):
        code, line = refused("--listen", f"{host}:0")
        assert code == 2
        assert "--listen-anywhere" in line

    def test_a_short_token_is_refused(self, refused):
        code, line = refused("--listen", "0.0.0.0:0", "--listen-anywhere", "--token", "short")
        assert (code, "16 characters" in line) == (2, True)

    def test_for_a_taken_port_another_is_named(self, refused, dashboard):
        place = urlsplit(dashboard.url)
        code, line = refused("--listen", place.netloc)
        assert code == 1
        assert f"--listen 127.0.0.1:{place.port + 1}" in line

    @pytest.mark.parametrize("place", ["8737", "127.0.0.1", "127.0.0.1:99999", ":8737", "127.0.0.1:x"])
    def test_what_is_not_an_address_is_refused(self, refused, place):
        assert refused("--listen", place)[0] == 2

    def test_without_the_framework_it_says_what_to_install(self, tmp_path):
        (tmp_path / "nicegui.py").write_text("raise ModuleNotFoundError(\"No module named 'nicegui'\", name='nicegui')")
        env = {"SITBONE_HOME": str(tmp_path), "PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"}
        command = [sys.executable, "-m", "sitbone.cli", "dashboard"]
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.count("\n") == 1
        assert "pip install 'sitbone[dashboard]'" in done.stderr

    def test_listening_anywhere_draws_a_token_unless_given(self, tmp_path):
        with running(tmp_path, "--listen-anywhere", listen="0.0.0.0:0") as first:
            token = first.url.partition("token=")[2]
        with running(tmp_path, "--listen-anywhere", listen="0.0.0.0:0") as second:
            assert len(token) >= 16
            assert second.url.partition("token=")[2] != token

    def test_listening_anywhere_says_the_address_for_a_phone_and_what_it_gives_away(self, tmp_path, page):
        with running(tmp_path, "--listen-anywhere", "--token", TOKEN, listen="0.0.0.0:0") as found:
            assert found.process.stdout is not None
            said = found.process.stdout.readline()
            if said.startswith("this computer is in no network"):
                pytest.skip("this computer is in no network")
            address = said.split()[-1]
            assert not address.startswith("http://127.")
            page.goto(address)
            expect(page.get_by_role("heading", level=1)).to_have_text("Today")
            assert "can read and change your data" in found.process.stdout.readline()

    def test_a_terminal_also_gets_a_code_to_scan(self, tmp_path):
        own, other = pty.openpty()
        command = [sys.executable, "-m", "sitbone.cli", "dashboard", "--listen-anywhere", "--listen", "0.0.0.0:0"]
        env = os.environ | {"SITBONE_HOME": str(tmp_path)}
        process = subprocess.Popen(command, env=env, stdout=other, stderr=subprocess.PIPE)
        try:
            said = ""
            while "you trust." not in said and "in no network" not in said:
                said += os.read(own, 4096).decode(errors="ignore")
        finally:
            process.kill()
            process.communicate(timeout=60)
            os.close(own)
            os.close(other)
        if "in no network" in said:
            pytest.skip("this computer is in no network")
        assert len([line for line in said.splitlines() if "▀" in line or "▄" in line]) > 10

    def test_ctrl_c_ends_it_cleanly_with_a_page_open(self, tmp_path, page):
        with running(tmp_path) as found:
            page.goto(found.url)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert found.process.returncode == 0
        assert found.process.stderr is not None
        assert found.process.stderr.closed


@pytest.mark.parametrize(
    ("host", "known"),
    [("localhost:80", True), ("localhost", True), ("127.0.0.1", True), ("[::1]", True), ("::1", False), ("", False),
     ("localhost:", False), ("localhost:080", True), ("localhost:８0", False), ("[::1]:80", True), (":80", False)],
)  # fmt: skip
def test_a_host_header_is_known_by_its_name_and_port(host, known):
    assert Access(80).knows(host) is known
