"""What can go wrong, as the user is told it: each error's text is "what; what to do", each class has its exit code."""

from typing import Any


class SitboneError(Exception):
    """Refused or failed, as the text says."""

    exit_code = 1


class UsageError(SitboneError):
    """The user typed something that can't be meant."""

    exit_code = 2


class NoCushion(SitboneError):
    """The port isn't there, can't be opened, or has no cushion at its other end."""

    exit_code = 3


class CushionGone(SitboneError):
    """The cushion stopped answering. ``result`` is what was done until then, for those who print it."""

    exit_code = 4

    def __init__(self, text: str, result: dict[str, Any] | None = None) -> None:
        super().__init__(text)
        self.result = result


class TransferDamaged(CushionGone):
    """Bytes changed on their way from the cushion: what a retry may cure."""


class DamagedData(SitboneError):
    """Stored or received data fails its check; the text says which, the rest is used."""

    exit_code = 5


class StoreBusy(SitboneError):
    """Somebody else has been writing to the store for longer than one waits: nothing was changed, a retry may help."""


class Refused(SitboneError):
    """The cushion said no."""
