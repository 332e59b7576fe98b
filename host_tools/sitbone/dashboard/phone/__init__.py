"""The dashboard on a phone."""
