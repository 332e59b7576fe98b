"""The commands that give web pages: the dashboard, and the page that needs no installation."""

import os
import secrets
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sitbone.cli.terminal import example, say
from sitbone.errors import SitboneError, UsageError

if TYPE_CHECKING:
    from sitbone.dashboard.app import Place


@click.command(epilog=example("dashboard") + "\n  sitbone dashboard --listen-anywhere")
@click.option(
    "--listen",
    metavar="HOST:PORT",
    help="Address and port to listen on; without it 127.0.0.1:8737, and with --listen-anywhere 0.0.0.0:8737.",
)
@click.option("--listen-anywhere", is_flag=True, help="Let other computers connect; they always need a token.")
@click.option(
    "--token",
    envvar="SITBONE_TOKEN",
    default="",
    help="Token that a browser must present; random with --listen-anywhere unless given here or in SITBONE_TOKEN.",
)
@click.option(
    "--port",
    metavar="P",
    envvar="SITBONE_PORT",
    help="The cushion's serial port; not needed when only one is connected.",
)
@click.option("--open", "open_it", is_flag=True, help="Open it in your browser.")
def dashboard(listen: str | None, listen_anywhere: bool, token: str, port: str | None, open_it: bool) -> None:
    """Serve the dashboard, a web page for this computer only. Press Ctrl-C to stop it."""
    place_class, serve = demand_dashboard()
    place = place_class.parse(listen or ("0.0.0.0:8737" if listen_anywhere else "127.0.0.1:8737"))
    if not place.is_loopback and not listen_anywhere:
        raise UsageError(
            f"other computers can reach {place.host}; add --listen-anywhere if you want that, or listen on 127.0.0.1"
        )
    if listen_anywhere and not token:
        token = secrets.token_urlsafe(16)

    if port is not None:
        os.environ["SITBONE_PORT"] = port  # where the one that holds the port looks for it

    def announce(url: str) -> None:
        say(f"sitbone dashboard: {url}  (press Ctrl-C to stop)")
        if not place.is_loopback:
            _say_for_phone(url)
        if open_it:
            click.launch(url)

    try:
        serve(place, token, announce)
    except KeyboardInterrupt:
        say("dashboard stopped")


def _say_for_phone(url: str) -> None:
    """The code only on a terminal: a log has no use for it."""
    from sitbone.dashboard.phone.address import SAFETY, lan_url, qr_code

    address = lan_url(url)
    if not address:
        say("this computer is in no network; connect it, then start the dashboard again")
        return
    say(f"on your phone, in the same network: {address}")
    if sys.stdout.isatty():
        click.echo(qr_code(address))
    say(SAFETY)


def demand_dashboard() -> tuple[type["Place"], Callable[["Place", str, Callable[[str], None]], None]]:
    """Its address and its server. Raises SitboneError where its packages are not installed."""
    try:
        from sitbone.dashboard.app import Place, serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "sitbone":
            raise
        raise SitboneError("the dashboard needs NiceGUI; install it with: pip install 'sitbone[dashboard]'") from None
    return Place, serve


@click.command(epilog=example("page --out page") + "\n  sitbone page --serve")
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path, file_okay=False), help="Folder to make it in.")
@click.option("--serve", "serve_it", is_flag=True, help="Serve it to this computer until Ctrl-C.")
@click.option(
    "--listen-port", metavar="N", type=click.IntRange(0, 65535), default=8738, show_default=True, help="With --serve."
)
@click.option("--open", "open_it", is_flag=True, help="With --serve: open it in your browser.")
def page(out: Path | None, serve_it: bool, listen_port: int, open_it: bool) -> None:
    """Make or serve the page that needs no installation.

    It is a folder of static files for any web server that speaks https; in a browser with Web Serial it does what the
    dashboard does.
    """
    from sitbone.page.build import build

    if out is None and not serve_it:
        raise UsageError("say where: --out DIR makes the page there, --serve shows it on this computer")
    if out is not None:
        size = build(out)
        say(f"page made in {out}, {size / 1e6:.1f} MB; put the folder on any web server that speaks https")
    if serve_it:
        with tempfile.TemporaryDirectory(prefix="sitbone-page-") as folder:
            _serve(out or Path(folder), listen_port, open_it, is_made=out is not None)


def _serve(folder: Path, port: int, open_it: bool, is_made: bool) -> None:
    from sitbone.page.build import build
    from sitbone.page.serving import serve

    if not is_made:
        build(folder)

    def announce(url: str) -> None:
        say(f"sitbone page: {url}  (press Ctrl-C to stop)")
        if open_it:
            click.launch(url)

    try:
        serve(folder, port, announce)
    except KeyboardInterrupt:
        say("page stopped")
