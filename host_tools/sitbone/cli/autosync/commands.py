"""`sitbone autosync`: its service, what it did, and the loop itself."""

import os
import signal
import threading
from typing import Any

import click

from sitbone.cli.terminal import example, json_option, now, print_json, say

ports_option = click.option(
    "--port", "ports", metavar="P", multiple=True, help="Also watch this port, such as a virtual cushion's."
)
dashboard_option = click.option("--with-dashboard", is_flag=True, help="Serve the dashboard, too, to this computer.")


@click.group(epilog=example("autosync status"))
def autosync() -> None:
    """Sync by itself when a cushion is plugged in."""


@autosync.command(epilog=example("autosync install --with-dashboard"))
@ports_option
@dashboard_option
def install(ports: tuple[str, ...], with_dashboard: bool) -> None:
    """Start syncing by itself, now and whenever you log in. Needs no administrator."""
    from sitbone.autosync.running import log_path
    from sitbone.autosync.service import install as install_it

    if with_dashboard:
        from sitbone.cli.dashboard import demand_dashboard

        demand_dashboard()
    options = [word for port in ports for word in ("--port", os.path.abspath(port) if "/" in port else port)]
    installed = install_it([*options, *(["--with-dashboard"] if with_dashboard else [])])
    say(f"autosync runs, and starts when you log in ({installed.path}); its log is {log_path()}")
    if with_dashboard:
        say("the dashboard is at http://127.0.0.1:8737/")


@autosync.command(epilog=example("autosync remove"))
def remove() -> None:
    """Stop syncing by itself. Your data stays."""
    from sitbone.autosync.service import remove as remove_it

    say("autosync is removed" if remove_it() else "autosync is not installed")


@autosync.command(epilog=example("autosync status"))
@json_option
def status(as_json: bool) -> None:
    """Show whether it runs, and what it did last."""
    from sitbone.autosync import running, service

    found = {
        "installed": service.is_installed(),
        "running": service.is_running(),
        "log": str(running.log_path()),
        "ports": (running.state() or {}).get("ports", {}),
    }
    if as_json:
        print_json(found)
        return
    if not found["installed"]:
        say("autosync is not installed; to sync by itself run sitbone autosync install")
    elif found["running"]:
        say("autosync is installed and runs")
    else:
        say("autosync is installed, but doesn't run; run sitbone autosync install again")
    for port, seen in found["ports"].items():
        say(*_lines(port, seen))
    say(f"log: {found['log']}")


def _lines(port: str, seen: dict[str, Any]) -> list[str]:
    from sitbone.dates import local

    synced = f"last synced {local(seen['synced_ms']):%Y-%m-%d %H:%M}" if seen["synced_ms"] else "not synced yet"
    lines = [f"{port}: cushion {seen['cushion'] or 'unknown'}, {synced}", *seen.get("limits", [])]
    return [*lines, f"{port}: {seen['problem']}"] if seen["problem"] else lines


@autosync.command(epilog=example("autosync run"))
@ports_option
@dashboard_option
@click.option("--home", metavar="DIR", hidden=True, help="Instead of SITBONE_HOME, where a service has no environment.")
def run(ports: tuple[str, ...], with_dashboard: bool, home: str | None) -> None:
    """Sync by itself until Ctrl-C. The service runs this.

    A port is held only while it syncs, and given up at once to another command or to the dashboard.
    """
    from sitbone.autosync import running

    if home is not None:
        os.environ["SITBONE_HOME"] = home
    stop = threading.Event()
    running.log_to_file()
    if not with_dashboard:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        say(f"autosync runs; press Ctrl-C to stop it. Log: {running.log_path()}")
        running.run(ports, now, stop)
        return
    _run_beside_dashboard(ports, stop)


def _run_beside_dashboard(ports: tuple[str, ...], stop: threading.Event) -> None:
    from sitbone.autosync import running
    from sitbone.cli.dashboard import demand_dashboard

    place, serve = demand_dashboard()
    worker = threading.Thread(target=running.run, args=(ports, now, stop), name="autosync")
    worker.start()
    try:
        serve(place.parse("127.0.0.1:8737"), "", lambda url: say(f"autosync runs; sitbone dashboard: {url}"))
    except KeyboardInterrupt:
        say("autosync stopped")
    finally:
        stop.set()
        worker.join()
