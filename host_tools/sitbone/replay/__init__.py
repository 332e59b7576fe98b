"""Recorded readings and recorded epochs, through the firmware's own decision machine.

Rule: no rule of the cushion is written here; every decision comes from `cushion.core`.
"""
