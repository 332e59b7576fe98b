"""The service's definition on three systems, read by what reads it there, where that is here."""

import plistlib
import shutil
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from sitbone.autosync import service as services
from sitbone.autosync.service import service
from sitbone.errors import SitboneError

HOME = '/tmp/a "quoted" 100% $HOME folder'


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("SITBONE_HOME", HOME)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


def test_systemd_verifies_the_unit(home):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd here")
    unit = service(["--with-dashboard", "--port", "/tmp/my cushion"], "linux")
    path = home / unit.path.name
    path.write_bytes(unit.definition)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", "--man=no", path],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": str(home), "HOME": str(home)},
    )
    assert (done.returncode, unit.path.name in done.stderr) == (0, False), done.stderr


def test_the_unit_quotes_what_systemd_would_expand():
    text = service([], "linux").definition.decode()
    assert 'Environment="SITBONE_HOME=/tmp/a \\"quoted\\" 100%% $HOME folder"' in text
    assert f'ExecStart="{sys.executable}" "-m" "sitbone.cli" "autosync" "run"\n' in text
    assert "WantedBy=default.target" in text


def test_the_launch_agent_is_a_property_list_of_the_documented_types():
    """By launchd.plist(5)."""
    agent = service(["--with-dashboard"], "darwin")
    found = plistlib.loads(agent.definition)
    types = {
        "Label": str,
        "ProgramArguments": list,
        "EnvironmentVariables": dict,
        "RunAtLoad": bool,
        "KeepAlive": bool,
        "ThrottleInterval": int,
        "ProcessType": str,
    }
    assert {name: type(value) for name, value in found.items()} == types
    assert found["ProgramArguments"][1:] == ["-m", "sitbone.cli", "autosync", "run", "--with-dashboard"]
    assert found["EnvironmentVariables"] == {"SITBONE_HOME": HOME}
    assert agent.path.name == found["Label"] + ".plist"


def test_the_windows_task_has_the_parts_of_the_schema():
    """By the Task Scheduler schema's taskType, logonTriggerType, principalType, settingsType and execActionType."""
    task = service(["--port", "COM 3"], "win32")
    assert task.definition.startswith((b"\xff\xfe", b"\xfe\xff"))
    root = ElementTree.fromstring(task.definition)
    space = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"

    def names(path):
        return [child.tag.removeprefix(space) for child in root.iterfind(_in(path, space) + "/*")]

    assert root.tag == space + "Task"
    assert names(".") == ["RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"]
    assert names("Triggers/LogonTrigger") == ["Enabled", "UserId"]
    assert names("Principals/Principal") == ["UserId", "LogonType", "RunLevel"]
    assert root.findtext(_in("Principals/Principal/RunLevel", space)) == "LeastPrivilege"
    assert root.findtext(_in("Settings/ExecutionTimeLimit", space)) == "PT0S"
    assert root.findtext(_in("Settings/RestartOnFailure/Interval", space)) == "PT1M"
    assert 1 <= int(root.findtext(_in("Settings/RestartOnFailure/Count", space), "0")) <= 255
    arguments = root.findtext(_in("Actions/Exec/Arguments", space), "")
    assert arguments.startswith('-m sitbone.cli autosync run --port "COM 3" --home ')


def _in(path, space):
    return path if path == "." else "/".join(space + part for part in path.split("/"))


class System:
    """In place of the system's commands: what was run, and what each ends with."""

    def __init__(self) -> None:
        self.ran: list[list[str]] = []
        self.code = 0

    def run(self, command, **_):
        self.ran.append(command)
        return subprocess.CompletedProcess(command, self.code, "", "no bus\n")


@pytest.fixture
def system(monkeypatch, home):
    found = System()
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(subprocess, "run", found.run)
    return found


def test_it_is_written_started_and_removed(system, home, monkeypatch):
    installed = services.install([])
    assert installed.path == home / "config/systemd/user/sitbone-autosync.service"
    assert installed.path.read_bytes() == service([]).definition
    assert [command[2] for command in system.ran] == ["daemon-reload", "enable", "restart"]
    assert all(command[:2] == ["systemctl", "--user"] for command in system.ran)
    assert services.remove()
    assert system.ran[-1][2:4] == ["disable", "--now"]
    assert not services.is_installed()
    assert not services.remove()


def test_a_system_that_refuses_is_named_and_nothing_stays(system):
    system.code = 1
    with pytest.raises(SitboneError, match=r"systemctl can't start it \(no bus\); run sitbone autosync run"):
        services.install([])
    assert not services.is_installed()
