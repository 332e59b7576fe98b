"""The benchmarks measure on what the end-to-end tests use."""

from tests.end_to_end.conftest import flash, installed_flash

__all__ = ["flash", "installed_flash"]
