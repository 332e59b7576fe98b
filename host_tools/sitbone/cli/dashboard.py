"""The command that serves the dashboard."""

import os
import secrets

import click

from sitbone.cli.terminal import example, say
from sitbone.errors import SitboneError, UsageError


@click.command(epilog=example("dashboard") + "\n  sitbone dashboard --listen 0.0.0.0:8737 --listen-anywhere")
@click.option(
    "--listen", metavar="HOST:PORT", default="127.0.0.1:8737", show_default=True, help="Address and port to listen on."
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
def dashboard(listen: str, listen_anywhere: bool, token: str, port: str | None, open_it: bool) -> None:
    """Serve the dashboard, a web page for this computer only. Press Ctrl-C to stop it."""
    try:
        from sitbone.dashboard.app import Place, serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "sitbone":
            raise
        raise SitboneError("the dashboard needs NiceGUI; install it with: pip install 'sitbone[dashboard]'") from None
    place = Place.parse(listen)
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
        if open_it:
            click.launch(url)

    try:
        serve(place, token, announce)
    except KeyboardInterrupt:
        say("dashboard stopped")
