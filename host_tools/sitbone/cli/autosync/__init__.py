"""Commands of what runs in the background."""

from sitbone.cli.autosync.commands import autosync

__all__ = ["autosync"]
