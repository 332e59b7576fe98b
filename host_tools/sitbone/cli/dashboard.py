"""The command that serves the dashboard."""

import os
import secrets

import click

from sitbone.cli.terminal import example
from sitbone.errors import SitboneError, UsageError


@click.command(epilog=example("dashboard") + "\n  sitbone dashboard --listen 0.0.0.0:8737 --listen-anywhere")
@click.option("--listen", metavar="HOST:PORT", default="127.0.0.1:8737", show_default=True, help="Where to listen.")
@click.option("--listen-anywhere", is_flag=True, help="Allow --listen wider than this computer; always with a token.")
@click.option(
    "--token",
    envvar="SITBONE_TOKEN",
    default="",
    help="What a browser must know; drawn anew with --listen-anywhere unless given. Also taken from SITBONE_TOKEN.",
)
@click.option(
    "--port", metavar="P", envvar="SITBONE_PORT", help="The cushion's serial port; else the only one there is."
)
@click.option("--open", "open_it", is_flag=True, help="Open it in the browser.")
def dashboard(listen: str, listen_anywhere: bool, token: str, port: str | None, open_it: bool) -> None:
    """Serve the dashboard, a web page for this computer alone. Ctrl-C ends it."""
    try:
        from sitbone.dashboard.app import Place, serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "sitbone":
            raise
        raise SitboneError("the dashboard needs NiceGUI; install it with: pip install 'sitbone[dashboard]'") from None
    place = Place.parse(listen)
    if not place.is_loopback and not listen_anywhere:
        raise UsageError(
            f"other computers can reach {place.host}; add --listen-anywhere if that is meant, or listen at 127.0.0.1"
        )
    if listen_anywhere and not token:
        token = secrets.token_urlsafe(16)

    if port is not None:
        os.environ["SITBONE_PORT"] = port  # where the one that holds the port looks for it

    def tell(url: str) -> None:
        click.echo(f"sitbone dashboard: {url}  (Ctrl-C ends it)")
        if open_it:
            click.launch(url)

    try:
        serve(place, token, tell)
    except KeyboardInterrupt:
        click.echo("the dashboard has ended")
