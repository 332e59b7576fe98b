"""The only code that touches the chip (see README.md here)."""
