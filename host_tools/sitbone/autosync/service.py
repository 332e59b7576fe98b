"""Autosync as a service of an ordinary user, on three systems: a systemd user unit, a LaunchAgent, a Windows task.

Each system is a `Service`: a definition, where it goes, and the system's own commands that start, stop and ask.
"""

from __future__ import annotations

import os
import plistlib
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from sitbone.errors import SitboneError

LABEL = "org.sitbone.autosync"
UNIT = "sitbone-autosync.service"
TASK = "sitbone autosync"
TASK_SCHEMA = "http://schemas.microsoft.com/windows/2004/02/mit/task"
AGAIN_S = 10  # after it ended without being asked to
DESCRIPTION = "sitbone: syncs a cushion when it is plugged in"

Command = list[str]


@dataclass(frozen=True)
class Service:
    """``path``: the definition's file. ``start`` and ``stop`` are run one after the other, ``ask`` is 0 when it
    runs."""

    path: Path
    definition: bytes
    start: Sequence[Command]
    stop: Sequence[Command]
    ask: Command


def service(options: Sequence[str] = (), system: str = sys.platform) -> Service:
    """The service that runs `sitbone autosync run` with these options."""
    command = [sys.executable, "-m", "sitbone.cli", "autosync", "run", *options]
    home = os.environ.get("SITBONE_HOME", "")
    environment = {"SITBONE_HOME": str(Path(home).expanduser().absolute())} if home else {}
    if system == "darwin":
        return _launch_agent(command, environment)
    if system == "win32":
        return _windows_task([*command, *(("--home", *environment.values()) if environment else ())])
    return _systemd_unit(command, environment)


def _systemd_unit(command: Command, environment: dict[str, str]) -> Service:
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"
    lines = [f"Environment={_quoted(f'{name}={value}')}" for name, value in environment.items()]
    text = "\n".join(
        [
            "[Unit]",
            f"Description={DESCRIPTION}",
            "",
            "[Service]",
            f"ExecStart={' '.join(_quoted(word).replace('$', '$$') for word in command)}",
            *lines,
            "Restart=always",
            f"RestartSec={AGAIN_S}",
            "Nice=10",
            "",
            "[Install]",
            "WantedBy=default.target",
            "",
        ]
    )
    control = ["systemctl", "--user"]
    return Service(
        folder / UNIT,
        text.encode(),
        start=([*control, "daemon-reload"], [*control, "enable", UNIT], [*control, "restart", UNIT]),
        stop=([*control, "disable", "--now", UNIT],),
        ask=[*control, "is-active", "--quiet", UNIT],
    )


def _quoted(word: str) -> str:
    """By systemd.syntax(7) and systemd.unit(5)."""
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%") + '"'


def _launch_agent(command: Command, environment: dict[str, str]) -> Service:
    path = Path.home() / "Library" / "LaunchAgents" / f"{LABEL}.plist"
    definition = {
        "Label": LABEL,
        "ProgramArguments": command,
        "EnvironmentVariables": environment,
        "RunAtLoad": True,
        "KeepAlive": True,
        "ThrottleInterval": AGAIN_S,
        "ProcessType": "Background",
    }
    domain = f"gui/{os.getuid() if hasattr(os, 'getuid') else 0}"
    return Service(
        path,
        plistlib.dumps(definition),
        start=(["launchctl", "bootstrap", domain, str(path)],),
        stop=(["launchctl", "bootout", f"{domain}/{LABEL}"],),
        ask=["launchctl", "print", f"{domain}/{LABEL}"],
    )


def _windows_task(command: Command) -> Service:
    """At log-on, with the rights of the user; a task has no environment of its own, so the folder is an option."""
    root = ElementTree.Element("Task", {"version": "1.2", "xmlns": TASK_SCHEMA})

    def add(parent: ElementTree.Element, name: str, text: str | None = None) -> ElementTree.Element:
        child = ElementTree.SubElement(parent, name)
        child.text = text
        return child

    add(add(root, "RegistrationInfo"), "Description", DESCRIPTION)
    user = f"{os.environ.get('USERDOMAIN', '')}\\{os.environ.get('USERNAME', 'user')}".lstrip("\\")
    trigger = add(add(root, "Triggers"), "LogonTrigger")
    add(trigger, "Enabled", "true")
    add(trigger, "UserId", user)
    principal = add(add(root, "Principals"), "Principal")
    principal.set("id", "Author")
    add(principal, "UserId", user)
    add(principal, "LogonType", "InteractiveToken")
    add(principal, "RunLevel", "LeastPrivilege")
    settings = add(root, "Settings")
    for name, value in (("DisallowStartIfOnBatteries", "false"), ("StopIfGoingOnBatteries", "false")):
        add(settings, name, value)
    again = add(settings, "RestartOnFailure")
    add(again, "Interval", "PT1M")
    add(again, "Count", "255")
    add(settings, "MultipleInstancesPolicy", "IgnoreNew")
    add(settings, "ExecutionTimeLimit", "PT0S")
    actions = add(root, "Actions")
    actions.set("Context", "Author")
    action = add(actions, "Exec")
    # Without a window: pythonw.exe is beside python.exe.
    add(action, "Command", command[0].replace("python.exe", "pythonw.exe"))
    add(action, "Arguments", subprocess.list2cmdline(command[1:]))
    path = Path(os.environ.get("LOCALAPPDATA") or tempfile.gettempdir()) / "sitbone" / "autosync-task.xml"
    return Service(
        path,
        ElementTree.tostring(root, "utf-16", xml_declaration=True),
        start=(
            ["schtasks", "/Create", "/F", "/TN", TASK, "/XML", str(path)],
            ["schtasks", "/Run", "/TN", TASK],
        ),
        stop=(["schtasks", "/End", "/TN", TASK], ["schtasks", "/Delete", "/F", "/TN", TASK]),
        ask=["schtasks", "/Query", "/TN", TASK],
    )


def install(options: Sequence[str]) -> Service:
    """Writes the definition and starts it, now and at each log-in. Raises SitboneError when the system refuses; the
    definition is then removed."""
    wanted = service(options)
    if sys.platform == "darwin" and wanted.path.exists():
        _do(wanted.stop, must=False)
    wanted.path.parent.mkdir(parents=True, exist_ok=True)
    wanted.path.write_bytes(wanted.definition)
    try:
        _do(wanted.start)
    except SitboneError:
        wanted.path.unlink(missing_ok=True)
        raise
    return wanted


def remove() -> bool:
    """Stops it for good; False when it wasn't installed."""
    installed = service()
    if not installed.path.exists():
        return False
    _do(installed.stop, must=False)
    installed.path.unlink(missing_ok=True)
    return True


def is_installed() -> bool:
    """Whether `install` was done."""
    return service().path.exists()


def is_running() -> bool:
    """Whether the system says that it runs."""
    try:
        return subprocess.run(service().ask, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _do(commands: Sequence[Command], *, must: bool = True) -> None:
    for command in commands:
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            problem = "" if done.returncode == 0 else (done.stderr.strip().splitlines() or [f"{done.returncode}"])[-1]
        except OSError as error:
            problem = str(error.strerror)
        if problem and must:
            raise SitboneError(
                f"this system's {command[0]} can't start it ({problem}); run sitbone autosync run in a terminal instead"
            )
