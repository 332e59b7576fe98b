"""Nothing of it is used on USB power."""
