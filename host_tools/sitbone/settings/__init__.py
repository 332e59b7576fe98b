"""The cushion's settings on the host: the firmware's own spec, limits that hold over weeks, changes and their undo.

Rule: no range and no threshold is written here; all come from `cushion.core.settings`.
"""
