"""The cushion's settings on the host: the firmware's own spec, limits over weeks, changes and their undo.

Rule: no range and no threshold is written here; all come from `cushion.core.settings`.
"""
