"""Decisions of the cushion: pure integer code, the same on every interpreter (see README.md here)."""
