"""What can go wrong with a virtual cushion, as one line that names the fix."""

from sitbone.errors import SitboneError


class VirtualError(SitboneError):
    """The virtual cushion cannot start or continue."""
