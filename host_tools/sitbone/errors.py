"""The errors that the user sees: each one's text is "what; what to do", and each class has its exit code."""

from typing import Any


class SitboneError(Exception):
    """Refused or failed, as the text says."""

    exit_code = 1


class UsageError(SitboneError):
    """The command line can't be right as the user typed it."""

    exit_code = 2


class NoCushion(SitboneError):
    """The port isn't there, can't be opened, or has no cushion at its other end."""

    exit_code = 3


class PortInUse(NoCushion):
    """Another program has the port."""


class CushionGone(SitboneError):
    """The cushion stopped answering. ``result`` is what was done until then, for printing."""

    exit_code = 4

    def __init__(self, text: str, result: dict[str, Any] | None = None) -> None:
        super().__init__(text)
        self.result = result


class TransferDamaged(CushionGone):
    """Bytes changed on their way from the cushion; a retry may help."""


class DamagedData(SitboneError):
    """Stored or received data failed its check; the text says which. The rest is used."""

    exit_code = 5


class StoreBusy(SitboneError):
    """Another process has been writing to the store for too long: nothing was changed, a retry may help."""


class Refused(SitboneError):
    """The cushion, or a check, refused what was asked for."""
